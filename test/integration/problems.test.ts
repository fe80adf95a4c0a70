// The panel `problems` on the real engine: a few domains over three weeks, each with one story. What SQL says
// of state, impact and severity is held against the pure functions that the rules are written in.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { impactOf, SEVERITIES, severityOf } from "../../services/core/problems/severity.ts";
import { PROBLEM_STATES, problemState } from "../../services/core/problems/state.ts";
import type { Row } from "../../services/query/panel.ts";
import { problems } from "../../services/query/panels/problems.ts";
import { readParameters } from "../../services/query/parameters.ts";
import { failureOf, seenOf, stateEvidence } from "../../services/query/problem-words.ts";
import { type PanelResult, runPanel } from "../../services/query/run.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";
import { type SeedDetail, type SeedPolicy, seedReport } from "./seed.ts";

/** Reports of 18 March and before are complete. */
const NOW = Date.parse("2026-03-20T10:00:00Z");
const DAYS = Array.from({ length: 19 }, (_, i) => i + 1);
const EXPIRED = "certificate-expired";
const NO_TLS = "starttls-not-supported";

let stored: TestStore;
let number = 0;

/** One report of a day in March: ten sessions worked, and those of the details did not. */
function report(
  organization: string,
  domain: string,
  date: number,
  policy: Partial<SeedPolicy> = {},
  details: SeedDetail[] = [],
) {
  number += 1;
  const failed = details.reduce((sum, detail) => sum + detail.failed, 0);
  const day = `2026-03-${String(date).padStart(2, "0")}`;
  const own = { domain, type: "sts", mode: "testing", successful: 10, failed, details, ...policy };
  const tenant = ["other", "mixed"].find((name) => domain.startsWith(name)) ?? "default";
  return seedReport(stored.store, { n: number, tenant, day, organization, policies: [own] });
}

const at = (host: string, type = EXPIRED, failed = 2, sendingIp = "192.0.2.7"): SeedDetail => ({
  type,
  mx: `${host}.example.net`,
  failed,
  sendingIp,
});

/** From the 14th on all three fail at mx1; one session failed once at mx2, on the 10th. */
async function seedExpired(date: number): Promise<void> {
  if (date < 8) return;
  const details = date >= 14 ? [at("mx1")] : [];
  const mode = "enforce";
  await report("Alpha", "expired.example", date, { mode }, details);
  await report("Beta", "expired.example", date, { mode }, details);
  const once = date === 10 ? [at("mx2", NO_TLS, 1)] : [];
  await report(date < 15 ? "GAMMA" : "Gamma", "expired.example", date, { mode }, [
    ...details,
    ...once,
  ]);
}

async function seedOthers(date: number): Promise<void> {
  const none = { type: "no-policy-found", mode: "" };
  if (date >= 10) await report("Alpha", "lonely.example", date, none, [at("mx1", NO_TLS)]);
  await report("Alpha", "back.example", date, {}, date === 2 || date >= 17 ? [at("mx1")] : []);
  if (date >= 17) await report("Beta", "back.example", date);
  if (date <= 5) await report("Alpha", "silent.example", date, {}, date === 5 ? [at("mx1")] : []);
  if (date >= 5 && date <= 8) await report("Beta", "silent.example", date);
  if (date < 15) return;
  const path = date >= 16 ? [at("mx1", NO_TLS, 3, `198.51.100.${date}`)] : [];
  await report("Alpha", "path.example", date, {}, path);
  await report("Beta", "path.example", date);
  await report("Alpha", "other.example", date, {}, [at("mx1")]);
}

/**
 * What six senders of different kinds report, from the 16th on. Delta never names a host, Gamma has words of its
 * own for every failure, Epsilon and Eta check DANE alone, and Zeta's mail all goes through.
 */
