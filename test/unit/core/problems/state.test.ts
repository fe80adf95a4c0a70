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
  firstSeen: "2026-11-14",
  firstDay: "2026-11-14",
  lastDay: "2026-11-18",
  daysActive: 2,
  mayBeOlder: false,
  hasOtherHosts: false,
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
    "back, and gone for no longer than before",
    { absenceDays: 9, sinceDays: 9, clearDays: 9, clearOrganizations: 4 },
    "quiet",
  ],
  [
    "back, and gone for longer than before",
    { absenceDays: 9, sinceDays: 10, clearDays: 10, clearOrganizations: 4 },
    "resolved",
  ],
];

test.each(CASES)("%s", (_, evidence, state) => {
  expect(problemState({ ...SEEN, ...evidence })).toBe(state);
});

test("words tell silence from success", () => {
  const silent = { ...SEEN, sinceDays: 12 };
  expect(stateInWords("quiet", silent)).toBe(
    "Seen since 14 November, on 2 days, last on 18 November. Not reported for 12 days, but those who " +
      "saw it have not reported success since: it may go on unseen.",
  );
  const some = { ...SEEN, sinceDays: 4, clearDays: 1, clearOrganizations: 3 };
  expect(stateInWords("quiet", some)).toBe(
    "Seen since 14 November, on 2 days, last on 18 November. Not reported for 4 days. 3 of the 4 who " +
      "saw it reported successes since, on 1 day: too little to call it resolved.",
  );
  const over = { ...SEEN, sinceDays: 9, clearDays: 8, clearOrganizations: 3 };
  expect(stateInWords("resolved", over)).toBe(
    "Seen since 14 November, on 2 days, last on 18 November. Not reported any more: 3 of the 4 who saw " +
      "it reported successes since, on 8 days.",
  );
  expect(stateInWords("resolved", { ...over, hasOtherHosts: true })).toMatch(
    / Successes name no MX host, so they may be of other hosts\.$/,
  );
});

test("words say no first day where none before it was read", () => {
  const first = { ...SEEN, mayBeOlder: true };
  expect(stateInWords("ongoing", first)).toBe(
    "Seen since 14 November or before, on 2 days, last on 18 November.",
  );
  expect(stateInWords("ongoing", { ...first, lastDay: "2026-11-14", daysActive: 1 })).toBe(
    "Seen on 14 November or before.",
  );
});

test("words never say that it lasted on days that nobody reported it on", () => {
  expect(stateInWords("ongoing", SEEN)).toBe(
    "Seen since 14 November, on 2 days, last on 18 November.",
  );
  expect(stateInWords("new", { ...SEEN, lastDay: "2026-11-14", daysActive: 1 })).toBe(
    "Seen on 14 November only. That is new: within the last 7 days.",
  );
  expect(stateInWords("ongoing", { ...SEEN, firstSeen: "2025-12-30" })).toBe(
    "Seen since 30 December 2025, on 2 days of this range, last on 18 November 2026.",
  );
});
