// Every panel on the real engine, against a seeded set whose totals were added up by hand.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { silent } from "../../services/observe/events.ts";
import { PANELS, panelOf } from "../../services/query/index.ts";
import { newestReport } from "../../services/query/newest.ts";
import { columnsOf, type Row } from "../../services/query/panel.ts";
import { readParameters } from "../../services/query/parameters.ts";
import { type PanelResult, runPanel } from "../../services/query/run.ts";
import { migrate } from "../../services/store/migrate.ts";
import { type OpenedStore, openStore } from "../../services/store/open.ts";
import { receipt, seedReport, uuid } from "./seed.ts";
import { EXPIRED, MX1, MX2, NO_TLS, seedLedger, seedPanels } from "./seed-panels.ts";

const NOW = Date.parse("2026-03-20T10:00:00Z");

let folder = "";
let opened: OpenedStore;

async function run(
  id: string,
  given: Record<string, string | string[]> = {},
  tenants = ["default"],
): Promise<PanelResult> {
  const panel = panelOf(id);
  if (!panel) throw new Error(`no panel ${id}`);
  const lists = Object.entries(given).map(([name, value]) => [name, [value].flat()] as const);
  const read = readParameters(panel, Object.fromEntries(lists), NOW);
  if (!read.ok) throw new Error(JSON.stringify(read.problem));
  return runPanel(opened.store, panel, read.parameters, { tenants });
}

const only = (rows: readonly Row[], ...names: string[]) =>
  rows.map((row) => names.map((name) => row[name]));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealwatch-panels-"));
  const topology = { kind: "single" } as const;
  opened = await openStore({ dataFolder: folder, clickhouseUrl: null, topology, emit: silent });
  await migrate(opened.store, topology);
  await seedPanels(opened.store);
  await seedLedger(opened.store);
});

afterAll(async () => {
  await opened?.stop();
  await rm(folder, { recursive: true, force: true });
});

describe("overview", () => {
  test("counts sessions by the summaries, each once", async () => {
    const { rows } = await run("overview");
    expect(rows).toEqual([
      {
        reports: 4,
        conflicts: 2,
        organizations: 3,
        domains: 2,
        total_sessions: 287,
        successful_sessions: 267,
        failed_sessions: 20,
        success_rate: 0.930314,
        protected_sessions: 100,
        protected_rate: 0.348432,
        verified_reports: 2,
        verified_sessions: 200,
        verified_rate: 0.696864,
        first_day: "2026-03-02",
        last_day: "2026-03-10",
        last_report_at: "2026-03-10T12:00:00.000Z",
        reports_before: null,
        total_sessions_before: null,
        failed_sessions_before: null,
        success_rate_before: null,
      },
    ]);
  });

  test("counts what is listed under two chosen policy types once", async () => {
    const names = ["successful_sessions", "failed_sessions", "reports"];
    const sts = await run("overview", { policy_type: "sts" });
    expect(only(sts.rows, ...names)).toEqual([[247, 19, 4]]);
    expect(only(sts.rows, "conflicts", "last_report_at")).toEqual([[null, null]]);
    const both = await run("overview", { policy_type: ["sts", "TLSA"] });
    expect(only(both.rows, ...names)).toEqual([[247, 19, 4]]);
  });

  test("TLS that nothing demands is no protection", async () => {
    const names = ["total_sessions", "success_rate", "protected_sessions", "protected_rate"];
    const ask = async (id: string, given = {}) =>
      only((await run(id, given, ["posture"])).rows, ...names);
    const seed = (n: number, domain: string, ...types: [string, string, number, number][]) => {
      const policies = types.map(([type, mode, successful, failed]) => {
        return { domain, type, mode, successful, failed };
      });
      const day = "2026-03-05";
      const report = { n, tenant: "posture", day, organization: "Example Mail", policies };
      return seedReport(opened.store, report);
    };
    await seed(30, "a.example", ["no-policy-found", "", 500, 0]);
    await seed(31, "b.example", ["sts", "enforce", 60, 20], ["tlsa", "", 50, 10]);
    await seed(32, "c.example", ["sts", "testing", 30, 0], ["tlsa", "", 9, 1]);
    expect(await ask("domains")).toEqual([
      [80, 0.75, 80, 1],
      [30, 0.966667, 10, 0.333333],
      [500, 1, 0, 0],
    ]);
    expect(await ask("overview")).toEqual([[610, 0.965574, 90, 0.147541]]);
    // Of chosen policy types the same, by the same rule.
    expect(await ask("overview", { policy_type: "sts" })).toEqual([[110, 0.818182, 80, 0.727273]]);
    expect(await ask("overview", { policy_type: "tlsa" })).toEqual([[70, 0.842857, 70, 1]]);
    const both = ["sts", "tlsa", "no-policy-found"];
    expect(await ask("overview", { policy_type: both })).toEqual(await ask("overview"));
    expect(await ask("overview", { domain: "absent.example" })).toEqual([[0, null, 0, null]]);
    const compared = { from: "2026-03-10", to: "2026-03-20", compare: "previous" };
    expect(await ask("overview", compared)).toEqual([[0, null, 0, null]]);
  });

  test("takes organizations and domains in any case, and says null for nothing", async () => {
    const mail = await run("overview", { organization: "EXAMPLE mail", domain: "Example.NET." });
    expect(only(mail.rows, "reports", "total_sessions", "failed_sessions")).toEqual([[1, 21, 1]]);
    const none = await run("overview", { domain: "absent.example" });
    const names = ["reports", "total_sessions", "success_rate", "first_day", "last_report_at"];
    expect(only(none.rows, ...names)).toEqual([[0, 0, null, null, null]]);
  });

  test("cuts the range at `to`, also within a day", async () => {
    const days = await run("overview", { from: "2026-03-02", to: "2026-03-03" });
    expect(only(days.rows, "reports", "total_sessions")).toEqual([[1, 100]]);
    const hours = await run("overview", {
      from: "2026-03-02T00:00:01Z",
      to: "2026-03-03T00:00:01Z",
    });
    expect(only(hours.rows, "reports", "total_sessions")).toEqual([[1, 100]]);
  });
});

