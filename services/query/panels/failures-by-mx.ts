// Which of our MX hosts fail TLS, and how.

import { FOLDED_ORGANIZATION } from "../filters.ts";
import type { Panel } from "../panel.ts";
import { detailSessions, SESSION_TOTALS } from "../sessions.ts";

export const failuresByMx: Panel = {
  id: "failures-by-mx",
  title: "Failures by MX host",
  description:
    "Failed sessions per receiving MX host and result type, worst first, from the failure details " +
    "of the reports. Details are a breakdown that senders may leave out: meta.totals has the truth.",
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
    { name: "mx", type: "text", description: "Receiving MX host; empty where not said." },
    { name: "result_type", type: "text", description: "Result type as sent, in lower case." },
    {
      name: "failed_sessions",
      type: "count",
      unit: "sessions",
      description: "Failed sessions; one that is listed under two policy types counts once.",
    },
    { name: "reports", type: "count", unit: "reports", description: "Reports that say so." },
    { name: "organizations", type: "count", description: "Organizations that say so." },
    { name: "domains", type: "count", description: "Policy domains affected." },
    { name: "first_day", type: "date", description: "First day with this failure in the range." },
    { name: "last_day", type: "date", description: "Last day with this failure in the range." },
    { name: "policy_types", type: "texts", description: "Policy types it was reported under." },
    { name: "trust_levels", type: "texts", description: "How well those who say so are known." },
  ],
  order: [
    { column: "failed_sessions", descending: true },
    { column: "mx" },
    { column: "result_type" },
  ],
  drawing: "table",
  sql: (query) => `
    SELECT mx, toString(result_type) AS result_type, sum(failed) AS failed_sessions,
      uniqExact(tenant, report_key) AS reports, uniqExact(${FOLDED_ORGANIZATION}) AS organizations,
      uniqExact(domain) AS domains, min(day) AS first_day, max(day) AS last_day,
      arraySort(groupUniqArrayArray(policy_types)) AS policy_types,
      arraySort(groupUniqArray(toString(trust))) AS trust_levels
    FROM ${detailSessions(query, ["mx", "result_type"])}
    GROUP BY mx, result_type`,
  totals: SESSION_TOTALS,
};
