// What Grafana's user may read (infra/grafana/grants.sql). The embedded engine has no users, so its parser reads
// the statements, and a database with the granted columns alone stands for the store of that user.

import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { assetPath } from "../../services/assets.ts";
import { BOARDS } from "../../services/grafana/boards.ts";
import { FILTER_VARIABLES } from "../../services/grafana/macros.ts";
import { statementOf } from "../../services/grafana/statement.ts";
import { valuesStatement } from "../../services/grafana/variables.ts";
import { startTestStore, TABLES, type TestStore } from "../support/engine.ts";
import { expand } from "../support/grafana.ts";

const GRANTS = readFileSync(assetPath("infra", "grafana", "grants.sql"), "utf8");
const DAY = { fromMs: Date.parse("2026-03-01"), toMs: Date.parse("2026-03-02") - 1 };

/** Statements, also those that are shown as examples, without the words about them. */
const STATEMENTS = GRANTS.replaceAll(/^-- (?=CREATE )/gm, "")
  .replaceAll(/^ *--.*\n/gm, "")
  .split(";")
  .map((statement) => statement.trim())
  .filter((statement) => statement !== "");

let at: TestStore;
beforeAll(async () => {
  at = await startTestStore();
  await at.store.command("CREATE DATABASE granted");
  for (const [table, columns] of granted()) {
    await at.store.command(
      `CREATE TABLE granted.${table} ENGINE = ReplacingMergeTree(version, is_deleted) ORDER BY tenant
      AS SELECT ${columns} FROM ${table} LIMIT 0`,
    );
  }
});
afterAll(() => at?.stop());

/** Columns by table; "*" for all. */
function granted(): Map<string, string> {
  const grant = /^GRANT SELECT(?:\(([^)]*)\))? ON sealwatch\.(\w+) TO sealwatch_grafana$/;
  const found = STATEMENTS.map((statement) => grant.exec(statement));
  return new Map(found.flatMap((one) => (one ? [[one[2] ?? "", one[1] ?? "*"]] : [])));
}

const namesOf = (columns: string) => columns.split(",").map((name) => name.trim());

/** Granted columns of a table, whatever it has. */
async function columnsOf(table: string): Promise<string[]> {
  const columns = await at.store.select<{ name: string }>(`DESCRIBE TABLE granted.${table}`);
  return columns.map(({ name }) => name);
}

test("every statement is one that ClickHouse reads", async () => {
  expect(STATEMENTS.length).toBeGreaterThan(8);
  for (const statement of STATEMENTS) {
    const sql = statement.replace("PASSWORD_SHA256", "0".repeat(64));
    expect(await at.store.select(`EXPLAIN AST ${sql}`)).not.toEqual([]);
  }
  await expect(at.store.select("EXPLAIN AST GRANT SELECTED ON a.b TO c")).rejects.toThrow();
});

const ASKED = new Set([
  ...BOARDS.flatMap(({ sections }) => sections).map((section) => statementOf(section)),
  ...FILTER_VARIABLES.map(valuesStatement),
]);
const TABLE = new RegExp(String.raw`\bFROM (${TABLES.join("|")})\b`, "g");

/** Tables that some columns are granted of; the others hold what reports count. */
const PARTLY = ["reports", "quarantine", "receipts"] as const;

test("every statement of the dashboards can do with the granted columns", async () => {
  const tables = new Set<string>();
  const chosen = Object.fromEntries(FILTER_VARIABLES.map((name) => [name, ["a", "b"]]));
  for (const statement of ASKED) {
    const sql = expand(statement, chosen, DAY, DAY.toMs).replaceAll(TABLE, (_, table) => {
      tables.add(table);
      return `FROM granted.${table}`;
    });
    await at.store.select(sql);
    // All columns of a table that some are granted of would be refused.
    for (const table of PARTLY) {
      expect(sql).not.toMatch(new RegExp(String.raw`SELECT \*[^()]*\sFROM granted\.${table}\b`));
    }
  }
  expect([...tables].toSorted()).toEqual([...granted().keys()].toSorted());
  expect([...tables].toSorted()).toEqual([...TABLES].toSorted());
});

test("no column is granted that no statement names", async () => {
  const keys = await at.store.select<{ name: string; sorting_key: string }>(
    "SELECT name, sorting_key FROM system.tables WHERE database = currentDatabase()",
  );
  for (const table of PARTLY) {
    const statements = [...ASKED].filter((one) => new RegExp(`FROM ${table}\\b`).test(one));
    const merged = namesOf(keys.find(({ name }) => name === table)?.sorting_key ?? "");
    expect(merged).toContain("tenant");
    const needless = (await columnsOf(table))
      .filter((column) => ![...merged, "version", "is_deleted"].includes(column))
      .filter((column) => !statements.some((one) => new RegExp(`\\b${column}\\b`).test(one)));
    expect([table, needless]).toEqual([table, []]);
  }
});

test.each(TABLES)("no bytes, envelopes, connections or keys of %s are granted", async (table) => {
  const columns = await columnsOf(table);
  expect(columns).toContain("tenant");
  const kept = ["raw", "raw_base64", "mail_from", "rcpt_to", "peer", "helo", "tls", "url_key"];
  expect(columns.filter((one) => [...kept, "message_id", "content_type"].includes(one))).toEqual(
    [],
  );
});
