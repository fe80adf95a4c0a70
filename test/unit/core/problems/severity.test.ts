// What a failure does to mail, by policy type, mode and result type, and how urgent it therefore is.

import { expect, test } from "vitest";
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
  ["a-type-of-their-own", "", "certificate-expired", "unproven"],
  ["", "", "", "unproven"],
];

test.each(CASES)("%s in mode '%s' with %s: %s", (policyType, policyMode, resultType, impact) => {
  expect(impactOf({ policyType, policyMode, resultType })).toBe(impact);
});

const often = { state: "ongoing", failedSessions: 40, daysActive: 3 } as const;

test("one session on one day is a level less, two are not, and what is over is low", () => {
  const cases: [Impact, Parameters<typeof severityOf>[1], Severity][] = [
    ["withheld", often, "critical"],
    ["withheld", { ...often, failedSessions: 1, daysActive: 1 }, "high"],
    ["withheld", { ...often, failedSessions: 2, daysActive: 1 }, "critical"],
    ["withheld", { ...often, failedSessions: 0, daysActive: 2 }, "critical"],
    ["clear", { ...often, failedSessions: 1, daysActive: 1 }, "medium"],
    ["unproven", { ...often, failedSessions: 1, daysActive: 1 }, "low"],
    ["withheld", { ...often, state: "quiet" }, "critical"],
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
  expect(impactInWords("clear", once)).toMatch(/seen once only/);
});
