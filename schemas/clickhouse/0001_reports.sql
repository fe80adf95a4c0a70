-- One row per accepted report and receipt: the one that counts (status 'stored'), any other content
-- that came under the same identity (status 'conflict', kept and shown, never summed), and the copy of
-- a second writer that stored the same report at the same moment and lost (status 'duplicate').
--
-- report_key    identity of the report (core/tlsrpt/identity.ts), 128 bits as UUID
-- content_hash  what the report says; same key and same content is a duplicate
-- rows_hash     the rows made of it, with what hints added; part of the key of the fact tables
-- received_at   our clock, UTC
-- successful_sessions, failed_sessions  additive, by invariant 5: per domain summed within a policy
--               type, then the maximum over the types
-- trust         how far the sender is known (core/trust.ts); trust_rank orders claims to one identity
-- dkim_*        how the signatures of the mail were judged (core/dkim/verdict.ts)
-- attribution   what said whose report it is (core/directory/attribute.ts)
-- raw           the report's JSON exactly as received, decompressed. It travels as base64 because
--               bytes that are not UTF-8 do not survive JSON.
-- version       a later row for the same claim wins: epoch milliseconds of processing, and more than any
--               time where resolve.ts decided
-- is_deleted    set by retire.ts on a claim that its message does not make any more
-- rewritten     0 only where no row of the key can have been there before; readers merge the keys
--               that have a row with 1, and take all others as they are (query/once.ts)
-- key_prefix    a small hash of report_key, to tell such keys fast; it may tell some others too

CREATE TABLE IF NOT EXISTS {{table:reports}} {{on_cluster}} (
  tenant LowCardinality(String),
  day Date,
  report_key UUID,
  rows_hash UUID,
  content_hash UUID,
  receipt String,
  item UInt16,
  received_at DateTime64(3, 'UTC'),
  channel LowCardinality(String),
  peer String,
  helo String,
  tls LowCardinality(String),
  mail_from String,
  rcpt_to Array(String),
  file_name String,
  media LowCardinality(String),
  subject String,
  message_id String,
  header_from String,
  trust LowCardinality(String),
  trust_rank UInt8,
  dkim_result LowCardinality(String),
  dkim_domain String,
  dkim_selector String,
  dkim_basis LowCardinality(String),
  dkim_notes Array(LowCardinality(String)),
  attribution LowCardinality(String),
  submitter String,
  organization String,
  contact_info String,
  report_id String,
  start_at DateTime('UTC'),
  end_at DateTime('UTC'),
  domains Array(String),
  conforming Bool,
  deviation_codes Array(LowCardinality(String)),
  deviation_places Array(String),
  deviation_values Array(String),
  successful_sessions UInt64,
  failed_sessions UInt64,
  raw_base64 String EPHEMERAL,
  raw String DEFAULT base64Decode(raw_base64) CODEC(ZSTD(3)),
  raw_bytes UInt32,
  status LowCardinality(String),
  rewritten UInt8,
  key_prefix UInt32 DEFAULT toUInt32(cityHash64(report_key) % 4294967296),
  version UInt64,
  is_deleted UInt8 DEFAULT 0,
  INDEX by_key report_key TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_receipt receipt TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_domain domains TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_status status TYPE set(4) GRANULARITY 1,
  INDEX by_arrival received_at TYPE minmax GRANULARITY 1
)
ENGINE = {{engine:ReplacingMergeTree(version, is_deleted)}}
PARTITION BY toYYYYMM(day)
ORDER BY (tenant, day, report_key, rows_hash, receipt, item)
SETTINGS {{durable}}, index_granularity = 1024;

{{distributed:reports:cityHash64(report_key)}}
