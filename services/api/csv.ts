// Rows as CSV (RFC 4180), safe to open in a spreadsheet and to print on a terminal: a line per row, no
// cell that begins a formula. Exact text is to be had as JSON.

import { printable } from "../core/printable.ts";
import type { Cell, Column, Row } from "../query/panel.ts";

/**
 * What spreadsheets take for a formula, a function or a call of another program (OWASP, CSV injection),
 * as ASCII, in full width, which some of them fold, and in small forms. Numbers of ours have no sign.
 */
const STARTS = "=+\\-@|%\uff1d\uff0b\uff0d\uff20\uff5c\uff05\ufe66\ufe62\ufe63\ufe6b\ufe6a\u2212";
/**
 * Where a cell begins: at the start of the field and, for a spreadsheet whose separator is ";", after
 * each of these; quotes and blanks before it are skipped as spreadsheets skip them.
 */
const FORMULA = new RegExp(`(^|[;\uff1b])(?=[\\s"\uff02]*[${STARTS}])`, "g");
const QUOTED = /[",]/;

function printCell(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number" || typeof cell === "boolean") return String(cell);
  const text = printable(Array.isArray(cell) ? cell.join(";") : cell);
  const guarded = text.replace(FORMULA, "$1'");
  return QUOTED.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/** A header line and a line per row, each ending in CRLF; null is an empty field. */
export function printCsv(columns: readonly Column[], rows: readonly Row[]): string {
  const lines = [columns.map(({ name }) => name).join(",")];
  for (const row of rows) {
    lines.push(columns.map(({ name }) => printCell(row[name] ?? null)).join(","));
  }
  return `${lines.join("\r\n")}\r\n`;
}
