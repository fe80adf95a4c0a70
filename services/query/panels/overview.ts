// One row: how much was reported, by whom, and how well TLS worked.

import { FOLDED_ORGANIZATION, isFiltered, whereReports } from "../filters.ts";
import type { Panel, PanelQuery } from "../panel.ts";
import { summarySessions } from "../sessions.ts";

/**
 * Reports by the reports table: it also knows those without a policy, and conflicts. It knows no
 * policy types, so what it says is not said when the row is about some of them.
 */
function reports(query: PanelQuery): string {
  if (isFiltered(query, "policy_type")) {
    return "SELECT NULL AS stored, NULL AS verified, NULL AS conflicts, NULL AS last_report_at";
  }
  return `SELECT countIf(status = 'stored') AS stored,
      countIf(status = 'stored' AND trust = 'verified') AS verified,
      countIf(status = 'conflict') AS conflicts,
      maxOrNullIf(received_at, status = 'stored') AS last_report_at
    ${query.from("reports", whereReports(query))}`;
}

export const overview: Panel = {
  id: "overview",
  title: "Overview",
  description:
    "How many reports, from how many organizations, about how many sessions, and how many of the " +
    "sessions succeeded. Sessions come from the summaries of the reports, never from failure details.",
  parameters: ["tenant", "domain", "organization", "policy_type", "trust", "from", "to", "format"],
  columns: [
    { name: "reports", type: "count", unit: "reports", description: "Reports that count." },
    {
      name: "conflicts",
      type: "count",
      unit: "reports",
      nullable: true,
      description:
        "Reports with other content under an identity that counts already; not summed. Null with a " +
        "filter by policy type, which conflicts are not known by.",
    },
    { name: "organizations", type: "count", description: "Organizations that reported." },
    { name: "domains", type: "count", description: "Policy domains that were reported on." },
    { name: "total_sessions", type: "count", unit: "sessions", description: "Sessions reported." },
    {
      name: "successful_sessions",
      type: "count",
      unit: "sessions",
      description: "Sessions that TLS succeeded in.",
    },
    {
      name: "failed_sessions",
      type: "count",
      unit: "sessions",
      description: "Sessions that TLS failed in.",
    },
    {
      name: "success_rate",
      type: "ratio",
      nullable: true,
      description: "Successful by total sessions; null without sessions.",
    },
    {
      name: "verified_reports",
      type: "count",
      unit: "reports",
      description: "Reports signed by their senders; the panel `trust` has the other levels.",
    },
    {
      name: "verified_sessions",
      type: "count",
      unit: "sessions",
      description: "Sessions that are told of by reports signed by their senders.",
    },
    {
      name: "verified_rate",
      type: "ratio",
      nullable: true,
      description: "Verified by total sessions; null without sessions.",
    },
    { name: "first_day", type: "date", nullable: true, description: "First day reported on." },
    { name: "last_day", type: "date", nullable: true, description: "Last day reported on." },
    {
      name: "last_report_at",
      type: "time",
      nullable: true,
      description:
        "When the last of these reports came in; null without one, or with a filter by policy type.",
    },
  ],
  order: [],
  drawing: "tiles",
  sql: (query) => {
    const byType = isFiltered(query, "policy_type");
    return `
    SELECT ${byType ? "fact_reports" : "stored"} AS reports, conflicts,
      organizations, domains, succeeded + failing AS total_sessions,
      succeeded AS successful_sessions, failing AS failed_sessions,
      if(total_sessions = 0, NULL, succeeded / total_sessions) AS success_rate,
      ${byType ? "fact_verified" : "verified"} AS verified_reports,
      facts_verified_sessions AS verified_sessions,
      if(total_sessions = 0, NULL, facts_verified_sessions / total_sessions) AS verified_rate,
      first_day, last_day, last_report_at
    FROM (
      SELECT uniqExact(tenant, report_key) AS fact_reports,
        uniqExactIf((tenant, report_key), trust = 'verified') AS fact_verified,
        sumIf(successful + failed, trust = 'verified') AS facts_verified_sessions,
        uniqExact(${FOLDED_ORGANIZATION}) AS organizations,
        uniqExactIf(domain, domain != '') AS domains, sum(successful) AS succeeded,
        sum(failed) AS failing, minOrNull(day) AS first_day, maxOrNull(day) AS last_day
      FROM ${summarySessions(query)}
    ) AS facts
    CROSS JOIN (${reports(query)}) AS arrivals`;
  },
};
