// Sessions over time, in all or split by one thing.

import { isFiltered } from "../filters.ts";
import type { Panel, PanelQuery } from "../panel.ts";
import { STEPS } from "../range.ts";
import { type DetailKey, detailSessions, SESSION_TOTALS, summarySessions } from "../sessions.ts";

/** Summaries know neither MX nor result type: what asks for one is counted from failure details. */
function fromDetails(query: PanelQuery, keys: readonly DetailKey[], series: string): string {
  const { bucket } = STEPS[query.parameters.step];
  return `
    SELECT ${bucket} AS bucket, ${series} AS series,
      CAST(NULL, 'Nullable(UInt64)') AS successful_sessions, sum(failed) AS failed_sessions
    FROM ${detailSessions(query, keys)}
    GROUP BY bucket, series`;
}

function fromSummaries(query: PanelQuery, series: string): string {
  const { bucket } = STEPS[query.parameters.step];
  return `
    SELECT ${bucket} AS bucket, ${series} AS series,
      sum(successful) AS successful_sessions, sum(failed) AS failed_sessions
    FROM ${summarySessions(query)}
    GROUP BY bucket, series`;
}

export const trend: Panel = {
  id: "trend",
  title: "Sessions over time",
  description:
    "Successful and failed sessions per step of time and series. Buckets without a report have no " +
    "row: no report is not the same as no failure. A report counts in the bucket that its period " +
    "starts in.",
  parameters: [
    "tenant",
    "domain",
    "organization",
    "mx",
    "result_type",
    "policy_type",
    "from",
    "to",
    "step",
    "by",
    "limit",
    "cursor",
    "format",
  ],
  columns: [
    { name: "bucket", type: "time", description: "Start of the bucket; UTC, weeks from Monday." },
    { name: "series", type: "text", description: "Value of what the trend is split by, or total." },
    {
      name: "successful_sessions",
      type: "count",
      unit: "sessions",
      nullable: true,
      description:
        "Successful sessions; null where the trend is by MX or result type or filtered by one, " +
        "since senders say these of failures only.",
    },
    {
      name: "failed_sessions",
      type: "count",
      unit: "sessions",
      description: "Failed sessions; by summaries, or by failure details where the other is null.",
    },
  ],
  order: [{ column: "bucket" }, { column: "series" }],
  drawing: "bars",
  sql: (query) => {
    const { by } = query.parameters;
    const series = by === "total" ? "'total'" : `toString(${by})`;
    if (by === "mx" || by === "result_type") return fromDetails(query, [by], series);
    if (isFiltered(query, "mx", "result_type")) return fromDetails(query, [], series);
    return fromSummaries(query, series);
  },
  totals: SESSION_TOTALS,
};
