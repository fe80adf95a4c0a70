// What stands around a report: the file name (RFC 8460 section 5.1), the Subject and the header
// fields of a mail (section 5.3). All of it is untrusted text and gives hints only: where it
// disagrees with the report, the report is authoritative (section 5.6).

import { BOUNDS } from "../bounds.ts";
import type { Deviations } from "../deviation.ts";
import { domainOfAddress, domainOrNone } from "../dns/name.ts";
import type { Hints, Report } from "./report.ts";

/** The texts around one report, "" for what there is not. */
export interface MessageParts {
  /** True for a mail: only a mail owes a Subject and header fields. */
  mail: boolean;
  subject: string;
  /** Value of TLS-Report-Domain. */
  reportDomainHeader: string;
  /** Value of TLS-Report-Submitter. */
  submitterHeader: string;
  /** Name of the attachment or of the imported file. */
  fileName: string;
}

/** A file name by RFC 8460 section 5.1. */
export interface ReportFileName {
  /** Domain of the submitter, "" when the field holds something else. */
  sender: string;
  /** Policy domain, "" when the field holds something else. */
  domain: string;
  /** Epoch milliseconds. */
  startMs: number;
  endMs: number;
  /** "" without one. */
  uniqueId: string;
  /** As written: json, json.gz, or what else there was. */
  extension: string;
  /** Whether it follows the grammar of section 5.1 to the letter. */
  conforming: boolean;
}

/** A Subject by RFC 8460 section 5.3. */
export interface ReportSubject {
  domain: string;
  submitter: string;
  /** Without angle brackets, "" when absent. Need not be the report-id of the report. */
  reportId: string;
  conforming: boolean;
}

const FILE_NAME = /^([^!]*)!([^!]*)!(\d{1,11})!(\d{1,11})(![^!]*?)?\.(json\.gz|json|gz|zip)$/i;
const FILE_EXTENSION = /^json(?:\.gz)?$/i;
const UNIQUE_ID = /^(?:![A-Za-z0-9]+)?$/;

/** White space is folded before these are used, so that single spaces suffice. */
const SUBJECT = /\breport domain: ?(\S+) submitter: ?(\S+)(?: report-id: ?(.*))?$/i;
const SUBJECT_STRICT =
  /^Report Domain: [^\s<>]+ Submitter: [^\s<>]+ Report-ID: <[^\s<>@]+@[^\s<>@]+>(?: ?\([^()]*\))* ?$/;

/** The last second of a period and the first of the next one are both written as its end. */
const END_TOLERANCE_MS = 1_000;

/**
 * Parses a file name of the form `sender!policy-domain!begin!end[!unique-id].json[.gz]`
 * (RFC 8460 section 5.1), null when it has no such form. A path before it is cut off. Read beyond
 * the grammar: the extensions .gz (as in section 6.5) and .zip, a unique-id with other characters,
 * and a sender that is no domain.
 */
export function parseFileName(name: string): ReportFileName | null {
  if (name === "" || name.length > BOUNDS.hintCharsMax) return null;
  const base = name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1).trim();
  const match = FILE_NAME.exec(base);
  if (match === null) return null;
  const [, sentSender = "", sentDomain = "", begin = "", end = "", id = "", extension = ""] = match;
  const sender = domainOrNone(sentSender);
  const domain = domainOrNone(sentDomain);
  const conforming =
    sender !== "" && domain !== "" && UNIQUE_ID.test(id) && FILE_EXTENSION.test(extension);
  return {
    sender,
    domain,
    startMs: Number(begin) * 1_000,
    endMs: Number(end) * 1_000,
    uniqueId: id.slice(1),
    extension,
    conforming,
  };
}

/**
 * Parses a Subject of the form `Report Domain: <domain> Submitter: <domain> Report-ID: <id@domain>`
 * (RFC 8460 section 5.3), null when it has no such form. Read beyond the grammar: letters of any
 * size, something before it (Fwd:), a Report-ID that is missing, not in angle brackets or without a
 * domain. `conforming` says whether it needed none of this.
 */
export function parseSubject(subject: string): ReportSubject | null {
  if (subject === "" || subject.length > BOUNDS.hintCharsMax) return null;
  const text = subject.replace(/\s+/g, " ").trim();
  const match = SUBJECT.exec(text);
  if (match === null) return null;
  const domain = domainOrNone(match[1] ?? "");
  const submitter = domainOrNone(match[2] ?? "");
  if (domain === "" && submitter === "") return null;
  const conforming = domain !== "" && submitter !== "" && SUBJECT_STRICT.test(text);
  return { domain, submitter, reportId: bareReportId(match[3] ?? ""), conforming };
}

