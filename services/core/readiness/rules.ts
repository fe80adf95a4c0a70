// May a domain go from testing to enforce? The rules, as a table over the evidence of reports: the store
// filters and sorts by the same table (query/panels/readiness.ts), so that there is one answer only.

/** What reports of a range say about a domain. Days are whole UTC days, counts of `sts` alone. */
export interface Evidence {
  /** Mode of the policy that most organizations saw last; "" when no policy text was seen. */
  mode: string;
  /** Complete days of the range. */
  range_days: number;
  /** Days with a report under an `sts` policy, complete or not. */
  reported_days: number;
  /** Days from the first of them to the last or to the last complete day, whichever is later. */
  report_span_days: number;
  /** Complete days since the last of them. */
  silent_days: number;
  /** All sessions under `sts` policies. */
  sessions: number;
  /** Failed ones of the last FAILURE_DAYS complete days and since. */
  recent_failed_sessions: number;
  /** Those of them that failed since the sender could not get the policy: that alone withholds no mail. */
  policy_fetch_sessions: number;
  /** Those of them that failed otherwise, or without a word of how. */
  other_failed_sessions: number;
  /** Faults of the policy for which a sender may take it for none. */
  policy_faults: number;
  /** Complete days after the last failure with sessions under the policy as it is now. */
  clean_days: number;
  /** Organizations that saw this policy on these days. */
  clean_organizations: number;
  /** Sessions under this policy on these days. */
  clean_sessions: number;
  /** Days until no organization is left that failed and was not heard of since. */
  unconfirmed_wait_days: number;
  /** Failed ones of the last FAILURE_DAYS complete days and since whose mail was not delivered. */
  withheld_sessions: number;
  /** Organizations whose newest sight of the policy has mode enforce. */
  enforcing_organizations: number;
  /** Days until the last cached older policy has to be given up; 0 when there is none to wait for. */
  stale_wait_days: number;
}

/**
 * Clean complete days before enforce. Guides and other tools ask for two weeks: it holds two weekends, and
 * senders that write once a week are heard twice.
 */
export const CLEAN_DAYS_MIN = 14;
/** One sender alone cannot show a fault on the way that only others take. */
export const ORGANIZATIONS_MIN = 2;
/** Below that a fault of one MX in many, or of one session in fifty, is likely not to have shown. */
export const SESSIONS_MIN = 100;
/** A failure this new counts as still there: a week holds every weekday's senders. */
export const FAILURE_DAYS = 7;
/** Days from the last failure to the last complete one from which mail was, and is not, withheld. */
export const WITHHELD_DAYS = 2;
/**
 * An organization that failed and did not report since may fail still: after so many complete days it is
 * taken for one that has no mail for us any more.
 */
export const UNCONFIRMED_DAYS = 30;
/**
 * Failures to get the policy. They withhold no mail: the sender has an older copy, which it may deliver
 * by, or none (RFC 8461 sections 3.3, 5.1).
 */
export const POLICY_FETCH_TYPES = [
  "sts-policy-fetch-error",
  "sts-policy-invalid",
  "sts-webpki-invalid",
] as const;
/** Silent for longer than that, nothing is known of today; a sender of a weekly report is not silent. */
export const SILENT_DAYS_MAX = 7;

/** Most pressing first; the order that domains are listed in. */
export const READINESS_STATES = [
  "withholding",
  "fix-first",
  "enforce-now",
  "wait",
  "cannot-tell",
  "enforcing",
] as const;
export type ReadinessState = (typeof READINESS_STATES)[number];

/** What decided it. */
export type Because =
  | "withheld"
  | "no-sts"
  | "mode-none"
  | "policy-broken"
  | "policy-unseen"
  | "no-policy-text"
  | "enforced-failing"
  | "enforced-silent"
  | "enforced-few-sessions"
  | "enforced"
  | "failing"
  | "silent"
  | "range-short"
  | "stale-policy"
  | "few-days"
  | "unconfirmed"
  | "one-organization"
  | "few-sessions"
  | "clean";

/** One comparison; all of a rule must hold. */
export type Comparison = readonly [keyof Evidence, "=" | "!=" | "<" | ">", number | string];

export interface Rule {
  because: Because;
  state: ReadinessState;
  when: readonly Comparison[];
}