describe("failures-by-mx", () => {
  test("counts a session listed under tlsa and sts once", async () => {
    const { rows, meta } = await run("failures-by-mx");
    expect(rows).toEqual([
      {
        mx: MX1,
        result_type: EXPIRED,
        failed_sessions: 12,
        failed_sessions_before: null,
        organizations: 2,
        domains: 1,
        active_days: 2,
        first_day: "2026-03-03",
        last_day: "2026-03-09",
        policy_types: ["sts", "tlsa"],
        trust_levels: ["unverified", "verified"],
      },
      {
        mx: MX2,
        result_type: NO_TLS,
        failed_sessions: 3,
        failed_sessions_before: null,
        organizations: 1,
        domains: 1,
        active_days: 1,
        first_day: "2026-03-09",
        last_day: "2026-03-09",
        policy_types: ["sts"],
        trust_levels: ["unverified"],
      },
    ]);
    expect(meta.totals).toEqual({ successful_sessions: 267, failed_sessions: 20, reports: 4 });
  });

  test("filters by MX and result type", async () => {
    const { rows } = await run("failures-by-mx", { mx: "MX2.example.com.", result_type: NO_TLS });
    expect(only(rows, "mx", "failed_sessions")).toEqual([[MX2, 3]]);
  });
});

test("failures-by-organization hides nobody who gave no detail", async () => {
  const { rows } = await run("failures-by-organization");
  const names = ["organization", "result_type", "failed_sessions", "mx_hosts"];
  const own = ["organization_total_sessions", "organization_failed_sessions"];
  expect(only(rows, ...names, ...own)).toEqual([
    ["Big Sender", EXPIRED, 10, 1, 100, 10],
    ["Quiet Sender", "", 4, 0, 11, 4],
    ["Example Mail", NO_TLS, 3, 1, 176, 6],
    ["Example Mail", EXPIRED, 2, 1, 176, 6],
  ]);
  expect(rows[1]).toMatchObject({ first_day: "2026-03-10", active_days: 1, domains: 1 });
  const known = ["organization", "organization_trust_levels", "organization_verified_rate"];
  expect(only(rows.slice(0, 3), ...known)).toEqual([
    ["Big Sender", ["verified"], 1],
    ["Quiet Sender", ["posted"], 0],
    ["Example Mail", ["unverified", "verified"], 0.568182],
  ]);
  const filtered = await run("failures-by-organization", { mx: MX1 });
  expect(only(filtered.rows, "organization", "failed_sessions")).toEqual([
    ["Big Sender", 10],
    ["Example Mail", 2],
  ]);
});

