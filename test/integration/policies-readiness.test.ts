// Policies as senders saw them, and readiness, on the real engine: made-up domains whose answers can be
// told by looking at their reports. The store's state of each domain is that of the pure rules.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Row } from "../../services/query/panel.ts";
import { policies, policyDays } from "../../services/query/panels/policies.ts";
import { readiness } from "../../services/query/panels/readiness.ts";
import { readParameters } from "../../services/query/parameters.ts";
import { runPanel } from "../../services/query/run.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";
import { days, each, tell } from "./told.ts";

/** The last complete day is 18 March. */
const NOW = Date.parse("2026-03-20T10:00:00Z");

const ORGANIZATIONS = ["Alpha Mail", "Beta Post", "Google Inc."];
const policyText = (mode: string, age = 604_800) =>
  `version: STSv1\nmode: ${mode}\nmx: mx1.d.example\nmax_age: ${age}`;
const TESTING = policyText("testing");
const ENFORCE = policyText("enforce");

const FETCH = [{ type: "sts-webpki-invalid", mx: "", failed: 2 }];
const EXPIRED = [{ type: "certificate-expired", mx: "mx1.d.example", failed: 2 }];

let opened: TestStore;
async function run(
  panel: typeof readiness,
  given: Record<string, string | string[]> = {},
  now?: string,
) {
  const lists = Object.entries(given).map(([name, value]) => [name, [value].flat()] as const);
  const read = readParameters(
    panel,
    Object.fromEntries(lists),
    now === undefined ? NOW : Date.parse(now),
  );
  if (!read.ok) throw new Error(JSON.stringify(read.problem));
  return runPanel(opened.store, panel, read.parameters, { tenants: ["default"] });
}

const only = (rows: readonly Row[], ...names: string[]) =>
  rows.map((row) => names.map((name) => row[name]));

beforeAll(async () => {
  opened = await startTestStore();
  const [alpha = "", beta = ""] = ORGANIZATIONS;
  const both = [alpha, beta];
  const domain = (name: string) => ({ domain: `${name}.example`, text: TESTING });
  await tell(opened, [
    ...each(ORGANIZATIONS, days(1, 20), domain("clean")),
    ...each(both, days(1, 20), { ...domain("elsewhere"), tenant: "other" }),
    ...each([alpha], days(1, 20), domain("alone")),
    ...each([alpha], days(1, 20), domain("spelt")),
    ...each(["ALPHA MAIL"], days(1, 20), domain("spelt")),
    ...each(both, days(1, 18), { ...domain("few"), successful: 1 }),
    ...each(both, days(10, 20), domain("young")),
    ...each(both, days(1, 9), domain("silent")),
    // The failure of the first day of March is 17 clean days ago.
    ...each(both, days(2, 20), domain("mended")),
    ...each([alpha], days(1, 1), { ...domain("mended"), failed: 4 }),
    ...each(both, days(1, 20), domain("expired")),
    ...each([beta], days(16, 16), {
      ...domain("expired"),
      failed: 3,
      details: [
        { type: "certificate-expired", mx: "mx1.d.example", failed: 2 },
        { type: "starttls-not-supported", mx: "mx9.d.example", failed: 1 },
      ],
    }),
    // Today is not complete, and a failure of today is one all the same.
    ...each(both, days(1, 19), domain("today")),
    ...each([alpha], days(20, 20), { ...domain("today"), failed: 1 }),
    ...each(both, days(1, 20), domain("dane")),
    ...each(both, days(1, 20), {
      domain: "dane.example",
      type: "tlsa",
      text: "3 1 1 AB",
      failed: 5,
    }),
    ...each(both, days(1, 20), { domain: "none.example", type: "no-policy-found" }),
    ...each(both, days(1, 20), { domain: "off.example", text: policyText("none") }),
    ...each(both, days(1, 20), { domain: "unfetched.example", failed: 2, details: FETCH }),
    ...each(both, days(1, 20), { domain: "modeless.example", failed: 2, details: EXPIRED }),
    // Texts that are there and broken.
    ...each(both, days(1, 20), { domain: "broken.example", text: TESTING.replace(/mode.*\n/, "") }),
    ...each(both, days(1, 20), { domain: "ageless.example", text: TESTING.replace(/\nmax.*/, "") }),
    // Many sessions before the failure, one a day after it.
    ...each(both, days(1, 2), { ...domain("thin"), successful: 10_000, failed: 1 }),
    ...each(both, days(3, 20), { ...domain("thin"), successful: 1 }),
    // Beta failed and is silent since, beside others.
    ...each([alpha, "Google Inc."], days(1, 20), domain("unheard")),
    ...each([beta, "BETA POST"], days(1, 1), { ...domain("unheard"), failed: 2 }),
    ...each(
      both,
      [...days(-8, 18)].filter((_, i) => i % 3 === 2),
      domain("seldom"),
    ),
    ...each(both, days(1, 20), { domain: "textless.example" }),
    ...each([alpha], days(1, 20), domain("partly")),
    ...each([beta], days(1, 20), { domain: "partly.example", failed: 0 }),
    ...each(both, days(1, 20), { domain: "enforced.example", text: ENFORCE }),
    ...each(both, days(1, 20), { domain: "withheld.example", text: ENFORCE }),
    ...each([alpha], days(17, 17), { domain: "withheld.example", text: ENFORCE, failed: 6 }),
    ...each(both, days(1, 20), { domain: "host.example", text: ENFORCE }),
    ...each([beta], days(17, 17), { domain: "host.example", failed: 2, details: FETCH }),
    ...each(both, days(1, 20), { domain: "likely.example", text: ENFORCE }),
    ...each([beta], days(17, 17), { domain: "likely.example", failed: 2, details: EXPIRED }),
    ...each(both, days(-8, 5), { domain: "left.example", text: ENFORCE }),
    ...each(both, days(17, 17), { domain: "tiny.example", text: ENFORCE, successful: 1 }),
    // From testing to enforce on the 10th; Beta kept the old one to the 12th, Google keeps it.
    ...each(ORGANIZATIONS, days(1, 9), domain("changed")),
    ...each([alpha], days(10, 18), { domain: "changed.example", text: ENFORCE }),
    ...each([beta], days(10, 12), domain("changed")),
    ...each([beta], days(13, 18), { domain: "changed.example", text: ENFORCE }),
    ...each(["Google Inc."], days(10, 18), domain("changed")),
    // An older testing policy that may be kept for three weeks.
    ...each(ORGANIZATIONS, days(1, 3), {
      domain: "stale.example",
      text: policyText("testing", 1_814_400),
    }),
    ...each(both, days(4, 20), domain("stale")),
    ...each(["Google Inc."], days(4, 20), {
      domain: "stale.example",
      text: policyText("testing", 1_814_400),
    }),
  ]);
});

