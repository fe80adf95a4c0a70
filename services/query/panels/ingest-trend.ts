// What came in over time, by our clock: the counts of invariant 3 per step, with their delay.

import { bucketOf } from "../bucket.ts";
import { whereReceived } from "../filters.ts";
import type { Panel } from "../panel.ts";
import { DELAY_MS, ingest } from "./ingest.ts";

export const ingestTrend: Panel = {
  id: "ingest-trend",
  title: "Ingest over time",
  description:
    "What became of everything that came in, per step of time, by our clock. Together the rows are " +
    "those of the panel `ingest`. Steps in which nothing came have no row.",
  parameters: [
    "tenant",
    "trust",
    "channel",
    "reason",
    "from",
    "to",
    "step",
    "limit",
    "cursor",
    "format",
  ],
  columns: [
    {
      name: "bucket",
      type: "time",
      description:
        "Start of the bucket in the time zone asked for, told in UTC; weeks from Monday.",
    },
    {
      name: "channel",
      type: "text",
      description: "How it came in: smtp, https, import; spool for what was damaged there.",
    },
    { name: "outcome", type: "text", description: "How it ended." },
    { name: "items", type: "count", unit: "items", description: "How many." },
    {
      name: "delay_median_ms",
      type: "count",
      unit: "milliseconds",
      nullable: true,
      description: "From receipt to the store: half were faster; empty for what was refused.",
    },
    {
      name: "delay_p95_ms",
      type: "count",
      unit: "milliseconds",
      nullable: true,
      description: "From receipt to the store: 95 of 100 were faster.",
    },
  ],
  order: [{ column: "bucket" }, { column: "outcome" }, { column: "channel" }],
  drawing: "bars",
  // A bucket is made of a report's day and start; here of when the message came in.
  sql: (query) => `
    SELECT ${bucketOf(query)} AS bucket, toString(channel) AS channel,
      toString(outcome) AS outcome, sum(items) AS items,
      quantilesExactWeighted(0.5, 0.95)(delay_ms, 1) AS delay_quantiles,
      if(outcome = 'refused', NULL, delay_quantiles[1]) AS delay_median_ms,
      if(outcome = 'refused', NULL, delay_quantiles[2]) AS delay_p95_ms
    FROM (
      SELECT toDate(received_at) AS day, toDateTime(received_at, 'UTC') AS start_at,
        channel, outcome, items, ${DELAY_MS} AS delay_ms
      ${query.from("receipts", whereReceived(query))}
    )
    GROUP BY bucket, channel, outcome`,
  ...(ingest.totals && { totals: ingest.totals }),
};
