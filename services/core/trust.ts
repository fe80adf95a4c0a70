// How far the sender of a report is known. RFC 8460 section 3 asks for a DKIM signature on mail; a post
// has none, and the URL of a domain stands in public DNS, so a secret in it proves little.

import type { DkimBasis } from "./dkim/verdict.ts";

/** What each level means; the keys are what the rows hold and what `trust=` takes. */
export const TRUST = {
  verified: {
    title: "Verified",
    meaning: "A mail with a valid DKIM signature of the reporting domain (RFC 8460 section 3).",
  },
  unverified: {
    title: "Unverified",
    meaning: "A mail without a valid DKIM signature of the reporting domain.",
  },
  keyed: {
    title: "Posted with key",
    meaning: "Posted to a URL with the key of a domain. Posts are not signed.",
  },
  posted: {
    title: "Posted",
    meaning: "Posted to a URL without a key that is known. Posts are not signed.",
  },
  imported: {
    title: "Imported",
    meaning: "Imported by the operator, without a DKIM signature that is valid today.",
  },
} as const;
export type Trust = keyof typeof TRUST;

/** All levels, best known first. */
export const TRUST_LEVELS = ["verified", "keyed", "imported", "posted", "unverified"] as const;

/** Levels that not just anybody can send: what is to be copied and published rests on them alone. */
export const PROVEN_LEVELS = ["verified", "keyed", "imported"] as const satisfies readonly Trust[];

/**
 * Which of two claims to one identity counts when they say different things: the higher, and of equals
 * the earlier. A signature of the domain in contact-info, which is part of the identity, outranks all;
 * a file of the operator and a post with the key of a domain outrank what anybody can send. From and
 * submitter are names that whoever wrote the mail chose, and could sign for: they outrank nobody.
 */
export function trustRank(trust: Trust, basis: DkimBasis): number {
  if (trust === "verified" && basis === "contact") return 2;
  return trust === "imported" || trust === "keyed" ? 1 : 0;
}
