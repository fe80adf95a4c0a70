// Every panel against numbers that were worked out by hand: test/fixtures/postmaster/README.md says them, and
// the real pipeline and store are asked. That parts add up to the whole is in right-properties.test.ts.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Row } from "../../services/query/panel.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";
import { seedPostmaster } from "../support/postmaster.ts";
import { answerOf, expectTable, type Given, rowsOf } from "../support/postmaster-questions.ts";
import { policyTexts, sumOf, type TableRow, tableOf } from "../support/postmaster-tables.ts";

let at: TestStore;
beforeAll(async () => {
  at = await startTestStore();
  await seedPostmaster(at.store);
});
afterAll(() => at.stop());

const ask = (id: string, given: Given = {}) => rowsOf(at.store, id, given);
/** The names in a table are those of the panel. */
const same = (...names: string[]) => Object.fromEntries(names.map((name) => [name, name]));
const SESSIONS = { successful: "successful_sessions", failed: "failed_sessions" };
const COUNTS = { reports: "reports", ...SESSIONS };
const PROTECTED = { ...COUNTS, protected: "protected_sessions" };

describe("the tables of README.md", () => {
  const counted = tableOf("Reports that count");
  const details = tableOf("Failure details in them");

  test.each(["domain", "organization", "tenant", "trust"])("sums by %s add up", (key) => {
    const name = (row: TableRow) => String(row[key]).toLowerCase();
    for (const sums of tableOf(`Sums by ${key}`)) {
      const own = counted.filter((row) => name(row) === name(sums));
      const added = ["successful", "failed", "details"].map((column) => sumOf(own, column));
      const reports = new Set(own.map(({ report }) => report)).size;
      expect([reports, ...added]).toEqual(
        ["reports", "successful", "failed", "details"].map((column) => sums[column]),
      );
    }
  });

  test("protected sessions by domain and of all add up", () => {
    for (const sums of tableOf("Sums by domain")) {
      const own = counted.filter(({ domain }) => domain === sums["domain"]);
      expect(sumOf(own, "protected")).toBe(sums["protected"]);
    }
    expect(sumOf(counted, "protected")).toBe(sumOf(tableOf("Sum of all"), "protected"));
  });

  test("reports say what their policies and details do", () => {
    for (const report of new Set(counted.map((row) => row["report"]))) {
      const of = (rows: readonly TableRow[]) => rows.filter((row) => row["report"] === report);
      expect(sumOf(of(details), "counted")).toBe(sumOf(of(counted), "details"));
      const policies = of(tableOf("Policies in them"));
      for (const { domain, successful, failed } of of(counted)) {
        const own = policies.filter((policy) => policy["domain"] === domain);
        const types = [...new Set(own.map((policy) => policy["policy_type"]))];
        const sums = types.map((type) => {
          const alike = own.filter((policy) => policy["policy_type"] === type);
          return {
            failed: sumOf(alike, "failed"),
            all: sumOf(alike, "failed") + sumOf(alike, "successful"),
          };
        });
        expect(failed).toBe(Math.max(...sums.map((sum) => sum.failed)));
        expect(Number(successful) + Number(failed)).toBe(Math.max(...sums.map((sum) => sum.all)));
      }
    }
  });

  test("every breakdown of the details has them all", () => {
    const titles = [
      "MX host and result type",
      "MX host",
      "result type",
      "sending address",
      "organization and result type",
      "organization and MX host",
      "month and MX host",
      "month and result type",
    ];
    const all = sumOf(tableOf("Sum of all"), "details");
    for (const title of titles) {
      expect([title, sumOf(tableOf(`Details by ${title}`), "failed_sessions")]).toEqual([
        title,
        all,
      ]);
    }
    expect(sumOf(details, "sent")).toBe(sumOf(tableOf("Problems"), "failed_sessions"));
  });
});

