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

/** In words, to be read after "To be mended by". */
export const ACTORS: Readonly<Record<Actor, string>> = {
  "mx-operator": "whoever runs the mail server (MX)",
  "dns-operator": "whoever runs the DNS of the domain or of the MX",
  "policy-operator": "whoever runs the MTA-STS policy of the domain",
  sender: "the sending organisation",
  network: "whoever runs the network in between, or the MX",
  unknown: "somebody whom the sending organisation alone can name",
};

export interface Explanation {
  /** A few words for a heading. */
  title: string;
  /** One to three sentences for someone who runs mail and has not read the RFC. */
  meaning: string;
  /** Likely causes, likeliest first. */
  causes: readonly string[];
  actor: Actor;
  /** Steps to mend it, in order: sentences, and commands, which begin with "$ ". */
  fix: readonly string[];
  /** Steps that show that it is mended, of the same form. */
  verify: readonly string[];
  /** "RFC 8460 section 4.3.1" and the like. */
  reference: string;
  /** False where no entry of the catalogue knows the result type or reason. */
  known: boolean;
}
