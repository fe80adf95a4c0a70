-- One row per report and policy: the totals of the report (RFC 8460 section 4.2), and the
-- policy as the sender saw it.
--
-- policy_successful, policy_failed      the policy's own summary; never add them over policy types
-- sessions_successful, sessions_failed  additive over everything but policy type (invariant 5)
-- sessions_protected                    those of both under DANE or MTA-STS in mode enforce; additive too
-- details_failed                        sum over its failure details; may differ from policy_failed
-- policy_domain                         as sent; domain is the one that it is counted on
-- trust                                 that of the report (core/trust.ts)
-- policy_digest                         of the normalised policy text, so that changes can be seen
-- first_of_report, first_of_domain       1 on the first row of its report, and of its report and
--                                       domain: their sums count reports without looking at keys
-- version                               epoch milliseconds of storing, more where resolve.ts decided
-- is_deleted                            set by resolve.ts and retire.ts on rows that do not count
-- rewritten     0 only where no row of the key can have been there before; readers merge the keys
--               that have a row with 1, and take all others as they are (query/once.ts)
-- key_prefix    a small hash of report_key, to tell such keys fast; it may tell some others too
-- by_domain     finds a domain where the question names no tenant, which the sorting key begins with

CREATE TABLE IF NOT EXISTS {{table:policy_summaries}} {{on_cluster}} (
  tenant LowCardinality(String),
  domain LowCardinality(String),
  day Date,
  report_key UUID,
  rows_hash UUID,
  policy_index UInt32,
  start_at DateTime('UTC'),
  organization LowCardinality(String),
  trust LowCardinality(String),
  policy_domain String,
  policy_type LowCardinality(String),
  policy_mode LowCardinality(String),
  policy_digest UUID,
  policy_text String CODEC(ZSTD(3)),
  mx_patterns Array(String),
  policy_successful UInt64,
  policy_failed UInt64,
  details_failed UInt64,
  sessions_successful UInt64,
  sessions_failed UInt64,
  sessions_protected UInt64,
  first_of_report UInt8,
  first_of_domain UInt8,
  rewritten UInt8,
  key_prefix UInt32 DEFAULT toUInt32(cityHash64(report_key) % 4294967296),
  version UInt64,
  is_deleted UInt8 DEFAULT 0,
  INDEX by_domain domain TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{engine:ReplacingMergeTree(version, is_deleted)}}
PARTITION BY toYYYYMM(day)
ORDER BY (tenant, domain, day, report_key, rows_hash, policy_index)
SETTINGS {{durable}};

{{distributed:policy_summaries:cityHash64(report_key)}}