/**
 * What the surroundings say, for where the report is silent. Each hint comes from the first that
 * has it of header field, Subject and file name; the period stands in file names only.
 */
export function hintsOf(parts: Omit<MessageParts, "mail">): Hints {
  const subject = parseSubject(parts.subject);
  const file = parseFileName(parts.fileName);
  const domain = headerDomain(parts.reportDomainHeader) || subject?.domain || file?.domain || "";
  const submitter = headerDomain(parts.submitterHeader) || subject?.submitter || file?.sender || "";
  return { domain, submitter, startMs: file?.startMs ?? null, endMs: file?.endMs ?? null };
}

/**
 * Notes where the surroundings are malformed, missing, or disagree with the report. Nothing of the
 * report changes by it (RFC 8460 section 5.6).
 */
export function checkMessage(report: Report, parts: MessageParts, deviations: Deviations): void {
  const submitter = domainOfAddress(report.contactInfo);
  checkFileName(report, submitter, parts, deviations);
  if (!parts.mail) return;
  checkSubject(report, submitter, parts.subject, deviations);
  checkHeaders(report, submitter, parts, deviations);
}

/** The name of an imported file is the operator's own affair unless it has the form. */
function checkFileName(
  report: Report,
  submitter: string,
  parts: MessageParts,
  found: Deviations,
): void {
  const name = parts.fileName;
  if (name === "") return;
  const file = parseFileName(name);
  if (parts.mail && file?.conforming !== true) found.add("file-name-malformed", "filename", name);
  if (file === null) return;
  const agrees =
    namesPolicyOf(report, file.domain) &&
    sameDomain(file.sender, submitter) &&
    Math.abs(file.startMs - report.startMs) <= END_TOLERANCE_MS &&
    Math.abs(file.endMs - report.endMs) <= END_TOLERANCE_MS;
  if (!agrees) found.add("file-name-disagrees", "filename", name);
}

function checkSubject(report: Report, submitter: string, text: string, found: Deviations): void {
  const subject = parseSubject(text);
  if (subject === null || !subject.conforming) found.add("subject-malformed", "Subject", text);
  if (subject === null) return;
  const agrees = namesPolicyOf(report, subject.domain) && sameDomain(subject.submitter, submitter);
  if (!agrees) found.add("subject-disagrees", "Subject", text);
}

/** RFC 8460 section 5.3: both fields MUST be there, and the submitter is contact-info's domain. */
function checkHeaders(
  report: Report,
  submitter: string,
  parts: MessageParts,
  found: Deviations,
): void {
  const { reportDomainHeader, submitterHeader } = parts;
  if (reportDomainHeader.trim() === "") {
    found.add("report-domain-header-missing", "TLS-Report-Domain", "");
  } else if (!namesPolicyOf(report, headerDomain(reportDomainHeader))) {
    found.add("report-domain-disagrees", "TLS-Report-Domain", reportDomainHeader);
  }
  if (submitterHeader.trim() === "") {
    found.add("submitter-header-missing", "TLS-Report-Submitter", "");
  } else if (!sameDomain(headerDomain(submitterHeader), submitter)) {
    found.add("submitter-disagrees", "TLS-Report-Submitter", submitterHeader);
  }
}

/**
 * Whether a domain may be what the report is about. A tlsa policy is named by the MX host (RFC 8460
 * section 1.1, TLSA base domain), which the surroundings need not name: such policies, and those
 * without a domain, contradict nothing.
 */
function namesPolicyOf(report: Report, domain: string): boolean {
  if (domain === "") return true;
  const said = report.policies.filter((policy) => policy.domain !== "");
  if (said.some((policy) => policy.domain === domain)) return true;
  return said.every((policy) => policy.type === "tlsa");
}

/** Two domains of which one may not have been said. */
function sameDomain(one: string, other: string): boolean {
  return one === "" || other === "" || one === other;
}

function headerDomain(value: string): string {
  return value.length > BOUNDS.hintCharsMax ? "" : domainOrNone(value);
}

/** `<id>` with anything after it, or the first word; folding inside the brackets is undone. */
function bareReportId(text: string): string {
  const bracketed = /^<([^<>]*)>/.exec(text)?.[1];
  return bracketed?.replaceAll(" ", "") ?? text.split(" ", 1)[0] ?? "";
}
