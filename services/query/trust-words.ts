// How far the sender of a row is known, in columns and in words: the levels of trust, the verdict on the
// DKIM signatures, and what said whose report it is.

import type { AttributionBasis } from "../core/directory/attribute.ts";
import type { DkimBasis, DkimResult } from "../core/dkim/verdict.ts";
import { TRUST } from "../core/trust.ts";
import type { Column, Row } from "./panel.ts";

/** Columns of reports and quarantine alike. */
export const TRUST_COLUMNS: readonly Column[] = [
  { name: "trust", type: "text", description: "How far its sender is known; see panel `trust`." },
  {
    name: "dkim_result",
    type: "text",
    rank: "more",
    description: "Result of the DKIM signature that the verdict rests on; empty where none counts.",
  },
  { name: "dkim_domain", type: "text", rank: "more", description: "Domain that signed it (d=)." },
  { name: "dkim_selector", type: "text", rank: "more", description: "Selector of the key (s=)." },
  {
    name: "dkim_basis",
    type: "text",
    rank: "more",
    description: "Name that the signing domain goes with: contact, submitter, from; empty if none.",
  },
  {
    name: "dkim_notes",
    type: "texts",
    rank: "more",
    description: "What else is to be said of the signatures.",
  },
];

const RESULTS: Record<DkimResult, string> = {
  pass: "a valid signature",
  fail: "a signature that is not valid",
  none: "no signature",
  permerror: "a signature that cannot be used",
  temperror: "a signature whose key could not be looked up",
  "": "signatures were not looked at",
};

const BASES: Record<DkimBasis, string> = {
  contact: "the domain of contact-info",
  submitter: "the submitter",
  from: "the domain of the From header",
  "": "",
};

const ATTRIBUTIONS: Record<AttributionBasis, string> = {
  open: "No domain is configured, so everything belongs to one tenant.",
  address: "It was sent to a report address of the domain.",
  key: "It was posted to a URL with the key of the domain.",
  "report-domain-header": "The header TLS-Report-Domain names the domain.",
  subject: "The Subject names the domain.",
  "file-name": "The file name names the domain.",
  "policy-domain": "A policy of the report names the domain.",
  "mx-host": "A policy of the report names an MX host of the domain.",
};

function entry<Entry>(table: Readonly<Record<string, Entry>>, key: unknown): Entry | undefined {
  return Object.hasOwn(table, String(key)) ? table[String(key)] : undefined;
}

/** A level of trust in words; empty for a level of a later version, and for what has none. */
export function trustInWords(level: unknown): { title: string; meaning: string } {
  const { title = "", meaning = "" } =
    entry<{ title: string; meaning: string }>(TRUST, level) ?? {};
  return { title, meaning };
}

const NOT_CHECKED = {
  title: "Not checked",
  meaning: "A mail whose signatures were not looked at, so nothing is known of its sender.",
};

/** The trust of a row in words: a mail that was not looked at has the level of one without signature. */
export function rowTrustInWords(row: Row): { title: string; meaning: string } {
  const { trust, channel, dkim_result: result } = row;
  const unlooked = trust === "unverified" && channel === "smtp" && result === "";
  return unlooked ? NOT_CHECKED : trustInWords(trust);
}

/** The verdict of a row in one phrase, such as "a valid signature of x.example, the submitter". */
export function dkimInWords(row: Row): string {
  const result = entry(RESULTS, row["dkim_result"]) ?? "";
  const domain = row["dkim_domain"] ? ` of ${row["dkim_domain"]}` : "";
  const basis = entry(BASES, row["dkim_basis"]) ?? "";
  return `${result}${domain}${basis === "" ? "" : `, ${basis}`}`;
}

/** Why a report belongs to its tenant, in one sentence; empty for a basis of a later version. */
export function attributionInWords(basis: unknown): string {
  return entry(ATTRIBUTIONS, basis) ?? "";
}
