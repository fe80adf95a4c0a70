// What a failure does to mail, by policy type, mode and result type, and how urgent it therefore is.

import { expect, test } from "vitest";
import { explain } from "../../../../services/core/explain/explain.ts";
import { REASONS } from "../../../../services/core/explain/reason-codes.ts";
import {
  IMPACTS,
  type Impact,
  impactInWords,
  impactOf,
  SEVERITIES,
  SEVERITY_OF,
  type Severity,
  severityOf,
} from "../../../../services/core/problems/severity.ts";
import { PROBLEM_STATES } from "../../../../services/core/problems/state.ts";
import { RESULT_TYPES } from "../../../../services/core/tlsrpt/result-types.ts";

const CASES: [policyType: string, policyMode: string, resultType: string, impact: Impact][] = [
  ["sts", "enforce", "certificate-expired", "withheld"],
  ["sts", "enforce", "starttls-not-supported", "withheld"],
  ["sts", "enforce", "a-word-of-their-own", "withheld"],
  ["sts", "testing", "certificate-expired", "would-be-withheld"],
  ["sts", "testing", "validation-failure", "would-be-withheld"],
  ["sts", "testing", "starttls-not-supported", "clear"],
  ["sts", "none", "starttls-not-supported", "clear"],
  ["sts", "none", "certificate-expired", "unproven"],
  ["sts", "", "certificate-expired", "mode-unknown"],
  ["sts", "", "starttls-not-supported", "mode-unknown"],
  ["sts", "enforce", "sts-policy-fetch-error", "policy-unseen"],
  ["sts", "", "sts-policy-invalid", "policy-unseen"],
  ["no-policy-found", "", "sts-webpki-invalid", "policy-unseen"],
  ["tlsa", "", "tlsa-invalid", "withheld"],
  ["tlsa", "", "starttls-not-supported", "withheld"],
  ["no-policy-found", "", "dane-required", "withheld"],
  ["no-policy-found", "", "dnssec-invalid", "withheld"],
  ["no-policy-found", "", "starttls-not-supported", "clear"],
  ["no-policy-found", "", "certificate-not-trusted", "unproven"],
  ["a-type-of-their-own", "", "certificate-expired", "not-told"],
  ["", "", "", "not-told"],
];

test.each(CASES)("%s in mode '%s' with %s: %s", (policyType, policyMode, resultType, impact) => {
  expect(impactOf({ policyType, policyMode, resultType, reason: "" })).toBe(impact);
});

test("a reason says more than the result type", () => {
  const impact = (policyType: string, resultType: string, reason: string) =>
    impactOf({ policyType, policyMode: "", resultType, reason });
  expect(impact("tlsa", "tlsa-invalid", "tlsa-unusable")).toBe("unproven");
  expect(impact("tlsa", "tlsa-invalid", "tlsa-no-match")).toBe("withheld");
  expect(impact("no-policy-found", "validation-failure", "dnssec-error-7")).toBe("withheld");
  expect(impact("sts", "validation-failure", "http-status-404")).toBe("policy-unseen");
});

/** What the explanation of a failure says of its mail, where it says it of all senders. */
const ARRIVES = /deliver as if|was delivered, perhaps|the mail arrives|most likely delivered/;
const WAITS = /was not delivered|do not deliver|holds? the mail back|keep the mail/;

const SAID: Readonly<Record<Impact, RegExp>> = {
  withheld: WAITS,
  clear: ARRIVES,
  "would-be-withheld": ARRIVES,
  "mode-unknown": /does not say the mode/,
  "policy-unseen": ARRIVES,
  unproven: ARRIVES,
  "not-told": /does not say/,
};

test("impact and explanation never contradict each other", () => {
  const resultTypes = [...Object.keys(RESULT_TYPES), "a-word-of-their-own", ""];
  const numbered = ["http-status-404", "dnssec-error-7", "handshake-alert-40-by-sender"];
  const reasons = ["", "words of their own", ...REASONS, ...numbered];
  for (const resultType of resultTypes) {
    for (const reason of reasons) {
      for (const policyType of ["sts", "tlsa", "no-policy-found", "a-type-of-their-own"]) {
        for (const policyMode of ["enforce", "testing", "none", ""]) {
          const failure = { resultType, reason, policyType, policyMode };
          const impact = impactOf(failure);
          // Without a policy a mode says nothing.
          if (policyType !== "sts" && policyMode !== "") continue;
          const { meaning } = explain(failure);
          expect(meaning, `${JSON.stringify(failure)} is ${impact}`).toMatch(SAID[impact]);
        }
      }
    }
  }
});

const often = {
  state: "ongoing",
  failedSessions: 40,
  enforceSessions: 0,
  daysActive: 3,
  sinceDays: 0,
} as const;

test("once is a level less, and quiet is; what is over or quiet for long is low", () => {
  const cases: [Impact, Parameters<typeof severityOf>[1], Severity][] = [
    ["withheld", often, "critical"],
    ["withheld", { ...often, failedSessions: 1, daysActive: 1 }, "high"],
    ["withheld", { ...often, failedSessions: 2, daysActive: 1 }, "critical"],
    ["withheld", { ...often, failedSessions: 0, daysActive: 2 }, "critical"],
    ["clear", { ...often, failedSessions: 1, daysActive: 1 }, "medium"],
    ["unproven", { ...often, failedSessions: 1, daysActive: 1 }, "low"],
    ["withheld", { ...often, state: "quiet", sinceDays: 3 }, "high"],
    ["withheld", { ...often, state: "quiet", sinceDays: 13 }, "high"],
    ["withheld", { ...often, state: "quiet", sinceDays: 14 }, "low"],
    ["withheld", { ...often, state: "quiet", failedSessions: 1, daysActive: 1 }, "medium"],
    ["policy-unseen", { ...often, state: "quiet" }, "low"],
    ["withheld", { ...often, state: "resolved" }, "low"],
    ["policy-unseen", often, "medium"],
  ];
  for (const [impact, seen, severity] of cases) expect(severityOf(impact, seen)).toBe(severity);
});

test("every impact has a severity and words for every state", () => {
  for (const impact of IMPACTS) {
    expect(SEVERITIES).toContain(SEVERITY_OF[impact]);
    for (const state of PROBLEM_STATES) {
      const words = impactInWords(impact, { ...often, state });
      expect(words).toMatch(/^[A-Z].*\.$/);
      expect(words.includes("over"), words).toBe(state === "resolved");
    }
  }
  const once = { ...often, failedSessions: 1, daysActive: 1 };
  expect(impactInWords("withheld", { ...often, enforceSessions: 7 })).toMatch(
    /Of its 40 failed sessions only the 7 under mode enforce were withheld\.$/,
  );
  expect(impactInWords("withheld", { ...often, enforceSessions: 40 })).not.toMatch(/only/);
  expect(impactInWords("withheld", { ...often, state: "quiet", sinceDays: 4 })).toBe(
    "These senders did not deliver to this host while it failed. It is quiet, so it counts a level less.",
  );
  expect(impactInWords("clear", once)).toMatch(/seen once only/);
});
