// What is told of a domain's way from testing to enforce: the verdict of the rules in words, the
// evidence behind it, and what to do next.

import {
  HARMLESS_FAULTS,
  matchesAnyMxPattern,
  POLICY_FAULTS,
  type StsPolicy,
} from "../mta-sts/policy.ts";
import {
  type Because,
  CLEAN_DAYS_MIN,
  daysToWait,
  decide,
  type Evidence,
  FAILURE_DAYS,
  ORGANIZATIONS_MIN,
  type ReadinessState,
  SESSIONS_MIN,
  UNCONFIRMED_DAYS,
  WITHHELD_DAYS,
} from "./rules.ts";
import { lastSeen } from "./silence.ts";
import { nextSteps } from "./steps.ts";

/** The evidence with what only the words need. Texts may come from outside. */
export interface ReadinessFacts extends Evidence {
  domain: string;
  /** The policy that most organizations saw last; null when none was seen. */
  policy: StsPolicy | null;
  /** A report whose sender is proven has this policy. */
  policy_proven: boolean;
  organizations: number;
  failed_sessions: number;
  /** YYYY-MM-DD, or null. */
  last_day: string | null;
  last_failure_day: string | null;
  /** From that day to the last complete one that was asked about; null without a failure. */
  failure_age_days: number | null;
  /** Organizations whose newest report still has an older policy. */
  stale_organizations: number;
  /** Recent failed sessions that no failure detail tells of. */
  undetailed_sessions: number;
  /** Withheld sessions of reports that do not say the mode; the present one is enforce. */
  unstated_sessions: number;
  /** Organizations that saw a failure on a complete day and did not report since. */
  unconfirmed_organizations: number;
  /** The names of some of them. */
  unconfirmed_names: readonly string[];
  /** Failed sessions under `tlsa` policies (DANE). */
  tlsa_failed_sessions: number;
  /** Organizations that found no policy at all. */
  no_policy_organizations: number;
  /** Failures of the last CLEAN_DAYS_MIN days, largest first, in a few words each. */
  problems: readonly string[];
  /** MX hosts that were named in failures. */
  failing_mx: readonly string[];
  /** Epoch milliseconds of the question; the suggested policy id is made of it. */
  nowMs: number;
}

export interface Readiness {
  state: ReadinessState;
  because: Because;
  title: string;
  sentence: string;
  reasons: readonly string[];
  nextSteps: readonly string[];
  /** Days still to wait, where waiting is what there is to do. */
  waitDays: number | null;
}

/** Says whether a domain may enforce its MTA-STS policy, why, and what to do next. */
export function readiness(facts: ReadinessFacts): Readiness {
  const { state, because } = decide(facts);
  const { title, sentence } = VERDICTS[because](facts);
  return {
    state,
    because,
    title,
    sentence,
    reasons: reasons(facts),
    nextSteps: nextSteps(because, facts),
    waitDays: daysToWait(facts),
  };
}

function withheldInWords(sure: boolean, failureAgeDays: number | null): string {
  const over = failureAgeDays !== null && failureAgeDays >= WITHHELD_DAYS;
  return `Mail ${over ? "was" : "is"} ${sure ? "" : "likely "}${over ? "withheld lately" : "being withheld"}`;
}

type Verdict = (facts: ReadinessFacts) => { title: string; sentence: string };

