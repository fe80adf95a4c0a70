// What to do next about an MTA-STS policy: the change as it has to be published (RFC 8461 section 3).

import { isMxPattern, type StsPolicy } from "../mta-sts/policy.ts";
import { type Because, CLEAN_DAYS_MIN, type Evidence, isRangeTooShort } from "./rules.ts";

/** What the steps are made for. */
export interface StepFacts extends Evidence {
  domain: string;
  policy: StsPolicy | null;
  nowMs: number;
}

/** A week: with it a mistake in enforce is undone within days. */
const MAX_AGE_FIRST = 604_800;
/** A day: below that senders that refresh daily have no policy in between. */
const MAX_AGE_LEAST = 86_400;
/** 30 days: RFC 8461 section 3.2 expects weeks or more, section 10.2 as long as can be lived with. */
const MAX_AGE_LATER = 2_592_000;

type Steps = (facts: StepFacts) => readonly string[];

/** Makes the steps for what the rules decided, in order. */
export function nextSteps(because: Because, facts: StepFacts): readonly string[] {
  return STEPS[because](facts);
}

const LOOK =
  "See the problems of this domain: they say who has to act and how each failure is mended.";
const TEST_EACH =
  "Test each MX host from outside; with that done it is yours to judge whether to wait.";
const LONGER = "Ask about a longer time: last=90d.";

const STEPS: Readonly<Record<Because, Steps>> = {
  withheld: ({ domain, policy_fetch_sessions: unfetched }) => [
    LOOK,
    "Find out whose fault it is: ask each MX host from several networks for STARTTLS and its certificate: " +
      "$ openssl s_client -starttls smtp -connect MX_HOST:25 -servername MX_HOST </dev/null",
    "Where your hosts answer well and one network alone sees a wrong certificate or no STARTTLS, " +
      "somebody may be intercepting mail: enforce is what protects it, so keep it.",
    ...(unfetched > 0
      ? [
          `Mend the policy host first, without it senders see no change: curl -v ${policyUrl(domain)}`,
        ]
      : []),
    "Only where the fault is at your own MX host and cannot be mended soon: serve the same policy with " +
      "mode testing under a new id until it is. Senders that fetch it deliver again, unprotected.",
  ],
  "no-sts": (facts) => [
    "If there is no policy yet, begin with mode testing, which withholds no mail.",
    ...publish("testing", facts),
  ],
  "policy-unseen": ({ domain }) => [
    `Fetch the policy from outside: curl -v ${policyUrl(domain)}`,
    "It must answer 200 without a redirect, with a certificate for that very name.",
    LOOK,
  ],
  "policy-broken": (facts) => [
    "Mend the faults that are named here in the policy.",
    ...(facts.mode === "enforce" ? [] : publish("testing", facts)),
  ],
  "no-policy-text": ({ domain }) => [
    `Look at the policy yourself: ${policyUrl(domain)}`,
    "Wait for reports of a sender that shows it; large senders do.",
  ],
  enforced: (facts) => keepLonger(facts),
  "mode-none": (facts) => [
    "If the policy is not to be withdrawn for good, begin with mode testing.",
    ...publish("testing", facts),
  ],
  "enforced-failing": ({ domain }) => [
    LOOK,
    `Fetch the policy from outside: curl -v ${policyUrl(domain)}`,
  ],
  "enforced-silent": ({ domain }) => [askForReports(domain), LONGER],
  "enforced-few-sessions": () => [LONGER, TEST_EACH],
  failing: ({ domain, mode }) => [
    LOOK,
    ...(mode === "" ? [`Look at the policy yourself for its mode: ${policyUrl(domain)}`] : []),
    `Do not go to enforce until ${CLEAN_DAYS_MIN} days with reports passed without a failure.`,
  ],
  silent: ({ domain }) => [askForReports(domain), LONGER],
  "range-short": () => [LONGER],
  "stale-policy": ({ domain }) => [
    "See the policies of this domain for who still has the old one, and check that every host behind " +
      `mta-sts.${domain} serves the new one.`,
  ],
  "few-days": (facts) => [
    "Stay in testing; there is nothing else to do.",
    ...(isRangeTooShort(facts)
      ? ["Reports come on some days only, so judge by a longer time: last=90d."]
      : []),
  ],
  unconfirmed: () => [
    "Stay in testing. See the problems of this domain for these organizations and whether it is mended.",
    "If you know the fault and have mended it, it is yours to judge whether to wait.",
  ],
  "one-organization": () => [LONGER, TEST_EACH],
  "few-sessions": () => [LONGER, TEST_EACH],
  clean: (facts) => [
    "Test each MX host once more, the backup ones too: STARTTLS, a certificate for its own name.",
    ...publish("enforce", facts),
    ...keepLonger(facts),
  ],
};

function askForReports(domain: string): string {
  return `Check that the TXT record at _smtp._tls.${domain} still names the address of this receiver.`;
}

function policyUrl(domain: string): string {
  return `https://mta-sts.${domain}/.well-known/mta-sts.txt`;
}

/** The policy first and the id after it, so that no sender fetches the old one again (section 8.1). */
function publish(mode: "testing" | "enforce", { domain, policy, nowMs }: StepFacts): string[] {
  const known = (policy?.mx ?? []).filter(isMxPattern);
  const mx = known.length > 0 ? known : ["<each MX host of the domain>"];
  const lines = [
    "version: STSv1",
    `mode: ${mode}`,
    ...mx.map((pattern) => `mx: ${pattern}`),
    `max_age: ${Math.max(Math.min(policy?.maxAgeSeconds ?? MAX_AGE_FIRST, MAX_AGE_FIRST), MAX_AGE_LEAST)}`,
  ];
  // Of the day, so that an answer stays the same from one second to the next.
  const id = new Date(nowMs).toISOString().replace(/\D/g, "").slice(0, 8);
  return [
    `Serve this at ${policyUrl(domain)}, one line each:\n${lines.join("\n")}`,
    `Then give the TXT record at _mta-sts.${domain} a new id, so that senders fetch it: ` +
      `"v=STSv1; id=${id};"`,
  ];
}

/** Advice on max_age, where it is short. */
function keepLonger({ policy }: StepFacts): string[] {
  if ((policy?.maxAgeSeconds ?? 0) >= MAX_AGE_LATER) return [];
  return [
    `When enforce has run well for two weeks, raise max_age to ${MAX_AGE_LATER} (30 days) or more: ` +
      "senders are protected for as long as they keep the policy.",
  ];
}
