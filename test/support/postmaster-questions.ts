// Asks the panels about the seeded set, as of the one moment that its numbers are known for.

import { expect } from "vitest";
import { panelOf } from "../../services/query/index.ts";
import { columnsOf, type Panel, type Row } from "../../services/query/panel.ts";
import { type PanelParameters, readParameters } from "../../services/query/parameters.ts";
import { type PanelResult, runPanel } from "../../services/query/run.ts";
import type { Store } from "../../services/store/port.ts";
import { NOW_MS } from "./postmaster.ts";
import { sumOf, type TableRow, tableOf } from "./postmaster-tables.ts";

/** Values by parameter; what is said once need not be a list. */
export type Given = Readonly<Record<string, string | readonly string[]>>;

/** All of it: the 120 days. */
export const ALL_DAYS = { from: "2026-01-01", to: "2026-05-01" };

/** The panel of an id. */
export function panelNamed(id: string): Panel {
  const panel = panelOf(id);
  if (panel === undefined) throw new Error(`there is no panel ${id}`);
  return panel;
}

/** What a panel is asked, by default for the 120 days. */
export function parametersFor(panel: Panel, given: Given = {}): PanelParameters {
  const asked = { ...ALL_DAYS, ...given };
  const lists = Object.entries(asked).map(([name, value]) => [name, [value].flat()]);
  const read = readParameters(panel, Object.fromEntries(lists), NOW_MS);
  if (!read.ok) throw new Error(`${panel.id}: ${read.problem.parameter}: ${read.problem.detail}`);
  return read.parameters;
}

/** Asks, by default for the 120 days; the answer has every column, and null only where it may be. */
export async function answerOf(
  store: Store,
  id: string,
  given: Given = {},
  tenants: readonly string[] | "all" = "all",
): Promise<PanelResult> {
  const panel = panelNamed(id);
  const answer = await runPanel(store, panel, parametersFor(panel, given), { tenants });
  const names = columnsOf(panel).map(({ name }) => name);
  const full = columnsOf(panel).filter(({ nullable }) => !nullable);
  for (const row of answer.rows) {
    expect(Object.keys(row).toSorted()).toEqual(names.toSorted());
    expect(full.filter(({ name }) => row[name] === null)).toEqual([]);
  }
  return answer;
}

/** The rows of an answer. */
export async function rowsOf(store: Store, id: string, given: Given = {}): Promise<Row[]> {
  return (await answerOf(store, id, given)).rows;
}

/**
 * Holds rows to a table: the same rows in any order, in the columns that both names are given for.
 * @param columns name in the rows by name in the table
 */
export function expectTable(
  rows: readonly Row[],
  table: string | readonly TableRow[],
  columns: Readonly<Record<string, string>>,
): void {
  const known = typeof table === "string" ? tableOf(table) : table;
  const pick = (row: Readonly<Record<string, unknown>>, names: readonly string[]) =>
    JSON.stringify(
      names.map((name) => {
        if (row[name] === undefined) throw new Error(`no column ${name}`);
        return row[name];
      }),
    );
  const found = rows.map((row) => pick(row, Object.values(columns))).toSorted();
  expect(found).toEqual(known.map((row) => pick(row, Object.keys(columns))).toSorted());
}

/** The sum of a column of an answer. */
export async function sumAsked(
  store: Store,
  id: string,
  column: string,
  given: Given = {},
): Promise<number> {
  return sumOf(await rowsOf(store, id, { limit: "1000", ...given }), column);
}
