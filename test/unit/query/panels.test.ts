// What holds for every panel of the table, without a store: names, tenants, order, parameters.

import { expect, test } from "vitest";
import { BOUNDS } from "../../../services/core/bounds.ts";
import { CursorError, printCursor } from "../../../services/query/cursor.ts";
import { PANELS } from "../../../services/query/index.ts";
import { columnsOf, type Panel } from "../../../services/query/panel.ts";
import { wordsOf } from "../../../services/query/parameter-table.ts";
import { type PanelParameters, readParameters } from "../../../services/query/parameters.ts";
import { runPanel } from "../../../services/query/run.ts";
import type { QueryBounds, QueryParameter, Store } from "../../../services/store/port.ts";
import { answerAgain, readsOf } from "../../support/reads.ts";

interface Call {
  sql: string;
  parameters: Record<string, QueryParameter>;
  bounds: QueryBounds;
}

/** A store that knows nothing but what was written again, and remembers what it was asked. */
function recorder(again: readonly number[] | "here" = "here"): { store: Store; calls: Call[] } {
  const calls: Call[] = [];
  const store: Store = {
    oneState: again === "here",
    async select<Row>(sql: string, parameters = {}, bounds = {}) {
      calls.push({ sql, parameters, bounds });
      return (again === "here" ? [] : answerAgain(sql, again)) as Row[];
    },
    insert: () => Promise.reject(new Error("a panel reads")),
    command: () => Promise.reject(new Error("a panel reads")),
    ping: async () => {},
    close: async () => {},
  };
  return { store, calls };
}

const EVIL = "x') OR 1=1 --";

/** Every parameter that a panel takes, given at once; those with words take the last of them. */
function everything(panel: Panel) {
  const given: Record<string, string[]> = {};
  for (const name of panel.parameters) given[name] = [wordsOf(name)?.at(-1) ?? EVIL];
  for (const name of ["from", "to", "step", "by", "limit", "cursor", "format", "tenant"]) {
    delete given[name];
  }
  const read = readParameters(panel, given, Date.parse("2026-03-20"));
  if (!read.ok) throw new Error(JSON.stringify(read.problem));
  return read.parameters;
}

test("every table that is read is read within the tenants, and each row once", async () => {
  const many = Array.from({ length: BOUNDS.rewrittenKeysMax + 1 }, (_, i) => i);
  for (const again of [[], [7, 4_294_967_295], many, "here"] as const) {
    for (const panel of PANELS) {
      const { store, calls } = recorder(again);
      await runPanel(store, panel, everything(panel), { tenants: ["mine"] });
      expect(calls.length).toBeGreaterThan(0);
      for (const { sql, parameters } of calls) {
        const { reads, right } = readsOf(sql);
        expect(reads, panel.id).toBeGreaterThan(0);
        expect(right, `${panel.id}: ${sql}`).toBe(reads);
        expect(parameters["tenants"], panel.id).toEqual(["mine"]);
      }
    }
  }
});

test("every read is bounded in time and rows; the store adds memory", async () => {
  for (const panel of PANELS) {
    const { store, calls } = recorder();
    await runPanel(store, panel, everything(panel), { tenants: "all" });
    for (const { bounds } of calls) {
      expect(bounds.timeMsMax, panel.id).toBeLessThanOrEqual(BOUNDS.queryMsMax);
      expect(bounds.rowsMax, panel.id).toBeLessThanOrEqual(BOUNDS.queryRowsMax + 1);
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

function panelNamed(id: string): Panel {
  const panel = PANELS.find((one) => one.id === id);
  if (!panel) throw new Error(`no panel ${id}`);
  return panel;
}

/** A cursor as printed, with other cells in the place of its key. */
function forged(panel: Panel, parameters: PanelParameters, key: readonly unknown[]): string {
  const printed = Buffer.from(printCursor(panel, parameters, {}), "base64url").toString();
  const head = JSON.parse(printed).slice(0, 4);
  return Buffer.from(JSON.stringify([...head, ...key])).toString("base64url");
}

test("a cursor of another panel, of another question or of nobody is refused", async () => {
  const panel = panelNamed("failures-by-mx");
  const parameters = everything(panel);
  const row = { failed_sessions: 1, mx: "a", result_type: "b" };
  const key = panel.order.map(({ column }) => row[column as keyof typeof row] ?? "c");
  const run = (cursor: string) =>
    runPanel(recorder().store, panel, { ...parameters, cursor }, { tenants: ["a"] });
  await run(forged(panel, parameters, key));
  const trend = panelNamed("trend");
  for (const cursor of [
    forged(trend, everything(trend), ["x", "y"]),
    forged(panel, parameters, key.slice(1)),
    forged(panel, parameters, ["x", ...key.slice(1)]), // no count
    forged(panel, { ...parameters, filters: {} }, key),
    forged(panel, { ...parameters, timezone: "Europe/Berlin" }, key),
    forged(panel, { ...parameters, sort: [{ column: "mx" }] }, key),
    forged(panel, { ...parameters, range: { fromMs: 0, toMs: 1000 } }, key),
    "%%%",
    "bnVsbA",
    "e30",
  ]) {
    await expect(run(cursor), cursor).rejects.toThrow(CursorError);
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
    const panel = panelNamed(id);
    const rest = panel.order.slice(key.length).map(() => "x");
    const parameters = everything(panel);
    const cursor = forged(panel, parameters, [...key, ...rest]);
    const run = runPanel(recorder().store, panel, { ...parameters, cursor }, { tenants: ["a"] });
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
