// Sessions over time, in all or split by one thing.

import { FOLDED_ORGANIZATION, isFiltered, ORGANIZATION_SPELLING } from "../filters.ts";
import type { Panel, PanelQuery } from "../panel.ts";
import { STEPS } from "../range.ts";
import { type DetailKey, detailSessions, SESSION_TOTALS, summarySessions } from "../sessions.ts";

const NO_SUCCESSES = "CAST(NULL, 'Nullable(UInt64)')";

/** Rows per bucket and series from a subquery of sessions with these successes. */
function perBucket(query: PanelQuery, sessions: string, successful: string): string {
  const { step, by } = query.parameters;
  const sums = `${successful} AS successful_sessions, sum(failed) AS failed_sessions`;
  const bucket = `${STEPS[step].bucket} AS bucket`;
  if (by !== "organization") {
    const series = by === "total" ? "'total'" : `toString(${by})`;
    return `SELECT ${bucket}, ${series} AS series, ${sums} FROM ${sessions} GROUP BY bucket, series`;
  }
  // One spelling over all buckets, or an organization that changed it would be two series.
  return `
    SELECT bucket, (max(spelling) OVER (PARTITION BY folded)).2 AS series,
      successful_sessions, failed_sessions
    FROM (
      SELECT ${bucket}, ${FOLDED_ORGANIZATION} AS folded, ${ORGANIZATION_SPELLING} AS spelling, ${sums}
      FROM ${sessions}
      GROUP BY bucket, folded
    )`;
}

/** Summaries know neither MX nor result type: what asks for one is counted from failure details. */
function fromDetails(query: PanelQuery, keys: readonly DetailKey[]): string {
  return perBucket(query, detailSessions(query, keys), NO_SUCCESSES);
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
    "trust",
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
    if (by === "mx" || by === "result_type") return fromDetails(query, [by]);
    if (isFiltered(query, "mx", "result_type")) return fromDetails(query, []);
    return perBucket(query, summarySessions(query), "sum(successful)");
  },
  totals: SESSION_TOTALS,
};