afterAll(() => opened?.stop());

describe("readiness", () => {
  const STATES: [string, string, string][] = [
    ["withheld.example", "withholding", "withheld"],
    ["unfetched.example", "fix-first", "policy-unseen"],
    ["likely.example", "withholding", "withheld"],
    ["modeless.example", "fix-first", "failing"],
    ["broken.example", "fix-first", "policy-broken"],
    ["ageless.example", "fix-first", "policy-broken"],
    ["host.example", "fix-first", "enforced-failing"],
    ["thin.example", "cannot-tell", "few-sessions"],
    ["unheard.example", "wait", "unconfirmed"],
    ["seldom.example", "wait", "few-days"],
    ["left.example", "cannot-tell", "enforced-silent"],
    ["tiny.example", "cannot-tell", "enforced-few-sessions"],
    ["expired.example", "fix-first", "failing"],
    ["today.example", "fix-first", "failing"],
    ["clean.example", "enforce-now", "clean"],
    ["dane.example", "enforce-now", "clean"],
    ["mended.example", "enforce-now", "clean"],
    ["partly.example", "cannot-tell", "one-organization"],
    ["stale.example", "wait", "stale-policy"],
    ["young.example", "wait", "few-days"],
    ["alone.example", "cannot-tell", "one-organization"],
    ["spelt.example", "cannot-tell", "one-organization"],
    ["few.example", "cannot-tell", "few-sessions"],
    ["none.example", "cannot-tell", "no-sts"],
    ["off.example", "cannot-tell", "mode-none"],
    ["silent.example", "cannot-tell", "silent"],
    ["textless.example", "cannot-tell", "no-policy-text"],
    ["changed.example", "enforcing", "enforced"],
    ["enforced.example", "enforcing", "enforced"],
  ];

  test.each(STATES)("%s is %s: %s", async (domain, state, because) => {
    const { rows } = await run(readiness, { domain });
    expect(only(rows, "state", "because")).toEqual([[state, because]]);
  });

  test("lists the domains of the caller, most pressing first, as the words have it", async () => {
    const { rows } = await run(readiness);
    expect(only(rows, "domain", "state", "because").sort()).toEqual([...STATES].sort());
    const ranks = rows.map((row) => Number(row["rank"]));
    expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
  });

  test("is filtered by state, and pages", async () => {
    const chosen = await run(readiness, { readiness: ["fix-first", "withholding"] });
    const pressing = STATES.filter(([, state]) => /fix-first|withholding/.test(state));
    expect(chosen.rows).toHaveLength(pressing.length);
    const first = await run(readiness, { limit: "15" });
    const rest = await run(readiness, { limit: "15", cursor: first.meta.next_cursor ?? "" });
    const named = [...first.rows, ...rest.rows].map((row) => row["domain"]);
    expect(new Set(named).size).toBe(STATES.length);
  });

  test("shows the evidence", async () => {
    const { rows } = await run(readiness, { domain: "expired.example" });
    expect(rows[0]).toMatchObject({
      mode: "testing",
      policy_since: "2026-03-01",
      reported_days: 20,
      range_days: 28,
      silent_days: 0,
      organizations: 2,
      sessions: 413,
      failed_sessions: 3,
      recent_failed_sessions: 3,
      last_failure_day: "2026-03-16",
      clean_days: 2,
      blocking_problems: 2,
      problems: [
        "certificate-expired at mx1.d.example, 2 sessions",
        "starttls-not-supported at mx9.d.example, 1 session",
      ],
      failing_mx: ["mx1.d.example", "mx9.d.example"],
      max_age_seconds: 604_800,
      mx_patterns: ["mx1.d.example"],
      wait_days: null,
    });
    expect(rows[0]?.["reasons"]).toContain(
      "Not in the policy: mx9.d.example. Senders that enforce do not deliver there.",
    );
  });

  test("counts complete days only, and each organization once", async () => {
    const { rows } = await run(readiness, { domain: ["clean.example", "dane.example"] });
    const names = ["domain", "reported_days", "clean_days", "clean_organizations", "large_senders"];
    expect(only(rows, ...names)).toEqual([
      ["clean.example", 20, 18, 3, ["Google Inc."]],
      ["dane.example", 20, 18, 2, []],
    ]);
    expect(only(rows, "sessions", "tlsa_failed_sessions")).toEqual([
      [600, 0],
      [400, 200],
    ]);
  });

  test("says how long to wait, and who has an older policy", async () => {
    const { rows } = await run(readiness, { domain: ["young.example", "stale.example"] });
    // Replaced on the 4th, kept for 21 days: until the 25th, which is 7 days after the 18th.
    const names = ["domain", "wait_days", "stale_wait_days", "stale_organizations"];
    expect(only(rows, ...names).sort()).toEqual([
      ["stale.example", 7, 7, 1],
      ["young.example", 5, 0, 0],
    ]);
  });

  test("says what enforce withholds, and who does not see it yet", async () => {
    const { rows } = await run(readiness, { domain: ["withheld.example", "changed.example"] });
    const names = ["withheld_sessions", "enforcing_organizations", "stale_organizations"];
    expect(only(rows, ...names)).toEqual([
      [6, 2, 0],
      [0, 2, 1],
    ]);
  });

  test("tells failures that withhold mail from those to get the policy", async () => {
    const { rows } = await run(readiness, {
      domain: ["host.example", "likely.example", "withheld.example"],
    });
    const names = ["domain", "withheld_sessions", "unstated_sessions", "policy_fetch_sessions"];
    expect(only(rows, ...names, "undetailed_sessions").sort()).toEqual([
      ["host.example", 0, 0, 2, 0],
      ["likely.example", 2, 2, 0, 0],
      ["withheld.example", 6, 0, 0, 6],
    ]);
  });

  test("counts the clean sessions of the present policy, day by day", async () => {
    const { rows } = await run(readiness, { domain: ["thin.example", "stale.example"] });
    // 16 days of two sessions; 15 days from the 4th on of two organizations with ten each.
    expect(only(rows, "domain", "clean_days", "clean_sessions", "clean_organizations")).toEqual([
      ["stale.example", 15, 300, 2],
      ["thin.example", 16, 32, 2],
    ]);
  });

  test("waits for one who failed, by name, and as long as rare reports take", async () => {
    const { rows } = await run(readiness, { domain: ["unheard.example", "seldom.example"] });
    const names = ["domain", "wait_days", "unconfirmed_names", "clean_days", "report_span_days"];
    // Failed on the 1st, and 30 complete days after it are past on the 31st: 13 days after the 18th.
    // Nine days with reports in 25 days, five more to come: 14 days.
    expect(only(rows, ...names).sort()).toEqual([
      ["seldom.example", 14, [], 9, 25],
      ["unheard.example", 13, ["BETA POST"], 17, 20],
    ]);
    const longer = { domain: "unheard.example", from: "2026-02-01" };
    const released = await run(readiness, { ...longer, to: "2026-04-01" }, "2026-04-04T10:00:00Z");
    expect(only(released.rows, "unconfirmed_organizations")).toEqual([[0]]);
  });

  test("does not say of the last complete day that nobody reported since", async () => {
    const given = { domain: "withheld.example", to: "2026-03-18" };
    const then = await run(readiness, given, "2026-03-19T10:00:00Z");
    expect(only(then.rows, "recent_failed_sessions", "unconfirmed_organizations")).toEqual([
      [6, 0],
    ]);
  });

  test("is of the time that was asked about", async () => {
    const week = await run(readiness, { domain: "clean.example", from: "2026-03-10" });
    expect(only(week.rows, "state", "because")).toEqual([["cannot-tell", "range-short"]]);
    const then = await run(readiness, { domain: "expired.example", to: "2026-03-16" });
    expect(only(then.rows, "state", "clean_days")).toEqual([["enforce-now", 15]]);
  });
});