const CLEAN: Rule = { because: "clean", state: "enforce-now", when: [] };

/** The first rule that holds decides; the last one always holds. */
export const RULES: readonly Rule[] = [
  {
    because: "withheld",
    state: "withholding",
    when: [
      ["withheld_sessions", ">", 0],
      ["enforcing_organizations", ">", 0],
    ],
  },
  { because: "no-sts", state: "cannot-tell", when: [["reported_days", "=", 0]] },
  { because: "mode-none", state: "cannot-tell", when: [["mode", "=", "none"]] },
  { because: "policy-broken", state: "fix-first", when: [["policy_faults", ">", 0]] },
  {
    because: "policy-unseen",
    state: "fix-first",
    when: [
      ["mode", "=", ""],
      ["policy_fetch_sessions", ">", 0],
      ["other_failed_sessions", "=", 0],
    ],
  },
  {
    because: "failing",
    state: "fix-first",
    when: [
      ["mode", "=", ""],
      ["recent_failed_sessions", ">", 0],
    ],
  },
  { because: "no-policy-text", state: "cannot-tell", when: [["mode", "=", ""]] },
  {
    because: "enforced-failing",
    state: "fix-first",
    when: [
      ["mode", "=", "enforce"],
      ["recent_failed_sessions", ">", 0],
    ],
  },
  // Where nobody reports, nothing shows that enforce withholds no mail.
  {
    because: "enforced-silent",
    state: "cannot-tell",
    when: [
      ["mode", "=", "enforce"],
      ["silent_days", ">", SILENT_DAYS_MAX],
    ],
  },
  {
    because: "enforced-few-sessions",
    state: "cannot-tell",
    when: [
      ["mode", "=", "enforce"],
      ["sessions", "<", SESSIONS_MIN],
    ],
  },
  { because: "enforced", state: "enforcing", when: [["mode", "=", "enforce"]] },
  // Every failure under an sts policy stands in the way, whatever its type.
  { because: "failing", state: "fix-first", when: [["recent_failed_sessions", ">", 0]] },
  { because: "silent", state: "cannot-tell", when: [["silent_days", ">", SILENT_DAYS_MAX]] },
  { because: "range-short", state: "cannot-tell", when: [["range_days", "<", CLEAN_DAYS_MIN]] },
  { because: "stale-policy", state: "wait", when: [["stale_wait_days", ">", 0]] },
  { because: "few-days", state: "wait", when: [["clean_days", "<", CLEAN_DAYS_MIN]] },
  { because: "unconfirmed", state: "wait", when: [["unconfirmed_wait_days", ">", 0]] },
  {
    because: "one-organization",
    state: "cannot-tell",
    when: [["clean_organizations", "<", ORGANIZATIONS_MIN]],
  },
  { because: "few-sessions", state: "cannot-tell", when: [["clean_sessions", "<", SESSIONS_MIN]] },
  CLEAN,
];

/** The rule that decides about a domain. */
export function decide(evidence: Evidence): Rule {
  return RULES.find(({ when }) => when.every((one) => holds(one, evidence))) ?? CLEAN;
}

function holds([name, comparison, value]: Comparison, evidence: Evidence): boolean {
  const seen = evidence[name];
  if (comparison === "=") return seen === value;
  if (comparison === "!=") return seen !== value;
  return comparison === "<" ? seen < value : seen > value;
}

/** Days still to wait, when waiting is what there is to do; null else. */
export function daysToWait(evidence: Evidence): number | null {
  if (decide(evidence).state !== "wait") return null;
  return Math.max(
    evidence.stale_wait_days,
    evidence.unconfirmed_wait_days,
    daysOfReports(evidence, CLEAN_DAYS_MIN - evidence.clean_days),
  );
}

/** How many days it takes until so many of them have reports, as often as they came so far. */
export function daysOfReports(evidence: Evidence, wanted: number): number {
  const { report_span_days: span, reported_days: reported } = evidence;
  return Math.ceil((wanted * Math.max(span, reported)) / Math.max(reported, 1));
}

/** True where reports come too seldom for enough clean days to fit into the range. */
export function isRangeTooShort(evidence: Evidence): boolean {
  return daysOfReports(evidence, CLEAN_DAYS_MIN) > evidence.range_days;
}
