// May a domain go from testing to enforce: the rules by cases, and what is told of them.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readStsPolicy } from "../../../../services/core/mta-sts/policy.ts";
import { type ReadinessFacts, readiness } from "../../../../services/core/readiness/readiness.ts";
import {
  type Because,
  CLEAN_DAYS_MIN,
  decide,
  READINESS_STATES,
  type ReadinessState,
  RULES,
} from "../../../../services/core/readiness/rules.ts";

const TESTING =
  "version: STSv1\nmode: testing\nmx: mx1.example.com\nmx: *.example.net\nmax_age: 604800";

/** A domain in testing that reported without a failure for four weeks. */
const CLEAN: ReadinessFacts = {
  domain: "example.com",
  policy: readStsPolicy(TESTING),
  mode: "testing",
  range_days: 28,
  reported_days: 30,
  silent_days: 0,
  sessions: 5_000,
  recent_failed_sessions: 0,
  clean_days: 28,
  clean_organizations: 4,
  withheld_sessions: 0,
  enforcing_organizations: 0,
  stale_wait_days: 0,
  organizations: 4,
  failed_sessions: 0,
  last_day: "2026-03-19",
  last_failure_day: null,
  stale_organizations: 0,
  unconfirmed_organizations: 0,
  tlsa_failed_sessions: 0,
  no_policy_organizations: 0,
  problems: [],
  failing_mx: [],
  nowMs: Date.parse("2026-03-20T10:00:00Z"),
};

const NO_STS = {
  mode: "",
  policy: null,
  reported_days: 0,
  sessions: 0,
  clean_days: 0,
  clean_organizations: 0,
  organizations: 0,
  last_day: null,
} as const;
const FAILED = { failed_sessions: 9, recent_failed_sessions: 9, last_failure_day: "2026-03-15" };
const FAILED_ONCE = { failed_sessions: 9, last_failure_day: "2026-03-01" };
const ENFORCED = { mode: "enforce", enforcing_organizations: 4 };

const CASES: [string, Partial<ReadinessFacts>, ReadinessState, Because][] = [
  ["four clean weeks", {}, "enforce-now", "clean"],
  [
    "exactly enough of all",
    { clean_days: 14, clean_organizations: 2, sessions: 100, range_days: 14 },
    "enforce-now",
    "clean",
  ],
  ["a day short", { clean_days: 13 }, "wait", "few-days"],
  ["the first day", { clean_days: 0, reported_days: 1 }, "wait", "few-days"],
  ["one organization", { clean_organizations: 1 }, "cannot-tell", "one-organization"],
  [
    "one organization of two was clean",
    { clean_organizations: 1, organizations: 2 },
    "cannot-tell",
    "one-organization",
  ],
  ["one organization for some days", { clean_organizations: 1, clean_days: 5 }, "wait", "few-days"],
  ["99 sessions", { sessions: 99 }, "cannot-tell", "few-sessions"],
  [
    "one session failed yesterday",
    { failed_sessions: 1, recent_failed_sessions: 1, clean_days: 0 },
    "fix-first",
    "failing",
  ],
  [
    "certificate-expired under sts",
    { ...FAILED, clean_days: 3, problems: ["certificate-expired at mx1.example.com, 9 sessions"] },
    "fix-first",
    "failing",
  ],
  [
    "starttls-not-supported under sts",
    { ...FAILED, clean_days: 3, problems: ["starttls-not-supported"] },
    "fix-first",
    "failing",
  ],
  ["failures that have no detail", { ...FAILED, clean_days: 3 }, "fix-first", "failing"],
  ["failures under tlsa only", { tlsa_failed_sessions: 50 }, "enforce-now", "clean"],
  [
    "twenty days after the last failure",
    { ...FAILED_ONCE, clean_days: 18 },
    "enforce-now",
    "clean",
  ],
  ["ten days after the last failure", { ...FAILED_ONCE, clean_days: 10 }, "wait", "few-days"],
  [
    "after a failure of one who is silent since",
    { ...FAILED_ONCE, clean_days: 17, unconfirmed_organizations: 1 },
    "enforce-now",
    "clean",
  ],
  [
    "failed on a day that is not complete",
    {
      failed_sessions: 2,
      recent_failed_sessions: 2,
      clean_days: 0,
      last_failure_day: "2026-03-20",
    },
    "fix-first",
    "failing",
  ],
  [
    "days that are not complete do not count",
    { clean_days: 13, reported_days: 15 },
    "wait",
    "few-days",
  ],
  [
    "an old policy within its max_age",
    { stale_organizations: 1, stale_wait_days: 4 },
    "wait",
    "stale-policy",
  ],
  ["an old policy beyond its max_age", { stale_organizations: 1 }, "enforce-now", "clean"],
  ["some see enforce already", { enforcing_organizations: 1 }, "enforce-now", "clean"],
  [
    "most see enforce, some testing",
    { ...ENFORCED, enforcing_organizations: 3, stale_organizations: 1 },
    "enforcing",
    "enforced",
  ],
  ["enforce without a failure", ENFORCED, "enforcing", "enforced"],
  ["enforce and too few sessions", { ...ENFORCED, sessions: 3 }, "enforcing", "enforced"],
  ["enforce and silent", { ...ENFORCED, silent_days: 12 }, "enforcing", "enforced"],
  [
    "enforce and failing",
    { ...ENFORCED, ...FAILED, withheld_sessions: 9 },
    "withholding",
    "withheld",
  ],
  ["enforce and failing to fetch", { ...ENFORCED, ...FAILED }, "enforcing", "enforced"],
  ["back to testing, failures before", { withheld_sessions: 9, ...FAILED }, "fix-first", "failing"],
  [
    "back to testing, some still enforce",
    { withheld_sessions: 9, enforcing_organizations: 1, ...FAILED },
    "withholding",
    "withheld",
  ],
  ["mode none", { mode: "none" }, "cannot-tell", "mode-none"],
  ["mode none and failing", { mode: "none", ...FAILED }, "cannot-tell", "mode-none"],
  ["a mode of nobody", { mode: "report" }, "cannot-tell", "mode-unknown"],
  ["no-policy-found only", { ...NO_STS, no_policy_organizations: 3 }, "cannot-tell", "no-sts"],
  ["tlsa only, failing", { ...NO_STS, tlsa_failed_sessions: 7 }, "cannot-tell", "no-sts"],
  ["fetch errors only", { mode: "", policy: null, ...FAILED }, "fix-first", "policy-unseen"],
  ["no text and no failure", { mode: "", policy: null }, "cannot-tell", "no-policy-text"],
  ["fetch errors of one beside good ones", FAILED, "fix-first", "failing"],
  ["silent for a week", { silent_days: 7 }, "enforce-now", "clean"],
  ["silent for longer", { silent_days: 8 }, "cannot-tell", "silent"],
  ["a range of a week", { range_days: 7, clean_days: 7 }, "cannot-tell", "range-short"],
  [
    "a range of a week with failures",
    { range_days: 7, clean_days: 2, ...FAILED },
    "fix-first",
    "failing",
  ],
];

