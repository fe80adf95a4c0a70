// When two reports are the same one, and when they say the same (invariant 4). RFC 8460 section 5.3
// gives the purpose, to identify and ignore duplicates, and no rule; this is ours, as text. Hashing
// happens outside.
//
// A report-id alone does not identify: Google's and tlsrpt-reporter's are `<day>_<domain>`, the same
// for every organisation, and Microsoft's can be a bare number with the domain left out. So the
// organisation, the period and the domains belong to it. The Subject's Report-ID, the Message-ID and
// the channel do not: one report may come by mail and by HTTPS.

import { domainOfAddress } from "../dns/name.ts";
import { addressCells, asIs, type Encode, escaped, listCell } from "./cells.ts";
import type { FailureDetail, Hints, Policy, Report } from "./report.ts";

/**
 * What identifies a report: organisation, domain of the contact, report-id, period and the domains of
 * its body. The contact is what DKIM proves best (trustRank), so that nobody takes another's place under
 * the same name. Without a
 * report-id the content stands in its place, so that a sender without ids has partial reports of one
 * day counted side by side, and repeats of one recognised. A policy without a domain then has the
 * domain that the message names: two such reports may differ in nothing else.
 */
export function identityText(report: Report, hints: Hints): string {
  return identityOf(report, hints, report.reportId === "" ? contentText(report) : "");
}

/** As identityText, for a caller that has the content text already. */
export function identityOf(report: Report, hints: Hints, content: string): string {
  const { organization, reportId, startMs, endMs, policies } = report;
  const instead = reportId === "" ? hints.domain : "";
  const domains = distinct(policies.map(({ domain }) => domain || instead));
  const name = escaped(organization.trim().toLowerCase());
  const id = reportId === "" ? `["content",${content}]` : `"${escaped(reportId)}"`;
  const contact = domainOfAddress(report.contactInfo);
  return `["${name}","${escaped(contact)}",${id},${startMs},${endMs},${listCell(domains)}]`;
}

/** The different ones of some names, in the order of their UTF-16 units. */
export function distinct(names: string[]): string[] {
  return names.length < 2 ? names : [...new Set(names)].sort();
}

/**
 * What a report says: organisation, contact, and every field of every policy and failure detail. It
 * is a JSON text, so that no two reports have the same. The order of policies and details does not
 * matter. Identity and hints are not part of it: the same report that came under another file name is
 * no conflict.
 */
export function contentText(report: Report): string {
  return canonicalReport(report, false).content;
}

/** A report with its policies in the order of their text. */
export interface CanonicalReport {
  policies: CanonicalPolicy[];
  content: string;
}

/** A policy with the cells of its failure details, these in the order of their text. */
export interface CanonicalPolicy {
  policy: Policy;
  /** The cell of mx_patterns. */
  mxPatterns: string;
  details: DetailCells[];
  text: string;
}

/** What a failure detail says, as cells: those before the keys of its row, and those after. */
export interface DetailCells {
  detail: FailureDetail;
  first: string;
  last: string;
}

/**
 * The canonical order and the content text. Rows are made in this order and of these cells, so that
 * equal content has equal rows whatever order it was sent in.
 * @param plain true when no text of the report needs an escape; it saves looking at each
 */
export function canonicalReport(report: Report, plain: boolean): CanonicalReport {
  const encode = plain ? asIs : escaped;
  const policies: CanonicalPolicy[] = [];
  for (const policy of report.policies) policies.push(canonicalPolicy(policy, encode));
  if (policies.length > 1) policies.sort(byText);
  let content = `["${encode(report.organization)}","${encode(report.contactInfo)}"`;
  for (const { text } of policies) content += text;
  return { policies, content: `${content}]` };
}

function canonicalPolicy(policy: Policy, encode: Encode): CanonicalPolicy {
  const details: DetailCells[] = [];
  for (const detail of policy.details) details.push(detailCells(detail, encode));
  if (details.length > 1) details.sort(byCells);
  const mxPatterns = listCell(policy.mxPatterns, encode);
  let text =
    `,["${encode(policy.type)}","${encode(policy.domain)}",${listCell(policy.lines, encode)},` +
    `${mxPatterns},${policy.successful},${policy.failed}`;
  for (const { first, last } of details) text += `,[${first}${last.slice(0, -1)}]`;
  return { policy, mxPatterns, details, text: `${text}]` };
}

function detailCells(detail: FailureDetail, encode: Encode): DetailCells {
  const first = `"${encode(detail.resultType)}","${encode(detail.receivingMx)}",`;
  const last =
    `"${encode(detail.receivingMxHelo)}",${addressCells(detail.sendingIp)},` +
    `${addressCells(detail.receivingIp)},"${encode(detail.reasonCode)}",` +
    `"${encode(detail.additionalInformation)}",${detail.failed},`;
  return { detail, first, last };
}

function byText(a: CanonicalPolicy, b: CanonicalPolicy): number {
  return order(a.text, b.text);
}

/** Type and MX tell most apart, and are whole texts: cells would have to be joined to be compared. */
function byCells(a: DetailCells, b: DetailCells): number {
  return (
    order(a.detail.resultType, b.detail.resultType) ||
    order(a.detail.receivingMx, b.detail.receivingMx) ||
    order(a.last, b.last)
  );
}

/** By UTF-16 units, which is the same everywhere. */
function order(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
