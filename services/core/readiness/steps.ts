// What to do next about an MTA-STS policy: the change as it has to be published (RFC 8461 section 3).

import { domainOrNone } from "../dns/name.ts";
import { isMxPattern, type StsPolicy } from "../mta-sts/policy.ts";
import { type Because, CLEAN_DAYS_MIN, type Evidence, isRangeTooShort } from "./rules.ts";

/** What the steps are made for. */
export interface StepFacts extends Evidence {
  domain: string;
  policy: StsPolicy | null;
  /** A report whose sender is proven has this policy. */
  policy_proven: boolean;
  /** MX hosts that were named in failures. */
  failing_mx: readonly string[];
  /** Organizations that found no policy at all. */
  no_policy_organizations: number;
  nowMs: number;
}

/** A week: with it a mistake in enforce is undone within days. */
const MAX_AGE_FIRST = 604_800;
/** A day: below that senders that refresh daily have no policy in between. */
const MAX_AGE_LEAST = 86_400;
/** 30 days: RFC 8461 section 3.2 expects weeks or more, section 10.2 as long as can be lived with. */
const MAX_AGE_LATER = 2_592_000;

type Steps = (facts: StepFacts) => readonly string[];

/**
 * Makes the steps for what the rules decided, in order. Names that are no domain names are left out, so
 * that a command stays safe to run whatever a report says.
 */
export function nextSteps(because: Because, facts: StepFacts): readonly string[] {
  return STEPS[because]({ ...facts, domain: domainOrNone(facts.domain) || "DOMAIN" });
}

const LOOK =
  "See the problems of this domain: they say who has to act and how each failure is mended.";
const TEST_EACH =
  "Test each MX host from outside; with that done it is yours to judge whether to wait.";

const STEPS: Readonly<Record<Because, Steps>> = {
  withheld: ({ domain, failing_mx, policy_fetch_sessions: unfetched }) => [
    LOOK,
    "Find out whose fault it is: ask each MX host from several networks for STARTTLS and its certificate: " +
      askHosts(failing_mx),
    "Where your hosts answer well and one network alone sees a wrong certificate or no STARTTLS, " +
      "somebody may be intercepting mail: enforce is what protects it, so keep it.",
    ...(unfetched > 0
      ? [`Mend the policy host first, without it senders see no change: ${fetchPolicy(domain)}`]
      : []),
    "Only where the fault is at your own MX host and cannot be mended soon: serve the same policy with " +
      "mode testing under a new id until it is. Senders that fetch it deliver again, unprotected.",
  ],
  "no-sts": (facts) => [
    "If there is no policy yet, begin with mode testing, which withholds no mail.",
    ...publish("testing", facts),
  ],
  "policy-unseen": ({ domain }) => [
    `Fetch the policy from outside: ${fetchPolicy(domain)}`,
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
    `Fetch the policy from outside: ${fetchPolicy(domain)}`,
  ],
  "enforced-silent": whenSilent,
  "enforced-few-sessions": (facts) => [longer(facts), TEST_EACH],
  failing: ({ domain, mode }) => [
    LOOK,
    ...(mode === "" ? [`Look at the policy yourself for its mode: ${policyUrl(domain)}`] : []),
    `Do not go to enforce until ${CLEAN_DAYS_MIN} days with reports passed without a failure.`,
  ],
  silent: whenSilent,
  "range-short": (facts) => [longer(facts)],
  "stale-policy": ({ domain }) => [
    "See the policies of this domain for who still has the old one, and check that every host behind " +
      `mta-sts.${domain} serves the new one.`,
  ],
  "few-days": (facts) => [
    "Stay in testing; there is nothing else to do.",
    ...(isRangeTooShort(facts) ? [`Reports come on some days only. ${longer(facts)}`] : []),
  ],
  unconfirmed: () => [
    "Stay in testing. See the problems of this domain for these organizations and whether it is mended.",
    "If you know the fault and have mended it, it is yours to judge whether to wait.",
  ],
  "one-organization": (facts) => [longer(facts), TEST_EACH],
  "few-sessions": (facts) => [longer(facts), TEST_EACH],
  clean: (facts) => [
    "Test each MX host once more, the backup ones too: STARTTLS, a certificate for its own name.",
    ...publish("enforce", facts),
    ...keepLonger(facts),
  ],
};

function longer({ range_days: days }: StepFacts): string {
  return `Look at a longer time: this is of ${days} complete ${days === 1 ? "day" : "days"}.`;
}

/** Who saw the policy is silent: the fault is in the way of reports, or the policy is gone. */
function whenSilent({ domain, no_policy_organizations: none }: StepFacts): string[] {
  const others = none > 0 ? ", and others find none" : "";
  return [
    `The senders that saw the policy fell silent${others}: check that its record is there: ` +
      `$ dig +short TXT _mta-sts.${domain}`,
    `Check that the policy can be fetched: ${fetchPolicy(domain)}`,
    `Check that the TXT record at _smtp._tls.${domain} still names the address of this receiver.`,
  ];
}

function fetchPolicy(domain: string): string {
  return `$ curl -v ${policyUrl(domain)}`;
}

/** A command for each host that is known to fail, one line each. */
function askHosts(failing: readonly string[]): string {
  const known = failing.map(domainOrNone).filter((host) => host !== "");
  const hosts = known.length > 0 ? [...new Set(known)] : ["MX_HOST"];
  const commands = hosts.map(
    (host) => `openssl s_client -starttls smtp -connect ${host}:25 -servername ${host} </dev/null`,
  );
  return `$ ${commands.join("\n")}`;
}

function policyUrl(domain: string): string {
  return `https://mta-sts.${domain}/.well-known/mta-sts.txt`;
}

/**
 * The policy first and the id after it, so that no sender fetches the old one again (section 8.1). MX hosts
 * are those of a proven report only: anybody can send the others, with a host of his own.
 */
function publish(mode: "testing" | "enforce", facts: StepFacts): string[] {
  const { domain, policy, policy_proven, nowMs } = facts;
  const known = policy_proven ? (policy?.mx ?? []).filter(isMxPattern) : [];
  const mx = known.length > 0 ? known : ["<each MX host of the domain>"];
  const lines = [
    "version: STSv1",
    `mode: ${mode}`,
    ...mx.map((pattern) => `mx: ${pattern}`),
    `max_age: ${Math.max(Math.min(policy?.maxAgeSeconds ?? MAX_AGE_FIRST, MAX_AGE_FIRST), MAX_AGE_LEAST)}`,
  ];
  // The first of its day, so that an answer is the same all day; section 3.1 wants another for each change.
  const id = `${new Date(nowMs).toISOString().replace(/\D/g, "").slice(0, 8)}01`;
  return [
    "Compare the lines `mx:` below with the MX records of the domain, since they are what senders told: " +
      `$ dig +short MX ${domain}`,
    `Serve this at ${policyUrl(domain)}, one line each:\n${lines.join("\n")}`,
    `Then give the TXT record at _mta-sts.${domain} another id than the present one, so that senders fetch it ` +
      `(count on for a second change of one day): "v=STSv1; id=${id};"`,
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