describe("policies", () => {
  test("tell who still has the old one, and for how long it may be kept", async () => {
    const { rows } = await run(policies, { domain: "changed.example" });
    const names = ["mode", "status", "current", "first_day", "last_day", "days", "organizations"];
    expect(only(rows, ...names)).toEqual([
      ["enforce", "current", true, "2026-03-10", "2026-03-18", 9, 2],
      ["testing", "older", false, "2026-03-01", "2026-03-18", 18, 3],
    ]);
    expect(rows[1]).toMatchObject({
      replaced_on: "2026-03-10",
      stale_days: 8,
      kept_days: 7,
      overdue: true,
      still_seen_by: 1,
      still_seen_by_names: ["Google Inc."],
      organization_names: ORGANIZATIONS,
      max_age_seconds: 604_800,
      mx_patterns: ["mx1.d.example"],
      reports: 39,
      total_sessions: 390,
    });
    expect(rows[0]).toMatchObject({ replaced_on: null, still_seen_by: 0, overdue: false });
  });

  test("within its max_age an old one is no fault", async () => {
    const { rows } = await run(policies, { domain: "stale.example" });
    const names = ["status", "stale_days", "kept_days", "overdue", "still_seen_by"];
    expect(only(rows, ...names)).toEqual([
      ["current", 0, 7, false, 0],
      ["older", 16, 21, false, 1],
    ]);
  });

  test("a text that is missing is a row and no change", async () => {
    const { rows } = await run(policies, { domain: ["partly.example", "none.example"] });
    expect(only(rows, "domain", "policy_type", "status", "replaced_on")).toEqual([
      ["none.example", "no-policy-found", "no-text", null],
      ["partly.example", "sts", "current", null],
      ["partly.example", "sts", "no-text", null],
    ]);
    expect(rows.map((row) => String(row["sentence"]).split(":")[0]).sort()).toEqual([
      "No policy seen",
      "No text",
      "The policy as most senders see it.",
    ]);
  });

  test("a row without a text has no digest", async () => {
    const { rows } = await run(policies, { domain: "partly.example" });
    expect(rows.map((row) => row["policy_digest"] === "")).toEqual([false, true]);
  });

  test.each([policies, policyDays])("$id has the same rows page by page", async (panel) => {
    const whole = await run(panel, { limit: "1000" });
    const paged: Row[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const given: Record<string, string> = {
        limit: panel === policies ? "3" : "90",
        ...(cursor ? { cursor } : {}),
      };
      const page: Awaited<ReturnType<typeof run>> = await run(panel, given);
      paged.push(...page.rows);
      cursor = page.meta.next_cursor;
    }
    expect(paged).toEqual(whole.rows);
  });

  test("by day add up to the whole", async () => {
    const given = { domain: ["changed.example", "dane.example"] };
    const whole = await run(policies, given);
    const byDay = await run(policyDays, { ...given, limit: "1000" });
    const sum = (rows: readonly Row[]) =>
      rows.reduce((all, row) => all + Number(row["total_sessions"]), 0);
    expect(sum(byDay.rows)).toBe(sum(whole.rows));
    const tenth = byDay.rows.filter(
      (row) => row["day"] === "2026-03-10" && row["domain"] === "changed.example",
    );
    expect(only(tenth, "mode", "organizations").sort()).toEqual([
      ["enforce", 1],
      ["testing", 2],
    ]);
  });
});
