// Rows as CSV (RFC 4180), safe to open in a spreadsheet.

import type { Cell, Column, Row } from "../query/panel.ts";

// A cell that begins so is taken for a formula by spreadsheets, and the text is a stranger's
// (invariant 6; OWASP, CSV injection). Numbers of ours never begin with a sign.
const FORMULA = /^[=+\-@\t\r]/;
const QUOTED = /[",\r\n]/;

function printCell(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number" || typeof cell === "boolean") return String(cell);
  const text = Array.isArray(cell) ? cell.join(";") : cell;
  const guarded = FORMULA.test(text) ? `'${text}` : text;
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
