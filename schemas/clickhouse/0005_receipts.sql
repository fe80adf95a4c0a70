-- The ledger of invariant 3: one row per received item with its outcome, and one row per receiver,
-- reason and flush for what was refused before acknowledgement (items says how many).
--
-- outcome  stored, duplicate, conflict, quarantined, refused
-- items    1, but for refusals
-- version  a later row for the same item wins: epoch milliseconds of processing

CREATE TABLE IF NOT EXISTS {{table:receipts}} {{on_cluster}} (
  tenant LowCardinality(String),
  receipt String,
  item UInt16,
  received_at DateTime64(3, 'UTC'),
  processed_at DateTime64(3, 'UTC'),
  channel LowCardinality(String),
  trust LowCardinality(String),
  outcome LowCardinality(String),
  reason LowCardinality(String),
  items UInt32,
  organization String,
  report_key UUID,
  report_day Date,
  version UInt64,
  is_deleted UInt8,
  INDEX by_receipt receipt TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_key report_key TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = {{engine:ReplacingMergeTree(version, is_deleted)}}
PARTITION BY toYYYYMM(received_at)
ORDER BY (tenant, receipt, item)
SETTINGS {{durable}};

{{distributed:receipts:cityHash64(receipt)}}