describe("the state", () => {
  it.each(CASES)("%s", (_name, facts, state, because) => {
    expect(decide({ ...CLEAN, ...facts })).toMatchObject({ state, because });
  });

  it("has a case for each rule", () => {
    const told = new Set(CASES.map(([, , , because]) => because));
    expect(RULES.map(({ because }) => because).filter((because) => !told.has(because))).toEqual([]);
  });

  it("is told of each state with a rule for it", () => {
    expect(new Set(RULES.map(({ state }) => state))).toEqual(new Set(READINESS_STATES));
  });

  it("never says enforce now while sessions fail, whatever else is seen", () => {
    const count = fc.nat(200);
    const facts = fc.record({
      mode: fc.constantFrom("", "testing", "enforce", "none"),
      range_days: count,
      reported_days: count,
      silent_days: count,
      sessions: count,
      recent_failed_sessions: count,
      clean_days: count,
      clean_organizations: count,
      withheld_sessions: count,
      enforcing_organizations: count,
      stale_wait_days: count,
    });
    fc.assert(
      fc.property(facts, (seen) => {
        const { state } = decide(seen);
        if (state !== "enforce-now") return;
        expect(seen.recent_failed_sessions).toBe(0);
        expect(seen.clean_days).toBeGreaterThanOrEqual(CLEAN_DAYS_MIN);
      }),
    );
  });
});

describe("the words", () => {
  it.each(CASES)("are whole sentences: %s", (_name, facts) => {
    const told = readiness({ ...CLEAN, ...facts });
    expect(told.title).not.toMatch(/[.\n]$|undefined|null/);
    for (const sentence of [told.sentence, ...told.reasons]) {
      expect(sentence).toMatch(/^[A-Z0-9][^\n]+\.$/);
      expect(sentence).not.toMatch(/undefined|null|NaN|\b1 (?:days|sessions|organizations)\b/);
    }
    expect(told.nextSteps.length).toBeGreaterThan(0);
  });

  it("say how long to wait", () => {
    expect(readiness({ ...CLEAN, clean_days: 10 }).waitDays).toBe(4);
    expect(readiness({ ...CLEAN, clean_days: 10, stale_wait_days: 6 }).waitDays).toBe(6);
    expect(readiness({ ...CLEAN, clean_days: 20, stale_wait_days: 6 }).waitDays).toBe(6);
    expect(readiness(CLEAN).waitDays).toBeNull();
  });

  it("give the policy to publish and then a new id", () => {
    const [, policy = "", record = ""] = readiness(CLEAN).nextSteps;
    const published = policy.slice(policy.indexOf("\n") + 1);
    expect(readStsPolicy(published)).toEqual({
      ...readStsPolicy(TESTING.replace("testing", "enforce")),
    });
    expect(policy).toContain("https://mta-sts.example.com/.well-known/mta-sts.txt");
    expect(record).toContain("_mta-sts.example.com");
    expect(record).toContain('"v=STSv1; id=20260320100000;"');
  });

  it("advise a longer max_age only where it is short", () => {
    const longer = readStsPolicy(TESTING.replace("604800", "2592000"));
    expect(readiness(CLEAN).nextSteps.join()).toContain("raise max_age to 2592000");
    expect(readiness({ ...CLEAN, policy: longer }).nextSteps.join()).not.toContain("raise max_age");
  });

  it("name failing MX hosts that the policy leaves out", () => {
    const failing_mx = ["mx1.example.com", "mx2.example.com", "a.example.net"];
    const { reasons } = readiness({ ...CLEAN, ...FAILED, failing_mx });
    expect(reasons).toContain(
      "Not in the policy: mx2.example.com. Senders that enforce do not deliver there.",
    );
  });

  it("show what does not stand in the way", () => {
    const told = readiness({ ...CLEAN, tlsa_failed_sessions: 50, unconfirmed_organizations: 1 });
    expect(told.reasons.join(" ")).toMatch(/50 sessions failed under DANE/);
    expect(told.reasons.join(" ")).toMatch(/1 organization saw a failure .* did not report since/);
  });

  it("say what reports cannot tell of MX hosts", () => {
    expect(readiness(CLEAN).reasons.at(-1)).toMatch(
      /1 MX host in full and 1 pattern\. .* only when/,
    );
  });
});
