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
  isPast: false,
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
    "Nothing demands TLS for mail to example.com now: DANE was last seen on 2026-03-10, not confirmed since;",
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
    "cannot-tell",
    "Nothing confirms that TLS is demanded for mail to example.com: MTA-STS (enforce) was last seen " +
      "on 2026-03-01, not confirmed since;",
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

const MIXED = protectedBy(0.9);
const FROM_12 = {
  ...{ policy_type: "sts", mode: "enforce", current: true, total_sessions: 9 },
  ...{ first_day: "2026-03-12", last_day: "2026-03-18" },
};
const TO_12 = {
  ...{ policy_type: "sts", mode: "testing", current: false, total_sessions: 3 },
  ...{ first_day: "2026-03-01", last_day: "2026-03-12" },
};

describe("the title", () => {
  const withheld = (last_failure_day: string) => ({
    readiness: {
      ...ENFORCED.readiness,
      state: "withholding",
      withheld_sessions: 2,
      last_failure_day,
    },
  });
  const titles: readonly [string, Partial<DomainFacts>, string][] = [
    ["withheld on the day before the last", withheld("2026-03-17"), "Mail is being withheld"],
    ["withheld before that", withheld("2026-03-16"), "Mail was withheld until 2026-03-16"],
    [
      "withheld before that, and a problem goes on",
      { ...withheld("2026-03-16"), problems: [problem("withheld")] },
      "Mail is being withheld",
    ],
    [
      "withheld in a range that is over",
      { ...withheld("2026-03-18"), problems: [problem("withheld")], isPast: true },
      "Mail was withheld until 2026-03-18",
    ],
    [
      "enforced since the day of the change",
      { domain: MIXED, policies: [FROM_12, TO_12] },
      "Protected since 2026-03-13",
    ],
    [
      "enforced since, and failing",
      { domain: MIXED, policies: [FROM_12, TO_12], problems: [problem("policy-unseen")] },
      "Protected since 2026-03-13, but something fails",
    ],
    [
      "enforced since the first day of all",
      { domain: MIXED, policies: [FROM_12, { ...TO_12, last_day: "2026-03-11" }] },
      "Protected since 2026-03-12",
    ],
    [
      "somebody saw testing after the change",
      { domain: MIXED, policies: [FROM_12, { ...TO_12, last_day: "2026-03-13" }] },
      "Partly protected",
    ],
    [
      "somebody still has the old one",
      {
        ...{ domain: MIXED, policies: [FROM_12, TO_12] },
        readiness: { ...ENFORCED.readiness, stale_organizations: 1 },
      },
      "Partly protected",
    ],
    [
      "enforced since yesterday",
      {
        domain: MIXED,
        policies: [
          { ...FROM_12, first_day: "2026-03-18" },
          { ...TO_12, last_day: "2026-03-17" },
        ],
      },
      "Partly protected",
    ],
  ];

  it.each(titles)("%s", (_, change, title) => {
    expect(domainVerdict({ ...ENFORCED, ...change }).title).toBe(title);
  });
});

describe("the verdict", () => {
  it("keeps the share of the range where all since is protected", () => {
    const told = domainVerdict({ ...ENFORCED, domain: MIXED, policies: [FROM_12, TO_12] });
    expect(told.sentence).toMatch(
      /^TLS is demanded for mail to example.com by MTA-STS \(enforce\), in all sessions since 2026-03-13 and in 40 % of the range; /,
    );
  });

  it("tells of a range that is over in the past tense", () => {
    const past = (change: Partial<DomainFacts>) =>
      domainVerdict({ ...ENFORCED, ...change, isPast: true }).sentence;
    expect(past({})).toMatch(/^TLS was demanded for mail .*; no problem was open\.$/);
    expect(past({ readiness: TESTING })).toMatch(/^Nothing demanded TLS .* policy was in testing;/);
    expect(past({ problems: [problem("withheld")] })).toContain("one problem withheld mail then.");
    for (const [, change] of CASES) expect(past(change)).not.toMatch(/\b(?:now|is|are)\b(?! a)/);
  });

  it("names MTA-STS that is not seen any more", () => {
    const gone = { policy_type: "sts", last_day: "2026-03-01" };
    const words = "was last seen on 2026-03-01, not confirmed since";
    const beside = domainVerdict({ ...ENFORCED, policies: [DANE, gone] });
    expect(beside.verdict).toBe("protected");
    expect(beside.sentence).toContain(`by DANE (MTA-STS (enforce) ${words});`);
    const testing = domainVerdict({ ...ENFORCED, readiness: TESTING, policies: [gone] });
    expect(testing.sentence).toContain(
      `Nothing demands TLS for mail to example.com: MTA-STS (testing) ${words};`,
    );
  });

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
