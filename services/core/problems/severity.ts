// What a failure does to mail, and how urgent it therefore is: is mail withheld, could it be read on its
// way, or is a protection missing that mail gets by without. As rules in a table, which SQL is made of too.

import { POLICY_FILE_ENTRIES, SESSION_ENTRIES } from "../explain/catalogue.ts";
import type { ProblemState } from "./state.ts";

/** What happens to mail that meets the failure. */
export const IMPACTS = [
  "withheld",
  "clear",
  "would-be-withheld",
  "mode-unknown",
  "policy-unseen",
  "unproven",
  "not-told",
] as const;
export type Impact = (typeof IMPACTS)[number];

/** Levels of severity, gravest first; the rank of one is its place here. */
export const SEVERITIES = ["critical", "high", "medium", "low"] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface ImpactRule {
  impact: Impact;
  /** What a failure must be; what is absent may be anything. */
  policyTypes?: readonly string[];
  policyModes?: readonly string[];
  resultTypes?: readonly string[];
  /** Reasons without the number at their end. */
  reasons?: readonly string[];
}

const POLICY_TYPES = ["sts-policy-fetch-error", "sts-policy-invalid", "sts-webpki-invalid"];
const DANE_TYPES = ["tlsa-invalid", "dnssec-invalid", "dane-required"];
/** Reasons of the policy file, where they do not tell of a session too. */
const POLICY_REASONS = Object.keys(POLICY_FILE_ENTRIES).filter(
  (reason) => !Object.hasOwn(SESSION_ENTRIES, reason),
);
/** What a sender waits for, whatever the policy: proof by DANE, an answer of DNS, a rule of its own. */
const WAITING_REASONS = [
  ...DANE_TYPES,
  "tlsa-no-match",
  "tlsa-missing",
  "dnssec-bogus",
  "dnssec-error",
  "dns-lookup-failed",
  "sts-policy-required",
];
const PLAIN_TYPES = ["sts", "no-policy-found"];

/**
 * The first rule that fits says the impact. A policy that cannot be fetched withholds nothing, unless an
 * older one is remembered (RFC 8461 section 3.3). DANE does not deliver without proof (RFC 7672 section 2.2),
 * nor does an MTA-STS policy in enforce; in testing mail goes as without a policy (RFC 8461 section 5). TLSA
 * records that cannot be used ask for encryption alone (RFC 7671 section 10.3). Where nothing asks for TLS,
 * a sender whose handshake fails usually sends in clear text (RFC 7435 section 3).
 */
export const IMPACT_RULES: readonly ImpactRule[] = [
  { impact: "policy-unseen", resultTypes: POLICY_TYPES },
  { impact: "unproven", reasons: ["tlsa-unusable"] },
  { impact: "withheld", reasons: WAITING_REASONS },
  { impact: "policy-unseen", reasons: [...POLICY_TYPES, ...POLICY_REASONS] },
  { impact: "withheld", resultTypes: DANE_TYPES },
  { impact: "withheld", policyTypes: ["tlsa"] },
  { impact: "withheld", policyTypes: ["sts"], policyModes: ["enforce"] },
  { impact: "mode-unknown", policyTypes: ["sts"], policyModes: [""] },
  { impact: "clear", policyTypes: PLAIN_TYPES, resultTypes: ["starttls-not-supported"] },
  { impact: "would-be-withheld", policyTypes: ["sts"], policyModes: ["testing"] },
  { impact: "unproven", policyTypes: PLAIN_TYPES, policyModes: ["", "none"] },
];

/** The impact of what no rule fits: a kind of policy, or a mode, that we do not know. */
export const IMPACT_OTHERWISE: Impact = "not-told";

/** How urgent an impact is while it lasts. */
export const SEVERITY_OF: Readonly<Record<Impact, Severity>> = {
  withheld: "critical",
  clear: "high",
  "would-be-withheld": "high",
  "mode-unknown": "high",
  "policy-unseen": "medium",
  unproven: "medium",
  "not-told": "medium",
};

/** So few failed sessions, all on one day, are one level less: connections break now and then. */
export const SINGLE_SESSIONS = 1;
/** So many complete days without it, and nobody needs to look at it before what is still reported. */
export const LONG_QUIET_DAYS = 14;

export interface FailureImpact {
  policyType: string;
  /** Mode of the policy on the last day that the failure was reported. */
  policyMode: string;
  resultType: string;
  reason: string;
}

