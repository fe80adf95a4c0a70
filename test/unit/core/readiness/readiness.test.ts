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
import { CLEAN, ENFORCED, FAILED, TESTING } from "../../../support/readiness-facts.ts";

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
const UNFETCHED = { ...FAILED, policy_fetch_sessions: 9, other_failed_sessions: 0 };
const UNCONFIRMED = {
  unconfirmed_organizations: 1,
  unconfirmed_names: ["Beta Post"],
  unconfirmed_wait_days: 13,
};
const FAILED_ONCE = { failed_sessions: 9, last_failure_day: "2026-03-01" };

const CASES: [string, Partial<ReadinessFacts>, ReadinessState, Because][] = [
  ["four clean weeks", {}, "enforce-now", "clean"],
  [
    "exactly enough of all",
    { clean_days: 14, clean_organizations: 2, clean_sessions: 100, range_days: 14 },
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
  ["99 sessions", { sessions: 99, clean_sessions: 99 }, "cannot-tell", "few-sessions"],
  [
    "many sessions before the failure was mended",
    { clean_sessions: 20 },
    "cannot-tell",
    "few-sessions",
  ],
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
    { ...FAILED_ONCE, clean_days: 17, ...UNCONFIRMED },
    "wait",
    "unconfirmed",
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
  [
    "enforce and too few sessions",
    { ...ENFORCED, sessions: 2 },
    "cannot-tell",
    "enforced-few-sessions",
  ],
  [
    "enforce and silent for years",
    { ...ENFORCED, silent_days: 900 },
    "cannot-tell",
    "enforced-silent",
  ],
  [
    "enforce and failing",
    { ...ENFORCED, ...FAILED, withheld_sessions: 9 },
    "withholding",
    "withheld",
  ],
  [
    "enforce and failing, in reports without a mode or a detail",
    { ...ENFORCED, ...FAILED, withheld_sessions: 9, unstated_sessions: 9, undetailed_sessions: 9 },
    "withholding",
    "withheld",
  ],
  ["enforce and failing to fetch", { ...ENFORCED, ...UNFETCHED }, "fix-first", "enforced-failing"],
  ["enforce that is not valid", { ...ENFORCED, policy_faults: 1 }, "fix-first", "policy-broken"],
  ["back to testing, failures before", { withheld_sessions: 9, ...FAILED }, "fix-first", "failing"],
  [
    "back to testing, some still enforce",
    { withheld_sessions: 9, enforcing_organizations: 1, ...FAILED },
    "withholding",
    "withheld",
  ],
  ["mode none", { mode: "none" }, "cannot-tell", "mode-none"],
  ["mode none and failing", { mode: "none", ...FAILED }, "cannot-tell", "mode-none"],
  ["a mode of nobody", { mode: "report", policy_faults: 1 }, "fix-first", "policy-broken"],
  ["a text without a mode", { mode: "", policy_faults: 1 }, "fix-first", "policy-broken"],
  ["a text without max_age", { policy_faults: 1 }, "fix-first", "policy-broken"],
  ["no-policy-found only", { ...NO_STS, no_policy_organizations: 3 }, "cannot-tell", "no-sts"],
  ["tlsa only, failing", { ...NO_STS, tlsa_failed_sessions: 7 }, "cannot-tell", "no-sts"],
  ["fetch errors only", { mode: "", policy: null, ...UNFETCHED }, "fix-first", "policy-unseen"],
  [
    "failures of senders that show no text",
    { mode: "", policy: null, ...FAILED },
    "fix-first",
    "failing",
  ],
  ["no text and no failure", { mode: "", policy: null }, "cannot-tell", "no-policy-text"],
  ["fetch errors of one beside good ones", UNFETCHED, "fix-first", "failing"],
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
      clean_sessions: count,
      report_span_days: count,
      policy_fetch_sessions: count,
      other_failed_sessions: count,
      policy_faults: count,
      unconfirmed_wait_days: count,
      withheld_sessions: count,
      enforcing_organizations: count,
      stale_wait_days: count,
    });
    fc.assert(
      fc.property(facts, (seen) => {
        const { state } = decide(seen);
        if (state !== "enforce-now") return;
        expect(seen.recent_failed_sessions).toBe(0);
        expect([seen.policy_faults, seen.unconfirmed_wait_days]).toEqual([0, 0]);
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
    expect(readiness({ ...CLEAN, ...UNCONFIRMED }).waitDays).toBe(13);
    expect(readiness(CLEAN).waitDays).toBeNull();
  });

  it("count as many days as it takes for reports to come", () => {
    const seldom = { clean_days: 10, reported_days: 10, report_span_days: 30 };
    const told = readiness({ ...CLEAN, ...seldom });
    expect([told.title, told.waitDays]).toEqual(["Wait 12 days", 12]);
    expect(told.nextSteps.join()).toContain("Look at a longer time: this is of 28 complete days.");
    const daily = { clean_days: 5, reported_days: 5, report_span_days: 5 };
    expect(readiness({ ...CLEAN, ...daily }).waitDays).toBe(9);
    expect(readiness({ ...CLEAN, ...daily }).nextSteps.join()).not.toContain("longer time");
  });

  it("say what is known only in part", () => {
    const withheld = { ...ENFORCED, ...FAILED, withheld_sessions: 9 };
    expect(readiness({ ...CLEAN, ...withheld }).sentence).toMatch(/^9 sessions /);
    const undetailed = readiness({ ...CLEAN, ...withheld, undetailed_sessions: 4 });
    expect(undetailed).toMatchObject({ title: "Mail is being withheld" });
    expect(undetailed.sentence).toMatch(/^At most 9 sessions /);
    const unstated = readiness({ ...CLEAN, ...withheld, unstated_sessions: 9 });
    expect(unstated.title).toBe("Mail is likely being withheld");
    const aged = (failure_age_days: number, unstated_sessions: number) =>
      readiness({ ...CLEAN, ...withheld, failure_age_days, unstated_sessions }).title;
    expect(aged(1, 0)).toBe("Mail is being withheld");
    expect(aged(2, 0)).toBe("Mail was withheld lately");
    expect(aged(2, 9)).toBe("Mail was likely withheld lately");
    expect(unstated.sentence).toContain("The reports of 9 sessions do not say the mode");
    const fetching = readiness({ ...CLEAN, ...UNFETCHED }).sentence;
    expect(fetching).toContain("That alone withholds no mail");
    expect(fetching).not.toContain("Under enforce");
  });

  it("name who failed and was not heard of since", () => {
    const told = readiness({ ...CLEAN, ...FAILED_ONCE, ...UNCONFIRMED });
    expect(told.sentence).toMatch(/^1 organization \(Beta Post\) saw a failure /);
  });

  it("never give a policy in testing to publish where mail is withheld", () => {
    const facts = { ...CLEAN, ...ENFORCED, ...FAILED, withheld_sessions: 9 };
    const steps = readiness(facts).nextSteps.join("\n");
    expect(steps).toContain("intercepting");
    expect(steps).not.toContain("mode: testing");
    expect(steps).not.toContain("policy host");
    const unfetched = readiness({ ...facts, policy_fetch_sessions: 2 }).nextSteps.join("\n");
    expect(unfetched).toContain("Mend the policy host first");
    expect(unfetched).toContain("$ curl -v https://mta-sts.example.com/");
    expect(unfetched).toContain("-connect MX_HOST:25 ");
  });

  it.each([
    ["31557600", "604800"],
    ["172800", "172800"],
    ["300", "86400"],
    ["0", "86400"],
  ])("begin enforce with a max_age of %s as %s", (own, first) => {
    const policy = readStsPolicy(TESTING.replace("604800", own));
    expect(readiness({ ...CLEAN, policy }).nextSteps[2]).toContain(`max_age: ${first}`);
  });

  it("give the policy to publish and then a new id", () => {
    const [, , policy = "", record = ""] = readiness(CLEAN).nextSteps;
    const published = policy.slice(policy.indexOf("\n") + 1);
    expect(readStsPolicy(published)).toEqual({
      ...readStsPolicy(TESTING.replace("testing", "enforce")),
    });
    expect(policy).toContain("https://mta-sts.example.com/.well-known/mta-sts.txt");
    expect(record).toContain("_mta-sts.example.com");
    expect(record).toContain("another id than the present one");
    expect(record).toContain('"v=STSv1; id=2026032001;"');
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