describe("overview and domains", () => {
  test("overview of all", async () => {
    const rows = await ask("overview");
    expectTable(rows, "Sum of all", PROTECTED);
    expect(rows[0]).toMatchObject({
      conflicts: 3,
      organizations: 6,
      domains: 3,
      total_sessions: 3168,
    });
    expect(rows[0]).toMatchObject({ verified_reports: 10, verified_sessions: 662 });
    expect(rows[0]).toMatchObject({ first_day: "2026-01-01", last_day: "2026-04-30" });
  });

  test.each(["domain", "organization", "tenant", "trust"])("overview by %s", async (key) => {
    for (const sums of tableOf(`Sums by ${key}`)) {
      expectTable(await ask("overview", { [key]: String(sums[key]) }), [sums], COUNTS);
    }
  });

  test("overview of one policy type, and of two that list the same sessions", async () => {
    for (const sums of tableOf("Sums by policy type")) {
      const rows = await ask("overview", { policy_type: String(sums["policy_type"]) });
      expectTable(rows, [sums], PROTECTED);
    }
    expectTable(
      await ask("overview", { policy_type: ["sts", "tlsa"] }),
      "Under sts or tlsa",
      COUNTS,
    );
  });

  test("overview of March beside the 31 days before", async () => {
    const [march, before] = tableOf("March and the 31 days before");
    const given = { from: "2026-03-01", to: "2026-04-01", compare: "previous" };
    const rows = await ask("overview", given);
    expectTable(rows, [march ?? {}], COUNTS);
    const total = Number(before?.["successful"]) + Number(before?.["failed"]);
    expect(rows[0]).toMatchObject({
      reports_before: before?.["reports"],
      failed_sessions_before: before?.["failed"],
      total_sessions_before: total,
    });
  });

  test("domains", async () => {
    const rows = await ask("domains");
    expectTable(rows, "Sums by domain", { domain: "domain", ...PROTECTED });
    const modes = rows.map(({ domain, sts_mode }) => [domain, sts_mode]).toSorted();
    expect(modes).toEqual([
      ["cheese.example", "enforce"],
      ["example.com", "enforce"],
      ["example.net", "testing"],
    ]);
  });

  test("trust", async () => {
    expectTable(await ask("trust"), "Sums by trust", {
      trust: "trust",
      reports: "reports",
      failed: "failed_sessions",
    });
  });
});

describe("trend by month", () => {
  const monthly = async (given: Given) => {
    const rows = await ask("trend", { step: "month", ...given });
    return rows.map((row): Row => ({ ...row, month: String(row["bucket"]).slice(0, 7) }));
  };

  test("in all", async () => {
    expectTable(await monthly({}), "Sums by month", { month: "month", ...SESSIONS });
  });

  test.each(["domain", "organization", "trust", "policy_type"])("by %s", async (by) => {
    const title = `Sums by month and ${by.replace("_", " ")}`;
    expectTable(await monthly({ by }), title, { month: "month", [by]: "series", ...SESSIONS });
  });

  test.each([
    ["mx", "MX host"],
    ["result_type", "result type"],
  ])("by %s", async (by, name) => {
    const columns = { month: "month", [by]: "series", ...same("failed_sessions") };
    expectTable(await monthly({ by }), `Details by month and ${name}`, columns);
  });
});

