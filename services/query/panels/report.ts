// One report whole: where it is stored, its head, its policies, its failure details, how it came again, its
// bytes. These are not listed as panels; the route /api/v1/reports/{id} puts them together.

import { BOUNDS } from "../../core/bounds.ts";
import { explain } from "../../core/explain/explain.ts";
import { whereFilters, whereReported, whereReports } from "../filters.ts";
import type { Column, Panel, PanelQuery } from "../panel.ts";
import { problemIdOf } from "../problem-rows.ts";
import { printDay } from "../range.ts";
import { REPORT_COLUMNS_LISTED, selectReport } from "./reports.ts";

/**
 * Where a report is stored. The sort key begins with tenant and day, and a report is asked for by
 * identity alone: finding these first, from small columns, spares reading everyone's raw bytes.
 */
export const reportPlace: Panel = {
  id: "report-place",
  title: "Where a report is stored",
  description: "Tenant and day of a report, for the reads that follow.",
  parameters: [],
  columns: [
    { name: "tenant", type: "text", description: "Tenant." },
    { name: "day", type: "date", description: "Day." },
  ],
  order: [{ column: "day" }, { column: "tenant" }],
  drawing: "table",
  sql: (query) =>
    `SELECT DISTINCT tenant, day ${query.from("reports", whereFilters(query, ["report"]))}`,
};

const HEAD: readonly Column[] = [
  ...REPORT_COLUMNS_LISTED,
  { name: "contact_info", type: "text", description: "contact-info as sent." },
  { name: "submitter", type: "text", description: "Domain of the submitter." },
  { name: "start_at", type: "time", description: "Start of the period." },
  { name: "end_at", type: "time", description: "End of the period." },
  { name: "peer", type: "text", description: "IP address of the sending side." },
  { name: "helo", type: "text", description: "HELO name of the sending side." },
  { name: "tls", type: "text", description: "TLS version and cipher; empty in clear." },
  { name: "mail_from", type: "text", description: "Envelope sender." },
  { name: "rcpt_to", type: "texts", description: "Envelope recipients." },
  { name: "header_from", type: "text", description: "From header." },
  { name: "subject", type: "text", description: "Subject header." },
  { name: "message_id", type: "text", description: "Message-ID header." },
  { name: "file_name", type: "text", description: "Name of the file it came as." },
  { name: "media", type: "text", description: "What the bytes turned out to be." },
  { name: "raw_bytes", type: "count", unit: "bytes", description: "Size of the JSON." },
  { name: "deviation_codes", type: "texts", description: "Deviations, one code each." },
  { name: "deviation_places", type: "texts", description: "Where each was found." },
  { name: "deviation_values", type: "texts", description: "What was found there." },
];

const CLAIM = ["status", "received_at", "receipt", "item", "content_hash"];

/** The report that counts first, then its conflicts. */
export const reportHead: Panel = {
  id: "report-head",
  title: "A report",
  description: "All that is known of a report but policies, failure details and bytes.",
  parameters: [],
  columns: HEAD,
  order: [{ column: "status", descending: true }, { column: "received_at" }, { column: "receipt" }],
  drawing: "table",
  sql: (query) => `SELECT ${selectReport(HEAD)} ${query.from("reports", whereReports(query))}`,
};

const POLICY: readonly Column[] = [
  { name: "policy_index", type: "count", description: "Place among the policies, from 0." },
  { name: "domain", type: "text", description: "Policy domain that it is counted on." },
  {
    name: "policy_domain",
    type: "text",
    description: "policy-domain as sent: an alias or MX host can be counted on another domain.",
  },
  { name: "policy_type", type: "text", description: "tlsa, sts, no-policy-found, or as sent." },
  { name: "policy_mode", type: "text", description: "Mode of an MTA-STS policy." },
  { name: "policy_text", type: "text", description: "The policy as the sender saw it." },
  { name: "mx_patterns", type: "texts", description: "MX patterns of the policy." },
  {
    name: "policy_successful",
    type: "count",
    unit: "sessions",
    description: "Successful sessions under this policy; never add them over policy types.",
  },
  {
    name: "policy_failed",
    type: "count",
    unit: "sessions",
    description: "Failed sessions under this policy; never add them over policy types.",
  },
  {
    name: "details_failed",
    type: "count",
    unit: "sessions",
    description: "Sum over the failure details of this policy.",
  },
];

