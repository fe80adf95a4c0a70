// What a problem means, in words: its state, what it does to mail, whose fault the numbers say it is, and
// the explanation of the catalogue. A pure function of the row.

import { explain } from "../core/explain/explain.ts";
import { type DistributionEvidence, distribution } from "../core/problems/distribution.ts";
import {
  type FailureImpact,
  IMPACTS,
  impactInWords,
  impactOf,
  type Seen,
} from "../core/problems/severity.ts";
import {
  PROBLEM_STATES,
  type ProblemState,
  type StateEvidence,
  stateInWords,
} from "../core/problems/state.ts";
import type { Column, Row } from "./panel.ts";
import type { PanelParameters } from "./parameters.ts";
import { firstDayRead } from "./problem-rows.ts";

export const PROBLEM_WORDS: readonly Column[] = [
  { name: "title", type: "text", description: "What failed, in a few words." },
  { name: "impact_words", type: "text", description: "What it does to mail, in a sentence." },
  { name: "state_words", type: "text", description: "Why it is in its state." },
  {
    name: "distribution",
    type: "text",
    description:
      "Who sees it where: at-mx, every-mx, your-change, not-at-a-host, one-sender, " +
      "one-sender-one-mx, on-the-path, mixed or cannot-tell.",
  },
  {
    name: "whose",
    type: "text",
    description: "Whose fault that makes it: yours, theirs, on the path, or unclear.",
  },
  {
    name: "confidence",
    type: "text",
    description: "How much there is to judge by: low, medium or high.",
  },
  { name: "distribution_words", type: "text", description: "What that is judged by." },
  { name: "meaning", type: "text", description: "What the failure means." },
  { name: "causes", type: "texts", description: "Likely causes, the likeliest first." },
  {
    name: "actor",
    type: "text",
    description: "Who usually mends such a failure, wherever it was seen.",
  },
  {
    name: "fix",
    type: "texts",
    description: "Steps to mend it, in order; none once it is resolved.",
  },
  { name: "verify", type: "texts", description: "Steps that show that it is mended." },
  { name: "reference", type: "text", description: "Where the standard has it." },
];

const text = (row: Row, name: string) => String(row[name] ?? "");
const count = (row: Row, name: string) => Number(row[name] ?? 0);

/**
 * What the state of a row follows from.
 * @param firstRead the first day that was read, YYYY-MM-DD
 */
export function stateEvidence(row: Row, firstRead: string): StateEvidence {
  const firstSeen = text(row, "first_seen").slice(0, 10);
  return {
    firstSeen,
    mayBeOlder: firstSeen <= firstRead,
    firstDay: text(row, "first_day"),
    lastDay: text(row, "last_day"),
    daysActive: count(row, "days_active"),
    ageDays: count(row, "age_days"),
    sinceDays: count(row, "since_days"),
    clearDays: count(row, "clear_days"),
    absenceDays: count(row, "absence_days"),
    organizations: count(row, "organizations"),
    clearOrganizations: count(row, "clear_organizations"),
    hasOtherHosts: text(row, "mx") !== "" && count(row, "mx_hosts_known") > 1,
  };
}

/** What an impact follows from. */
export function failureOf(row: Row): FailureImpact {
  return {
    policyType: text(row, "policy_type"),
    policyMode: text(row, "policy_mode"),
    resultType: text(row, "result_type"),
    reason: text(row, "reason"),
  };
}

/** Whether the mode of the policy decides what becomes of the mail. */
function isOfMode(row: Row): boolean {
  const failure = failureOf(row);
  const impact = (policyMode: string) => impactOf({ ...failure, policyMode });
  return impact("enforce") !== impact("testing");
}

/** What severity and the words on it follow from, beside the impact. */
export function seenOf(row: Row, state: ProblemState): Seen {
  return {
    state,
    failedSessions: count(row, "failed_sessions"),
    enforceSessions: isOfMode(row) ? count(row, "enforce_sessions") : 0,
    daysActive: count(row, "days_active"),
    sinceDays: count(row, "since_days"),
  };
}

/** What the distribution of a row is judged by. */
export function distributionEvidence(
  row: Row,
  { filters }: Pick<PanelParameters, "filters">,
): DistributionEvidence {
  return {
    resultType: text(row, "result_type"),
    mx: text(row, "mx"),
    failedSessions: count(row, "failed_sessions"),
    daysActive: count(row, "days_active"),
    firstDay: text(row, "first_seen").slice(0, 10),
    organizations: count(row, "organizations"),
    organizationsAnywhere: count(row, "organizations_anywhere"),
    organizationsReporting: count(row, "organizations_reporting"),
    organizationsWorking: count(row, "organizations_working"),
    organizationsBefore: count(row, "organizations_before"),
    mxHosts: count(row, "mx_hosts"),
    mxHostsKnown: count(row, "mx_hosts_known"),
    startDaysApart: count(row, "start_days_apart"),
    sendingNetwork: text(row, "sending_network"),
    receivingAddress: text(row, "receiving_address"),
    chosenOrganizations: filters.organization !== undefined,
    cut: row["evidence_cut"] === true,
  };
}

/** The cells of PROBLEM_WORDS for a row of the panel `problems`. */
export function problemInWords(
  row: Row,
  parameters: Pick<PanelParameters, "filters" | "range">,
): Row {
  const state = PROBLEM_STATES.find((one) => one === row["state"]) ?? "ongoing";
  const impact = IMPACTS.find((one) => one === row["impact"]) ?? "not-told";
  const judged = distribution(distributionEvidence(row, parameters));
  const explained = explain(failureOf(row), { domain: text(row, "domain"), mx: text(row, "mx") });
  return {
    title: explained.title,
    impact_words: impactInWords(impact, seenOf(row, state)),
    state_words: stateInWords(state, stateEvidence(row, firstDayRead(parameters.range))),
    distribution: judged.kind,
    whose: judged.whose,
    confidence: judged.confidence,
    distribution_words: judged.sentence,
    meaning: explained.meaning,
    causes: [...explained.causes],
    actor: explained.actor,
    // What is over needs nothing.
    fix: state === "resolved" ? [] : [...explained.fix],
    verify: [...explained.verify],
    reference: explained.reference,
  };
}
