// Tables for terminals: aligned columns, numbers to the right, fitted to the width of the terminal; what
// would have to be cut beyond recognition is shown as one line per value instead. Cells are outside text
// and shown as text only (invariant 6).

import { printable } from "../core/printable.ts";
import { displayWidth, truncate, wrap } from "./text-width.ts";

export interface TableColumn {
  /** Key of the cell in a row. */
  name: string;
  /** Heading; the name with spaces for underscores without one. */
  title?: string;
  /** Numbers stand to the right and have thousands separators. */
  numeric?: boolean;
}

export interface TableStyle {
  /** Columns of the terminal. */
  width: number;
  color: boolean;
}

type Row = Readonly<Record<string, unknown>>;

const GAP = "  ";
/** A column that is cut keeps this much: enough to tell one host or result type from another. */
const COLUMN_WIDTH_MIN = 14;
/** A value keeps this much beside its name, however narrow the terminal is. */
const VALUE_WIDTH_MIN = 10;
const BOLD = "\u001b[1m";
const PLAIN = "\u001b[0m";

/**
 * The rows as lines of text, each with its line end; headings alone when there are no rows. A terminal
 * that is too narrow for the columns gets the rows one below the other, with nothing cut.
 */
export function printTable(
  columns: readonly TableColumn[],
  rows: readonly Row[],
  style: TableStyle,
): string {
  const headings = columns.map(({ name, title }) => printable(title ?? name.replaceAll("_", " ")));
  const cells = rows.map((row) => columns.map((column) => cellText(row[column.name], column)));
  const widths = columns.map((_, index) =>
    [headings, ...cells].reduce((widest, line) => {
      return Math.max(widest, displayWidth(line[index] ?? ""));
    }, 0),
  );
  const fits = narrow(widths, columns, style.width);
  if (!fits && rows.length > 0) return printRecords(headings, cells, style);
  const line = (texts: readonly string[]) =>
    texts
      .map((text, index) => aligned(text, widths[index] ?? 0, columns[index]?.numeric ?? false))
      .join(GAP)
      .trimEnd();
  const heading = emphasized(line(headings), style);
  return [heading, ...cells.map(line)].map((text) => `${text}\n`).join("");
}

function emphasized(text: string, { color }: TableStyle): string {
  return color ? `${BOLD}${text}${PLAIN}` : text;
}

/** Each row as a block of names and values; long values go on beneath themselves. */
function printRecords(
  headings: readonly string[],
  cells: readonly (readonly string[])[],
  style: TableStyle,
): string {
  const nameWidth = Math.max(...headings.map(displayWidth));
  const valueWidth = Math.max(style.width - nameWidth - GAP.length, VALUE_WIDTH_MIN);
  const indent = " ".repeat(nameWidth + GAP.length);
  const blocks = cells.map((row, number) => {
    const lines = row.map((text, index) => {
      const heading = aligned(headings[index] ?? "", nameWidth, false);
      const value = wrap(text, valueWidth).join(`\n${indent}`);
      return `${heading}${GAP}${value}`.trimEnd();
    });
    return [emphasized(`${number + 1} of ${cells.length}`, style), ...lines].join("\n");
  });
  return `${blocks.join("\n\n")}\n`;
}

/** One value as it stands in a cell. Null is a dash: there is nothing, which is not zero. */
function cellText(value: unknown, { numeric }: TableColumn): string {
  if (value === null || value === undefined) return "–";
  if (numeric) return grouped(value);
  if (Array.isArray(value)) return printable(value.map(String).join(", "));
  return printable(typeof value === "object" ? JSON.stringify(value) : String(value));
}

/** 1234567.5 is 1,234,567.5; decimal text of any length, as 64-bit counts come, stays exact. */
export function grouped(value: unknown): string {
  const text = String(value);
  const match = /^(-?)([0-9]+)(\.[0-9]+)?$/.exec(text);
  if (match === null) return printable(text);
  const [, sign = "", digits = "", fraction = ""] = match;
  return `${sign}${digits.replace(/(?<=[0-9])(?=(?:[0-9]{3})+$)/g, ",")}${fraction}`;
}

/** Narrows the widest text columns until the table fits; false when it cannot. Numbers are never cut. */
function narrow(widths: number[], columns: readonly TableColumn[], width: number): boolean {
  if (width === Number.POSITIVE_INFINITY) return true;
  const gaps = GAP.length * (columns.length - 1);
  let excess = widths.reduce((sum, one) => sum + one, gaps) - width;
  while (excess > 0) {
    let widest = -1;
    for (const [index, column] of columns.entries()) {
      if (!column.numeric && (widths[index] ?? 0) > (widths[widest] ?? COLUMN_WIDTH_MIN)) {
        widest = index;
      }
    }
    if (widest === -1) return false;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return true;
}

function aligned(text: string, width: number, toTheRight: boolean): string {
  const shown = toTheRight ? text : truncate(text, width);
  const padding = " ".repeat(Math.max(0, width - displayWidth(shown)));
  return toTheRight ? padding + shown : shown + padding;
}