describe("trend", () => {
  const cells = ["bucket", "series", "successful_sessions", "failed_sessions"];

  test("by total, in days and ISO weeks", async () => {
    const days = await run("trend", { step: "day" });
    expect(only(days.rows, ...cells)).toEqual([
      ["2026-03-02T00:00:00Z", "total", 100, 0],
      ["2026-03-03T00:00:00Z", "total", 90, 10],
      ["2026-03-09T00:00:00Z", "total", 70, 6],
      ["2026-03-10T00:00:00Z", "total", 7, 4],
    ]);
    const weeks = await run("trend", { step: "week", by: "total" });
    expect(only(weeks.rows, ...cells)).toEqual([
      ["2026-03-02T00:00:00Z", "total", 190, 10],
      ["2026-03-09T00:00:00Z", "total", 77, 10],
    ]);
    const hours = await run("trend", { step: "hour", from: "2026-03-02", to: "2026-03-04" });
    expect(only(hours.rows, ...cells)).toEqual(only(days.rows.slice(0, 2), ...cells));
  });

  test("adds up to the same total whatever it is split by", async () => {
    for (const by of ["total", "organization", "domain", "trust"]) {
      const { rows } = await run("trend", { step: "month", by });
      const sum = (name: string) => rows.reduce((all, row) => all + Number(row[name]), 0);
      expect([by, sum("successful_sessions"), sum("failed_sessions")]).toEqual([by, 267, 20]);
    }
  });

  test("is one series for an organization however it wrote its name", async () => {
    const { rows } = await run("trend", { step: "week", by: "organization" });
    expect(only(rows, "bucket", "series")).toEqual([
      ["2026-03-02T00:00:00Z", "Big Sender"],
      ["2026-03-02T00:00:00Z", "Example Mail"],
      ["2026-03-09T00:00:00Z", "Example Mail"],
      ["2026-03-09T00:00:00Z", "Quiet Sender"],
    ]);
  });

  test("says null, not zero, for successes that senders do not tell", async () => {
    const byMx = await run("trend", { step: "month", by: "mx" });
    expect(only(byMx.rows, ...cells)).toEqual([
      ["2026-03-01T00:00:00Z", MX1, null, 12],
      ["2026-03-01T00:00:00Z", MX2, null, 3],
    ]);
    const byType = await run("trend", { step: "month", by: "result_type", mx: MX1 });
    expect(only(byType.rows, ...cells)).toEqual([["2026-03-01T00:00:00Z", EXPIRED, null, 12]]);
    const filtered = await run("trend", { step: "month", by: "organization", mx: MX1 });
    expect(only(filtered.rows, "series", "successful_sessions", "failed_sessions")).toEqual([
      ["Big Sender", null, 10],
      ["Example Mail", null, 2],
    ]);
  });
});

test("reports are listed newest first, with conflicts, in pages that meet", async () => {
  const { rows, meta } = await run("reports");
  const names = ["id", "status", "organization", "successful_sessions", "failed_sessions"];
  expect(only(rows, ...names)).toEqual([
    [uuid(5), "stored", "Quiet Sender", 7, 4],
    [uuid(3), "stored", "Example Mail", 70, 6],
    [uuid(7), "conflict", "Example Mail", 800, 80],
    [uuid(2), "stored", "Big Sender", 90, 10],
    [uuid(1), expect.any(String), "EXAMPLE mail", 100, 0],
    [uuid(1), expect.any(String), "EXAMPLE mail", 100, 0],
  ]);
  expect(meta).toMatchObject({
    totals: { reports: 4, conflicts: 2, duplicates: 0 },
    next_cursor: null,
  });
  const first = await run("reports", { limit: "2" });
  const second = await run("reports", { limit: "2", cursor: String(first.meta.next_cursor) });
  expect([...first.rows, ...second.rows]).toEqual(rows.slice(0, 4));
});

test("the totals of reports add up with the copy of a second writer", async () => {
  const policies = [{ domain: "twice.example", type: "sts", successful: 1, failed: 0 }];
  const twice = { n: 20, tenant: "twice", day: "2026-03-05", organization: "Twice", policies };
  await seedReport(opened.store, twice);
  const report = { status: "duplicate", rows_hash: uuid(98), receipt: receipt(98) };
  await seedReport(opened.store, { ...twice, report });
  const { rows, meta } = await run("reports", {}, ["twice"]);
  expect(rows.map(({ status }) => status).sort()).toEqual(["duplicate", "stored"]);
  expect(meta.totals).toEqual({ reports: 1, conflicts: 0, duplicates: 1 });
});

