// The store on the real engine: every table, every promise of store/port.ts.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BOUNDS } from "../../services/core/bounds.ts";
import {
  FAILURE_DETAIL_COLUMNS,
  POLICY_SUMMARY_COLUMNS,
  QUARANTINE_COLUMNS,
  RECEIPT_COLUMNS,
  REPORT_COLUMNS,
} from "../../services/core/tlsrpt/columns.ts";
import { silent } from "../../services/observe/events.ts";
import { migrate } from "../../services/store/migrate.ts";
import { type OpenedStore, openStore } from "../../services/store/open.ts";
import type { Topology } from "../../services/store/topology.ts";

const SINGLE: Topology = { kind: "single" };
const TABLES: Record<string, readonly string[]> = {
  reports: REPORT_COLUMNS,
  policy_summaries: POLICY_SUMMARY_COLUMNS,
  failure_details: FAILURE_DETAIL_COLUMNS,
  quarantine: QUARANTINE_COLUMNS,
  receipts: RECEIPT_COLUMNS,
};
const UUID = "6f1c2d3e-0000-4000-8000-000000000001";

let folder: string;
let opened: OpenedStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sealwatch-store-"));
  const options = { dataFolder: folder, clickhouseUrl: null, topology: SINGLE, emit: silent };
  opened = await openStore(options);
  // Two programs that start at once.
  await Promise.all([migrate(opened.store, SINGLE), migrate(opened.store, SINGLE)]);
});

