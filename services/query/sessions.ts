// The two ways to count sessions, written once (invariant 5). Totals come from the summaries, breakdowns
// from the failure details, and neither ever adds policy types up.

import { isBefore, isFiltered, whereFilters, whereReported } from "./filters.ts";
import type { Column, PanelQuery } from "./panel.ts";

/** Columns of the report that a row of sessions tells of, and the domain. */
const REPORT = "tenant, domain, day, start_at, report_key, organization, trust";

/** Filters of everything that the summaries tell. */
const SUMMARY_FILTERS = ["domain", "organization", "policy_type", "trust"] as const;

/** A policy that demands TLS, as core/tlsrpt/sessions.ts has it. */
const PROTECTING = "policy_type = 'tlsa' OR (policy_type = 'sts' AND policy_mode = 'enforce')";

/** The columns that tell how many sessions were protected, for the panels that say so. */
export const PROTECTED_COLUMNS = [
  {
    name: "protected_sessions",
    type: "count",
    unit: "sessions",
    description:
      "Sessions for which the sender saw DANE or an MTA-STS policy in mode enforce, so that TLS was " +
      "demanded, whether it succeeded or failed. With a filter by policy type, of the chosen types.",
  },
  {
    name: "protected_rate",
    type: "ratio",
    nullable: true,
    description:
      "Protected by total sessions; empty without sessions. TLS can succeed in every session and none " +
      "be protected: then nothing demands it, and mail goes in clear where TLS fails.",
  },
] as const satisfies readonly Column[];

function summaryRows(query: PanelQuery): string {
  const filters = whereFilters(query, SUMMARY_FILTERS);
  return query.from("policy_summaries", [...whereReported(query), ...filters]);
}

/** A subquery of summaries as sent, to be added up within a policy type and never over several. */
export function policySessions(query: PanelQuery): string {
  return `(SELECT * ${summaryRows(query)})`;
}

/**
 * A subquery of additive sessions: tenant, domain, day, start_at, report_key, organization, trust,
 * successful, failed, protected (those of both under a policy that demands TLS), first_of_report,
 * first_of_domain (see reportCount), and before: 1 for rows of the period before, which are there with
 * `compare` only. With a policy type filter the additive columns of
 * the rows do not apply, so the chosen types are counted here as rows.ts counts all of them.
 */
export function summarySessions(query: PanelQuery): string {
  const rows = summaryRows(query);
  const before = `${isBefore(query)} AS before`;
  if (!isFiltered(query, "policy_type")) {
    return `(SELECT ${REPORT}, policy_type, policy_mode, first_of_report, first_of_domain, ${before},
      sessions_successful AS successful, sessions_failed AS failed,
      sessions_protected AS protected ${rows})`;
  }
  return `(
    SELECT ${REPORT}, max(type_total) - max(type_failed) AS successful, max(type_failed) AS failed,
      max(type_protected) AS protected,
      groupArray(policy_type) AS policy_types, max(type_sts_mode) AS sts_mode,
      0 AS first_of_report, 1 AS first_of_domain, ${before}
    FROM (
      SELECT ${REPORT}, policy_type, sum(policy_successful + policy_failed) AS type_total,
        sum(policy_failed) AS type_failed,
        sumIf(policy_successful + policy_failed, ${PROTECTING}) AS type_protected,
        maxIf(policy_mode, policy_type = 'sts') AS type_sts_mode
      ${rows}
      GROUP BY ${REPORT}, policy_type
    )
    GROUP BY ${REPORT}
  )`;
}

/**
 * SQL that counts reports over rows of summarySessions. The marks of the first row of a report or domain
 * are summed where the filters leave them in, since looking at every key takes as long as all else.
 * @param condition which of the rows count
 */
export function reportCount(query: PanelQuery, condition: string): string {
  if (query.parameters.filters.domain?.length === 1) return `sumIf(first_of_domain, ${condition})`;
  if (isFiltered(query, "domain", "policy_type")) {
    return `uniqExactIf((tenant, report_key), ${condition})`;
  }
  return `sumIf(first_of_report, ${condition})`;
}

/** SQL of the policy types of a group of rows of summarySessions, and of the sts mode seen last. */
export function policiesSeen(query: PanelQuery): { types: string; stsMode: string } {
  const filtered = isFiltered(query, "policy_type");
  const types = filtered ? "groupUniqArrayArray(policy_types)" : "groupUniqArray(policy_type)";
  const mode = filtered ? "sts_mode" : "if(policy_type = 'sts', policy_mode, '')";
  return {
    types: `arraySort(arrayMap(type -> toString(type), ${types}))`,
    // Of the modes that one day saw, as on the day of a change, the last by name: the mildest is kept.
    stsMode: `maxIf((day, toString(${mode})), ${mode} != '').2`,
  };
}

/** What failure details can be filtered by and summaries cannot. */
export const DETAIL_FILTERS = ["mx", "result_type", "reason", "sending_ip"] as const;

/**
 * Filters that stand within what one count is made of, see core/tlsrpt/sessions.ts; those in PARTS split
 * it, so they go on after the largest policy type was found.
 */
const WHOLES = ["domain", "organization", "policy_type", "trust", "mx", "result_type"] as const;
const PARTS = ["reason", "sending_ip"] as const;

/**
 * A subquery of failure details, one row each, with all columns of the table and
 * - failed: sessions that may be summed over anything. Without a filter by policy type, and with one, it
 *   is a column of the row; with several types chosen, the largest of them counts per report, domain, MX
 *   and result type, by the rule of core/tlsrpt/sessions.ts;
 * - before: 1 for rows of the period before, which are there with `compare` only.
 */
export function detailRows(query: PanelQuery): string {
  const wholes = [...whereReported(query), ...whereFilters(query, WHOLES)];
  const parts = whereFilters(query, PARTS);
  const types = query.parameters.filters.policy_type?.length ?? 0;
  const before = `${isBefore(query)} AS before`;
  if (types < 2) {
    const failed = types === 0 ? "counted_sessions" : "failed_sessions";
    const rows = query.from("failure_details", [...wholes, ...parts]);
    return `(SELECT *, ${failed} AS failed, ${before} ${rows})`;
  }
  const group = "tenant, domain, day, report_key, rows_hash, mx, result_type";
  const rank = "(type_failed, -toInt64(type_first))";
  return `(
    SELECT * EXCEPT (type_failed, type_first, counts),
      if(counts, failed_sessions, 0) AS failed
    FROM (
      SELECT *, ${rank} = max(${rank}) OVER (PARTITION BY ${group}) AS counts
      FROM (
        SELECT *, ${before},
          sum(failed_sessions) OVER (PARTITION BY ${group}, policy_type) AS type_failed,
          min(policy_index) OVER (PARTITION BY ${group}, policy_type) AS type_first
        ${query.from("failure_details", wholes)}
      )
    )
    ${parts.length > 0 ? `WHERE ${parts.map((one) => `(${one})`).join(" AND ")}` : ""}
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
    SELECT sumIf(successful, NOT before) AS successful_sessions,
      sumIf(failed, NOT before) AS failed_sessions, ${reportCount(query, "NOT before")} AS reports
    FROM ${summarySessions(query)}`,
} as const satisfies { columns: readonly Column[]; sql: (query: PanelQuery) => string };