test("every panel gives the same rows in pages of one as in one page", async () => {
  for (const panel of PANELS.filter(({ parameters }) => parameters.includes("cursor"))) {
    const given: Record<string, string> = panel.id === "trend" ? { by: "domain" } : {};
    const whole = await run(panel.id, given);
    const pages: Row[] = [];
    let cursor: string | null = null;
    do {
      const page: PanelResult = await run(panel.id, {
        ...given,
        limit: "1",
        ...(cursor ? { cursor } : {}),
      });
      pages.push(...page.rows);
      cursor = page.meta.next_cursor;
    } while (cursor !== null && pages.length < 50);
    expect(whole.rows.length, panel.id).toBeGreaterThan(0);
    expect(pages, panel.id).toEqual(whole.rows);
  }
});

test("ingest adds up, with the ledger's last word on each item", async () => {
  const { rows, meta } = await run("ingest");
  expect(meta.totals).toEqual({
    received: 5,
    stored: 2,
    duplicate: 1,
    conflict: 1,
    quarantined: 1,
    refused: 7,
  });
  const names = ["outcome", "channel", "reason", "items", "delay_average_ms", "delay_max_ms"];
  expect(only(rows, ...names)).toEqual([
    ["conflict", "smtp", "", 1, 0, 0],
    ["duplicate", "smtp", "", 1, 0, 0],
    ["quarantined", "https", "not-json", 1, 0, 0],
    ["refused", "smtp", "too-large", 7, null, null],
    ["stored", "smtp", "", 2, 1000, 1500],
  ]);
  expect(rows[2]).toMatchObject({ reason_title: "The report is not JSON" });
});

test("quarantine lists what is still there", async () => {
  const { rows, meta } = await run("quarantine");
  expect(only(rows, "receipt", "reason_title", "received_at")).toEqual([
    [receipt(5), "The report is not JSON", "2026-03-05T13:00:00.000Z"],
  ]);
  expect(meta.totals).toEqual({ quarantined: 1 });
});

describe("tenants", () => {
  test("never see each other, in any panel", async () => {
    for (const panel of PANELS) {
      const ours = JSON.stringify(await run(panel.id));
      expect(ours, panel.id).not.toMatch(/other\.example|"other"|"tenant":\["other/);
      const none = await run(panel.id, {}, []);
      const asked = await run(panel.id, { tenant: "other" });
      for (const { rows } of [none, asked]) {
        const numbers = rows.flatMap((row) => Object.values(row)).filter(Number);
        expect(numbers, panel.id).toEqual([]);
      }
    }
  });

  test("see what is theirs", async () => {
    const { rows } = await run("overview", {}, ["other"]);
    expect(only(rows, "reports", "total_sessions")).toEqual([[1, 1500]]);
    const both = await run("overview", {}, ["default", "other"]);
    expect(only(both.rows, "reports", "total_sessions")).toEqual([[5, 1787]]);
  });
});

test("text from outside stays a value", async () => {
  for (const value of ["'; DROP TABLE reports; --", "a\\'b\n\t{x:String}", "%", "\u0000"]) {
    const { rows } = await run("failures-by-mx", { mx: value, organization: value });
    expect(rows).toEqual([]);
  }
  expect((await run("overview")).rows[0]).toMatchObject({ reports: 4 });
});

test("every row has exactly the columns that its panel names", async () => {
  for (const panel of PANELS) {
    const { rows } = await run(panel.id);
    const names = columnsOf(panel).map(({ name }) => name);
    for (const row of rows) expect(Object.keys(row), panel.id).toEqual(names);
  }
});

test("the newest report is found however long ago it was", async () => {
  const expected = {
    newest_report_day: "2026-03-10",
    newest_report_at: "2026-03-10T12:00:00.000Z",
  };
  const scope = { tenants: ["default"] };
  for (const now of ["2026-03-11", "2026-04-01", "2029-01-01"]) {
    expect(await newestReport(opened.store, scope, Date.parse(now))).toEqual(expected);
  }
  expect(await newestReport(opened.store, { tenants: ["nobody"] }, NOW)).toEqual({
    newest_report_day: null,
    newest_report_at: null,
  });
});
