-- One row per thing that could not be used. raw holds the whole message as received, so that it can
-- be reprocessed after an upgrade; a row goes (is_deleted) when reprocessing found a use for it.

CREATE TABLE IF NOT EXISTS {{table:quarantine}} {{on_cluster}} (
  tenant LowCardinality(String),
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
  content_type String,
  url_key String,
  media LowCardinality(String),
  subject String,
  message_id String,
  header_from String,
  trust LowCardinality(String),
  dkim_result LowCardinality(String),
  dkim_domain String,
  dkim_selector String,
  dkim_basis LowCardinality(String),
  dkim_notes Array(LowCardinality(String)),
  reason LowCardinality(String),
  message String,
  place String,
  deviation_codes Array(LowCardinality(String)),
  deviation_places Array(String),
  deviation_values Array(String),
  raw_base64 String EPHEMERAL,
  raw String DEFAULT base64Decode(raw_base64) CODEC(ZSTD(3)),
  raw_bytes UInt32,
  version UInt64,
  is_deleted UInt8,
  INDEX by_receipt receipt TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{engine:ReplacingMergeTree(version, is_deleted)}}
PARTITION BY toYYYYMM(received_at)
ORDER BY (tenant, receipt, item)
SETTINGS {{durable}}, index_granularity = 256;

{{distributed:quarantine:cityHash64(receipt)}}
