-- One row per failure detail (RFC 8460 section 4.3). A breakdown: details may overlap and need not
-- add up to the summary, so totals never come from here (invariant 5).
--
-- mx, result_type   "" where the sender did not say
-- failed_sessions   as sent; never add them over policy types
-- counted_sessions  additive over everything: of the policy types that one report lists an MX and a result
--                   type under, the rows of the largest have their failed_sessions, the others 0
-- reason            reason_code without what differs from one session to the next (core/explain)
-- policy_mode       of the policy that the detail stands under; "" where it has none
-- trust             that of the report (core/trust.ts)
-- sending_ip        ::ffff:a.b.c.d for IPv4; '::' with the text kept beside it when it is no address
-- rewritten     0 only where no row of the key can have been there before; readers merge the keys
--               that have a row with 1, and take all others as they are (query/once.ts)
-- key_prefix    a small hash of report_key, to tell such keys fast; it may tell some others too
-- by_domain     finds a domain where the question names no tenant, which the sorting key begins with

CREATE TABLE IF NOT EXISTS {{table:failure_details}} {{on_cluster}} (
  tenant LowCardinality(String),
  domain LowCardinality(String),
  day Date,
  result_type LowCardinality(String),
  mx LowCardinality(String),
  report_key UUID,
  rows_hash UUID,
  policy_index UInt32,
  detail_index UInt32,
  start_at DateTime('UTC'),
  organization LowCardinality(String),
  trust LowCardinality(String),
  policy_type LowCardinality(String),
  policy_mode LowCardinality(String),
  mx_helo String,
  sending_ip IPv6,
  sending_ip_text String,
  receiving_ip IPv6,
  receiving_ip_text String,
  reason_code String,
  additional_information String,
  failed_sessions UInt64,
  reason LowCardinality(String),
  counted_sessions UInt64,
  rewritten UInt8,
  key_prefix UInt32 DEFAULT toUInt32(cityHash64(report_key) % 4294967296),
  version UInt64,
  is_deleted UInt8 DEFAULT 0,
  INDEX by_domain domain TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{engine:ReplacingMergeTree(version, is_deleted)}}
PARTITION BY toYYYYMM(day)
ORDER BY (tenant, domain, day, result_type, mx, report_key, rows_hash, policy_index, detail_index)
SETTINGS {{durable}};

{{distributed:failure_details:cityHash64(report_key)}}
