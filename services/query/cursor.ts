// Keyset cursors: the sort key of the last row that was shown, as text that a client passes back
// unread. A page therefore costs the same however far it is, and new rows do not shift the pages.

import type { Cell, Column, Order, Panel, PanelQuery, Row } from "./panel.ts";
import { readInstant } from "./range.ts";

/** A cursor was changed by hand, or belongs to another panel. */
export class CursorError extends Error {
  override readonly name = "CursorError";
}

function columnOf(panel: Panel, name: string): Column {
  const column = panel.columns.find((candidate) => candidate.name === name);
  if (!column) throw new Error(`${panel.id} is ordered by ${name}, which is not a column of it`);
  return column;
}

/** Prints the place after a row as base64url text. */
export function printCursor(panel: Panel, row: Row): string {
  const key = panel.order.map(({ column }) => row[column] ?? null);
  return Buffer.from(JSON.stringify([panel.id, ...key])).toString("base64url");
}

function readCursor(panel: Panel, cursor: string): Cell[] {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch (cause) {
    throw new CursorError("The cursor is not one of ours.", { cause });
  }
  if (!Array.isArray(value) || value[0] !== panel.id || value.length !== panel.order.length + 1) {
    throw new CursorError("The cursor is not one of this panel.");
  }
  return panel.order.map((order, i) => {
    const cell: unknown = value[i + 1];
    if (!fits(columnOf(panel, order.column), cell)) {
      throw new CursorError("The cursor is not one of this panel.");
    }
    return cell;
  });
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/;

function fits(column: Column, cell: unknown): cell is Cell {
  if (column.type === "count") return isCount(cell);
  if (typeof cell !== "string") return false;
  // What only looks like a day or a time would be refused by the store, as a failure of ours.
  if (column.type === "time") return TIME.test(cell) && readInstant(cell) !== null;
  return column.type !== "date" || (DAY.test(cell) && readInstant(cell) !== null);
}

/** What a UInt64 holds: a number as long as it is exact, else its digits. */
function isCount(cell: unknown): boolean {
  if (typeof cell !== "string") return Number.isSafeInteger(cell) && Number(cell) >= 0;
  return /^\d{1,20}$/.test(cell) && BigInt(cell) < 2n ** 64n;
}

/** A cell as a bound value of its store type. */
function bindCell(query: PanelQuery, name: string, column: Column, cell: Cell): string {
  const text = String(cell);
  if (column.type === "count") return query.bind(name, "UInt64", text);
  if (column.type === "date") return query.bind(name, "Date", text);
  if (column.type !== "time") return query.bind(name, "String", text);
  const time = text.replace("T", " ").replace("Z", "");
  return query.bind(name, "DateTime64(3, 'UTC')", time);
}

/**
 * The condition that holds for rows after the cursor, in the panel's order: for a, b descending, c it
 * is `a > x OR (a = x AND b < y) OR (a = x AND b = y AND c > z)`.
 * @throws CursorError when the cursor is not one of this panel
 */
export function whereAfter(panel: Panel, query: PanelQuery, cursor: string): string {
  const key = readCursor(panel, cursor);
  const equal: string[] = [];
  const branches = panel.order.map((order: Order, i) => {
    const column = columnOf(panel, order.column);
    const value = bindCell(query, `after_${i}`, column, key[i] ?? "");
    const beyond = `${order.column} ${order.descending ? "<" : ">"} ${value}`;
    const branch = `(${[...equal, beyond].join(" AND ")})`;
    equal.push(`${order.column} = ${value}`);
    return branch;
  });
  return branches.join(" OR ");
}
