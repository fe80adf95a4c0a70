// What a failure means, what usually causes it, who must act, and how it is mended: the shape of an answer
// of the catalogue. The catalogue itself stands beside it.

/** What a failure is looked up by. Texts are those of the rows: lower case, "" where not said. */
export interface FailureKind {
  resultType: string;
  /** Normalised reason, as normalizeReason gives it. */
  reason: string;
  policyType: string;
  /** Mode of an MTA-STS policy: enforce, testing, none, or "". */
  policyMode: string;
}

/** Who can mend a failure. */
export type Actor =
  | "mx-operator"
  | "dns-operator"
  | "policy-operator"
  | "sender"
  | "network"
  | "unknown";

export interface Explanation {
  /** A few words for a heading. */
  title: string;
  /** One to three sentences for someone who runs mail and has not read the RFC. */
  meaning: string;
  /** Likely causes, likeliest first. */
  causes: readonly string[];
  actor: Actor;
  /** Steps to mend it, in order, with commands where they help. */
  fix: readonly string[];
  /** Steps that show that it is mended. */
  verify: readonly string[];
  /** "RFC 8460 section 4.3.1" and the like. */
  reference: string;
  /** False where no entry of the catalogue knows the result type or reason. */
  known: boolean;
}
