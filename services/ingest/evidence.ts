// What a message says of whom its reports are for, and how much of that its sender said. A signed mail can
// be sent again with fields put before it, so only what its signatures cover speaks for a tenant.

import { hash } from "node:crypto";
import type { MessageEvidence } from "../core/directory/attribute.ts";
import { fieldText, type HeaderBlock, readHeaderBlock } from "../core/dkim/header.ts";
import { readSignatures } from "../core/dkim/signature.ts";
import { domainOrNone } from "../core/dns/name.ts";
import type { Raw } from "../core/raw.ts";
import { type MessageParts, parseFileName, parseSubject } from "../core/tlsrpt/message.ts";
import type { Decoded, Found } from "../decode/decode.ts";

/** What the outermost mail says in its header. */
export interface HeaderEvidence {
  reportDomainHeader: string;
  subjectDomain: string;
  unsure: readonly string[];
  /** True where a signature leaves the name of a lone part to whoever has the mail. */
  nameUnsure: boolean;
}

interface Said {
  sure: string;
  unsure: string[];
}

/**
 * Reads TLS-Report-Domain and Subject of the outermost mail. A field that stands more than once says
 * nothing for sure (RFC 6376 section 8.15), nor does one of a signed mail that any of its signatures
 * leaves out: which of them is valid is not known yet, and need not be.
 */
export function readHeaderEvidence(raw: Raw, { header }: Decoded): HeaderEvidence {
  const block = header === null ? null : readHeaderBlock(raw.bytes);
  const covered = block === null ? null : coveredFields(raw, block);
  const read = (name: string, first: string, domainOf: (text: string) => string): Said => {
    const fields = block?.fields.filter((field) => field.name === name) ?? [];
    const sure = domainOf(first);
    if (fields.length < 2 && covered?.has(name) !== false) return { sure, unsure: [] };
    const all = fields.map((field) => domainOf(fieldText(raw.bytes, field)));
    return { sure: "", unsure: [sure, ...all] };
  };
  const domain = read("tls-report-domain", header?.reportDomain ?? "", domainOrNone);
  const subject = read("subject", header?.subject ?? "", subjectDomain);
  return {
    reportDomainHeader: domain.sure,
    subjectDomain: subject.sure,
    unsure: [...new Set([...domain.unsure, ...subject.unsure])].filter((name) => name !== ""),
    nameUnsure: covered !== null && !covered.has("content-disposition"),
  };
}

/** Names of the fields that all signatures cover; null without any signature. */
function coveredFields(raw: Raw, block: HeaderBlock): ReadonlySet<string> | null {
  const [first, ...others] = readSignatures(raw.bytes, block, raw.arrival.receivedAtMs);
  if (first === undefined) return null;
  return new Set(
    first.headers.filter((name) => others.every(({ headers }) => headers.includes(name))),
  );
}

/** What the message and the mail around a report say of whom it is for. */
export function evidenceOf(
  raw: Raw,
  outer: HeaderEvidence,
  decoded: Decoded,
  found: Found | null,
): MessageEvidence {
  const nested = found === null || found.mails < 2 ? null : found.header;
  const fileName = found?.fileName ?? raw.arrival.fileName;
  const fileNameDomain = parseFileName(fileName)?.domain ?? "";
  const lone = outer.nameUnsure && decoded.header !== null && found?.place === "";
  return {
    rcptTo: raw.arrival.rcptTo,
    key: keyDigest(raw.arrival.key),
    reportDomainHeader: domainOrNone(nested?.reportDomain ?? "") || outer.reportDomainHeader,
    subjectDomain: subjectDomain(nested?.subject ?? "") || outer.subjectDomain,
    fileNameDomain: lone ? "" : fileNameDomain,
    unsure: lone ? [...outer.unsure, fileNameDomain] : outer.unsure,
  };
}

/** The texts around a report: those of the mail that holds it, then those of the mail around that. */
export function partsOf(decoded: Decoded, found: Found): MessageParts {
  const inner = found.header;
  const outer = decoded.header;
  return {
    mail: inner !== null,
    subject: inner?.subject || outer?.subject || "",
    reportDomainHeader: inner?.reportDomain || outer?.reportDomain || "",
    submitterHeader: inner?.submitter || outer?.submitter || "",
    fileName: found.fileName,
  };
}

function subjectDomain(subject: string): string {
  return parseSubject(subject)?.domain ?? "";
}

/** What the directory knows a URL key by, see keyDigest in config/domain-entry.ts; "" for none. */
export function keyDigest(key: string): string {
  return key === "" ? "" : hash("sha256", key, "hex");
}