const VERDICTS: Readonly<Record<Because, Verdict>> = {
  withheld: ({
    withheld_sessions: all,
    undetailed_sessions: undetailed,
    unstated_sessions,
    failure_age_days,
  }) => ({
    title: withheldInWords(all > undetailed + unstated_sessions, failure_age_days),
    sentence:
      `${undetailed > 0 ? "At most " : ""}${sessions(all)} of the last ${FAILURE_DAYS} complete days ` +
      "and since failed under mode enforce: the sender did not deliver there, and tried another MX " +
      `host or later.${unstated(unstated_sessions)}`,
  }),
  "no-sts": ({ no_policy_organizations: none, tlsa_failed_sessions: tlsa }) => ({
    title: "No MTA-STS policy was seen",
    sentence:
      "No report of this time is about an MTA-STS policy" +
      (none > 0 ? `; ${organizations(none)} looked and found no policy.` : ".") +
      (tlsa > 0 ? ` ${sessions(tlsa)} failed under DANE.` : ""),
  }),
  "policy-broken": ({ policy_faults }) => ({
    title: "Fix first: the policy is not valid",
    sentence:
      `The policy as senders see it has ${counted(policy_faults, "fault")}: senders may take it for no ` +
      "policy.",
  }),
  "policy-unseen": ({ recent_failed_sessions }) => ({
    title: "Fix first: the policy cannot be read",
    sentence: `${sessions(recent_failed_sessions)} failed and no sender could say what the policy is.`,
  }),
  "no-policy-text": () => ({
    title: "Cannot tell: no sender shows the policy",
    sentence:
      "Reports are about an MTA-STS policy, but none holds its text, so its mode is unknown.",
  }),
  "enforced-failing": ({ recent_failed_sessions }) => ({
    title: "Fix first: enforced, but not by all",
    sentence:
      `${sessions(recent_failed_sessions)} of the last ${FAILURE_DAYS} complete days and since failed. ` +
      "As far as reports tell their mail was delivered: the sender could not get the policy, or had " +
      "an older one.",
  }),
  "enforced-silent": (facts) => ({
    title: "Cannot tell: enforced, but not confirmed of late",
    sentence: `Mode enforce was ${silence(facts)}: nothing tells whether mail is withheld since.`,
  }),
  "enforced-few-sessions": (facts) => ({
    title: "Cannot tell: enforced, but too few sessions",
    sentence:
      `${sessions(facts.sessions)} were reported; at least ${SESSIONS_MIN} are needed to tell that no ` +
      "mail is withheld.",
  }),
  enforced: () => ({
    title: "Enforcing",
    sentence: `The policy is enforced, and no session of the last ${FAILURE_DAYS} complete days failed.`,
  }),
  "mode-none": () => ({
    title: "Cannot tell: the policy is switched off",
    sentence: "The policy has mode none, under which senders check nothing.",
  }),
  failing: (facts) => ({
    title: facts.mode === "" ? "Fix first: the mode is unknown" : "Fix first",
    sentence:
      `${sessions(facts.recent_failed_sessions)} of the last ${FAILURE_DAYS} complete days and since ` +
      `failed. ${effectOfEnforce(facts)}`,
  }),
  silent: (facts) => ({
    title: "Cannot tell: no reports of late",
    sentence: `The policy was ${silence(facts)}.`,
  }),
  "range-short": ({ range_days }) => ({
    title: "Cannot tell from so short a time",
    sentence: `${days(range_days)} were asked about; ${CLEAN_DAYS_MIN} are needed.`,
  }),
  "stale-policy": ({ stale_organizations, stale_wait_days }) => ({
    title: `Wait ${days(stale_wait_days)}`,
    sentence:
      `${organizations(stale_organizations)} still keep${only(stale_organizations)} an older policy, ` +
      `which they may for ${days(stale_wait_days)} more.`,
  }),
  "few-days": ({ clean_days, last_failure_day, ...facts }) => ({
    title: `Wait ${days(daysToWait({ clean_days, ...facts }) ?? 0)}`,
    sentence:
      `${days(clean_days)} with reports and without a failure` +
      (last_failure_day === null ? "" : ` since ${last_failure_day}`) +
      ` under the present policy; ${CLEAN_DAYS_MIN} are needed.`,
  }),
  unconfirmed: (facts) => ({
    title: `Wait ${days(facts.unconfirmed_wait_days)}`,
    sentence:
      `${unconfirmed(facts)}: a report of theirs without a failure ends the wait, or ` +
      `${UNCONFIRMED_DAYS} complete days without any.`,
  }),
  "one-organization": ({ clean_organizations }) => ({
    title: "Cannot tell: too few senders report",
    sentence:
      `Only ${organizations(clean_organizations)} saw the present policy on the clean days; at least ` +
      `${ORGANIZATIONS_MIN} are needed to know how others reach you.`,
  }),
  "few-sessions": (facts) => ({
    title: "Cannot tell: too few sessions",
    sentence:
      `${sessions(facts.clean_sessions)} were reported under the present policy since the last failure; ` +
      `at least ${SESSIONS_MIN} are needed.`,
  }),
  clean: ({ clean_days, clean_organizations }) => ({
    title: "Enforce now",
    sentence:
      `${days(clean_days)} without a failure, reported by ${organizations(clean_organizations)}: ` +
      "the policy can go from testing to enforce.",
  }),
};

