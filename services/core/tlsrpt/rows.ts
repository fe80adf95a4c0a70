// From a report to the rows of the store, as text. Cells stand in the order of columns.ts; a test
// holds the two together. Same report, same hints: same rows, whatever order its policies came in.

import type { Deviation } from "../deviation.ts";
import { domainOfAddress } from "../dns/name.ts";
import type { Arrival } from "../raw.ts";
import { addressCells, listCell, millisecondCell, secondCell, textCell } from "./cells.ts";
import { canonicalReport, identityOf } from "./identity.ts";
import type { Delivery, FailureDetail, Hints, Policy, Report } from "./report.ts";
import { additiveSessions, type Sessions } from "./sessions.ts";

/** All that the rows of one report are made of. */
export interface RowsInput {
  report: Report;
  hints: Hints;
  arrival: Arrival;
  delivery: Delivery;
  deviations: readonly Deviation[];
  conforming: boolean;
  /** The report's own JSON as received, decompressed. */
  rawBase64: string;
  rawBytes: number;
  tenant: string;
  /** Index of the report among those of its message; 0 when not given. */
  item?: number;
  /** 128 bits as UUID text, the same for the same text. */
  hash: (text: string) => string;
}

/** Rows of one report with the keys that the writer works by; see ReportItem in ingest/item.ts. */
export interface ReportRows {
  day: string;
  reportKey: string;
  contentHash: string;
  rowsHash: string;
  organization: string;
  reportCells: string;
  summaryLines: string;
  detailLines: string;
}

/** Cells that the rows of one report share. */
interface Shared {
  tenant: string;
  day: string;
  /** report_key and rows_hash. */
  keys: string;
  start: string;
  organization: string;
}

/** Makes the rows of a report. A policy without a domain of its own is counted on the hints' one. */
export function reportRows(input: RowsInput): ReportRows {
  const { report, content } = canonicalReport(input.report);
  const domains = report.policies.map((policy) => policy.domain || input.hints.domain);
  const reportKey = input.hash(identityOf(report, content));
  const contentHash = input.hash(content);
  const rowsHash = input.hash(JSON.stringify([contentHash, domains]));
  const organization = report.organization.trim().replace(/\s+/g, " ");
  const start = secondCell(report.startMs);
  const day = start.slice(1, 11);
  const shared: Shared = {
    tenant: textCell(input.tenant),
    day: `"${day}"`,
    keys: `"${reportKey}","${rowsHash}"`,
    start,
    organization: textCell(organization),
  };
  const sessions = additiveSessions(report.policies, domains);
  let summaryLines = "";
  let detailLines = "";
  for (const [i, policy] of report.policies.entries()) {
    const domain = textCell(domains[i] ?? "");
    const additive = sessions[i] ?? { successful: 0, failed: 0 };
    summaryLines += summaryLine(shared, domain, i, policy, additive, input.hash);
    detailLines += linesOfDetails(shared, domain, i, policy);
  }
  const own = { ...input, report };
  const reportCells = cellsOfReport(own, shared, contentHash, domains, sessions);
  return {
    day,
    reportKey,
    contentHash,
    rowsHash,
    organization,
    reportCells,
    summaryLines,
    detailLines,
  };
}

function cellsOfReport(
  input: RowsInput,
  shared: Shared,
  contentHash: string,
  domains: string[],
  sessions: Sessions[],
): string {
  const { report, arrival, delivery, deviations } = input;
  let successful = 0;
  let failed = 0;
  for (const sum of sessions) {
    successful += sum.successful;
    failed += sum.failed;
  }
  return [
    shared.tenant,
    shared.day,
    shared.keys,
    `"${contentHash}"`,
    textCell(arrival.receipt),
    input.item ?? 0,
    millisecondCell(arrival.receivedAtMs),
    textCell(arrival.channel),
    textCell(arrival.peer),
    textCell(arrival.helo),
    textCell(arrival.tls),
    textCell(arrival.mailFrom),
    listCell(arrival.rcptTo),
    textCell(arrival.fileName),
    textCell(delivery.media),
    textCell(delivery.subject),
    textCell(delivery.messageId),
    textCell(delivery.headerFrom),
    textCell(input.hints.submitter || domainOfAddress(report.contactInfo)),
    shared.organization,
    textCell(report.contactInfo),
    textCell(report.reportId),
    shared.start,
    secondCell(report.endMs),
    listCell([...new Set(domains)].sort()),
    input.conforming,
    listCell(deviations.map(({ code }) => code)),
    listCell(deviations.map(({ place }) => place)),
    listCell(deviations.map(({ value }) => value)),
    successful,
    failed,
    `"${input.rawBase64}"`,
    input.rawBytes,
  ].join(",");
}

function summaryLine(
  shared: Shared,
  domain: string,
  index: number,
  policy: Policy,
  sessions: Sessions,
  hash: (text: string) => string,
): string {
  let detailsFailed = 0;
  for (const detail of policy.details) detailsFailed += detail.failed;
  return (
    `[${shared.tenant},${domain},${shared.day},${shared.keys},${index},${shared.start},` +
    `${shared.organization},${textCell(policy.type)},${textCell(policy.mode)},` +
    `"${hash(policyDigestText(policy))}",${textCell(policy.lines.join("\n"))},` +
    `${listCell(policy.mxPatterns)},${policy.successful},${policy.failed},${detailsFailed},` +
    `${sessions.successful},${sessions.failed}]\n`
  );
}

/**
 * The policy without what carries no meaning: the order of TLSA records and of the fields of an
 * MTA-STS policy (RFC 8461 section 3.2), and the case of hexadecimal digits. "" without lines.
 */
function policyDigestText(policy: Policy): string {
  if (policy.lines.length === 0) return "";
  const lines =
    policy.type === "tlsa" ? policy.lines.map((line) => line.toUpperCase()) : [...policy.lines];
  const ordered = policy.type === "tlsa" || policy.type === "sts" ? lines.sort() : lines;
  return `${policy.type}\n${ordered.join("\n")}`;
}

function linesOfDetails(shared: Shared, domain: string, index: number, policy: Policy): string {
  if (policy.details.length === 0) return "";
  const type = textCell(policy.type);
  const head = `[${shared.tenant},${domain},${shared.day},`;
  let lines = "";
  for (const [i, detail] of policy.details.entries()) {
    lines +=
      `${head}${textCell(detail.resultType)},${textCell(detail.receivingMx)},${shared.keys},` +
      `${index},${i},${shared.start},${shared.organization},${type},${restOfDetail(detail)}]\n`;
  }
  return lines;
}

function restOfDetail(detail: FailureDetail): string {
  return (
    `${textCell(detail.receivingMxHelo)},${addressCells(detail.sendingIp)},` +
    `${addressCells(detail.receivingIp)},${textCell(detail.reasonCode)},` +
    `${textCell(detail.additionalInformation)},${detail.failed}`
  );
}
