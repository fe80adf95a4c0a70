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

test("every statement is one that ClickHouse reads", async () => {
  expect(STATEMENTS.length).toBeGreaterThan(8);
  for (const statement of STATEMENTS) {
    const sql = statement.replace("PASSWORD_SHA256", "0".repeat(64));
    expect(await at.store.select(`EXPLAIN AST ${sql}`)).not.toEqual([]);
  }
  await expect(at.store.select("EXPLAIN AST GRANT SELECTED ON a.b TO c")).rejects.toThrow();
});

test("every statement of the dashboards can do with the granted columns", async () => {
  const statements = [
    ...BOARDS.flatMap(({ sections }) => sections).map((section) => statementOf(section)),
    ...FILTER_VARIABLES.map(valuesStatement),
  ];
  const tables = new Set<string>();
  const chosen = Object.fromEntries(FILTER_VARIABLES.map((name) => [name, ["a", "b"]]));
  for (const statement of new Set(statements)) {
    const sql = expand(statement, chosen, DAY, DAY.toMs).replaceAll(
      /\bFROM (\w+) FINAL\b/g,
      (_, table) => {
        tables.add(table);
        return `FROM granted.${table} FINAL`;
      },
    );
    await at.store.select(sql);
    // All columns of a table that some are granted of would be refused.
    expect(sql).not.toMatch(/SELECT \*[^()]*\sFROM granted\.(?:reports|quarantine)\b/);
  }
  expect([...tables].toSorted()).toEqual([...granted().keys()].toSorted());
  expect([...tables].toSorted()).toEqual([...TABLES].toSorted());
});

test("no bytes, envelopes or keys are granted", () => {
  for (const table of ["reports", "quarantine"]) {
    const columns = granted()
      .get(table)
      ?.split(",")
      .map((name) => name.trim());
    for (const column of ["raw", "raw_base64", "rcpt_to", "url_key", "helo", "message_id"]) {
      expect(columns).not.toContain(column);
    }
  }
});