/** The evidence, one sentence each; what does not apply is left out. */
function reasons(facts: ReadinessFacts): string[] {
  const { policy, mode, failing_mx, sessions: all } = facts;
  const patterns = policy?.mx ?? [];
  const strange = failing_mx.filter((host) => !matchesAnyMxPattern(patterns, host));
  const unlike = facts.enforcing_organizations > 0 && mode !== "enforce";
  return [
    facts.reported_days > 0 &&
      `${organizations(facts.organizations)} reported ${sessions(all)} on ${days(facts.reported_days)}; ` +
        `${facts.failed_sessions.toLocaleString("en-US")} failed.`,
    facts.last_failure_day !== null && `The last failure was on ${facts.last_failure_day}.`,
    ...facts.problems.map((problem) => `Failed: ${problem}.`),
    facts.failed_sessions > 0 &&
      facts.problems.length === 0 &&
      facts.recent_failed_sessions > 0 &&
      "The senders counted failures without saying what failed.",
    patterns.length > 0 &&
      strange.length > 0 &&
      `Not in the policy: ${strange.join(", ")}. Senders that enforce do not deliver there.`,
    facts.unconfirmed_organizations > 0 &&
      `${unconfirmed(facts)}: no report is not the same as no failure.`,
    unlike &&
      `${organizations(facts.enforcing_organizations)} see${only(facts.enforcing_organizations)} the ` +
        "policy with mode enforce.",
    facts.stale_organizations > 0 && staleReason(facts),
    facts.reported_days > 0 &&
      facts.tlsa_failed_sessions > 0 &&
      `${sessions(facts.tlsa_failed_sessions)} failed under DANE. They do not stand in the way of ` +
        "MTA-STS, but DANE senders withhold that mail already.",
    ...(policy?.faults ?? []).map(
      (fault) => `${HARMLESS_FAULTS.has(fault) ? "Note" : "Policy"}: ${POLICY_FAULTS[fault]}`,
    ),
    policy?.faults.includes("version-missing") &&
      "Many senders leave that line out of their reports; see that your file begins with it.",
    patterns.length > 0 && coverage(patterns),
  ].filter((reason) => typeof reason === "string");
}

/** Complete days without a report under the policy, and who reported something else. */
function silence({ silent_days, last_day, no_policy_organizations: none }: ReadinessFacts): string {
  const others = none > 0 ? `; ${organizations(none)} found no policy` : "";
  return `${lastSeen(last_day ?? "")} (${days(silent_days)})${others}`;
}

function unstated(count: number): string {
  if (count === 0) return "";
  return ` The reports of ${sessions(count)} do not say the mode; the policy is in enforce now.`;
}

/** A policy that cannot be fetched withholds nothing by itself (RFC 8461 sections 3.3, 5.1). */
function effectOfEnforce(facts: ReadinessFacts): string {
  const { policy_fetch_sessions: unfetched, other_failed_sessions: other } = facts;
  const most = facts.undetailed_sessions > 0 ? "at most " : "";
  const fetched =
    unfetched > 0 ? ` In ${sessions(unfetched)} the sender could not get a valid policy.` : "";
  if (other === 0) return `That alone withholds no mail, but leaves it unprotected.${fetched}`;
  return `Under enforce, mail of ${most}${sessions(other)} would not have been delivered there.${fetched}`;
}

function unconfirmed({
  unconfirmed_organizations: count,
  unconfirmed_names,
}: ReadinessFacts): string {
  const names = unconfirmed_names.length > 0 ? ` (${unconfirmed_names.join(", ")})` : "";
  return `${organizations(count)}${names} saw a failure on the last day reported and did not report since`;
}

function staleReason({ stale_organizations, stale_wait_days }: ReadinessFacts): string {
  const who = `${organizations(stale_organizations)} still see${only(stale_organizations)} an older policy`;
  if (stale_wait_days > 0) return `${who}, within its max_age.`;
  return `${who}, longer than its max_age allows: an old copy is still served, or the sender errs.`;
}

/** What reports cannot tell of MX hosts (RFC 8460 section 4.3: a host is named with a failure only). */
function coverage(patterns: readonly string[]): string {
  const wild = patterns.filter((pattern) => pattern.startsWith("*.")).length;
  const exact = patterns.length - wild;
  return (
    `The policy names ${counted(exact, "MX host")} in full and ${counted(wild, "pattern")}. Reports ` +
    "name an MX host only when it fails, so they do not show that each was reached."
  );
}

function counted(count: number, thing: string): string {
  const shown = count.toLocaleString("en-US");
  return `${shown} ${thing}${count === 1 ? "" : "s"}`;
}

const days = (count: number) => counted(count, "day");
const sessions = (count: number) => counted(count, "session");
const organizations = (count: number) => counted(count, "organization");
/** The verb's ending after one. */
const only = (count: number) => (count === 1 ? "s" : "");
