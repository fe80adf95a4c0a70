// When two reports are the same one, and when they say the same (invariant 4). RFC 8460 section 5.3
// gives the purpose, to identify and ignore duplicates, and no rule; this is ours, as text. Hashing
// happens outside.
//
// A report-id alone does not identify: Google's and tlsrpt-reporter's are `<day>_<domain>`, the same
// for every organisation, and Microsoft's can be a bare number with the domain left out. So the
// organisation, the period and the domains belong to it. The Subject's Report-ID, the Message-ID and
// the channel do not: one report may come by mail and by HTTPS.

import type { FailureDetail, Policy, Report } from "./report.ts";

/**
 * What identifies a report: organisation, report-id, period and the domains of its body. Without a
 * report-id the content stands in its place, so that a sender without ids has partial reports of one
 * day counted side by side, and repeats of one recognised.
 */
export function identityText(report: Report): string {
  return identityOf(report, report.reportId === "" ? contentText(report) : "");
}

/** As identityText, for a caller that has the content text already. */
export function identityOf(report: Report, content: string): string {
  const domains = new Set<string>();
  for (const policy of report.policies) domains.add(policy.domain);
  return JSON.stringify([
    report.organization.trim().toLowerCase(),
    report.reportId === "" ? ["content", content] : report.reportId,
    report.startMs,
    report.endMs,
    [...domains].sort(),
  ]);
}

/**
 * What a report says: organisation, contact, and every field of every policy and failure detail.
 * Each field is preceded by its length, so that no two reports have one text. The order of policies
 * and details does not matter. Identity and hints are not part of it: the same report that came
 * under another file name is no conflict.
 */
export function contentText(report: Report): string {
  return canonicalReport(report).content;
}

/**
 * The report with its policies and details in the order of their text, and that text. Rows are made
 * in this order, so that equal content has equal rows whatever order it was sent in.
 */
export function canonicalReport(report: Report): { report: Report; content: string } {
  const policies = sorted(report.policies.map(canonicalPolicy));
  let content = `${field(report.organization)}${field(report.contactInfo)}${policies.length};`;
  for (const { text } of policies) content += text;
  return { report: { ...report, policies: policies.map(({ value }) => value) }, content };
}

interface Keyed<T> {
  value: T;
  text: string;
}

function canonicalPolicy(policy: Policy): Keyed<Policy> {
  const details = sorted(policy.details.map(keyedDetail));
  let text =
    field(policy.type) +
    field(policy.domain) +
    list(policy.lines) +
    list(policy.mxPatterns) +
    `${policy.successful};${policy.failed};${details.length};`;
  for (const detail of details) text += detail.text;
  return { value: { ...policy, details: details.map(({ value }) => value) }, text };
}

function keyedDetail(detail: FailureDetail): Keyed<FailureDetail> {
  const text =
    field(detail.resultType) +
    field(detail.sendingIp) +
    field(detail.receivingMx) +
    field(detail.receivingMxHelo) +
    field(detail.receivingIp) +
    `${detail.failed};` +
    field(detail.additionalInformation) +
    field(detail.reasonCode);
  return { value: detail, text };
}

/** Sorts by UTF-16 units, which is the same everywhere; equal texts are equal values. */
function sorted<T>(items: Keyed<T>[]): Keyed<T>[] {
  return items.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
}

function list(texts: string[]): string {
  let text = `${texts.length};`;
  for (const element of texts) text += field(element);
  return text;
}

function field(text: string): string {
  return `${text.length}:${text}`;
}