describe("failures", () => {
  const DAYS = same("first_day", "last_day");
  const WHOSE = same("failed_sessions", "organizations");

  test("by MX host", async () => {
    const columns = { ...same("mx", "result_type", "domains"), ...WHOSE, ...DAYS };
    const { rows, meta } = await answerOf(at.store, "failures-by-mx");
    expectTable(rows, "Details by MX host and result type", columns);
    expectTable([meta.totals], "Sum of all", COUNTS);
  });

  test("by result type", async () => {
    const columns = { ...same("result_type", "domains"), ...WHOSE, ...DAYS };
    expectTable(await ask("failures-by-result-type"), "Details by result type", columns);
  });

  test("by sending address", async () => {
    const columns = { ...same("sending_ip"), ...WHOSE, ...DAYS };
    expectTable(await ask("failures-by-sending-ip"), "Details by sending address", columns);
  });

  test("by organization", async () => {
    const columns = {
      ...same("organization", "result_type", "failed_sessions", "domains"),
      ...DAYS,
    };
    const rows = await ask("failures-by-organization");
    expectTable(rows, "Details by organization and result type", columns);
    const whole = rows.map((row) => [row["organization"], row["organization_failed_sessions"]]);
    const sums = tableOf("Sums by organization").map((row) => [row["organization"], row["failed"]]);
    expect(new Map(whole as [string, number][])).toEqual(new Map(sums as [string, number][]));
  });

  test("as matrices", async () => {
    expectTable(
      await ask("mx-by-result-type"),
      "Details by MX host and result type",
      same("mx", "result_type", "failed_sessions"),
    );
    expectTable(
      await ask("organization-by-mx"),
      "Details by organization and MX host",
      same("organization", "mx", "failed_sessions"),
    );
    const sides = await ask("mx-by-result-type");
    const whole = (table: string, key: string, column: string) => {
      for (const sums of tableOf(table)) {
        const own = sides.filter((row) => row[key] === sums[key]);
        expect(own.map((row) => row[column])).toEqual(own.map(() => sums["failed_sessions"]));
      }
    };
    whole("Details by MX host", "mx", "row_failed_sessions");
    whole("Details by result type", "result_type", "column_failed_sessions");
  });

  test("under one policy type as sent, and under two", async () => {
    for (const sums of tableOf("Sums by policy type")) {
      const rows = await ask("failures-by-mx", { policy_type: String(sums["policy_type"]) });
      expect([sums["policy_type"], sumOf(rows, "failed_sessions")]).toEqual([
        sums["policy_type"],
        sums["sent"],
      ]);
    }
    const both = await ask("failures-by-mx", { policy_type: ["tlsa", "sts"] });
    expect(sumOf(both, "failed_sessions")).toBe(sumOf(tableOf("Under sts or tlsa"), "details"));
  });
});

describe("who reports", () => {
  test("organizations", async () => {
    const columns = {
      ...same("organization", "reports", "first_day", "last_day", "domains"),
      days: "days_reported",
      late: "late_reports",
      total: "total_sessions",
      failed: "failed_sessions",
    };
    expectTable(await ask("organizations"), "Organizations", columns);
  });

  test("deviations", async () => {
    expectTable(await ask("deviations"), "Deviations", same("organization", "code", "reports"));
  });

  test("reports, with the conflicts", async () => {
    const { rows, meta } = await answerOf(at.store, "reports");
    const days = (status: string) => rows.filter((row) => row["status"] === status);
    const perReport = new Map<string, TableRow>();
    for (const row of tableOf("Reports that count")) {
      const key = String(row["report"]);
      const { successful = 0, failed = 0 } = perReport.get(key) ?? {};
      perReport.set(key, {
        ...row,
        successful: Number(successful) + Number(row["successful"]),
        failed: Number(failed) + Number(row["failed"]),
      });
    }
    expectTable(days("stored"), [...perReport.values()], {
      ...same("day", "organization", "trust", "tenant"),
      ...SESSIONS,
    });
    const conflicts = tableOf("What does not count").filter((row) => row["outcome"] === "conflict");
    expectTable(days("conflict"), conflicts, { day: "day", tenant: "tenant", "way in": "channel" });
    expect(rows).toHaveLength(53);
    expect(meta.totals).toMatchObject({ reports: 50, conflicts: 3, duplicates: 0 });
  });
});