/** Sessions that may be added up, by domain: what the report adds to every total. */
export const reportDomains: Panel = {
  id: "report-domains",
  title: "Domains of a report",
  description: "What one report counts for each of its domains.",
  parameters: [],
  columns: [
    { name: "domain", type: "text", description: "Policy domain." },
    { name: "policy_types", type: "texts", description: "Policy types that it is listed under." },
    {
      name: "successful_sessions",
      type: "count",
      unit: "sessions",
      description: "Successful sessions; policy types are never added up.",
    },
    {
      name: "failed_sessions",
      type: "count",
      unit: "sessions",
      description: "Failed sessions; policy types are never added up.",
    },
  ],
  order: [{ column: "domain" }],
  drawing: "table",
  sql: (query) => `
    SELECT domain, arraySort(groupUniqArray(toString(policy_type))) AS policy_types,
      sum(sessions_successful) AS successful_sessions, sum(sessions_failed) AS failed_sessions
    ${query.from("policy_summaries", [
      ...whereReported(query),
      ...whereFilters(query, ["domain", "report"]),
    ])}
    GROUP BY domain`,
};

export const reportPolicies: Panel = {
  id: "report-policies",
  title: "Policies of a report",
  description: "The policies of one report in its order.",
  parameters: ["limit", "cursor"],
  columns: POLICY,
  order: [{ column: "policy_index" }, { column: "domain" }],
  drawing: "table",
  sql: (query) => `
    SELECT ${POLICY.map(({ name }) => name).join(", ")}
    ${query.from("policy_summaries", [
      ...whereReported(query),
      ...whereFilters(query, ["domain", "report"]),
    ])}`,
};

const DETAIL: readonly Column[] = [
  { name: "policy_index", type: "count", description: "Policy that it belongs to." },
  { name: "detail_index", type: "count", description: "Place among its details, from 0." },
  { name: "domain", type: "text", description: "Policy domain." },
  { name: "policy_type", type: "text", description: "Type of its policy." },
  { name: "result_type", type: "text", description: "Result type as sent, in lower case." },
  { name: "mx", type: "text", description: "Receiving MX host." },
  { name: "mx_helo", type: "text", description: "Name that the MX host gave itself." },
  { name: "sending_ip", type: "text", description: "IP address of the sending MTA." },
  { name: "receiving_ip", type: "text", description: "IP address of the MX host." },
  { name: "reason_code", type: "text", description: "failure-reason-code." },
  { name: "reason", type: "text", description: "The same without what differs by session." },
  { name: "policy_mode", type: "text", description: "Mode of its MTA-STS policy." },
  { name: "additional_information", type: "text", description: "additional-information." },
  {
    name: "failed_sessions",
    type: "count",
    unit: "sessions",
    description: "Failed sessions of this detail.",
  },
];

/** Of the same columns as the panel `problems` has it, so that a detail leads there. */
const PROBLEM: Column = {
  name: "problem",
  type: "text",
  description: "Id of the problem that it is a case of, as the panel `problems` has it.",
};

/** An address as its sender would write it: IPv4 without its mapping, or the text that was none. */
function address(column: string): string {
  return `multiIf(${column}_text != '', ${column}_text, ${column} = toIPv6('::'), '',
    replaceRegexpOne(toString(${column}), '^::ffff:([0-9]+[.])', '\\\\1')) AS ${column}_shown`;
}

export const reportDetails: Panel = {
  id: "report-details",
  title: "Failure details of a report",
  description: "The failure details of one report in its order.",
  parameters: ["limit", "cursor"],
  columns: [...DETAIL, PROBLEM],
  order: [{ column: "policy_index" }, { column: "detail_index" }, { column: "domain" }],
  drawing: "table",
  sql: (query) => `
    SELECT * REPLACE (sending_ip_shown AS sending_ip, receiving_ip_shown AS receiving_ip) FROM (
      SELECT ${DETAIL.map(({ name }) => name).join(", ")}, ${problemIdOf(String)} AS ${PROBLEM.name},
        ${address("sending_ip")}, ${address("receiving_ip")}
      ${query.from("failure_details", [
        ...whereReported(query),
        ...whereFilters(query, ["domain", "report"]),
      ])}
    )`,
  words: {
    columns: [
      { name: "title", type: "text", description: "What failed, in a few words." },
      { name: "actor", type: "text", description: "Who can mend it." },
    ],
    cells: (row) => {
      const { title, actor } = explain({
        resultType: String(row["result_type"]),
        reason: String(row["reason"]),
        policyType: String(row["policy_type"]),
        policyMode: String(row["policy_mode"]),
      });
      return { title, actor };
    },
  },
};

