// Which sending organizations fail to reach us by TLS, and how.

import { FOLDED_ORGANIZATION, isFiltered, ORGANIZATION_SPELLING } from "../filters.ts";
import type { Panel } from "../panel.ts";
import { detailSessions, SESSION_TOTALS, summarySessions } from "../sessions.ts";

export const failuresByOrganization: Panel = {
  id: "failures-by-organization",
  title: "Failures by sending organization",
  description:
    "Failed sessions per sending organization and result type, worst first, beside all sessions of " +
    "that organization. An organization that counts failures without a detail has one row with an " +
    "empty result type, so that nobody's failures are hidden.",
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
    "limit",
    "cursor",
    "format",
  ],
  columns: [
    {
      name: "organization",
      type: "text",
      description: "organization-name as last sent; upper and lower case make no difference.",
    },
    {
      name: "result_type",
      type: "text",
      description: "Result type as sent, in lower case; empty where the sender gave no detail.",
    },
    {
      name: "failed_sessions",
      type: "count",
      unit: "sessions",
      description: "Failed sessions of this result type, by failure details.",
    },
    { name: "reports", type: "count", unit: "reports", description: "Reports that say so." },
    { name: "mx_hosts", type: "count", description: "Receiving MX hosts that were named." },
    { name: "domains", type: "count", description: "Policy domains affected." },
    { name: "first_day", type: "date", description: "First day with this failure in the range." },
    { name: "last_day", type: "date", description: "Last day with this failure in the range." },
    { name: "policy_types", type: "texts", description: "Policy types it was reported under." },
    {
      name: "organization_total_sessions",
      type: "count",
      unit: "sessions",
      description: "All sessions of the organization, by its summaries.",
    },
    {
      name: "organization_failed_sessions",
      type: "count",
      unit: "sessions",
      description: "All failed sessions of the organization, by its summaries.",
    },
    {
      name: "organization_success_rate",
      type: "ratio",
      nullable: true,
      description: "Successful by all sessions of the organization; null without sessions.",
    },
    {
      name: "organization_trust_levels",
      type: "texts",
      description: "How well its reports are known to be its own.",
    },
    {
      name: "organization_verified_rate",
      type: "ratio",
      nullable: true,
      description: "Sessions of verified reports by all sessions of the organization.",
    },
  ],
  order: [
    { column: "failed_sessions", descending: true },
    { column: "organization" },
    { column: "result_type" },
  ],
  drawing: "table",
  sql: (query) => `
    SELECT own_spelling.2 AS organization, result_type,
      if(detailed, detail_failed, own_failed) AS failed_sessions,
      if(detailed, detail_reports, own_reports) AS reports, mx_hosts,
      if(detailed, detail_domains, own_domains) AS domains,
      if(detailed, detail_first, own_first) AS first_day,
      if(detailed, detail_last, own_last) AS last_day, policy_types,
      own_total AS organization_total_sessions, own_failed AS organization_failed_sessions,
      if(own_total = 0, NULL, (own_total - own_failed) / own_total) AS organization_success_rate,
      own_trust AS organization_trust_levels,
      if(own_total = 0, NULL, own_verified / own_total) AS organization_verified_rate
    FROM (
      SELECT ${FOLDED_ORGANIZATION} AS folded, toString(result_type) AS result_type,
        true AS detailed, sum(failed) AS detail_failed,
        uniqExact(tenant, report_key) AS detail_reports, uniqExact(domain) AS detail_domains,
        length(arrayFilter(mx -> mx != '', groupUniqArrayArray(mx_hosts))) AS mx_hosts,
        min(day) AS detail_first, max(day) AS detail_last,
        arraySort(groupUniqArrayArray(policy_types)) AS policy_types
      FROM ${detailSessions(query, ["result_type"])}
      GROUP BY folded, result_type
    ) AS details
    FULL JOIN (
      SELECT ${FOLDED_ORGANIZATION} AS folded, ${ORGANIZATION_SPELLING} AS own_spelling,
        sum(successful + failed) AS own_total, sum(failed) AS own_failed,
        uniqExactIf((tenant, report_key), failed > 0) AS own_reports,
        uniqExactIf(domain, failed > 0) AS own_domains, minIf(day, failed > 0) AS own_first,
        maxIf(day, failed > 0) AS own_last,
        arraySort(groupUniqArray(toString(trust))) AS own_trust,
        sumIf(successful + failed, trust = 'verified') AS own_verified
      FROM ${summarySessions(query)}
      GROUP BY folded
    ) AS summaries USING (folded)
    WHERE detailed ${isFiltered(query, "mx", "result_type") ? "" : "OR own_failed > 0"}`,
  totals: SESSION_TOTALS,
};
