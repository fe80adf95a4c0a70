// One row: how much was reported, by whom, and how well TLS worked.

import { hashOf, ofPeriod, share, sumBefore } from "../failures.ts";
import { FOLDED_ORGANIZATION, isBefore, isFiltered, whereReports } from "../filters.ts";
import type { Panel, PanelQuery } from "../panel.ts";
import { PROTECTED_COLUMNS, reportCount, summarySessions } from "../sessions.ts";

/**
 * What the summaries do not know: conflicts, and when reports came in. The reports table knows no policy
 * types, so what it says is not said when the row is about some of them.
 */
function arrivals(query: PanelQuery): string {
  if (isFiltered(query, "policy_type")) {
    return "(SELECT NULL AS conflicts, NULL AS last_report_at) AS arrivals";
  }
  const rows = query.from("reports", [...whereReports(query), `NOT ${isBefore(query)}`]);
  return `(
      SELECT countIf(status = 'conflict') AS conflicts,
        maxOrNullIf(received_at, status = 'stored') AS last_report_at
      ${rows}
    ) AS arrivals`;
}

/** The measures of the period before; null without `compare`. */
function periodBefore(query: PanelQuery): string {
  if (query.parameters.compare === "none") {
    const none = (type: string) => `CAST(NULL, 'Nullable(${type})')`;
    return `${none("UInt64")} AS reports_before, ${none("UInt64")} AS total_before,
        ${none("UInt64")} AS failed_before`;
  }
  return `${reportCount(query, "before")} AS reports_before,
        ${sumBefore(query, "successful + failed")} AS total_before,
        ${sumBefore(query, "failed")} AS failed_before`;
}

export const overview: Panel = {
  id: "overview",
  title: "Overview",
  description:
    "How many reports, from how many organizations, about how many sessions, and how many of the " +
    "sessions succeeded and how many were protected. Sessions come from the summaries of the reports, never from failure details.",
  parameters: [
    "tenant",
    "domain",
    "organization",
    "policy_type",
    "trust",
    "compare",
    "from",
    "to",
    "format",
  ],
  columns: [
    { name: "reports", type: "count", unit: "reports", description: "Reports that count." },
    {
      name: "conflicts",
      type: "count",
      unit: "reports",
      nullable: true,
      description:
        "Reports with other content under an identity that counts already; not summed. Empty with a " +
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
      description: "Successful by total sessions; empty without sessions.",
    },
    ...PROTECTED_COLUMNS,
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
      description: "Verified by total sessions; empty without sessions.",
    },
    { name: "first_day", type: "date", nullable: true, description: "First day reported on." },
    { name: "last_day", type: "date", nullable: true, description: "Last day reported on." },
    {
      name: "last_report_at",
      type: "time",
      nullable: true,
      description:
        "When the last of these reports came in; empty without one, or with a filter by policy type.",
    },
    {
      name: "reports_before",
      type: "count",
      unit: "reports",
      nullable: true,
      description: "Reports that count in the period before; empty without `compare`.",
    },
    {
      name: "total_sessions_before",
      type: "count",
      unit: "sessions",
      nullable: true,
      description: "Sessions reported in the period before.",
    },
    {
      name: "failed_sessions_before",
      type: "count",
      unit: "sessions",
      nullable: true,
      description: "Sessions that TLS failed in, in the period before.",
    },
    {
      name: "success_rate_before",
      type: "ratio",
      nullable: true,
      description: "Successful by total sessions of the period before; empty without sessions.",
    },
  ],
  order: [],
  drawing: "tiles",
  sql: (query) => {
    const of = (aggregate: string, argument: string) => ofPeriod(query, aggregate, argument);
    return `
    SELECT reports, conflicts, organizations, domains, succeeded + failing AS total_sessions,
      succeeded AS successful_sessions, failing AS failed_sessions,
      ${share("succeeded", "total_sessions")} AS success_rate,
      protected_sessions, ${share("protected_sessions", "total_sessions")} AS protected_rate,
      verified_reports, verified_sessions,
      ${share("verified_sessions", "total_sessions")} AS verified_rate,
      first_day, last_day, last_report_at, reports_before, total_before AS total_sessions_before,
      failed_before AS failed_sessions_before,
      ${share("(total_before - failed_before)", "total_before")} AS success_rate_before
    FROM (
      SELECT ${reportCount(query, "NOT before")} AS reports,
        ${reportCount(query, "trust = 'verified' AND NOT before")} AS verified_reports,
        sumIf(successful + failed, trust = 'verified' AND NOT before) AS verified_sessions,
        ${of("uniqExact", hashOf(FOLDED_ORGANIZATION))} AS organizations,
        uniqExactIf(${hashOf("domain")}, domain != '' AND NOT before) AS domains,
        ${of("sum", "successful")} AS succeeded, ${of("sum", "failed")} AS failing,
        ${of("sum", "protected")} AS protected_sessions,
        ${of("minOrNull", "day")} AS first_day, ${of("maxOrNull", "day")} AS last_day,
        ${periodBefore(query)}
      FROM ${summarySessions(query)}
    ) AS facts
    CROSS JOIN ${arrivals(query)}`;
  },
};