async function seedMixed(date: number): Promise<void> {
  const tlsa = { type: "tlsa", mode: "" };
  if (date >= 5) {
    const failed = date === 5 ? [at("mx1", "tlsa-invalid")] : [];
    if (date === 5) await report("Epsilon", "mixed-kinds.example", date, tlsa, failed);
    else await report("Epsilon", "mixed-kinds.example", date);
  }
  if (date === 12 || date === 19) await report("Weekly", "mixed-weekly.example", date);
  if (date === 15) await report("Beta", "mixed-weekly.example", date);
  if (date === 15 || date === 17) {
    await report("Alpha", "mixed-weekly.example", date, {}, [at("mx1")]);
  }
  if (date < 16) return;
  const mode = date === 16 ? "testing" : "enforce";
  await report("Alpha", "mixed-modes.example", date, { mode }, [at("mx1")]);
  const domain = "mixed.example";
  await report("Alpha", domain, date, {}, [at("mx1")]);
  await report("Beta", domain, date, {}, [{ ...at("mx1"), reason: EXPIRED }]);
  await report("Gamma", domain, date, {}, [{ ...at("mx1"), reason: "too old for us" }]);
  await report("Delta", domain, date, {}, [{ ...at("mx1"), mx: "" }]);
  await report("Zeta", domain, date);
  await report("Epsilon", domain, date, tlsa, [at("mx1", "tlsa-invalid")]);
  for (const sender of ["Alpha", "Beta", "Gamma", "Zeta"]) {
    await report(sender, "mixed-dane.example", date);
  }
  for (const sender of ["Epsilon", "Eta"]) {
    await report(sender, "mixed-dane.example", date, tlsa, [at("mx1", "tlsa-invalid")]);
  }
}

/** One session, listed under tlsa and under sts by its sender. */
async function seedTwice(): Promise<void> {
  number += 1;
  const under = (type: string, mode: string): SeedPolicy => ({
    domain: "twice.example",
    type,
    mode,
    successful: 10,
    failed: 3,
    details: [{ ...at("mx1", "validation-failure", 3), reason: "mx-not-in-policy" }],
  });
  await seedReport(stored.store, {
    n: number,
    day: "2026-03-18",
    organization: "Alpha",
    policies: [under("tlsa", ""), under("sts", "enforce")],
  });
}

beforeAll(async () => {
  stored = await startTestStore();
  for (const date of DAYS) {
    await Promise.all([seedExpired(date), seedOthers(date), seedMixed(date)]);
  }
  await seedTwice();
}, 180_000);
afterAll(() => stored?.stop());

async function ask(
  given: Record<string, string> = {},
  tenants: readonly string[] = ["default"],
  nowMs = NOW,
): Promise<PanelResult> {
  const lists = Object.entries(given).map(([name, value]) => [name, [value]] as const);
  const read = readParameters(problems, Object.fromEntries(lists), nowMs);
  if (!read.ok) throw new Error(JSON.stringify(read.problem));
  return runPanel(stored.store, problems, read.parameters, { tenants });
}

async function one(given: Record<string, string>): Promise<Row> {
  const { rows } = await ask(given);
  expect(rows).toHaveLength(1);
  return rows[0] ?? {};
}

const only = (rows: readonly Row[], ...names: string[]) =>
  rows.map((row) => names.map((name) => row[name]));

test("the most urgent first, each cause once, by its own policy type", async () => {
  const { rows } = await ask();
  const names = ["severity", "failed_sessions", "domain", "policy_type", "mx", "state"];
  expect(only(rows, ...names)).toEqual([
    ["critical", 36, "expired.example", "sts", "mx1.example.net", "new"],
    ["critical", 3, "twice.example", expect.any(String), "mx1.example.net", "new"],
    ["critical", 3, "twice.example", expect.any(String), "mx1.example.net", "new"],
    ["high", 20, "lonely.example", "no-policy-found", "mx1.example.net", "ongoing"],
    ["high", 12, "path.example", "sts", "mx1.example.net", "new"],
    ["high", 8, "back.example", "sts", "mx1.example.net", "returned"],
    ["medium", 2, "silent.example", "sts", "mx1.example.net", "quiet"],
    ["low", 1, "expired.example", "sts", "mx2.example.net", "resolved"],
  ]);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
});

