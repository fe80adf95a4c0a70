// An answer as a table with a bar beside the number that it is ordered by, as tiles, or as a matrix.

import { type Column, columnsOf, type Panel } from "../query/panel.ts";
import { type Answer, cellWords, tableColumn } from "./answer-cells.ts";
import { bar } from "./bars.ts";
import type { Style } from "./style.ts";
import { printFitting, printRecord, printTable, type TableColumn } from "./table.ts";

const BAR_COLUMNS = 12;

/** Columns that are kept however narrow the terminal is: what a row is about, and its number. */
const COLUMNS_MIN = 4;
/** What texts are cut to: rather fewer columns than many short stumps. */
const CUTS = [32, 14] as const;

/**
 * The rows as a table of as many of the columns as there is room for, the first and the main ones, and how
 * many were left out. With `wide` none is, and rows may stand one below the other.
 */
export function printAnswerTable(
  panel: Panel,
  columns: readonly Column[],
  { data }: Answer,
  style: Style,
  wide: boolean,
): { text: string; left: number } {
  const barred = style.bars ? barredColumn(panel, columns) : undefined;
  const shown = (kept: readonly Column[]) =>
    kept.flatMap((column) =>
      column === barred
        ? [tableColumn(column), barColumn(column, data, style)]
        : [tableColumn(column)],
    );
  const fromRight = columns.toReversed();
  const isMain = ({ rank }: Column) => rank === "main";
  const dropped = [...fromRight.filter((one) => !isMain(one)), ...fromRight.filter(isMain)];
  for (const cutMin of wide ? [] : CUTS) {
    for (let left = 0; left === 0 || columns.length - left >= COLUMNS_MIN; left++) {
      const gone = dropped.slice(0, left);
      const kept = shown(columns.filter((column) => !gone.includes(column)));
      const text = printFitting(kept, data, style, cutMin);
      if (text !== null) return { text, left };
    }
  }
  return { text: printTable(shown(columns), data, style), left: 0 };
}

/** The number that the largest comes first by. */
function barredColumn(panel: Panel, columns: readonly Column[]): Column | undefined {
  const descending = panel.order.filter((one) => one.descending === true);
  return descending
    .flatMap((order) => columns.filter(({ name }) => name === order.column))
    .find(({ type }) => type === "count" || type === "ratio");
}

function barColumn(
  { name }: Column,
  rows: readonly Record<string, unknown>[],
  style: Style,
): TableColumn {
  const largest = Math.max(0, ...rows.map((row) => numberOf(row[name])));
  const show = (value: unknown) => bar(numberOf(value) / largest, BAR_COLUMNS, style);
  return { name, title: "", show, spare: true };
}

/** Counts beyond 2^53 come as text; a bar need not be exact. */
export function numberOf(value: unknown): number {
  const number = Number(value ?? 0);
  return Number.isFinite(number) ? number : 0;
}

/** One row, a line for each number; with the period before beside it where that was asked for. */
export function printTiles(columns: readonly Column[], { data }: Answer, style: Style): string {
  const names = new Set(columns.map(({ name }) => name));
  const own = columns.filter(
    ({ name }) => !names.has(name.replace(/_before$/, "")) || !/_before$/.test(name),
  );
  const blocks = data.map((row) => {
    const shown = own.map((column) => {
      const before = row[`${column.name}_before`];
      if (before === undefined || before === null)
        return { ...tableColumn(column), numeric: false };
      const words = (value: unknown) =>
        `${cellWords(column, value)} (before: ${cellWords(column, before)})`;
      return { ...tableColumn(column), numeric: false, show: words };
    });
    return printRecord(shown, row, style);
  });
  return blocks.join("\n");
}

/**
 * The rows as a matrix of the first two texts of the panel, with the first count in the cells; null where it
 * does not fit or has gone over to a next page, so that a row would look emptier than it is.
 */
export function printMatrix(panel: Panel, { data, meta }: Answer, style: Style): string | null {
  const all = columnsOf(panel).filter(({ rank }) => rank !== "more");
  const [side, top] = all.filter(({ type }) => type === "text");
  const value = all.find(({ type }) => type === "count");
  const asked = meta.fields && meta.fields.length > 0;
  if (!side || !top || !value || meta.next_cursor || asked) return null;
  const rows = new Map<string, Record<string, unknown>>();
  const heads = new Map<string, string>();
  for (const row of data) {
    const name = String(row[top.name]);
    if (!heads.has(name)) heads.set(name, `cell ${heads.size}`);
    const line = rows.get(String(row[side.name])) ?? { side: row[side.name] };
    rows.set(String(row[side.name]), { ...line, [heads.get(name) ?? ""]: row[value.name] });
  }
  const cell = (found: unknown) => (found === undefined ? "·" : cellWords(value, found));
  const columns: TableColumn[] = [
    {
      name: "side",
      title: side.name.replaceAll("_", " "),
      show: (name) => cellWords(side, name) || "–",
    },
    ...[...heads].map(([title, name]) => ({
      name,
      title: cellWords(top, title) || "–",
      numeric: true,
      show: cell,
    })),
  ];
  return printFitting(columns, [...rows.values()], style);
}
