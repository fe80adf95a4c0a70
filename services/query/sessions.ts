// The two ways to count sessions, written once (invariant 5). Totals come from the summaries, the
// breakdown by result type and MX from the failure details, and neither ever adds policy types up.

import { isBefore, isFiltered, whereFilters, whereReported } from "./filters.ts";
import type { Column, PanelQuery } from "./panel.ts";

/** Columns that every counting below starts from; all but the domain are the report's own. */
const REPORT = "tenant, domain, day, start_at, report_key, organization, trust";

/**
 * A subquery of additive sessions: tenant, domain, day, start_at, report_key, organization, trust,
 * successful, failed. With a policy type filter the additive columns of the rows do not apply, so
 * sums within each type and the maximum over the chosen types are made here, as rows.ts makes them.
 */
export function summarySessions(query: PanelQuery): string {
  const names = ["domain", "organization", "policy_type", "trust"] as const;
  const rows = query.from("policy_summaries", [
    ...whereReported(query),
    ...whereFilters(query, names),
  ]);
  if (!isFiltered(query, "policy_type")) {
    return `(SELECT ${REPORT}, sessions_successful AS successful, sessions_failed AS failed ${rows})`;
  }
  return `(
    SELECT ${REPORT}, max(type_total) - max(type_failed) AS successful, max(type_failed) AS failed
    FROM (
      SELECT ${REPORT}, policy_type,
        sum(policy_successful + policy_failed) AS type_total, sum(policy_failed) AS type_failed
      ${rows}
      GROUP BY ${REPORT}, policy_type
    )
    GROUP BY ${REPORT}
  )`;
}

/**
 * A subquery of failure details, one row each, with all columns of the table and
 * - failed: sessions that may be summed over anything. Without a filter by policy type, and with one, it
 *   is a column of the row; with several types chosen, the largest of them counts per report, domain, MX
 *   and result type, by the rule of core/tlsrpt/sessions.ts;
 * - before: 1 for rows of the period before, which are there with `compare` only.
 */
export function detailRows(query: PanelQuery): string {
  const names = [
    "domain",
    "organization",
    "policy_type",
    "trust",
    "mx",
    "result_type",
    "reason",
  ] as const;
  const rows = query.from("failure_details", [
    ...whereReported(query),
    ...whereFilters(query, names),
  ]);
  const types = query.parameters.filters.policy_type?.length ?? 0;
  const marks = `${isBefore(query)} AS before`;
  if (types === 0) return `(SELECT *, counted_sessions AS failed, ${marks} ${rows})`;
  if (types === 1) return `(SELECT *, failed_sessions AS failed, ${marks} ${rows})`;
  const group = "tenant, domain, day, report_key, rows_hash, mx, result_type";
  return `(
    SELECT * EXCEPT (type_failed),
      if((type_failed, policy_type) = max((type_failed, policy_type)) OVER (PARTITION BY ${group}),
        failed_sessions, 0) AS failed
    FROM (
      SELECT *, ${marks},
        sum(failed_sessions) OVER (PARTITION BY ${group}, policy_type) AS type_failed
      ${rows}
    )
  )`;
}

/** What failure details can be counted by. */
export type DetailKey = "mx" | "result_type";

/**
 * A subquery of failed sessions by failure details: the columns of the report, the keys, failed,
 * mx_hosts, policy_types. One row per report, domain and keys: summed within a policy type, then the
 * maximum over the types, since Microsoft lists one session under tlsa and under sts.
 */
export function detailSessions(query: PanelQuery, keys: readonly DetailKey[]): string {
  const names = ["domain", "organization", "policy_type", "trust", "mx", "result_type"] as const;
  const columns = [REPORT, ...keys].join(", ");
  return `(
    SELECT ${columns}, max(type_failed) AS failed,
      groupUniqArrayArray(type_mx_hosts) AS mx_hosts, groupUniqArray(policy_type) AS policy_types
    FROM (
      SELECT ${columns}, policy_type, sum(failed_sessions) AS type_failed,
        groupUniqArray(mx) AS type_mx_hosts
      ${query.from("failure_details", [...whereReported(query), ...whereFilters(query, names)])}
      GROUP BY ${columns}, policy_type
    )
    GROUP BY ${columns}
  )`;
}

/** meta.totals of the panels that count sessions: what the summaries say, which is the truth. */
export const SESSION_TOTALS = {
  columns: [
    {
      name: "successful_sessions",
      type: "count",
      unit: "sessions",
      description: "Successful sessions by the summaries of the same reports.",
    },
    {
      name: "failed_sessions",
      type: "count",
      unit: "sessions",
      description:
        "Failed sessions by the summaries of the same reports, whatever the MX and result type: " +
        "failure details are a breakdown of it that senders may leave out or let overlap.",
    },
    { name: "reports", type: "count", unit: "reports", description: "Reports counted." },
  ],
  sql: (query) => `
    SELECT sum(successful) AS successful_sessions, sum(failed) AS failed_sessions,
      uniqExact(tenant, report_key) AS reports
    FROM ${summarySessions(query)}`,
} as const satisfies { columns: readonly Column[]; sql: (query: PanelQuery) => string };
