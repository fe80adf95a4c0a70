// What holds for every panel of the table, without a store: names, tenants, order, parameters.

import { expect, test } from "vitest";
import { CursorError } from "../../../services/query/cursor.ts";
import { PANELS } from "../../../services/query/index.ts";
import { columnsOf } from "../../../services/query/panel.ts";
import { readParameters } from "../../../services/query/parameters.ts";
import { runPanel } from "../../../services/query/run.ts";
import type { QueryParameter, Store } from "../../../services/store/port.ts";

interface Call {
  sql: string;
  parameters: Record<string, QueryParameter>;
}

/** A store that answers nothing and remembers what it was asked. */
function recorder(): { store: Store; calls: Call[] } {
  const calls: Call[] = [];
  const store: Store = {
    async select(sql, parameters = {}) {
      calls.push({ sql, parameters });
      return [];
    },
    insert: () => Promise.reject(new Error("a panel reads")),
    command: () => Promise.reject(new Error("a panel reads")),
    ping: async () => {},
    close: async () => {},
  };
  return { store, calls };
}

const EVIL = "x') OR 1=1 --";

/** Every parameter that a panel takes, given at once. */
function everything(panel: (typeof PANELS)[number]) {
  const given: Record<string, string[]> = {};
  for (const name of panel.parameters) given[name] = name === "trust" ? ["posted"] : [EVIL];
  for (const name of ["from", "to", "step", "by", "limit", "cursor", "format", "tenant"]) {
    delete given[name];
  }
  const read = readParameters(panel, given, Date.parse("2026-03-20"));
  if (!read.ok) throw new Error(JSON.stringify(read.problem));
  return read.parameters;
}

test("every table that is read is read within the tenants, and FINAL", async () => {
  for (const panel of PANELS) {
    const { store, calls } = recorder();
    await runPanel(store, panel, everything(panel), { tenants: ["mine"] });
    expect(calls.length).toBeGreaterThan(0);
    for (const { sql, parameters } of calls) {
      const reads = sql.match(/(FROM|JOIN)\s+[a-z_]+/g) ?? [];
      const bound = sql.match(/FROM [a-z_]+ FINAL WHERE tenant IN \{tenants:Array\(String\)\}/g);
      expect(reads.length, panel.id).toBeGreaterThan(0);
      expect(bound?.length, panel.id).toBe(reads.length);
      expect(parameters["tenants"], panel.id).toEqual(["mine"]);
    }
  }
});

test("no value is part of the SQL text", async () => {
  for (const panel of PANELS) {
    const { store, calls } = recorder();
    await runPanel(store, panel, everything(panel), { tenants: [EVIL] });
    for (const { sql } of calls) expect(sql.toLowerCase(), panel.id).not.toContain("or 1=1");
  }
});

test("a caller's tenants are narrowed by the parameter, never widened", async () => {
  const [panel] = PANELS;
  if (!panel) throw new Error("no panels");
  const { store, calls } = recorder();
  const read = readParameters(panel, { tenant: ["a", "x"] }, 0);
  if (!read.ok) throw new Error("not read");
  await runPanel(store, panel, read.parameters, { tenants: ["a", "b"] });
  expect(calls[0]?.parameters["tenants"]).toEqual(["a"]);
});

test("names are unique and orders name columns", () => {
  expect(new Set(PANELS.map(({ id }) => id)).size).toBe(PANELS.length);
  for (const panel of PANELS) {
    const names = columnsOf(panel).map(({ name }) => name);
    expect(new Set(names).size, panel.id).toBe(names.length);
    for (const { column } of panel.order) expect(names, panel.id).toContain(column);
    for (const column of columnsOf(panel)) expect(column.description, column.name).toMatch(/\.$/);
    expect(panel.parameters, panel.id).toEqual(expect.arrayContaining(["tenant", "trust"]));
  }
});

test("a cursor of another panel or of nobody is refused", async () => {
  const foreign = Buffer.from(JSON.stringify(["trend", "x", "y"])).toString("base64url");
  const short = Buffer.from(JSON.stringify(["failures-by-mx", 1])).toString("base64url");
  const typed = Buffer.from(JSON.stringify(["failures-by-mx", "x", "a", "b"])).toString(
    "base64url",
  );
  const panel = PANELS.find(({ id }) => id === "failures-by-mx");
  if (!panel) throw new Error("no panel");
  for (const cursor of [foreign, short, typed, "%%%", "bnVsbA", "e30"]) {
    const { store } = recorder();
    const parameters = { ...everything(panel), cursor };
    const run = runPanel(store, panel, parameters, { tenants: ["a"] });
    await expect(run, cursor).rejects.toThrow(CursorError);
  }
});

test("a cursor holds what the store would take", async () => {
  const keys: [string, unknown[]][] = [
    ["failures-by-mx", ["18446744073709551616", "a", "b"]],
    ["failures-by-mx", [["7"], "a", "b"]],
    ["reports", ["2026-99-01T00:00:00Z"]],
    ["reports", ["1969-12-31T23:59:59Z"]],
  ];
  for (const [id, key] of keys) {
    const panel = PANELS.find((one) => one.id === id);
    if (!panel) throw new Error("no panel");
    const rest = panel.order.slice(key.length).map(() => "x");
    const cursor = Buffer.from(JSON.stringify([id, ...key, ...rest])).toString("base64url");
    const run = runPanel(
      recorder().store,
      panel,
      { ...everything(panel), cursor },
      { tenants: ["a"] },
    );
    await expect(run, JSON.stringify(key)).rejects.toThrow(CursorError);
  }
});

test("ratios have six digits, and some of many is neither none nor all", async () => {
  const cases: [number, number][] = [
    [0.9690520355364639, 0.969052],
    [1 - 1e-9, 0.999999],
    [1e-9, 0.000001],
    [1, 1],
    [0, 0],
  ];
  const overview = PANELS.find(({ id }) => id === "overview");
  if (!overview) throw new Error("no overview");
  for (const [success_rate, shown] of cases) {
    const { store } = recorder();
    const answering: Store = {
      ...store,
      async select<Row>() {
        return [{ success_rate }] as Row[];
      },
    };
    const scope = { tenants: ["mine"] };
    const { rows } = await runPanel(answering, overview, everything(overview), scope);
    expect(rows[0]?.["success_rate"]).toBe(shown);
  }
});