describe("what came in", () => {
  test("quarantine", async () => {
    const held = tableOf("What does not count").filter((row) => row["outcome"] === "quarantined");
    expectTable(await ask("quarantine"), held, {
      "way in": "channel",
      ...same("tenant", "reason"),
    });
  });

  test("ingest", async () => {
    const { rows, meta } = await answerOf(at.store, "ingest", { to: "2026-05-02" });
    expectTable(rows, "Ledger", same("channel", "outcome", "reason", "items"));
    const totals = {
      received: 60,
      stored: 50,
      duplicate: 3,
      conflict: 3,
      quarantined: 4,
      refused: 8,
    };
    expect(meta.totals).toEqual(totals);
    const over = await answerOf(at.store, "ingest-trend", { to: "2026-05-02", step: "month" });
    expect(over.meta.totals).toEqual(totals);
    expect(sumOf(over.rows, "items")).toBe(68);
  });
});

describe("policies", () => {
  const texts = policyTexts();

  test("as the senders saw them", async () => {
    const known = tableOf("Policies as seen").map((row) => ({
      ...row,
      text: texts.get(String(row["policy"])) ?? "",
    }));
    const columns = {
      ...same("domain", "policy_type", "reports", "organizations", "days", "first_day", "last_day"),
      text: "policy_text",
      failed: "failed_sessions",
    };
    expectTable(await ask("policies"), known, columns);
  });

  test("one that was replaced, and who still saw it", async () => {
    const rows = await ask("policies", {
      to: "2026-03-16",
      domain: "example.com",
      policy_type: "sts",
    });
    const named = (name: string) => rows.find((row) => row["policy_text"] === texts.get(name));
    expect(named("com-1")).toMatchObject({
      current: false,
      replaced_on: "2026-03-01",
      still_seen_by: 1,
      still_seen_by_names: ["Quiet University"],
      overdue: true,
    });
    expect(named("com-2")).toMatchObject({ current: true, replaced_on: null, still_seen_by: 0 });
    // What could not be fetched is no policy, and replaces none.
    expect(named("")).toMatchObject({ current: false, replaced_on: null, still_seen_by: 0 });
  });
});

describe("problems", () => {
  const KEY = same("domain", "policy_type", "result_type", "mx", "reason");
  const MEASURES = same("failed_sessions", "organizations", "days_active", "first_day", "last_day");
  const known = tableOf("Problems").map((row) => ({
    ...row,
    reason: row["reason_code"] === "MX_HOSTS_MISMATCH" ? "mx-not-in-policy" : "",
  }));

  test("are what the details say under each policy type", async () => {
    expectTable(await ask("problems"), known, { ...KEY, ...MEASURES });
  });

  test("with their state and severity, which can be asked for", async () => {
    expectTable(await ask("problems"), known, { ...KEY, ...same("state", "severity") });
    const resolved = known.filter(({ state }: TableRow) => state === "resolved");
    expectTable(await ask("problems", { state: "resolved" }), resolved, KEY);
  });

  test("one that goes on, while it does", async () => {
    const given = { to: "2026-04-26", mx: "mx1.example.com", policy_type: "sts" };
    const rows = await ask("problems", { ...given, result_type: "certificate-expired" });
    expect(rows).toMatchObject([{ state: "ongoing", severity: "critical", failed_sessions: 57 }]);
  });
});

describe("readiness", () => {
  test("of every domain", async () => {
    const columns = {
      ...same("domain", "state", "mode", "organizations", "sessions", "last_day"),
      failed: "failed_sessions",
      recent: "recent_failed_sessions",
      withheld: "withheld_sessions",
      days: "reported_days",
      last_failure: "last_failure_day",
      silent: "silent_days",
      tlsa: "tlsa_failed_sessions",
    };
    expectTable(await ask("readiness"), "Readiness", columns);
  });

  test("of one that failed the day before, while it is in testing", async () => {
    const rows = await ask("readiness", { domain: "example.net", to: "2026-04-12" });
    expect(rows).toMatchObject([{ state: "fix-first", recent_failed_sessions: 2 }]);
  });
});
