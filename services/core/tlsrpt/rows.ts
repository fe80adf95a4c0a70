// From a report to the rows of the store, as text. Cells stand in the order of columns.ts; a test
// holds the two together. Same report, same hints: same rows, whatever order its policies came in.

import { BOUNDS } from "../bounds.ts";
import type { Deviation } from "../deviation.ts";
import type { DkimVerdict } from "../dkim/verdict.ts";
import { domainOfAddress } from "../dns/name.ts";
import { normalizeReason } from "../explain/reason.ts";
import { meaningOfStsPolicy } from "../mta-sts/policy.ts";
import type { Arrival } from "../raw.ts";
import { type Trust, trustRank } from "../trust.ts";
import {
  asIs,
  type Encode,
  escaped,
  listCell,
  millisecondCell,
  secondCell,
  textCell,
} from "./cells.ts";
import { type CanonicalPolicy, canonicalReport, distinct, identityOf } from "./identity.ts";
import { remembered } from "./memo.ts";
import type { Delivery, Hints, Policy, Report } from "./report.ts";
import { additiveSessions, countedDetails, NO_SESSIONS, type Sessions } from "./sessions.ts";

/** All that the rows of one report are made of. */
export interface RowsInput {
  report: Report;
  /** True when no text of the report needs an escape, as readJson says. */
  plain: boolean;
  hints: Hints;
  arrival: Arrival;
  delivery: Delivery;
  deviations: readonly Deviation[];
  conforming: boolean;
  trust: Trust;
  dkim: DkimVerdict;
  attribution: string;
  /** The domain that the rows of a policy are counted on, by its place in report.policies. */
  countedOn: readonly string[];
  /** The report's own JSON as received, decompressed. */
  rawBase64: string;
  rawBytes: number;
  tenant: string;
  /** Index of the report among those of its message; 0 when not given. */
  item?: number;
  /** 128 bits as UUID text, the same for the same text. */
  hash: (text: string) => string;
  /** Made of `hash` by policyDigester. */
  policyDigest: (text: string) => string;
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

/** What the rows of one report share: cells, and how the others are written. */
interface Shared {
  tenant: string;
  day: string;
  trust: string;
  /** report_key and rows_hash. */
  keys: string;
  start: string;
  organization: string;
  encode: Encode;
  policyDigest: (text: string) => string;
}

/** Makes the rows of a report. A policy without a domain of its own is counted on the hints' one. */
export function reportRows(input: RowsInput): ReportRows {
  const { report, hints, hash } = input;
  const { policies, content } = canonicalReport(report, input.plain);
  const places = new Map(report.policies.map((policy, place) => [policy, place]));
  const domains = policies.map(({ policy }) => input.countedOn[places.get(policy) ?? -1] ?? "");
  const reportKey = hash(identityOf(report, hints, content));
  const contentHash = hash(content);
  const rowsHash = rowsHashOf(contentHash, policies, domains, hash);
  const organization = folded(report.organization);
  const start = secondCell(report.startMs);
  const day = start.slice(1, 11);
  const shared: Shared = {
    tenant: textCell(input.tenant),
    trust: textCell(input.trust),
    day: `"${day}"`,
    keys: `"${reportKey}","${rowsHash}"`,
    start,
    organization: textCell(organization),
    encode: input.plain ? asIs : escaped,
    policyDigest: input.policyDigest,
  };
  const ordered = policies.map(({ policy }) => policy);
  const sessions = additiveSessions(ordered, domains);
  const { summaryLines, detailLines } = policyLines(shared, policies, domains, sessions);
  const reportCells = cellsOfReport(input, shared, contentHash, domains, sessions);
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

/** One name for an organisation, whatever white space it came with. */
function folded(text: string): string {
  return /[^\S ]| {2}|^ | $/.test(text) ? text.trim().replace(/\s+/g, " ") : text;
}

/** Where hints added nothing the content says it all; a JSON text of two elements is no content. */
function rowsHashOf(
  contentHash: string,
  policies: CanonicalPolicy[],
  domains: string[],
  hash: (text: string) => string,
): string {
  const own = policies.every(({ policy }, i) => policy.domain === domains[i]);
  return own ? contentHash : hash(JSON.stringify([contentHash, domains]));
}

function cellsOfReport(
  input: RowsInput,
  shared: Shared,
  contentHash: string,
  domains: string[],
  sessions: Sessions[],
): string {
  const { report, arrival, delivery, dkim } = input;
  let successful = 0;
  let failed = 0;
  for (const sum of sessions) {
    successful += sum.successful;
    failed += sum.failed;
  }
  return (
    `${shared.tenant},${shared.day},${shared.keys},"${contentHash}",` +
    `${textCell(arrival.receipt)},${input.item ?? 0},${millisecondCell(arrival.receivedAtMs)},` +
    `${textCell(arrival.channel)},${textCell(arrival.peer)},${textCell(arrival.helo)},` +
    `${textCell(arrival.tls)},${textCell(arrival.mailFrom)},${listCell(arrival.rcptTo)},` +
    `${textCell(arrival.fileName)},${textCell(delivery.media)},${textCell(delivery.subject)},` +
    `${textCell(delivery.messageId)},${textCell(delivery.headerFrom)},` +
    `${shared.trust},${trustRank(input.trust, dkim.basis)},${dkimCells(dkim)},` +
    `${textCell(input.attribution)},` +
    `${textCell(input.hints.submitter || domainOfAddress(report.contactInfo))},` +
    `${shared.organization},"${shared.encode(report.contactInfo)}",` +
    `"${shared.encode(report.reportId)}",${shared.start},${secondCell(report.endMs)},` +
    `${listCell(distinct(domains))},${input.conforming},${deviationCells(input.deviations)},` +
    `${successful},${failed},"${input.rawBase64}",${input.rawBytes}`
  );
}

function deviationCells(deviations: readonly Deviation[]): string {
  if (deviations.length === 0) return "[],[],[]";
  const codes = listCell(deviations.map(({ code }) => code));
  const places = listCell(deviations.map(({ place }) => place));
  return `${codes},${places},${listCell(deviations.map(({ value }) => value))}`;
}

function dkimCells({ result, domain, selector, basis, notes }: DkimVerdict): string {
  return `"${result}",${textCell(domain)},${textCell(selector)},"${basis}",${listCell(notes)}`;
}

function policyLines(
  shared: Shared,
  policies: CanonicalPolicy[],
  domains: string[],
  sessions: Sessions[],
): { summaryLines: string; detailLines: string } {
  let summaryLines = "";
  let detailLines = "";
  let index = 0;
  const counted = countedDetails(policies.map(asCounted), domains);
  for (const policy of policies) {
    const domain = textCell(domains[index] ?? "");
    const additive = sessions[index] ?? NO_SESSIONS;
    const first = domains.indexOf(domains[index] ?? "") === index;
    summaryLines += summaryLine(shared, domain, index, policy, additive, first);
    detailLines += linesOfDetails(shared, domain, index, policy, counted[index] ?? []);
    index += 1;
  }
  return { summaryLines, detailLines };
}

function asCounted({ policy, details }: CanonicalPolicy) {
  return { type: policy.type, details: details.map(({ detail }) => detail) };
}

function summaryLine(
  shared: Shared,
  domain: string,
  index: number,
  { policy, mxPatterns }: CanonicalPolicy,
  sessions: Sessions,
  firstOfDomain: boolean,
): string {
  const { encode } = shared;
  let detailsFailed = 0;
  for (const detail of policy.details) detailsFailed += detail.failed;
  return (
    `[${shared.tenant},${domain},${shared.day},${shared.keys},${index},${shared.start},` +
    `${shared.organization},${shared.trust},"${encode(policy.domain)}",` +
    `"${encode(policy.type)}","${encode(policy.mode)}",` +
    `"${shared.policyDigest(policyText(policy))}","${policy.lines.map(encode).join("\\n")}",` +
    `${mxPatterns},${policy.successful},${policy.failed},${detailsFailed},` +
    `${sessions.successful},${sessions.failed},${sessions.protected},` +
    `${index === 0 ? 1 : 0},${firstOfDomain ? 1 : 0}]\n`
  );
}

/** What a policy says, as policyDigester takes it: its type and its lines, "" without lines. */
function policyText({ type, lines }: Policy): string {
  return lines.length === 0 ? "" : `${type}\n${lines.join("\n")}`;
}

/**
 * Gives the digest of a policy by its text. It remembers the shorter ones: the reports of a domain
 * repeat its policy from sender to sender and from day to day.
 */
export function policyDigester(hash: (text: string) => string): (text: string) => string {
  const digest = (text: string) => hash(policyMeaning(text));
  const known = remembered(digest, BOUNDS.policyMemoMax);
  return (text) => (text.length > BOUNDS.policyMemoCharsMax ? digest(text) : known(text));
}

/**
 * The policy without what carries no meaning: the order of TLSA records and the case of hexadecimal
 * digits, and the spelling of an MTA-STS policy; of one that breaks the rules the order of its lines
 * alone. "" without lines.
 */
function policyMeaning(text: string): string {
  const [type = "", ...sent] = text.split("\n");
  if (text === "") return "";
  const meaning = type === "sts" ? meaningOfStsPolicy(sent.join("\n")) : null;
  if (meaning !== null) return `${type}\n${meaning}`;
  const lines = type === "tlsa" ? sent.map((line) => line.toUpperCase()) : sent;
  const ordered = type === "tlsa" || type === "sts" ? lines.sort() : lines;
  return `${type}\n${ordered.join("\n")}`;
}

function linesOfDetails(
  shared: Shared,
  domain: string,
  index: number,
  { policy, details }: CanonicalPolicy,
  counted: readonly number[],
): string {
  if (details.length === 0) return "";
  const head = `[${shared.tenant},${domain},${shared.day},`;
  const keys = `${shared.keys},${index},`;
  const rest = `,${shared.start},${shared.organization},${shared.trust},"${shared.encode(policy.type)}","${shared.encode(policy.mode)}",`;
  let lines = "";
  let number = 0;
  for (const { detail, first, last } of details) {
    const reason = shared.encode(normalizeReason(detail.reasonCode));
    const end = `"${reason}",${counted[number] ?? 0}]`;
    lines += `${head}${first}${keys}${number}${rest}${last}${end}\n`;
    number += 1;
  }
  return lines;
}