describe("evidence", () => {
  test("of all senders at one host since a day", async () => {
    expect(await one({ domain: "expired.example", mx: "mx1.example.net" })).toMatchObject({
      organizations: 3,
      organization_names: ["Alpha", "Beta", "Gamma"],
      share_of_mx: 1,
      // Of 36 reports with ten successes each, and 37 failures.
      share_of_domain: 0.09068,
      first_day: "2026-03-14",
      last_day: "2026-03-19",
      first_seen: "2026-03-14T00:00:00Z",
      last_seen: "2026-03-19T00:00:00Z",
      days_active: 6,
      policy_modes: ["enforce"],
      policy_mode: "enforce",
      impact: "withheld",
      organizations_anywhere: 3,
      organizations_reporting: 3,
      organizations_working: 3,
      organizations_before: 3,
      organization_sessions: 397,
      mx_hosts: 1,
      mx_hosts_known: 2,
      sending_network: "192.0.2.0/24",
      age_days: 7,
      since_days: 0,
      distribution: "at-mx",
      whose: "yours",
    });
  });

  test("of what is over: those who saw it report successes since", async () => {
    expect(await one({ state: "resolved" })).toMatchObject({
      since_days: 8,
      clear_days: 8,
      clear_organizations: 1,
      organizations: 1,
      severity: "low",
      // One session without STARTTLS is of one network in any case.
      distribution: "one-sender-one-mx",
      confidence: "low",
      state_words:
        "Seen on 10 March only. Not reported any more: 1 of the 1 who saw it reported successes " +
        "since, on 8 days. Successes name no MX host, so they may be of other hosts.",
      fix: [],
    });
  });

  test("of silence, which is no success", async () => {
    expect(await one({ state: "quiet" })).toMatchObject({
      domain: "silent.example",
      since_days: 13,
      clear_days: 0,
      clear_organizations: 0,
      organizations_reporting: 2,
      state_words: expect.stringMatching(/not reported success since/),
    });
  });

  test("of what came back, and of what one sender sees", async () => {
    expect(await one({ state: "returned" })).toMatchObject({
      domain: "back.example",
      absence_days: 14,
      age_days: 19,
      days_active: 4,
      distribution: "one-sender",
      whose: "theirs",
    });
  });

  test("of one network, and of a single reporter", async () => {
    expect(await one({ domain: "path.example" })).toMatchObject({
      sending_network: "198.51.100.0/24",
      distribution: "on-the-path",
    });
    expect(await one({ domain: "lonely.example" })).toMatchObject({
      distribution: "cannot-tell",
      distribution_words:
        "Cannot tell sender from MX host: only one organization reports under this policy type in " +
        "these days.",
    });
  });
});

test("SQL judges as the pure functions do", async () => {
  const ranges: Record<string, string>[] = [
    {},
    { from: "2026-03-10", to: "2026-03-13" },
    { from: "2026-03-05", to: "2026-03-12T12:00:00Z" },
    { from: "2026-03-19", to: "2026-03-20" },
    { from: "2025-06-01", to: "2026-03-20" },
    { from: "2026-03-01", to: "2030-01-01" },
    { organization: "alpha" },
    { trust: "unverified", policy_type: "sts" },
  ];
  const states = new Set<unknown>();
  for (const range of ranges) {
    const { rows } = await ask(range, ["default", "mixed"]);
    expect(rows.length, JSON.stringify(range)).toBeGreaterThan(0);
    for (const row of rows) {
      const state = problemState(stateEvidence(row, ""));
      const impact = impactOf(failureOf(row));
      const severity = severityOf(impact, seenOf(row, state));
      const judged = { state, impact, severity, severity_rank: SEVERITIES.indexOf(severity) };
      expect(row, JSON.stringify(range)).toMatchObject(judged);
      states.add(state);
    }
  }
  expect([...states].sort()).toEqual([...PROBLEM_STATES].sort());
});

