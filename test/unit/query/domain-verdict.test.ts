// Protected or not, in one sentence: by cases, with the words that a reader sees.

import { describe, expect, it } from "vitest";
import { type DomainFacts, domainVerdict } from "../../../services/query/domain-verdict.ts";
import { rangeInWords } from "../../../services/query/range-words.ts";

const ENFORCED: DomainFacts = {
  domain: {
    ...{ domain: "example.com", total_sessions: 1_234_567, last_day: "2026-03-18" },
    protected_rate: 1,
  },
  readiness: { state: "enforcing", mode: "enforce", reported_days: 30, withheld_sessions: 0 },
  policies: [],
  problems: [],
  completeDay: "2026-03-18",
  shown: {
    range: "in the last 30 days",
    rate: "99.98 %",
    protectedRate: "40 %",
    sessions: "1,234,567",
  },
};
const TESTING = { state: "wait", mode: "testing", reported_days: 30 };
const DANE = { policy_type: "tlsa", last_day: "2026-03-18" };
const protectedBy = (protected_rate: number) => ({ ...ENFORCED.domain, protected_rate });
const problem = (impact: string, state = "ongoing") => ({ impact, state });

const CASES: readonly [string, Partial<DomainFacts>, string, string][] = [
  ["enforced and clean", {}, "protected", "no problem is open."],
  [
    "withheld now",
    { problems: [problem("withheld"), problem("withheld", "quiet")] },
    "withheld",
    "; one problem withholds mail now.",
  ],
  [
    "withheld lately",
    {
      readiness: { ...ENFORCED.readiness, state: "withholding", withheld_sessions: 2 },
      problems: [problem("withheld", "quiet")],
    },
    "withheld",
    "the mail of 2 sessions was withheld in the last 7 complete days or since.",
  ],
  [
    "policy cannot be fetched",
    { problems: [problem("policy-unseen"), problem("policy-unseen", "new")] },
    "failing",
    "2 problems are still reported.",
  ],
  ["quiet", { problems: [problem("withheld", "quiet")] }, "protected", "one problem is quiet."],
  ["resolved", { problems: [problem("withheld", "resolved")] }, "protected", "no problem is open."],
  ["testing", { readiness: TESTING }, "unprotected", "its MTA-STS policy is in testing;"],
  [
    "in clear",
    { readiness: undefined, problems: [problem("clear")], domain: protectedBy(0) },
    "unprotected",
    "one problem lets mail go unencrypted now.",
  ],
  [
    "no policy",
    { readiness: { state: "cannot-tell", mode: "", reported_days: 0 }, domain: protectedBy(0) },
    "unprotected",
    "no sender saw a policy of MTA-STS or DANE;",
  ],
  [
    "mode none",
    { readiness: { ...TESTING, mode: "none" } },
    "unprotected",
    "the mode of its MTA-STS policy is none;",
  ],
  ["DANE alone", { readiness: undefined, policies: [DANE] }, "protected", "example.com by DANE;"],
  ["both", { policies: [DANE] }, "protected", "by DANE and by MTA-STS (enforce);"],
  [
    "DANE without its records",
    { readiness: undefined, policies: [{ ...DANE, status: "no-text", current: false }] },
    "protected",
    "example.com by DANE;",
  ],
  [
    "DANE of one sender",
    { readiness: undefined, policies: [DANE], domain: protectedBy(0.4) },
    "partly",
    "in 40 % of sessions to example.com, by DANE (DANE is a matter of each MX host);",
  ],
  [
    "nearly all",
    { readiness: undefined, policies: [DANE], domain: protectedBy(0.995) },
    "protected",
    "example.com by DANE;",
  ],
  [
    "partly, and failing",
    { domain: protectedBy(0.4), problems: [problem("policy-unseen")] },
    "partly",
    "in 40 % of sessions to example.com, by MTA-STS (enforce);",
  ],
  [
    "a policy that no session is under",
    { domain: protectedBy(0) },
    "unprotected",
    "Senders saw MTA-STS (enforce) for example.com, but in no session;",
  ],
  [
    "DANE of a week ago",
    { readiness: undefined, policies: [{ ...DANE, last_day: "2026-03-11" }] },
    "protected",
    "example.com by DANE;",
  ],
  [
    "DANE of old",
    { readiness: undefined, policies: [{ ...DANE, last_day: "2026-03-10" }] },
    "unprotected",
    "Nothing demands TLS for mail to example.com now: DANE was not seen since 2026-03-10;",
  ],
  [
    "demanded by what is not told",
    { readiness: undefined, domain: protectedBy(0.4) },
    "cannot-tell",
    "TLS was demanded in 40 % of sessions to example.com, and nothing says by what;",
  ],
  [
    "enforce of old",
    { policies: [{ policy_type: "sts", last_day: "2026-03-01" }] },
    "unprotected",
    "now: MTA-STS (enforce) was not seen since 2026-03-01;",
  ],
  [
    "mode unknown",
    { readiness: { ...TESTING, mode: "" } },
    "cannot-tell",
    "No report says whether the MTA-STS policy of example.com demands TLS;",
  ],
  [
    "silent",
    { completeDay: "2026-03-28" },
    "cannot-tell",
    "succeeded, but no report came about the 10 days since 2026-03-18;",
  ],
  [
    "no sessions",
    { domain: { ...ENFORCED.domain, total_sessions: 0, protected_rate: null } },
    "cannot-tell",
    "TLS is demanded for mail to example.com by MTA-STS (enforce);",
  ],
  [
    "no sessions, in words",
    { domain: { ...ENFORCED.domain, total_sessions: 0, protected_rate: null } },
    "cannot-tell",
    "in the last 30 days, no session was reported;",
  ],
];

describe("the verdict", () => {
  it.each(CASES)("%s", (_, change, verdict, words) => {
    const told = domainVerdict({ ...ENFORCED, ...change });
    expect(told.verdict).toBe(verdict);
    expect(told.sentence).toContain(words);
  });

  it("is one sentence", () => {
    expect(domainVerdict(ENFORCED).sentence).toBe(
      "TLS is demanded for mail to example.com by MTA-STS (enforce); in the last 30 days, 99.98 % of " +
        "1,234,567 sessions succeeded; no problem is open.",
    );
  });
});

describe("the range in words", () => {
  const now = Date.parse("2026-03-20T10:00:00Z");
  it.each([
    [{ from: "2026-02-19", to: "2026-03-21", last: null }, "in the last 30 days"],
    [{ from: "2026-03-14", to: "2026-03-21", last: "1w" }, "in the last 7 days"],
    [{ from: "2026-03-20", to: "2026-03-21", last: null }, "today"],
    [{ from: "2026-03-19T22:00:00Z", to: "2026-03-20T10:00:01Z", last: "12h" }, "in the last 12h"],
    [{ from: "2026-01-01", to: "2026-02-01", last: null }, "from 2026-01-01 to 2026-01-31"],
    [{ from: "2026-01-01", to: "2026-01-02", last: null }, "on 2026-01-01"],
    [
      { from: "2026-01-01", to: "2026-01-02T06:00:00Z", last: null },
      "from 2026-01-01 until 2026-01-02T06:00:00Z",
    ],
  ])("%o", (meta, words) => {
    expect(rangeInWords(meta, now)).toBe(words);
  });
});
