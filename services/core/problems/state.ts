// Whether a problem is new, goes on, or is over: by the days that reported it, and by what the organizations
// that saw it have reported since. That nobody reports is never taken for success.

/** States of a problem, those that need looking at first. */
export const PROBLEM_STATES = ["new", "returned", "ongoing", "quiet", "resolved"] as const;
export type ProblemState = (typeof PROBLEM_STATES)[number];

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
}

/** The state of a problem; `sqlOfState` in query/problem-rows.ts says the same in SQL. */
export function problemState(evidence: StateEvidence): ProblemState {
  const { ageDays, sinceDays, clearDays, absenceDays } = evidence;
  const { organizations, clearOrganizations } = evidence;
  if (clearDays >= CLEAR_DAYS && clearOrganizations * CLEAR_ORGANIZATIONS >= organizations) {
    return "resolved";
  }
  if (sinceDays >= QUIET_DAYS) return "quiet";
  if (absenceDays >= CLEAR_DAYS) return "returned";
  return ageDays <= NEW_DAYS ? "new" : "ongoing";
}

function days(count: number): string {
  return count === 1 ? "1 day" : `${count} days`;
}

function quietInWords({ sinceDays, clearDays, ...seen }: StateEvidence): string {
  const { organizations, clearOrganizations } = seen;
  const start = `Not reported for ${days(sinceDays)}`;
  if (clearOrganizations === 0) {
    return `${start}, but those who saw it have not reported success since: it may go on unseen.`;
  }
  return (
    `${start}. ${clearOrganizations} of the ${organizations} who saw it reported successes since, ` +
    `on ${days(clearDays)}: too little to call it resolved.`
  );
}

/** One or two sentences on why a problem is in its state, with the numbers. */
export function stateInWords(state: ProblemState, evidence: StateEvidence): string {
  const { ageDays, absenceDays, clearDays, clearOrganizations, organizations } = evidence;
  switch (state) {
    case "new":
      return `First seen within the last ${NEW_DAYS} days.`;
    case "returned":
      return `It is back after an absence: those who saw it reported successes on ${days(absenceDays)} between.`;
    case "ongoing":
      return `Seen for ${days(ageDays)}, and still reported.`;
    case "quiet":
      return quietInWords(evidence);
    case "resolved":
      return (
        `Not reported any more: ${clearOrganizations} of the ${organizations} who saw it ` +
        `reported successes since, on ${days(clearDays)}.`
      );
  }
}