describe("senders of different kinds", () => {
  const judged = ["policy_type", "mx", "reason", "failed_sessions", "organizations"];
  const evidence = ["organizations_anywhere", "organizations_reporting", "distribution", "whose"];
  const MX = "mx1.example.net";

  test("one fault in different words is one fault, of all who check the same policy", async () => {
    const { rows } = await ask({ domain: "mixed.example" }, ["mixed"]);
    const found = only(rows, "severity", ...judged, ...evidence);
    // Four of the five under sts saw it. A single one checks DANE, so nobody can tell.
    expect(found[0]).toEqual(["critical", "tlsa", MX, "", 8, 1, 1, 1, "cannot-tell", "unclear"]);
    expect(found[1]).toEqual(["high", "sts", MX, "", 16, 2, 4, 5, "at-mx", "yours"]);
    expect(found).toContainEqual([
      "high",
      ...["sts", MX, "too old for us", 8, 1, 4, 5, "at-mx", "yours"],
    ]);
    expect(found).toContainEqual(["high", "sts", "", "", 8, 1, 4, 5, "cannot-tell", "unclear"]);
    expect(found).toHaveLength(4);
  });

  test("two who check DANE are all, however many others report", async () => {
    const { rows } = await ask({ domain: "mixed-dane.example" }, ["mixed"]);
    expect(only(rows, ...judged, ...evidence)).toEqual([
      ["tlsa", MX, "", 16, 2, 2, 2, "at-mx", "yours"],
    ]);
  });

  test("who sends no report of the days with a failure is no witness of it", async () => {
    const weekly = { domain: "mixed-weekly.example" };
    const told = async (given: Record<string, string>, nowMs?: number) =>
      only((await ask({ ...weekly, ...given }, ["mixed"], nowMs)).rows, ...evidence);
    expect(await told({})).toEqual([[1, 2, "one-sender", "theirs"]]);
    // Of the days of the range, and not of those before it that are read too.
    expect(await told({ from: "2026-03-16" })).toEqual([[1, 1, "cannot-tell", "unclear"]]);
    // Too long ago for single days: all that reported before and after.
    const years = { from: "2026-01-01", to: "2026-07-01" };
    const then = Date.parse("2026-07-01T10:00:00Z");
    expect(await told(years, then)).toEqual([[1, 3, "one-sender", "theirs"]]);
  });

  test("successes of another kind end nothing", async () => {
    const { rows } = await ask({ domain: "mixed-kinds.example" }, ["mixed"]);
    expect(only(rows, "state", "severity", "clear_days", "since_days")).toEqual([
      ["quiet", "high", 0, 13],
    ]);
  });

  test("only what came under enforce was withheld", async () => {
    const { rows } = await ask({ domain: "mixed-modes.example" }, ["mixed"]);
    expect(rows).toMatchObject([
      { failed_sessions: 8, enforce_sessions: 6, testing_sessions: 2, impact: "withheld" },
    ]);
    expect(rows[0]?.["impact_words"]).toMatch(/of its 8 failed sessions only the 6 under/i);
    expect(rows[0]?.["state_words"]).toMatch(/^Seen since 16 March, on 4 days, last on 19 March\./);
  });
});

test("a past range is judged as of its end, by what was before it too", async () => {
  const past = { domain: "expired.example", from: "2026-03-10", to: "2026-03-12" };
  expect(await one(past)).toMatchObject({ mx: "mx2.example.net", state: "new", since_days: 1 });
  const later = { domain: "back.example", from: "2026-03-19", to: "2026-03-20" };
  expect(await one(later)).toMatchObject({
    failed_sessions: 2,
    first_day: "2026-03-19",
    first_seen: "2026-03-02T00:00:00Z",
    state: "returned",
  });
});

test("filters choose problems, and leave their evidence as it is", async () => {
  const { rows } = await ask();
  for (const row of rows) {
    expect((await ask({ problem: String(row["id"]) })).rows).toEqual([row]);
  }
  const rest = { domain: "expired.example", result_type: EXPIRED, policy_type: "sts" };
  expect(await one({ ...rest, mx: "mx1.example.net" })).toEqual(rows[0]);
  expect(only((await ask({ severity: "critical" })).rows, "severity")).toHaveLength(3);
  expect((await ask({ reason: "mx-not-in-policy" })).rows).toHaveLength(2);
  const chosen = await ask({ domain: "expired.example", organization: "GAMMA" });
  expect(only(chosen.rows, "failed_sessions", "distribution")).toEqual([
    [12, "cannot-tell"],
    [1, "cannot-tell"],
  ]);
});

test("tenants have their own problems, and other names for them", async () => {
  const ours = await ask();
  const theirs = await ask({}, ["other"]);
  expect(only(theirs.rows, "domain", "tenant")).toEqual([["other.example", "other"]]);
  const both = await ask({}, ["default", "other"]);
  const ids = (result: PanelResult) => result.rows.map(({ id }) => String(id));
  expect(ids(both).sort()).toEqual([...ids(ours), ...ids(theirs)].sort());
});
