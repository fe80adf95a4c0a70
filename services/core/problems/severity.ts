// What a failure does to mail, and how urgent it therefore is: is mail withheld, could it be read on its
// way, or is a protection missing that mail gets by without. As rules in a table, which SQL is made of too.

import type { ProblemState } from "./state.ts";

/** What happens to mail that meets the failure. */
export const IMPACTS = [
  "withheld",
  "clear",
  "would-be-withheld",
  "mode-unknown",
  "policy-unseen",
  "unproven",
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
}

/**
 * The first rule that fits says the impact. A policy that cannot be fetched withholds nothing, unless an
 * older one is remembered (RFC 8461 section 3.3). DANE does not deliver without proof (RFC 7672 section 2.2),
 * nor does an MTA-STS policy in enforce; in testing mail goes as without a policy (RFC 8461 section 5).
 */
export const IMPACT_RULES: readonly ImpactRule[] = [
  {
    impact: "policy-unseen",
    resultTypes: ["sts-policy-fetch-error", "sts-policy-invalid", "sts-webpki-invalid"],
  },
  { impact: "withheld", policyTypes: ["tlsa"] },
  { impact: "withheld", resultTypes: ["tlsa-invalid", "dnssec-invalid", "dane-required"] },
  { impact: "withheld", policyTypes: ["sts"], policyModes: ["enforce"] },
  { impact: "mode-unknown", policyTypes: ["sts"], policyModes: [""] },
  { impact: "clear", resultTypes: ["starttls-not-supported"] },
  { impact: "would-be-withheld", policyTypes: ["sts"], policyModes: ["testing"] },
];

/** The impact of what no rule fits: mail goes on, encrypted maybe, to somebody who is not proven. */
export const IMPACT_OTHERWISE: Impact = "unproven";

/** How urgent an impact is while it lasts. */
export const SEVERITY_OF: Readonly<Record<Impact, Severity>> = {
  withheld: "critical",
  clear: "high",
  "would-be-withheld": "high",
  "mode-unknown": "high",
  "policy-unseen": "medium",
  unproven: "medium",
};

/** So few failed sessions, all on one day, are one level less: connections break now and then. */
export const SINGLE_SESSIONS = 1;

export interface FailureImpact {
  policyType: string;
  /** Mode of the policy on the last day that the failure was reported. */
  policyMode: string;
  resultType: string;
}

/** What the failure does to mail. */
export function impactOf({ policyType, policyMode, resultType }: FailureImpact): Impact {
  const among = (value: string, values: readonly string[] | undefined) =>
    values === undefined || values.includes(value);
  const rule = IMPACT_RULES.find(
    ({ policyTypes, policyModes, resultTypes }) =>
      among(policyType, policyTypes) &&
      among(policyMode, policyModes) &&
      among(resultType, resultTypes),
  );
  return rule?.impact ?? IMPACT_OTHERWISE;
}

/**
 * How urgent a problem is: by its impact, one level less when it was seen once, and low when it is over.
 * @param daysActive days that it was reported on
 */
export function severityOf(
  impact: Impact,
  seen: { state: ProblemState; failedSessions: number; daysActive: number },
): Severity {
  if (seen.state === "resolved") return "low";
  const single = seen.failedSessions <= SINGLE_SESSIONS && seen.daysActive <= 1;
  const rank = SEVERITIES.indexOf(SEVERITY_OF[impact]) + (single ? 1 : 0);
  return SEVERITIES[rank] ?? "low";
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
    now: "Mail is delivered, but nothing proves that the host which takes it is yours.",
    past: "Mail was delivered, without proof that the host which took it was yours.",
  },
};

/** What it does to mail in a sentence, and why it counts less where it does. */
export function impactInWords(
  impact: Impact,
  seen: { state: ProblemState; failedSessions: number; daysActive: number },
): string {
  const { now, past } = IN_WORDS[impact];
  if (seen.state === "resolved") return `${past} It is over, so it is low now.`;
  const single = seen.failedSessions <= SINGLE_SESSIONS && seen.daysActive <= 1;
  return single ? `${now} It was seen once only, so it counts a level less.` : now;
}
