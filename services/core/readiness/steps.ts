// What to do next about an MTA-STS policy: the change as it has to be published (RFC 8461 section 3).

import type { StsPolicy } from "../mta-sts/policy.ts";
import { type Because, CLEAN_DAYS_MIN } from "./rules.ts";

/** What the steps are made for. */
export interface StepFacts {
  domain: string;
  policy: StsPolicy | null;
  nowMs: number;
  stale_wait_days: number;
  clean_days: number;
  range_days: number;
}

/** A week: with it a mistake in enforce is undone within days. */
const MAX_AGE_FIRST = 604_800;
/** 30 days: RFC 8461 section 3.2 expects weeks or more, section 10.2 as long as can be lived with. */
const MAX_AGE_LATER = 2_592_000;

type Steps = (facts: StepFacts) => readonly string[];

/** Makes the steps for what the rules decided, in order. */
export function nextSteps(because: Because, facts: StepFacts): readonly string[] {
  return STEPS[because](facts);
}

const LOOK =
  "See the panel `problems` for this domain: it says who has to act and how each failure is mended.";
const LONGER = "Ask about a longer time: last=90d.";

const STEPS: Readonly<Record<Because, Steps>> = {
  withheld: (facts) => [
    LOOK,
    "If it takes long, go back to testing: senders that fetch it deliver again.",
    ...publish("testing", facts),
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
  "no-policy-text": ({ domain }) => [
    `Look at the policy yourself: ${policyUrl(domain)}`,
    "Wait for reports of a sender that shows it; large senders do.",
  ],
  enforced: (facts) => keepLonger(facts),
  "mode-none": (facts) => [
    "If the policy is not to be withdrawn for good, begin with mode testing.",
    ...publish("testing", facts),
  ],
  "mode-unknown": (facts) => publish("testing", facts),
  failing: () => [
    LOOK,
    `Stay in testing until ${CLEAN_DAYS_MIN} days with reports passed without a failure.`,
  ],
  silent: ({ domain }) => [
    `Check that the TXT record at _smtp._tls.${domain} still names the address of this receiver.`,
    LONGER,
  ],
  "range-short": () => [LONGER],
  "stale-policy": ({ domain }) => [
    `See the panel \`policies\` for who still has the old one, and check that every host behind ` +
      `mta-sts.${domain} serves the new one.`,
  ],
  "few-days": ({ range_days, clean_days }) => [
    "Stay in testing; there is nothing else to do.",
    ...(range_days >= 2 * CLEAN_DAYS_MIN && clean_days > 0
      ? [`If reports come on some days only, judge by a longer time: last=90d.`]
      : []),
  ],
  "one-organization": () => [
    LONGER,
    "Test each MX host from outside; with that done it is yours to judge whether to wait.",
  ],
  "few-sessions": () => [
    LONGER,
    "Test each MX host from outside; with that done it is yours to judge whether to wait.",
  ],
  clean: (facts) => [
    "Test each MX host once more, the backup ones too: STARTTLS, a certificate for its own name.",
    ...publish("enforce", facts),
    ...keepLonger(facts),
  ],
};

function policyUrl(domain: string): string {
  return `https://mta-sts.${domain}/.well-known/mta-sts.txt`;
}

/** The policy first and the id after it, so that no sender fetches the old one again (section 8.1). */
function publish(mode: "testing" | "enforce", { domain, policy, nowMs }: StepFacts): string[] {
  const mx = policy?.mx.length ? policy.mx : ["<each MX host of the domain>"];
  const lines = [
    "version: STSv1",
    `mode: ${mode}`,
    ...mx.map((pattern) => `mx: ${pattern}`),
    `max_age: ${policy?.maxAgeSeconds || MAX_AGE_FIRST}`,
  ];
  const id = new Date(nowMs).toISOString().replace(/\D/g, "").slice(0, 14);
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
