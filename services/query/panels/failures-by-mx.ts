// Which of our MX hosts fail TLS, and how.

import { FAILURE_PARAMETERS, failureColumns, failureSums } from "../failures.ts";
import type { Panel } from "../panel.ts";
import { detailRows, SESSION_TOTALS } from "../sessions.ts";

const SUMS = [
  "failed_sessions",
  "failed_sessions_before",
  "organizations",
  "domains",
  "active_days",
  "first_day",
  "last_day",
  "policy_types",
  "trust_levels",
] as const;

export const failuresByMx: Panel = {
  id: "failures-by-mx",
  title: "Failures by MX host",
  description:
    "Failed sessions per receiving MX host and result type, worst first, from the failure details " +
    "of the reports. Details are a breakdown that senders may leave out: meta.totals has the truth.",
  parameters: FAILURE_PARAMETERS,
  columns: [
    { name: "mx", type: "text", description: "Receiving MX host; empty where not said." },
    { name: "result_type", type: "text", description: "Result type as sent, in lower case." },
    ...failureColumns(SUMS),
  ],
  order: [
    { column: "failed_sessions", descending: true },
    { column: "mx" },
    { column: "result_type" },
  ],
  drawing: "table",
  sql: (query) => `
    SELECT mx, toString(result_type) AS result_type,
      ${failureSums(query, SUMS)}
    FROM ${detailRows(query)}
    GROUP BY mx, result_type`,
  totals: SESSION_TOTALS,
};
