// Sessions over time, in all or split by one thing.

import { bucketOf } from "../bucket.ts";
import { FAILURE_FILTERS } from "../failures.ts";
import { FOLDED_ORGANIZATION, isFiltered, ORGANIZATION_SPELLING } from "../filters.ts";
import type { Panel, PanelQuery } from "../panel.ts";
import {
  DETAIL_FILTERS,
  detailRows,
  policySessions,
  SESSION_TOTALS,
  summarySessions,
} from "../sessions.ts";

const NO_SUCCESSES = "CAST(NULL, 'Nullable(UInt64)')";

/** Rows per bucket and series from a subquery of sessions with these sums. */
function perBucket(query: PanelQuery, sessions: string, sums: string): string {
  const { by } = query.parameters;
  const bucket = `${bucketOf(query)} AS bucket`;
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

/** Summaries know nothing of details: what asks for some of them is counted from failure details. */
function fromDetails(query: PanelQuery): string {
  // Within one policy type what was sent is what counts.
  const failed = query.parameters.by === "policy_type" ? "failed_sessions" : "failed";
  const sums = `${NO_SUCCESSES} AS successful_sessions, sum(details.${failed}) AS failed_sessions`;
  return perBucket(query, `${detailRows(query)} AS details`, sums);
}

function fromSummaries(query: PanelQuery): string {
  if (query.parameters.by !== "policy_type") {
    const sums = "sum(successful) AS successful_sessions, sum(failed) AS failed_sessions";
    return perBucket(query, summarySessions(query), sums);
  }
  const sums =
    "sum(policy_successful) AS successful_sessions, sum(policy_failed) AS failed_sessions";
  return perBucket(query, policySessions(query), sums);
}

export const trend: Panel = {
  id: "trend",
  title: "Sessions over time",
  description:
    "Successful and failed sessions per step of time and series. Buckets without a report have no " +
    "row: no report is not the same as no failure. A report counts in the bucket that its period " +
    "starts in. Split by policy type, a session that was reported under two types is in both.",
  parameters: [...FAILURE_FILTERS, "from", "to", "step", "by", "limit", "cursor", "format"],
  columns: [
    {
      name: "bucket",
      type: "time",
      description:
        "Start of the bucket in the time zone asked for, told in UTC; weeks from Monday.",
    },
    { name: "series", type: "text", description: "Value of what the trend is split by, or total." },
    {
      name: "successful_sessions",
      type: "count",
      unit: "sessions",
      nullable: true,
      description:
        "Successful sessions; empty where the trend is of failure details, that is by MX or result " +
        "type, or filtered by one, by reason or by address: senders say these of failures only.",
    },
    {
      name: "failed_sessions",
      type: "count",
      unit: "sessions",
      description: "Failed sessions; by summaries, or by failure details where the other is empty.",
    },
  ],
  order: [{ column: "bucket" }, { column: "series" }],
  drawing: "bars",
  sql: (query) => {
    const { by } = query.parameters;
    const detailed = by === "mx" || by === "result_type" || isFiltered(query, ...DETAIL_FILTERS);
    return detailed ? fromDetails(query) : fromSummaries(query);
  },
  totals: SESSION_TOTALS,
};