afterAll(async () => {
  await opened?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A row by column name, with something plausible in every column that is not given. */
async function insertRow(table: string, given: Record<string, unknown>): Promise<void> {
  const columns = TABLES[table] ?? [];
  const types = await columnTypes(table);
  const cells = columns.map((name) =>
    name in given ? given[name] : filler(types.get(name) ?? ""),
  );
  await opened.store.insert(table, columns, `${JSON.stringify(cells)}\n`, "");
}

function filler(type: string): unknown {
  if (type.startsWith("Array")) return ["a", "b"];
  if (type.startsWith("DateTime")) return "2026-01-02T03:04:05.678Z";
  if (type === "Date") return "2026-01-02";
  if (type === "UUID") return UUID;
  if (type === "IPv6") return "192.0.2.1";
  if (type === "Bool") return true;
  return type.startsWith("UInt") ? 1 : "text";
}

async function columnTypes(table: string): Promise<Map<string, string>> {
  const rows = await opened.store.select<{ name: string; type: string }>(
    "SELECT name, type FROM system.columns WHERE database = 'sealwatch' AND table = {t:String}",
    { t: table },
  );
  return new Map(rows.map((row) => [row.name, row.type]));
}

async function count(table: string, where = "1"): Promise<number> {
  const sql = `SELECT toUInt32(count()) AS n FROM ${table} FINAL WHERE ${where}`;
  return (await opened.store.select<{ n: number }>(sql))[0]?.n ?? -1;
}

describe("tables", () => {
  test.each(Object.entries(TABLES))("%s has the columns that we insert", async (table, columns) => {
    const rows = await opened.store.select<{ name: string; default_kind: string }>(
      `SELECT name, default_kind FROM system.columns
       WHERE database = 'sealwatch' AND table = {t:String} ORDER BY position`,
      { t: table },
    );
    const names = rows.map((row) => row.name);
    expect(names.filter((name) => columns.includes(name))).toEqual(columns);
    // What a row does not give must have a default.
    const rest = rows.filter((row) => !columns.includes(row.name));
    expect(rest.filter((row) => row.default_kind !== "DEFAULT")).toEqual([]);
  });

  test.each(Object.keys(TABLES))("%s gives back a row", async (table) => {
    await insertRow(table, { tenant: "roundtrip" });
    const sql = `SELECT * FROM ${table} WHERE tenant = 'roundtrip'`;
    const [row] = await opened.store.select<Record<string, unknown>>(sql);
    expect(row).toMatchObject({ tenant: "roundtrip" });
    for (const [name, type] of await columnTypes(table)) {
      if (name === "raw_base64" || name === "raw") continue;
      if (type.startsWith("Array")) expect(row?.[name]).toEqual(["a", "b"]);
      if (type.startsWith("DateTime64")) expect(row?.[name]).toBe("2026-01-02 03:04:05.678");
      if (type === "DateTime('UTC')") expect(row?.[name]).toBe("2026-01-02 03:04:05");
      if (type === "UUID") expect(row?.[name]).toBe(UUID);
      if (type === "IPv6") expect(row?.[name]).toBe("::ffff:192.0.2.1");
      if (type === "Bool") expect(row?.[name]).toBe(true);
    }
  });

  test("raw bytes that are not UTF-8 survive", async () => {
    const bytes = Buffer.from([0, 255, 254, 0x80, 39, 92, 10, 13]);
    for (const table of ["reports", "quarantine"]) {
      await insertRow(table, { tenant: "raw", raw_base64: bytes.toString("base64") });
      const sql = `SELECT base64Encode(raw) AS raw FROM ${table} WHERE tenant = 'raw'`;
      expect(await opened.store.select(sql)).toEqual([{ raw: bytes.toString("base64") }]);
    }
  });

  test("64-bit counts are exact both ways", async () => {
    const exact = "9007199254740993"; // 2^53 + 1
    const cells = { tenant: "exact", sessions_failed: exact };
    await insertRow("policy_summaries", cells);
    const sql = "SELECT sessions_failed AS n FROM policy_summaries WHERE tenant = 'exact'";
    expect(await opened.store.select(sql)).toEqual([{ n: exact }]);
  });

  test("IPv6 stays, and a long row with odd text too", async () => {
    const text = `"quoted" 'single' \\ back \u2028 \u0000 é 😀 ${"x".repeat(100_000)}`;
    const cells = { tenant: "ip", sending_ip: "2001:db8::1", additional_information: text };
    await insertRow("failure_details", cells);
    const sql = `SELECT sending_ip, additional_information AS text
      FROM failure_details WHERE tenant = 'ip'`;
    expect(await opened.store.select(sql)).toEqual([{ sending_ip: "2001:db8::1", text }]);
  });

  test("a tombstone takes a row away", async () => {
    const key = { tenant: "tomb", receipt: "R", received_at: "2026-01-02 00:00:00.000" };
    await insertRow("quarantine", { ...key, version: 1, is_deleted: 0 });
    expect(await count("quarantine", "tenant = 'tomb'")).toBe(1);
    await insertRow("quarantine", { ...key, version: 2, is_deleted: 1 });
    expect(await count("quarantine", "tenant = 'tomb'")).toBe(0);
  });
});

describe("inserts", () => {
  test("a repeated insert is harmless, another one is not lost", async () => {
    await opened.store.command(
      "CREATE TABLE repeats (a UInt8) ENGINE = MergeTree ORDER BY a \
      SETTINGS non_replicated_deduplication_window = 100",
    );
    const lines = "[1]\n[2]\n";
    for (let i = 0; i < 3; i++) await opened.store.insert("repeats", ["a"], lines, "first");
    await opened.store.insert("repeats", ["a"], "[2]\n[1]\n", "first");
    await opened.store.insert("repeats", ["a"], lines, "second");
    await opened.store.insert("repeats", ["a"], "", "first");
    const sql = "SELECT toUInt32(count()) AS n FROM repeats";
    expect(await opened.store.select(sql)).toEqual([{ n: 6 }]);
  });

  test("a report of the largest size fits in one row", async () => {
    const raw = Buffer.alloc(BOUNDS.reportBytesMax, '{"a": "b"} ');
    await insertRow("reports", { tenant: "large", raw_base64: raw.toString("base64") });
    const sql = "SELECT toUInt32(length(raw)) AS n FROM reports WHERE tenant = 'large'";
    expect(await opened.store.select(sql)).toEqual([{ n: BOUNDS.reportBytesMax }]);
  });

  test("many months and more bytes than one request arrive whole", async () => {
    const columns = ["tenant", "receipt", "item", "received_at"];
    const lines: string[] = [];
    for (let i = 0; i < 240_000; i++) {
      const month = `${2000 + (i % 20)}-${String(1 + (i % 12)).padStart(2, "0")}`;
      const receipt = `${i}-${"0".repeat(130)}`;
      lines.push(`["months","${receipt}",0,"${month}-01 00:00:00"]\n`);
    }
    const text = lines.join("");
    expect(text.length).toBeGreaterThan(BOUNDS.insertBytesMax);
    await opened.store.insert("receipts", columns, text, "");
    await opened.store.insert("receipts", columns, text, "");
    expect(await count("receipts", "tenant = 'months'")).toBe(240_000);
    const sql = "SELECT toUInt32(count()) AS n FROM receipts WHERE tenant = 'months'";
    expect(await opened.store.select(sql)).toEqual([{ n: 240_000 }]);
  });

  test("bad rows and bad names are refused and leave nothing", async () => {
    const { store } = opened;
    const bad = store.insert("receipts", ["tenant", "item"], '["bad",1]\n["bad","x"]\n', "");
    await expect(bad).rejects.toMatchObject({ name: "StoreError", retryable: false });
    expect(await count("receipts", "tenant = 'bad'")).toBe(0);
    await expect(store.insert("x; DROP", ["a"], "[1]\n", "")).rejects.toThrow(/not a name/);
  });

  test("a setting that the server does not know is a sign of its age", async () => {
    const asked = opened.store.select("SELECT 1 SETTINGS no_such_setting = 1");
    await expect(asked).rejects.toThrow(/\(UNKNOWN_SETTING 115\); .* ClickHouse 25\.8 or later/);
  });
});

describe("selects", () => {
  const NASTY = [
    "it's",
    "'; DROP TABLE reports; --",
    "\\'; SELECT 1; --",
    "a\nb\r\n\tc",
    "\\N",
    "{x:String}",
    "%27 + &x=1",
    "\u0000\u2028😀",
    "",
  ];

  test.each(NASTY)("parameter %j is a value and nothing else", async (value) => {
    const sql = "SELECT {x:String} AS x, {xs:Array(String)} AS xs, {n:UInt8} AS n";
    const rows = await opened.store.select(sql, { x: value, xs: [value, value], n: 7 });
    expect(rows).toEqual([{ x: value, xs: [value, value], n: 7 }]);
  });

  test("parameters longer than an address may be", async () => {
    const xs = Array.from({ length: 20_000 }, (_, i) => `it's ${i}`);
    const sql = "SELECT toUInt32(length({xs:Array(String)})) AS n, {xs:Array(String)}[-1] AS last";
    expect(await opened.store.select(sql, { xs })).toEqual([{ n: 20_000, last: "it's 19999" }]);
  });

  test("more rows than the bound are an error", async () => {
    const sql = "SELECT number FROM numbers(11)";
    expect(await opened.store.select(sql, {}, { rowsMax: 11 })).toHaveLength(11);
    const promise = opened.store.select(sql, {}, { rowsMax: 10 });
    await expect(promise).rejects.toMatchObject({ code: "396", retryable: false });
  });

  test("longer than the bound is an error that may pass", async () => {
    const sql = "SELECT sleepEachRow(0.05) FROM numbers(100) SETTINGS max_block_size = 1";
    const startMs = performance.now();
    const promise = opened.store.select(sql, {}, { timeMsMax: 300 });
    await expect(promise).rejects.toMatchObject({ code: "159", retryable: true });
    expect(performance.now() - startMs).toBeLessThan(3_000);
  });

  test("a select cannot write", async () => {
    const promise = opened.store.select("DROP TABLE receipts");
    await expect(promise).rejects.toMatchObject({ name: "StoreError", retryable: false });
    await opened.store.select("SELECT 1 FROM receipts LIMIT 1");
  });

  test("no setting of one call reaches another", async () => {
    const sql = "SELECT sum(number) AS n FROM numbers(1000)";
    await opened.store.select("SELECT 1", {}, { rowsMax: 1, timeMsMax: 1_000 });
    await opened.store.command("CREATE TABLE IF NOT EXISTS leak (a UInt8) ENGINE = Memory");
    expect(await opened.store.select(sql)).toEqual([{ n: "499500" }]);
    expect(await opened.store.select("SELECT number FROM numbers(20)")).toHaveLength(20);
  });

  test("mistakes are told with code and without password", async () => {
    const promise = opened.store.select("SELECT * FROM nowhere");
    await expect(promise).rejects.toMatchObject({ code: "60", retryable: false });
    await expect(promise).rejects.not.toThrow(/[0-9a-f]{48}/);
    await expect(opened.store.select("SELECT {x:String}")).rejects.toMatchObject({ code: "456" });
  });
});

describe("migrate", () => {
  const filesOf = async (name: string, sql: string) => {
    const files = await mkdtemp(join(folder, "migrations-"));
    for (const known of ["0001_reports", "0002_policy_summaries", "0003_failure_details"]) {
      const from = join(import.meta.dirname, "../../schemas/clickhouse", `${known}.sql`);
      await writeFile(join(files, `${known}.sql`), await readFile(from));
    }
    await writeFile(join(files, name), sql);
    return files;
  };

  test("everything is there once, and nothing is applied again", async () => {
    const done = await migrate(opened.store, SINGLE);
    expect(done.applied).toEqual([]);
    expect(done.present.length).toBeGreaterThanOrEqual(5);
  });

  test("a changed file is refused", async () => {
    const files = await filesOf("0002_policy_summaries.sql", "SELECT 1;\n");
    const promise = migrate(opened.store, SINGLE, { folder: files });
    await expect(promise).rejects.toMatchObject({ retryable: false });
    await expect(promise).rejects.toThrow(/0002_policy_summaries.*differs/);
  });

  test("a store of a newer program is refused", async () => {
    const files = await filesOf("0900_x.sql", "SELECT 1;\n");
    const promise = migrate(opened.store, SINGLE, { folder: files });
    await expect(promise).rejects.toThrow(/0004_quarantine, which this program does not know/);
  });

  test("a new file is applied and told, a skipped one refused", async () => {
    const { store } = opened;
    const schema = join(import.meta.dirname, "../../schemas/clickhouse");
    const files = await filesOf(
      "0900_later.sql",
      "CREATE TABLE {{table:later}} {{on_cluster}}\n\
(a UInt8) ENGINE = {{engine:MergeTree}} ORDER BY a;\n",
    );
    const { present } = await migrate(store, SINGLE);
    for (const name of present) {
      await writeFile(join(files, `${name}.sql`), await readFile(join(schema, `${name}.sql`)));
    }
    const told: string[] = [];
    const log = (message: string) => void told.push(message);
    expect((await migrate(store, SINGLE, { folder: files, log })).applied).toEqual(["0900_later"]);
    expect(told).toEqual(["schema migration 0900_later applied"]);
    await writeFile(join(files, "0899_skipped.sql"), "SELECT 1;\n");
    await expect(migrate(store, SINGLE, { folder: files })).rejects.toThrow(/0899_skipped/);
    await store.command("ALTER TABLE schema_migrations DELETE WHERE version >= 900");
  });
});
