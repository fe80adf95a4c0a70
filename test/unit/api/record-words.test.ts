// What is said of a policy and of another content under one identity, in words.

import { expect, test } from "vitest";
import { differencesOf, policyInWords } from "../../../services/api/record-words.ts";

const policy = (more = {}) =>
  policyInWords({
    policy_type: "sts",
    policy_text: "",
    policy_failed: 5,
    details_failed: 5,
    ...more,
  });

test.each([
  [5, 5, true, "The failure details add up to the summary."],
  [0, 0, true, "No session failed."],
  [5, 2, false, "The failure details explain 2 of 5 failed sessions."],
  [5, 0, false, "The failure details explain 0 of 5 failed sessions."],
  [5, 8, false, "The failure details add up to 8, the summary says 5: details may overlap."],
  // Beyond 2^53 counts are text, and still exact.
  [
    "9007199254740993",
    "9007199254740992",
    false,
    "The failure details explain 9007199254740992 of 9007199254740993 failed sessions.",
  ],
])("of %s failed sessions %s in details", (policy_failed, details_failed, agree, words) => {
  expect(policy({ policy_failed, details_failed })).toMatchObject({
    details_agree: agree,
    details_words: words,
  });
});

test("a policy of MTA-STS is taken apart, with its faults in sentences", () => {
  const policy_text = "version: STSv1\nmode: Enforce\nmax_age: 600";
  expect(policy({ policy_text })).toMatchObject({
    policy_text,
    parsed_policy: {
      version: "STSv1",
      mode: "enforce",
      max_age: 600,
      mx: [],
      faults: [expect.stringMatching(/max_age.*\.$/), expect.stringMatching(/mx:.*\.$/)],
    },
  });
});

test("what is no MTA-STS policy, or has no text, is not taken apart", () => {
  expect(policy()).toMatchObject({ parsed_policy: null });
  const tlsa = { policy_type: "tlsa", policy_text: "3 1 1 AB" };
  expect(policy(tlsa)).toMatchObject({ parsed_policy: null });
});

test("contents are compared by what they count and say, and not by when they came", () => {
  const row = { failed_sessions: 1, domains: ["a.example"], submitter: "", received_at: "x" };
  expect(differencesOf(row, { ...row, received_at: "y" })).toEqual([]);
  const other = { ...row, failed_sessions: 2, domains: ["a.example", "b.example"], submitter: "s" };
  expect(differencesOf(row, other).map(({ words }) => words)).toEqual([
    "Failed sessions: 2 in place of 1.",
    "Domains: a.example, b.example in place of a.example.",
    "Submitter: s in place of nothing.",
  ]);
});
