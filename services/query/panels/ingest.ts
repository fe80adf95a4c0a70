// The counts of invariant 3: everything received ended in exactly one named outcome.

import { QUARANTINE_REASONS, REFUSAL_REASONS } from "../../core/outcome.ts";
import { whereReceived } from "../filters.ts";
import type { Column, Panel, PanelQuery } from "../panel.ts";

const REASONS: Record<string, { title: string; advice: string }> = {
  ...QUARANTINE_REASONS,
  ...REFUSAL_REASONS,
};

/** Columns that put an outcome reason into words. */
export const REASON_COLUMNS: readonly Column[] = [
  { name: "reason_title", type: "text", description: "The reason in words." },
  { name: "reason_advice", type: "text", description: "What to do about it." },
];

/** A reason in words; empty for an outcome without one, or a reason of a later version. */
export function reasonInWords(reason: unknown): { reason_title: string; reason_advice: string } {
  const entry = Object.hasOwn(REASONS, String(reason)) ? REASONS[String(reason)] : undefined;
  return { reason_title: entry?.title ?? "", reason_advice: entry?.advice ?? "" };
}

const TOTALS = ["received", "stored", "duplicate", "conflict", "quarantined", "refused"] as const;
const TOTAL_TEXT: Record<(typeof TOTALS)[number], string> = {
  received: "Items received: stored, duplicate, conflict and quarantined together.",
  stored: "Reports that count.",
  duplicate: "Reports that had come before with the same content.",
  conflict: "Reports with other content under an identity that had come before.",
  quarantined: "Things that could not be used; kept, see the quarantine panel.",
  refused:
    "Refused before acknowledgement; not part of what was received, and of no level of trust: none " +
    "with a filter by trust.",
};

/** From receipt to the store. Clocks of two machines may differ: it is never below zero. */
export const DELAY_MS = "toUInt64(greatest(dateDiff('millisecond', received_at, processed_at), 0))";

const DAY_MS = 86_400_000;

/** Days of the range up to now, of which one that has begun is a whole one. */
function daysBegun({ parameters, bind }: PanelQuery): string {
  const { range, nowMs } = parameters;
  const untilMs = Math.min(range.toMs, nowMs);
  const days = Math.max(Math.ceil((untilMs - range.fromMs) / DAY_MS), 1);
  return bind("days_begun", "UInt32", String(days));
}

export const ingest: Panel = {
  id: "ingest",
  title: "Ingest",
  description:
    "What became of everything that came in during the range, by our clock: received = stored + " +
    "duplicate + conflict + quarantined; what was refused before acknowledgement stands beside. A " +
    "message counts once for each report in it.",
  parameters: ["tenant", "trust", "channel", "reason", "from", "to", "limit", "cursor", "format"],
  columns: [
    {
      name: "channel",
      type: "text",
      description: "How it came in: smtp, https, import; spool for what was damaged there.",
    },
    { name: "outcome", type: "text", description: "How it ended." },
    { name: "reason", type: "text", description: "Why it was quarantined or refused." },
    { name: "items", type: "count", unit: "items", description: "How many." },
    {
      name: "first_received_at",
      type: "time",
      rank: "more",
      description: "When the first of them came in.",
    },
    { name: "last_received_at", type: "time", description: "When the last of them came in." },
    {
      name: "delay_average_ms",
      type: "count",
      rank: "more",
      unit: "milliseconds",
      nullable: true,
      description: "From receipt to the store, on average; empty for what was refused.",
    },
    {
      name: "delay_median_ms",
      type: "count",
      unit: "milliseconds",
      nullable: true,
      description: "From receipt to the store: half were faster.",
    },
    {
      name: "delay_p95_ms",
      type: "count",
      unit: "milliseconds",
      nullable: true,
      description: "From receipt to the store: 95 of 100 were faster.",
    },
    {
      name: "delay_max_ms",
      type: "count",
      rank: "more",
      unit: "milliseconds",
      nullable: true,
      description: "From receipt to the store, at most; empty for what was refused.",
    },
    {
      name: "items_per_day",
      type: "count",
      rank: "more",
      unit: "items",
      description: "On average over the days of the range that have begun, rounded up.",
    },
    {
      name: "peak_day_items",
      type: "count",
      unit: "items",
      description: "In the UTC day with the most.",
    },
    {
      name: "peak_hour_items",
      type: "count",
      unit: "items",
      description: "In the UTC hour with the most.",
    },
  ],
  order: [{ column: "outcome" }, { column: "channel" }, { column: "reason" }],
  drawing: "table",
  sql: (query) => `
    SELECT channel, outcome, reason, sum(hour_items) AS items, min(first_at) AS first_received_at,
      max(last_at) AS last_received_at, outcome = 'refused' AS undelayed,
      if(undelayed, NULL, toUInt64(round(sum(delays) / sum(hour_rows)))) AS delay_average_ms,
      quantilesExactWeightedMerge(0.5, 0.95)(delay_state) AS delay_quantiles,
      if(undelayed, NULL, delay_quantiles[1]) AS delay_median_ms,
      if(undelayed, NULL, delay_quantiles[2]) AS delay_p95_ms,
      if(undelayed, NULL, max(delay_most)) AS delay_max_ms,
      toUInt64(ceil(items / ${daysBegun(query)})) AS items_per_day,
      arrayMax(sumMap([toDate(hour)], [hour_items]).2) AS peak_day_items,
      max(hour_items) AS peak_hour_items
    FROM (
      SELECT toString(channel) AS channel, toString(outcome) AS outcome,
        toString(reason) AS reason, toStartOfHour(received_at) AS hour, sum(items) AS hour_items,
        min(received_at) AS first_at, max(received_at) AS last_at,
        sum(delay_ms) AS delays, count() AS hour_rows, max(delay_ms) AS delay_most,
        quantilesExactWeightedState(0.5, 0.95)(delay_ms, 1) AS delay_state
      FROM (
        SELECT channel, outcome, reason, items, received_at, ${DELAY_MS} AS delay_ms
        ${query.from("receipts", whereReceived(query))}
      )
      GROUP BY channel, outcome, reason, hour
    )
    GROUP BY channel, outcome, reason`,
  totals: {
    columns: TOTALS.map((name) => ({
      name,
      type: "count",
      unit: "items",
      description: TOTAL_TEXT[name],
    })),
    sql: (query) => `
      SELECT sumIf(items, outcome != 'refused') AS received,
        ${TOTALS.slice(1)
          .map((outcome) => `sumIf(items, outcome = '${outcome}') AS ${outcome}`)
          .join(", ")}
      ${query.from("receipts", whereReceived(query))}`,
  },
  words: { columns: REASON_COLUMNS, cells: (row) => reasonInWords(row["reason"]) },
};
