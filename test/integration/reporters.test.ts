// Who reports, and what they do otherwise than the RFC asks, on the real engine.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Panel, Row } from "../../services/query/panel.ts";
import { deviations } from "../../services/query/panels/deviations.ts";
import { organizations } from "../../services/query/panels/organizations.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";
import { askPanel, only } from "./panel-asking.ts";
import { seedReport } from "./seed.ts";

let stored: TestStore;
let number = 0;

type Asked = Parameters<typeof askPanel>;
const ask = (panel: Panel, given?: Asked[2], options?: Asked[3]) =>
  askPanel(stored.store, panel, given, options);

interface Given {
  /** Days of March; 0 is the last of February, and so on. */
  days: readonly number[];
  sessions?: [successful: number, failed: number];
  report?: Record<string, unknown>;
  tenant?: string;
  domains?: readonly string[];
}

async function seed(organization: string, given: Given): Promise<void> {
  const [successful, failed] = given.sessions ?? [10, 0];
  const policies = (given.domains ?? ["example.com"]).map((domain) => ({
    domain,
    type: "sts",
    successful,
    failed,
  }));
  for (const date of given.days) {
    number += 1;
    const day = new Date(Date.UTC(2026, 2, date)).toISOString().slice(0, 10);
    const { tenant = "default", report = {} } = given;
    await seedReport(stored.store, { n: number, tenant, day, organization, policies, report });
  }
}

const span = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** A mail may hold reports of others too, and its header tells of all. */
const OF_MAIL = { code: "subject-malformed", place: "Subject", value: "about all of the mail" };
const LATE = { code: "period-not-one-day", place: "/date-range", value: "late value" };

beforeAll(async () => {
  stored = await startTestStore();
  // 2 March is a Monday.
  await seed("Daily Mail", { days: span(1, 17) });
  await seed("daily MAIL", { days: [18], sessions: [9, 1] });
  await seed("Working Week", { days: [...span(2, 6), ...span(9, 13), ...span(16, 18)] });
  await seed("Weekly", { days: [3, 10, 17], domains: ["example.com", "example.net"] });
  await seed("Gone", { days: [1, 2, 3], sessions: [0, 0] });
  await seed("Pausing", { days: span(10, 16) });
  await seed("New", { days: [19] });
  await seed("Early", { days: [16, 17, 18, 20] });
  await seed("Elsewhere", { days: [4], tenant: "other" });
  await seed("Conflicting", { days: [5], report: { status: "conflict" } });
  await seedOdd();
  const past = { tenant: "past" };
  await seed("Former", { days: span(-40, -36), ...past });
  await seed("Ninety Days Ago", { days: [-89], ...past });
  await seed("Forgotten", { days: [-90], ...past });
  await seed("Back", { days: [-30, 5], ...past });
  await seed("Every Third", { days: [1, 4, 7, 10, 13, 16], ...past });
  await seed("No More", { days: [-5], ...past, report: { status: "conflict" } });
});
afterAll(() => stored?.stop());

/** Four reports of one sender: in time, two days late to the second, later than that, and imported. */
async function seedOdd(): Promise<void> {
  const arrived = (received_at: string, more = {}) => ({ received_at, ...more });
  const both = {
    conforming: false,
    deviation_codes: ["text-trimmed", "text-trimmed", LATE.code, OF_MAIL.code],
    deviation_places: ["/a", "/b", LATE.place, OF_MAIL.place],
    deviation_values: [" x", " y", LATE.value, OF_MAIL.value],
  };
  const older = {
    deviation_codes: ["text-trimmed"],
    deviation_places: ["/old"],
    deviation_values: ["old"],
  };
  await seed("Odd", { days: [6], report: arrived("2026-03-07 03:59:00.000", older) });
  await seed("ODD", { days: [7], report: arrived("2026-03-10 00:00:00.000") });
  await seed("Odd", {
    days: [8],
    report: arrived("2026-03-11 00:00:01.000", { ...both, channel: "https", trust: "verified" }),
  });
  await seed("Odd", {
    days: [9],
    report: arrived("2026-03-19 00:00:00.000", { channel: "import" }),
  });
}

async function oneOf(organization: string, given = {}, options = {}): Promise<Row> {
  const { rows } = await ask(organizations, { organization, ...given }, options);
  expect(rows).toHaveLength(1);
  return rows[0] ?? {};
}

