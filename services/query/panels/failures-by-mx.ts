// Which of our MX hosts fail TLS, and how.

import {
  FAILURE_PARAMETERS,
  failureColumns,
  failureSums,
  hashOf,
  whereOnFirstPage,
} from "../failures.ts";
import { isFiltered } from "../filters.ts";
import type { Panel, PanelQuery } from "../panel.ts";
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

/** Numbers that stand for the keys of a row; by two functions, or keys that are swapped would be one. */
const GROUP = `bitXor(${hashOf("mx")}, cityHash64(details.result_type))`;

const ORDER = [
  { column: "failed_sessions", descending: true },
  { column: "mx" },
  { column: "result_type" },
] as const;

/** A domain has few hosts: all of its rows are counted at once. */
function firstPage(query: PanelQuery): string {
  if (isFiltered(query, "domain", "mx")) return "";
  return whereOnFirstPage({ order: ORDER }, query, GROUP, `${detailRows(query)} AS details`);
}

export const failuresByMx: Panel = {
  id: "failures-by-mx",
  title: "Failures by MX host",
  description:
    "Failed sessions per receiving MX host and result type, worst first, from the failure details " +
    "of the reports. Details are a breakdown that senders may leave out: the totals are whole.",
  parameters: FAILURE_PARAMETERS,
  columns: [
    { name: "mx", type: "text", description: "Receiving MX host; empty where not said." },
    { name: "result_type", type: "text", description: "Result type as sent, in lower case." },
    ...failureColumns(SUMS),
  ],
  order: ORDER,
  drawing: "table",
  sql: (query) => `
    SELECT mx, toString(details.result_type) AS result_type,
      ${failureSums(query, SUMS)}
    FROM ${detailRows(query)} AS details
    ${firstPage(query)}
    GROUP BY mx, result_type`,
  totals: SESSION_TOTALS,
};