/**
 * How often a report came, by the ledger: it knows each copy and each other content by the identity, also
 * those whose contents are not kept. Oldest first.
 */
export const reportArrivals: Panel = {
  id: "report-arrivals",
  title: "Arrivals of a report",
  description: "Everything that came in under the identity of one report, and how it ended.",
  parameters: [],
  columns: [
    { name: "outcome", type: "text", description: "stored, duplicate or conflict." },
    { name: "received_at", type: "time", description: "When it came in." },
    { name: "channel", type: "text", description: "How it came in: smtp, https, import." },
    { name: "trust", type: "text", description: "How far its sender is known." },
    { name: "receipt", type: "text", description: "Receipt of the message that it came in." },
    { name: "item", type: "count", description: "Place in the message, from 0." },
  ],
  order: [{ column: "received_at" }, { column: "receipt" }, { column: "item" }],
  drawing: "table",
  sql: (query) => `
    SELECT toString(outcome) AS outcome, received_at, toString(channel) AS channel,
      toString(trust) AS trust, receipt, item
    ${query.from("receipts", whereArrived(query))}`,
  totals: {
    columns: [
      { name: "duplicates", type: "count", unit: "items", description: "Copies." },
      { name: "conflicts", type: "count", unit: "items", description: "Other contents." },
    ],
    sql: (query) => `
      SELECT countIf(outcome = 'duplicate') AS duplicates, countIf(outcome = 'conflict') AS conflicts
      ${query.from("receipts", whereArrived(query))}`,
  },
};

/** The ledger goes by arrival; the day that the report is about stands in a column of its own. */
function whereArrived(query: PanelQuery): string[] {
  const { fromMs } = query.parameters.range;
  return [
    ...whereFilters(query, ["report"]),
    `report_day = ${query.bind("report_day", "Date", printDay(fromMs))}`,
  ];
}

/** Which claims to a report there are, in the order of the head, without their bytes. */
export const reportClaims: Panel = {
  id: "report-claims",
  title: "The claims to a report",
  description: "What tells the report that counts and its conflicts apart.",
  parameters: [],
  columns: HEAD.filter(({ name }) => CLAIM.includes(name)),
  order: reportHead.order,
  drawing: "table",
  sql: (query) => `
    SELECT ${selectReport(HEAD.filter(({ name }) => CLAIM.includes(name)))}
    ${query.from("reports", whereReports(query))}`,
};

/** Bytes of one claim, as base64 since they need not be UTF-8; megabytes, so one at a time. */
export const reportBytes: Panel = {
  id: "report-bytes",
  title: "The bytes of a report",
  description: "The JSON exactly as received, decompressed.",
  parameters: [],
  columns: [
    { name: "receipt", type: "text", description: "Receipt of the message." },
    { name: "raw_base64", type: "text", description: "The bytes in base64." },
  ],
  order: [{ column: "receipt" }],
  drawing: "table",
  sql: (query) => `
    SELECT receipt, base64Encode(raw) AS raw_base64
    ${query.from("reports", whereClaim(query))}`,
};

/** The beginning of them, as much as a page shows, and the size of all. */
export const reportBeginning: Panel = {
  ...reportBytes,
  id: "report-beginning",
  title: "The beginning of the bytes of a report",
  columns: [
    ...reportBytes.columns,
    { name: "raw_bytes", type: "count", unit: "bytes", description: "Size of the JSON." },
  ],
  sql: (query) => `
    SELECT receipt, base64Encode(substring(raw, 1, ${BOUNDS.pageRawBytesMax})) AS raw_base64,
      length(raw) AS raw_bytes
    ${query.from("reports", whereClaim(query))}`,
};

function whereClaim(query: PanelQuery): string[] {
  return [...whereReports(query), ...whereFilters(query, ["receipt", "item", "content_hash"])];
}
