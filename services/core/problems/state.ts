// Whether a problem is new, goes on, or is over: by the days that reported it, and by what the organizations
// that saw it have reported since. That nobody reports is never taken for success.

/** States of a problem, those that need looking at first. */
export const PROBLEM_STATES = ["new", "returned", "ongoing", "quiet", "resolved"] as const;
export type ProblemState = (typeof PROBLEM_STATES)[number];
/** Those that may still be there. */
export const OPEN_STATES = PROBLEM_STATES.filter((state) => state !== "resolved");

/** Days up to the end, complete or not, within which a problem was first seen to be new: a week's round. */
export const NEW_DAYS = 7;
/** Complete days without it until a problem is quiet: one day without mail from a sender is usual. */
export const QUIET_DAYS = 3;
/** Days of successes, by those who saw it, that end a problem: a sender's retries and weekends are in it. */
export const CLEAR_DAYS = 7;
/** Of the organizations that saw it, so many must have reported successes since: one in two. */
export const CLEAR_ORGANIZATIONS = 2;

/** What the state follows from. Days are days of UTC that reports begin in. */
export interface StateEvidence {
  /** First day seen, before the range too, first and last one in the range; YYYY-MM-DD. */
  firstSeen: string;
  firstDay: string;
  lastDay: string;
  /** It was seen on the first day that was read, so it may have begun before. */
  mayBeOlder: boolean;
  /** Days of the range that it was reported on. */
  daysActive: number;
  /** Days from the first one seen to the last day asked about, both counted. */
  ageDays: number;
  /** Complete days since the last one seen; 0 while it is seen. */
  sinceDays: number;
  /** Days since then, complete ones, on which an organization that saw it reported successes. */
  clearDays: number;
  /** The most days of successes of those organizations between two days with the problem. */
  absenceDays: number;
  /** Organizations that saw it. */
  organizations: number;
  /** Those of them that reported successes on complete days since. */
  clearOrganizations: number;
  /** It is at one MX host, and the domain has others that successes may be of. */
  hasOtherHosts: boolean;
}

/** The state of a problem; `sqlOfState` in query/problem-rows.ts says the same in SQL. */
export function problemState(evidence: StateEvidence): ProblemState {
  const { ageDays, sinceDays, clearDays, absenceDays } = evidence;
  const { organizations, clearOrganizations } = evidence;
  // What was gone for as long before and came back is rare, not over.
  const clear = clearDays >= CLEAR_DAYS && clearDays > absenceDays;
  if (clear && clearOrganizations * CLEAR_ORGANIZATIONS >= organizations) return "resolved";
  if (sinceDays >= QUIET_DAYS) return "quiet";
  if (absenceDays >= CLEAR_DAYS) return "returned";
  return ageDays <= NEW_DAYS ? "new" : "ongoing";
}

function days(count: number): string {
  return count === 1 ? "1 day" : `${count} days`;
}

/** "14 November"; with the year where another day beside it is of another one. */
function dayInWords(day: string, beside: string): string {
  const year = day.slice(0, 4) === beside.slice(0, 4) ? {} : ({ year: "numeric" } as const);
  const written = { day: "numeric", month: "long", timeZone: "UTC", ...year } as const;
  return new Date(`${day}T00:00:00Z`).toLocaleDateString("en-GB", written);
}

/** Since when, on how many days and when last: a failure need not have been there on the days between. */
function seenInWords(evidence: StateEvidence): string {
  const { firstSeen, firstDay, lastDay, daysActive, mayBeOlder } = evidence;
  const since = `${dayInWords(firstSeen, lastDay)}${mayBeOlder ? " or before" : ""}`;
  if (firstSeen === lastDay) return `Seen on ${since}${mayBeOlder ? "" : " only"}`;
  const last = dayInWords(lastDay, firstSeen);
  const range = firstSeen === firstDay ? "" : " of this range";
  return `Seen since ${since}, on ${days(daysActive)}${range}, last on ${last}`;
}

const OTHER_HOSTS = " Successes name no MX host, so they may be of other hosts.";

function quietInWords(evidence: StateEvidence): string {
  const { sinceDays, clearDays, absenceDays, organizations, clearOrganizations } = evidence;
  const start = `${seenInWords(evidence)}. Not reported for ${days(sinceDays)}`;
  if (clearOrganizations === 0) {
    return `${start}, but those who saw it have not reported success since: it may go on unseen.`;
  }
  const before =
    clearDays >= CLEAR_DAYS && clearDays <= absenceDays
      ? `; it came back after ${days(absenceDays)} of successes before`
      : "";
  return (
    `${start}. ${clearOrganizations} of the ${organizations} who saw it reported successes since, ` +
    `on ${days(clearDays)}: too little to call it resolved${before}.`
  );
}

/** One or two sentences on why a problem is in its state, with the numbers. */
export function stateInWords(state: ProblemState, evidence: StateEvidence): string {
  const { absenceDays, clearDays, clearOrganizations, organizations } = evidence;
  const seen = seenInWords(evidence);
  switch (state) {
    case "new":
      return `${seen}. That is new: within the last ${NEW_DAYS} days.`;
    case "returned":
      return `${seen}. It is back after an absence: those who saw it reported successes on ${days(absenceDays)} between.`;
    case "ongoing":
      return `${seen}.`;
    case "quiet":
      return quietInWords(evidence);
    case "resolved":
      return (
        `${seen}. Not reported any more: ${clearOrganizations} of the ${organizations} who saw it ` +
        `reported successes since, on ${days(clearDays)}.${evidence.hasOtherHosts ? OTHER_HOSTS : ""}`
      );
  }
}