describe("organizations", () => {
  const HABITS: [string, Row][] = [
    [
      "Daily Mail",
      {
        organization: "daily MAIL", // as on its newest day
        reports: 18,
        days_reported: 18,
        days_expected: 18,
        gap_days: 0,
        longest_gap_days: 0,
        usual_interval_days: 1,
        silent_days: 0,
        cadence: "daily",
        status: "reporting",
        status_words: "The last report is about 18 March.",
        total_sessions: 180,
        failed_sessions: 1,
        success_rate: 0.994444,
      },
    ],
    [
      "Working Week",
      {
        days_reported: 13,
        days_expected: 17,
        gap_days: 4,
        longest_gap_days: 2,
        cadence: "most days",
        status: "reporting",
      },
    ],
    [
      "Weekly",
      {
        days_reported: 3,
        days_expected: 16,
        gap_days: 12,
        longest_gap_days: 6,
        usual_interval_days: 7,
        silent_days: 1,
        cadence: "weekly",
        status: "reporting", // the next one is due after seven days
        status_words: "The last report is about 17 March; the next is not due yet.",
        domains: 2,
        total_sessions: 60,
      },
    ],
    [
      "Gone",
      {
        first_day: "2026-03-01",
        last_day: "2026-03-03",
        days_expected: 18,
        gap_days: 0,
        silent_days: 15,
        status: "silent",
        status_words: "No report since 3 March (15 complete days).",
        total_sessions: 0,
        success_rate: null,
      },
    ],
    [
      "Pausing",
      {
        silent_days: 2,
        status: "quiet",
        status_words: "No report since 16 March (2 complete days).",
      },
    ],
    [
      "New",
      {
        days_expected: 0,
        silent_days: 0,
        usual_interval_days: null,
        cadence: "once",
        status: "reporting",
      },
    ],
    // 19 March is not complete: its report may still come.
    ["Early", { days_reported: 4, days_expected: 3, gap_days: 0, longest_gap_days: 0 }],
  ];

  test.each(HABITS)("%s is measured by its own habit", async (organization, expected) => {
    expect(await oneOf(organization)).toMatchObject(expected);
  });

  test("a day is missed only once it is complete", async () => {
    const before = await oneOf("Early", {}, { now: "2026-03-20T23:59:59Z" });
    expect([before["gap_days"], before["days_expected"]]).toEqual([0, 3]);
    const after = await oneOf("Early", {}, { now: "2026-03-21T00:00:00Z" });
    expect([after["gap_days"], after["longest_gap_days"], after["days_expected"]]).toEqual([
      1, 1, 4,
    ]);
  });

  test("an earlier range is looked at as of its own end", async () => {
    const row = await oneOf("Daily Mail", { to: "2026-03-11" });
    expect(row).toMatchObject({ days_reported: 10, days_expected: 10, silent_days: 0 });
    expect(await oneOf("Gone", { to: "2026-03-11" })).toMatchObject({ silent_days: 7 });
  });

  test("tells of arrivals, trust and deviations", async () => {
    expect(await oneOf("odd")).toMatchObject({
      organization: "Odd",
      reports: 4,
      first_report_at: "2026-03-07T03:59:00.000Z",
      last_report_at: "2026-03-19T00:00:00.000Z",
      late_reports: 1,
      median_delay_hours: 48, // of 3, 48 and 48
      max_delay_hours: 48,
      channels: ["https", "import", "smtp"],
      trust_levels: ["unverified", "verified"],
      verified_share: 0.25,
      deviation_codes: ["period-not-one-day", "subject-malformed", "text-trimmed"],
      deviations: 3,
      nonconforming_share: 0.25,
    });
    const imported = await oneOf("odd", { from: "2026-03-09", to: "2026-03-10" });
    expect(imported).toMatchObject({
      late_reports: 0,
      median_delay_hours: null,
      max_delay_hours: null,
    });
  });

  test("with a domain counts that domain alone", async () => {
    expect(await oneOf("weekly", { domain: "example.net" })).toMatchObject({
      reports: 3,
      domains: 1,
      total_sessions: 30,
    });
    const { rows } = await ask(organizations, { domain: "example.net" });
    expect(only(rows, "organization")).toEqual([["Weekly"]]);
  });

  test("adds up to its totals, with no conflict and nobody else's", async () => {
    for (const given of [{}, { domain: "example.com" }, { organization: "weekly" }]) {
      const { rows, meta } = await ask(organizations, given);
      const sum = (name: string) => rows.reduce((all, row) => all + Number(row[name]), 0);
      expect(sum("reports")).toBe(meta.totals["reports"]);
      expect(sum("failed_sessions")).toBe(meta.totals["failed_sessions"]);
      expect(sum("total_sessions") - sum("failed_sessions")).toBe(
        meta.totals["successful_sessions"],
      );
    }
    const names = only((await ask(organizations)).rows, "organization").flat();
    expect(names).toHaveLength(8);
    expect(names).not.toContain("Elsewhere");
    expect(names).not.toContain("Conflicting");
    const others = await ask(organizations, {}, { tenants: ["other"] });
    expect(only(others.rows, "organization")).toEqual([["Elsewhere"]]);
  });

  describe("that have reported before the range only", () => {
    const past = { tenants: ["past"] };
    const DAYS = ["organization", "reports", "first_day", "last_day", "silent_days", "status"];

    test("are listed with nothing, for 90 days", async () => {
      const { rows, meta } = await ask(organizations, {}, past);
      expect(only(rows, ...DAYS)).toEqual([
        ["Every Third", 6, "2026-03-01", "2026-03-16", 2, "reporting"],
        ["Back", 1, "2026-03-05", "2026-03-05", 13, "quiet"],
        ["Former", 0, "2026-01-19", "2026-01-23", 54, "silent"],
        ["Ninety Days Ago", 0, "2025-12-01", "2025-12-01", 107, "quiet"],
      ]);
      expect(only(rows, "cadence").flat()).toEqual(["every 3 days", "once", "daily", "once"]);
      expect(rows[2]).toMatchObject({
        domains: 0,
        total_sessions: 0,
        success_rate: null,
        usual_interval_days: 1,
        usual_interval_share: 1,
        first_report_at: "2026-01-19T12:00:00.000Z",
        last_report_at: "2026-01-23T12:00:00.000Z",
        late_reports: 0,
        median_delay_hours: null,
        max_delay_hours: null,
        channels: [],
        trust_levels: [],
        verified_share: null,
        deviations: 0,
        nonconforming_share: null,
        status_words: "No report since 23 January (54 complete days).",
      });
      expect(meta.totals).toEqual({ successful_sessions: 70, failed_sessions: 0, reports: 7 });
    });

    test("are chosen by the same filters", async () => {
      const former = await ask(organizations, { organization: "FORMER" }, past);
      expect(only(former.rows, "organization", "reports")).toEqual([["Former", 0]]);
      for (const given of [{ domain: "example.net" }, { trust: "verified" }]) {
        expect((await ask(organizations, given, past)).rows).toEqual([]);
      }
    });

    test("are those of the second before, where a range begins within a day", async () => {
      const given = { organization: "Back", from: "2026-03-05T00:00:01Z" };
      const { rows } = await ask(organizations, given, past);
      expect(only(rows, ...DAYS)).toEqual([
        ["Back", 0, "2026-01-29", "2026-03-05", 13, "reporting"],
      ]);
      const first = await ask(organizations, { from: "1970-01-01" }, past);
      expect(first.rows).toHaveLength(5);
    });
  });

  test("pages hold each organization once", async () => {
    const all = (await ask(organizations)).rows;
    const paged: Row[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page: Awaited<ReturnType<typeof ask>> = await ask(organizations, {
        limit: "3",
        cursor,
      });
      paged.push(...page.rows);
      cursor = page.meta.next_cursor;
    }
    expect(paged).toEqual(all);
  });
});

