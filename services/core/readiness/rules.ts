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
  /** Complete days since the last of them. */
  silent_days: number;
  /** All sessions under `sts` policies. */
  sessions: number;
  /** Failed ones of the last FAILURE_DAYS complete days and since. */
  recent_failed_sessions: number;
  /** Complete days reported on after the last failure, under the policy as it is now. */
  clean_days: number;
  /** Organizations that reported on these days. */
  clean_organizations: number;
  /** Failed ones under mode enforce, of the last FAILURE_DAYS complete days and since. */
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
  | "policy-unseen"
  | "no-policy-text"
  | "enforced"
  | "mode-none"
  | "mode-unknown"
  | "failing"
  | "silent"
  | "range-short"
  | "stale-policy"
  | "few-days"
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
  {
    because: "policy-unseen",
    state: "fix-first",
    when: [
      ["mode", "=", ""],
      ["recent_failed_sessions", ">", 0],
    ],
  },
  { because: "no-policy-text", state: "cannot-tell", when: [["mode", "=", ""]] },
  { because: "enforced", state: "enforcing", when: [["mode", "=", "enforce"]] },
  { because: "mode-none", state: "cannot-tell", when: [["mode", "=", "none"]] },
  { because: "mode-unknown", state: "cannot-tell", when: [["mode", "!=", "testing"]] },
  // Every failure under an sts policy, whatever its type: enforce withholds the mail of each.
  { because: "failing", state: "fix-first", when: [["recent_failed_sessions", ">", 0]] },
  { because: "silent", state: "cannot-tell", when: [["silent_days", ">", SILENT_DAYS_MAX]] },
  { because: "range-short", state: "cannot-tell", when: [["range_days", "<", CLEAN_DAYS_MIN]] },
  { because: "stale-policy", state: "wait", when: [["stale_wait_days", ">", 0]] },
  { because: "few-days", state: "wait", when: [["clean_days", "<", CLEAN_DAYS_MIN]] },
  {
    because: "one-organization",
    state: "cannot-tell",
    when: [["clean_organizations", "<", ORGANIZATIONS_MIN]],
  },
  { because: "few-sessions", state: "cannot-tell", when: [["sessions", "<", SESSIONS_MIN]] },
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
  return Math.max(evidence.stale_wait_days, CLEAN_DAYS_MIN - evidence.clean_days);
}
