// Keyset cursors: the place of the last row that was shown in the order of the answer, as text that a
// client passes back unread. A page therefore costs the same however far it is, and new rows do not
// shift the pages. A cursor also holds the range, so that days that pass between two pages do not either.

import { createHash } from "node:crypto";
import type { Cell, Column, Order, Panel, PanelQuery } from "./panel.ts";
import type { PanelParameters } from "./parameters.ts";
import { type Range, readInstant } from "./range.ts";
import { orderOf } from "./sort.ts";

/** A cursor was changed by hand, or belongs to another question. */
export class CursorError extends Error {
  override readonly name = "CursorError";
}

/** Panel, question, from and to in seconds, then the cells of the order. */
const HEAD_LENGTH = 4;

function columnOf(panel: Panel, name: string): Column {
  const column = panel.columns.find((candidate) => candidate.name === name);
  if (!column) throw new Error(`${panel.id} is ordered by ${name}, which is not a column of it`);
  return column;
}

/** What rows there are and in which order, in few characters; range, page and fields stand beside it. */
function questionOf(parameters: PanelParameters): string {
  const { range, nowMs, fields, limit, cursor, ...question } = parameters;
  return createHash("sha256").update(JSON.stringify(question)).digest("base64url").slice(0, 8);
}

function headOf(panel: Panel, parameters: PanelParameters): (string | number)[] {
  const { fromMs, toMs } = parameters.range;
  return [panel.id, questionOf(parameters), fromMs / 1000, toMs / 1000];
}

/**
 * Prints the place after a row as base64url text.
 * @param row with the columns of the order, ratios with all their digits
 */
export function printCursor(
  panel: Panel,
  parameters: PanelParameters,
  row: Readonly<Record<string, unknown>>,
): string {
  const key = orderOf(panel, parameters.sort).map(({ column }) => row[column] ?? null);
  return Buffer.from(JSON.stringify([...headOf(panel, parameters), ...key])).toString("base64url");
}

function decode(cursor: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch (cause) {
    throw new CursorError("The cursor is not one of ours.", { cause });
  }
  if (!Array.isArray(value)) throw new CursorError("The cursor is not one of ours.");
  return value;
}

/** One cell of the row that a cursor stands after, by its place in the order; not checked yet. */
export function cursorCell(cursor: string, place: number): unknown {
  return decode(cursor)[HEAD_LENGTH + place];
}

/** The range of the page before, or null when the text is no cursor or its range cannot be. */
export function cursorRange(cursor: string): Range | null {
  let head: unknown[];
  try {
    head = decode(cursor).slice(2, HEAD_LENGTH);
  } catch {
    return null;
  }
  const [fromMs, toMs] = head.map((seconds) => Number(seconds) * 1000);
  if (fromMs === undefined || toMs === undefined || !(fromMs < toMs)) return null;
  // An end is exclusive, so it may lie a second after the last instant of all.
  const within = [fromMs, toMs - 1000].every((ms) => Number.isSafeInteger(ms) && isInstant(ms));
  return within ? { fromMs, toMs } : null;
}

function isInstant(ms: number): boolean {
  return Math.abs(ms) < 8.64e15 && readInstant(new Date(ms).toISOString()) === ms;
}

function readCursor(panel: Panel, parameters: PanelParameters, cursor: string): Cell[] {
  const value = decode(cursor);
  const order = orderOf(panel, parameters.sort);
  const [id, ...rest] = headOf(panel, parameters);
  if (value[0] !== id || value.length !== HEAD_LENGTH + order.length) {
    throw new CursorError("The cursor is not one of this panel and order.");
  }
  if (rest.some((part, i) => value[i + 1] !== part)) {
    throw new CursorError("The cursor belongs to another question.");
  }
  return order.map(({ column }, i) => {
    const cell = value[i + HEAD_LENGTH];
    if (!fits(columnOf(panel, column), cell)) {
      throw new CursorError("The cursor is not one of this panel.");
    }
    return cell;
  });
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/;

function fits(column: Column, cell: unknown): cell is Cell {
  if (cell === null) return column.nullable === true;
  if (column.type === "count") return isCount(cell);
  if (column.type === "flag") return typeof cell === "boolean";
  if (column.type === "ratio") return typeof cell === "number" && Number.isFinite(cell);
  if (typeof cell !== "string") return false;
  // What only looks like a day or a time would be refused by the store, as a failure of ours.
  if (column.type === "time") return TIME.test(cell) && readInstant(cell) !== null;
  return column.type !== "date" || (DAY.test(cell) && readInstant(cell) !== null);
}

/** What a UInt64 holds: a number as long as it is exact, else its digits. */
function isCount(cell: unknown): boolean {
  if (typeof cell !== "string") return Number.isSafeInteger(cell) && Number(cell) >= 0;
  return /^(?:0|[1-9]\d{0,19})$/.test(cell) && BigInt(cell) < 2n ** 64n;
}

/** A cell as a bound value of its store type. */
function bindCell(query: PanelQuery, name: string, column: Column, cell: Cell): string {
  const text = String(cell);
  switch (column.type) {
    case "count":
      return query.bind(name, "UInt64", text);
    case "ratio":
      return query.bind(name, "Float64", text);
    case "flag":
      return query.bind(name, "UInt8", Number(cell));
    case "date":
      return query.bind(name, "Date", text);
    case "time":
      return query.bind(name, "DateTime64(3, 'UTC')", text.replace("T", " ").replace("Z", ""));
    default:
      return query.bind(name, "String", text);
  }
}

/** Conditions that hold for what comes after a cell in one column, and for what is the same. */
function besides(query: PanelQuery, name: string, order: Order, column: Column, cell: Cell) {
  // Cells without a value come last, so nothing comes after them.
  if (cell === null) return { beyond: "false", same: `isNull(${order.column})` };
  const value = bindCell(query, name, column, cell);
  const compared = `${order.column} ${order.descending ? "<" : ">"} ${value}`;
  const beyond = column.nullable ? `(${compared} OR isNull(${order.column}))` : compared;
  return { beyond, same: `${order.column} = ${value}` };
}

/**
 * The cell of the cursor in the first column of the order; null without a cursor.
 * @throws CursorError when the cursor is not one of this question
 */
export function firstAfter(panel: Panel, parameters: PanelParameters): Cell {
  if (parameters.cursor === null) return null;
  return readCursor(panel, parameters, parameters.cursor)[0] ?? null;
}

/**
 * The condition that holds for rows after the cursor, in the order of the answer: for a, b descending, c
 * it is `a > x OR (a = x AND b < y) OR (a = x AND b = y AND c > z)`.
 * @throws CursorError when the cursor is not one of this question
 */
export function whereAfter(panel: Panel, query: PanelQuery, cursor: string): string {
  const { parameters } = query;
  const key = readCursor(panel, parameters, cursor);
  const equal: string[] = [];
  const branches = orderOf(panel, parameters.sort).map((order, i) => {
    const column = columnOf(panel, order.column);
    const { beyond, same } = besides(query, `after_${i}`, order, column, key[i] ?? null);
    const branch = `(${[...equal, beyond].join(" AND ")})`;
    equal.push(same);
    return branch;
  });
  return branches.join(" OR ");
}