/** What the failure does to mail. */
export function impactOf({ policyType, policyMode, resultType, reason }: FailureImpact): Impact {
  const among = (value: string, values: readonly string[] | undefined) =>
    values === undefined || values.includes(value);
  const rule = IMPACT_RULES.find(
    ({ policyTypes, policyModes, resultTypes, reasons }) =>
      among(policyType, policyTypes) &&
      among(policyMode, policyModes) &&
      among(resultType, resultTypes) &&
      among(reason.replace(/-[0-9]+$/, ""), reasons),
  );
  return rule?.impact ?? IMPACT_OTHERWISE;
}

/** What severity and words depend on beside the impact. */
export interface Seen {
  state: ProblemState;
  failedSessions: number;
  /** Failed sessions under an MTA-STS policy in enforce. */
  enforceSessions: number;
  /** Days that it was reported on. */
  daysActive: number;
  /** Complete days since the last of them. */
  sinceDays: number;
}

function isSingle({ failedSessions, daysActive }: Seen): boolean {
  return failedSessions <= SINGLE_SESSIONS && daysActive <= 1;
}

/**
 * How urgent a problem is: by its impact, one level less when it was seen once, one less when it is quiet,
 * and low when it is over or quiet for long.
 */
export function severityOf(impact: Impact, seen: Seen): Severity {
  if (seen.state === "resolved" || seen.sinceDays >= LONG_QUIET_DAYS) return "low";
  const less = (isSingle(seen) ? 1 : 0) + (seen.state === "quiet" ? 1 : 0);
  return SEVERITIES[SEVERITIES.indexOf(SEVERITY_OF[impact]) + less] ?? "low";
}

const IN_WORDS: Readonly<Record<Impact, { now: string; past: string }>> = {
  withheld: {
    now: "These senders do not deliver to this host while it fails: mail waits, and may be lost.",
    past: "These senders did not deliver to this host while it failed.",
  },
  clear: {
    now: "Mail goes to this host unencrypted: anybody on the way can read and change it.",
    past: "Mail went to this host unencrypted.",
  },
  "would-be-withheld": {
    now: "Mail is delivered, as the policy is in testing; in enforce it would be withheld.",
    past: "Mail was delivered, as the policy was in testing; in enforce it would have been withheld.",
  },
  "mode-unknown": {
    now: "The reports do not say the policy's mode: in enforce this mail is withheld.",
    past: "The reports do not say the policy's mode: in enforce this mail was withheld.",
  },
  "policy-unseen": {
    now: "Mail is delivered, but a sender that cannot get the policy does not protect it.",
    past: "Mail was delivered, without the protection of the policy.",
  },
  unproven: {
    now:
      "Mail is most likely delivered, perhaps in clear text where nothing demands TLS, and nothing " +
      "proves that the host which takes it is yours.",
    past:
      "Mail was most likely delivered, perhaps in clear text where nothing demanded TLS, and without " +
      "proof that the host which took it was yours.",
  },
  "not-told": {
    now: "The reports do not say what becomes of this mail.",
    past: "The reports do not say what became of this mail.",
  },
};

/** What it does to mail in a sentence or two, and why it counts less where it does. */
export function impactInWords(impact: Impact, seen: Seen): string {
  const { now, past } = IN_WORDS[impact];
  const isPast = seen.state === "quiet" || seen.state === "resolved";
  return [isPast ? past : now, ofModes(impact, seen), lessInWords(seen)].filter(Boolean).join(" ");
}

/** Mode and impact are those of the last day; what came under another mode met something else. */
function ofModes(impact: Impact, { failedSessions, enforceSessions }: Seen): string {
  const mixed = enforceSessions > 0 && enforceSessions < failedSessions;
  const told = impact === "withheld" || impact === "would-be-withheld" || impact === "clear";
  if (!mixed || !told) return "";
  const were =
    enforceSessions === 1
      ? "the 1 under mode enforce was"
      : `the ${enforceSessions.toLocaleString("en-US")} under mode enforce were`;
  return `Of its ${failedSessions.toLocaleString("en-US")} failed sessions only ${were} withheld.`;
}

function lessInWords(seen: Seen): string {
  if (seen.state === "resolved") return "It is over, so it is low now.";
  if (seen.sinceDays >= LONG_QUIET_DAYS) return "It has been quiet for long, so it is low now.";
  const single = isSingle(seen);
  if (seen.state === "quiet") {
    return single
      ? "It is quiet and was seen once only, so it counts two levels less."
      : "It is quiet, so it counts a level less.";
  }
  return single ? "It was seen once only, so it counts a level less." : "";
}
