// Whether a mail with a report is signed by the reporting domain (RFC 8460 section 3). "Reporting
// domain" is defined nowhere; section 5.3 ties it to contact-info, and other senders are known by the
// submitter or the From domain alone, so any of the three will do, and which one is kept.

import { NOTES, type NoteCode } from "./notes.ts";
import type { DkimBasis, DkimVerdict } from "./verdict.ts";

/** One signature as checked, see authenticate/signatures.ts. */
export interface CheckedSignature {
  /** d= and s= as lower case A-labels; "" when the field could not be read. */
  domain: string;
  selector: string;
  result: "pass" | "fail" | "permerror" | "temperror";
  notes: readonly NoteCode[];
  /** Domains of the fields that stand once and are signed; "" for what is not. */
  covers: { submitter: string; from: string };
}

/** Domains that a report and its mail name; "" for what they do not. */
export interface ReportingNames {
  contact: string;
  submitter: string;
  from: string;
}

interface Judged {
  check: CheckedSignature;
  basis: DkimBasis;
}

/**
 * The verdict over all signatures: any one that passes, qualifies and is aligned will do. Aligned is a
 * signing domain with the organizational domain of the other name (RFC 7489 section 3.1.1, relaxed):
 * reports are signed by parents as well as by hosts below them. The body is signed, and so is the
 * contact-info in it; submitter and From domain count as far as the same signature covers them.
 * @param organizationalDomain gives the registrable domain of a name, the name itself without one
 */
export function judgeSignatures(
  checks: readonly CheckedSignature[],
  names: ReportingNames,
  organizationalDomain: (name: string) => string,
): DkimVerdict {
  const judged = checks.map((check) => ({
    check,
    basis: basisOf(check, names, organizationalDomain),
  }));
  const [best] = judged.sort((a, b) => rankOf(a) - rankOf(b));
  if (best === undefined) return NONE;
  const { check, basis } = best;
  const verified = check.result === "pass" && basis !== "";
  return {
    verified,
    result: check.result,
    domain: check.domain,
    selector: check.selector,
    basis,
    notes: [...new Set([...check.notes, ...alignmentNotes(best, names)])],
  };
}

const NONE: DkimVerdict = {
  verified: false,
  result: "none",
  domain: "",
  selector: "",
  basis: "",
  notes: [],
};

function basisOf(
  { domain, covers }: CheckedSignature,
  names: ReportingNames,
  organizationalDomain: (name: string) => string,
): DkimBasis {
  if (domain === "") return "";
  const signing = organizationalDomain(domain);
  const aligned = (name: string) => name !== "" && organizationalDomain(name) === signing;
  if (aligned(names.contact)) return "contact";
  if (covers.submitter === names.submitter && aligned(names.submitter)) return "submitter";
  if (covers.from === names.from && aligned(names.from)) return "from";
  return "";
}

const BASES = ["contact", "submitter", "from", ""] as const;
const RESULTS = ["pass", "temperror", "fail", "permerror"] as const;

/**
 * Verified by the best basis first; then what may still be verified; then what passes without being
 * aligned, what fails, and what cannot be judged.
 */
function rankOf({ check, basis }: Judged): number {
  if (check.result === "temperror" && basis === "") return RESULTS.length * BASES.length;
  const aligned = BASES.indexOf(basis);
  if (check.result === "pass" && basis === "") return BASES.length * 2 - 0.5;
  return RESULTS.indexOf(check.result) * BASES.length + aligned;
}

function alignmentNotes({ check, basis }: Judged, names: ReportingNames): NoteCode[] {
  const notes: NoteCode[] = [];
  if (check.result !== "pass") return notes;
  if (names.contact !== "" && basis !== "contact") notes.push("contact-not-aligned");
  const unsigned = names.submitter !== "" && check.covers.submitter === "";
  if (unsigned && basis !== "contact") notes.push("submitter-not-signed");
  return notes;
}

/** Why a verdict is not good enough, in one sentence for a reader. */
export function describeVerdict(verdict: DkimVerdict, names: ReportingNames): string {
  const { result, domain, basis } = verdict;
  if (result === "none" || result === "") return "it has no DKIM signature";
  const signature = domain === "" ? "its DKIM signature" : `the DKIM signature of ${domain}`;
  if (verdict.notes.includes("forwarded")) {
    return `${signature} vouches for the mail around the report only: it may be quoted in it`;
  }
  if (result === "pass") return `${signature} is valid, but ${domain} is not ${wanted(names)}`;
  const reasons = verdict.notes.flatMap((code) => (isNote(code) ? [NOTES[code].title] : []));
  const why = reasons.length === 0 ? "" : ` (${reasons.map(asClause).join("; ")})`;
  const aside = basis === "" && domain !== "" ? `, and ${domain} is not ${wanted(names)}` : "";
  if (result === "temperror") return `DNS did not answer for the key of ${signature}${aside}`;
  return `${signature} ${result === "fail" ? "is not valid" : "does not count"}${why}${aside}`;
}

function asClause(title: string): string {
  return title.charAt(0).toLowerCase() + title.slice(1);
}

function isNote(code: string): code is NoteCode {
  return Object.hasOwn(NOTES, code);
}

function wanted({ contact, submitter, from }: ReportingNames): string {
  const named = [
    contact === "" ? "" : `${contact} (contact-info)`,
    submitter === "" ? "" : `${submitter} (TLS-Report-Submitter)`,
    from === "" ? "" : `${from} (From)`,
  ].filter((text) => text !== "");
  if (named.length === 0) return "named anywhere in the report";
  return `of the organisation of ${named.join(", ")}`;
}
