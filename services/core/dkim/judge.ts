// Whether a mail with a report is signed by the reporting domain (RFC 8460 section 3). "Reporting
// domain" is defined nowhere; section 5.3 ties it to contact-info, and other senders are known by the
// submitter or the From domain alone, so any of the three will do, and which one is kept.

import type { DkimVerdict } from "./verdict.ts";

/** One signature as checked, see authenticate/signatures.ts. */
export interface CheckedSignature {
  domain: string;
  selector: string;
  result: "pass" | "fail" | "permerror" | "temperror";
  notes: readonly string[];
}

/** Domains that a report and its mail name; "" for what they do not. */
export interface ReportingNames {
  contact: string;
  submitter: string;
  from: string;
}

/** Why a verdict is not good enough, in one sentence for a reader. */
export function describeVerdict(verdict: DkimVerdict): string {
  return `DKIM: ${verdict.result}`;
}

/**
 * The verdict over all signatures: any one that passes, qualifies and is aligned will do.
 * @param organizationalDomain gives the registrable domain of a name, the name itself without one
 */
export function judgeSignatures(
  checks: readonly CheckedSignature[],
  _names: ReportingNames,
  _organizationalDomain: (name: string) => string,
): DkimVerdict {
  const result = checks.length === 0 ? "none" : (checks[0]?.result ?? "none");
  return { verified: false, result, domain: "", selector: "", basis: "", notes: [] };
}