describe("deviations", () => {
  test("counts each report once, beside all of its sender, with the newest as example", async () => {
    const { rows, meta } = await ask(deviations);
    expect(rows).toMatchObject([
      {
        organization: "Odd",
        code: "text-trimmed",
        reports: 2,
        report_share: 0.5,
        occurrences: 3,
        first_day: "2026-03-06",
        last_day: "2026-03-08",
        example_place: "/a",
        example_value: " x",
        title: "White space around a text",
        docs: "docs/deviations.md#text-trimmed",
      },
      {
        organization: "Odd",
        code: LATE.code,
        reports: 1,
        report_share: 0.25,
        occurrences: 1,
        example_place: LATE.place,
        example_value: LATE.value,
      },
      {
        organization: "Odd",
        code: OF_MAIL.code,
        example_place: OF_MAIL.place,
        example_value: "",
      },
    ]);
    expect(rows[0]?.["example_report"]).toBe(rows[1]?.["example_report"]);
    expect(meta.totals).toEqual({ reports: 53, deviating_reports: 2, nonconforming_reports: 1 });
  });

  test("with a code leaves the share as it is", async () => {
    const { rows, meta } = await ask(deviations, { code: LATE.code });
    expect(only(rows, "code", "report_share")).toEqual([[LATE.code, 0.25]]);
    expect(meta.totals["deviating_reports"]).toBe(1);
    expect((await ask(deviations, { code: "bom" })).rows).toEqual([]);
    expect((await ask(deviations, { organization: "weekly" })).rows).toEqual([]);
  });
});
