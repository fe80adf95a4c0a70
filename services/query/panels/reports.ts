// The reports themselves, newest first.

import { selectedColumns } from "../fields.ts";
import { isFiltered, whereFilters, whereReported, whereReports } from "../filters.ts";
import { whereOnPage } from "../newest-first.ts";
import type { Column, Panel, PanelQuery } from "../panel.ts";
import { DETAIL_FILTERS } from "../sessions.ts";
import { orderOf } from "../sort.ts";
import { TRUST_COLUMNS } from "../trust-words.ts";

export const REPORT_COLUMNS_LISTED: readonly Column[] = [
  {
    name: "id",
    type: "text",
    rank: "more",
    description: "Identity of the report, for /api/v1/reports/{id}.",
  },
  { name: "tenant", type: "text", description: "Tenant that it belongs to." },
  {
    name: "receipt",
    type: "text",
    rank: "more",
    description: "Receipt of the message that it came in.",
  },
  { name: "item", type: "count", rank: "more", description: "Place in the message, from 0." },
  { name: "organization", type: "text", rank: "main", description: "organization-name as sent." },
  { name: "report_id", type: "text", rank: "more", description: "report-id as sent." },
  { name: "day", type: "date", rank: "main", description: "UTC day that its period starts on." },
  { name: "domains", type: "texts", rank: "main", description: "Policy domains that it is about." },
  { name: "channel", type: "text", description: "How it came in: smtp, https, import." },
  ...TRUST_COLUMNS,
  {
    name: "attribution",
    type: "text",
    rank: "more",
    description: "What said whose report it is: address, key, report-domain-header and so on.",
  },
  {
    name: "status",
    type: "text",
    description:
      "stored; conflict: other content under an identity that counts already; or duplicate: the " +
      "copy of a writer that stored the same report at the same moment. Only stored ones are summed.",
  },
  {
    name: "successful_sessions",
    type: "count",
    unit: "sessions",
    description: "Successful sessions; policy types are never added up.",
  },
  {
    name: "failed_sessions",
    type: "count",
    rank: "main",
    unit: "sessions",
    description: "Failed sessions; policy types are never added up.",
  },
  {
    name: "deviations",
    type: "count",
    rank: "more",
    description: "Differences from RFC 8460 in it.",
  },
  {
    name: "conforming",
    type: "flag",
    rank: "more",
    description: "True when it meets RFC 8460's schema.",
  },
  { name: "received_at", type: "time", description: "When it came in." },
  {
    name: "content_hash",
    type: "text",
    rank: "more",
    description: "Hash of what it says; tells conflicts apart.",
  },
];

/** Expressions of the columns that are not plain columns of the table. */
const EXPRESSIONS: Record<string, string> = {
  id: "toString(report_key) AS id",
  content_hash: "toString(content_hash) AS content_hash",
  deviations: "length(deviation_codes) AS deviations",
};

/** The select list for columns of the reports table. */
export function selectReport(columns: readonly Column[]): string {
  return columns.map(({ name }) => EXPRESSIONS[name] ?? name).join(", ");
}

/**
 * Reports with a failure detail that all of these filters fit, or with a policy of the type where nothing
 * else of them is asked for. A second copy has the rows of the one that counts, and is not listed.
 */
function whereTold(query: PanelQuery): string[] {
  const byFailure = isFiltered(query, ...DETAIL_FILTERS);
  if (!byFailure && !isFiltered(query, "policy_type")) return [];
  const fits = whereFilters(query, ["domain", "policy_type", ...DETAIL_FILTERS]);
  const table = byFailure ? "failure_details" : "policy_summaries";
  const rows = query.from(table, [...whereReported(query), ...fits]);
  const told = `SELECT tenant, report_key, rows_hash ${rows}`;
  return ["status = 'stored'", `(tenant, report_key, rows_hash) IN (${told})`];
}

const whereListed = (query: PanelQuery) => [...whereReports(query), ...whereTold(query)];

export const reports: Panel = {
  id: "reports",
  title: "Reports",
  description:
    "Reports about the range, newest arrival first, with conflicts and second copies. The totals " +
    "are of all rows. The range is that of the days reported on, not of the arrivals. By MX host, result type, " +
    "reason or sending IP: reports with a failure detail that all of these and the policy type fit; by policy " +
    "type alone: reports with such a policy. Only reports that count have these.",
  parameters: [
    "tenant",
    "domain",
    "organization",
    "trust",
    "channel",
    "mx",
    "result_type",
    "reason",
    "sending_ip",
    "policy_type",
    "from",
    "to",
    "limit",
    "cursor",
    "format",
  ],
  columns: REPORT_COLUMNS_LISTED,
  order: [
    { column: "received_at", descending: true },
    // Files of one import can come in the same instant.
    { column: "day", descending: true },
    { column: "receipt", descending: true },
    { column: "item" },
    { column: "id" },
    { column: "content_hash" },
    { column: "tenant" },
  ],
  drawing: "table",
  sql: (query) => {
    const { fields, sort } = query.parameters;
    const columns = selectedColumns(reports, fields, orderOf(reports, sort));
    const page = whereOnPage(reports, query, "reports", whereListed(query));
    return `SELECT ${selectReport(columns)} ${query.from("reports", page)}`;
  },
  totals: {
    columns: [
      { name: "reports", type: "count", unit: "reports", description: "Reports that count." },
      { name: "conflicts", type: "count", unit: "reports", description: "Conflicts." },
      { name: "duplicates", type: "count", unit: "reports", description: "Second copies." },
    ],
    sql: (query) => `
      SELECT countIf(status = 'stored') AS reports, countIf(status = 'conflict') AS conflicts,
        countIf(status = 'duplicate') AS duplicates
      ${query.from("reports", whereListed(query))}`,
  },
};
