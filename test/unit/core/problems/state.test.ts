// The state of a problem from its days, case by case, with the borders of each rule.

import { expect, test } from "vitest";
import {
  CLEAR_DAYS,
  type ProblemState,
  problemState,
  QUIET_DAYS,
  type StateEvidence,
  stateInWords,
} from "../../../../services/core/problems/state.ts";

const SEEN: StateEvidence = {
  ageDays: 20,
  sinceDays: 0,
  clearDays: 0,
  absenceDays: 0,
  organizations: 4,
  clearOrganizations: 0,
};

const CASES: [string, Partial<StateEvidence>, ProblemState][] = [
  ["seen for long", {}, "ongoing"],
  ["first seen today", { ageDays: 1 }, "new"],
  ["first seen a week ago, today counted", { ageDays: 7 }, "new"],
  ["first seen eight days ago", { ageDays: 8 }, "ongoing"],
  ["missing for less than it takes to be quiet", { sinceDays: QUIET_DAYS - 1 }, "ongoing"],
  ["missing so long that it is quiet", { sinceDays: QUIET_DAYS }, "quiet"],
  ["new, then missing", { ageDays: 5, sinceDays: QUIET_DAYS }, "quiet"],
  ["nobody who saw it reports any more", { sinceDays: 300 }, "quiet"],
  [
    "one success short of resolved",
    { sinceDays: 9, clearDays: CLEAR_DAYS - 1, clearOrganizations: 4 },
    "quiet",
  ],
  [
    "half of those who saw it succeed for a week",
    { sinceDays: 7, clearDays: CLEAR_DAYS, clearOrganizations: 2 },
    "resolved",
  ],
  [
    "a minority succeeds, the others went silent",
    { sinceDays: 30, clearDays: 30, clearOrganizations: 1 },
    "quiet",
  ],
  ["back after a week of successes", { absenceDays: CLEAR_DAYS }, "returned"],
  ["back after less", { absenceDays: CLEAR_DAYS - 1 }, "ongoing"],
  ["back, and new by its age", { ageDays: 7, absenceDays: CLEAR_DAYS }, "returned"],
  ["back and gone again", { absenceDays: 9, sinceDays: 4 }, "quiet"],
  [
    "back and resolved again",
    { absenceDays: 9, sinceDays: 8, clearDays: 8, clearOrganizations: 4 },
    "resolved",
  ],
];

test.each(CASES)("%s", (_, evidence, state) => {
  expect(problemState({ ...SEEN, ...evidence })).toBe(state);
});

test("words tell silence from success", () => {
  const silent = { ...SEEN, sinceDays: 12 };
  expect(stateInWords("quiet", silent)).toBe(
    "Not reported for 12 days, but those who saw it have not reported success since: it may go on unseen.",
  );
  const some = { ...SEEN, sinceDays: 4, clearDays: 1, clearOrganizations: 3 };
  expect(stateInWords("quiet", some)).toBe(
    "Not reported for 4 days. 3 of the 4 who saw it reported successes since, on 1 day: too little " +
      "to call it resolved.",
  );
  const over = { ...SEEN, sinceDays: 9, clearDays: 8, clearOrganizations: 3 };
  expect(stateInWords("resolved", over)).toBe(
    "Not reported any more: 3 of the 4 who saw it reported successes since, on 8 days.",
  );
  expect(stateInWords("ongoing", SEEN)).toBe("Seen for 20 days, and still reported.");
});
