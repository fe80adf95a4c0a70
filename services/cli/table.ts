// Tables for terminals: aligned columns, numbers to the right, fitted to the width of the terminal; what
// would have to be cut beyond recognition is shown as one line per value instead. Cells are outside text
// and shown as text only (invariant 6).

import { printable } from "../core/printable.ts";
import { paint, type Style, type Tone } from "./style.ts";
import { displayWidth, truncate, wrap } from "./text-width.ts";

type Row = Readonly<Record<string, unknown>>;

export interface TableColumn {
  /** Key of the cell in a row. */
  name: string;
  /** Heading; the name with spaces for underscores without one. */
  title?: string;
  /** Numbers stand to the right and have thousands separators. */
  numeric?: boolean;
  /** What stands in the cell, in a form of its own. It is made printable here. */
  show?: (value: unknown, row: Row) => string;
  tone?: (value: unknown) => Tone | undefined;
  /** A text of several lines, each to be shown in a line. */
  lines?: boolean;
  /** Left out where there is no room for it. */
  spare?: boolean;
}

export type TableStyle = Pick<Style, "width" | "color">;

const GAP = "  ";
/** A column that is cut keeps this much: enough to tell one host or result type from another. */
const COLUMN_WIDTH_MIN = 14;
/** A value keeps this much beside its name, however narrow the terminal is. */
const VALUE_WIDTH_MIN = 10;

/**
 * The rows as lines of text, each with its line end; headings alone when there are no rows. Where there is
 * little room headings are wrapped, then spare columns left out, then texts cut; a terminal that is too
 * narrow even so gets the rows one below the other, with nothing cut.
 */
export function printTable(
  columns: readonly TableColumn[],
  rows: readonly Row[],
  style: TableStyle,
): string {
  // Several lines in a cell are shown as lines, for which there is room only below each other.
  const table = hasLines(columns, rows) ? null : printFitting(columns, rows, style);
  if (table !== null) return table;
  if (rows.length > 0) return printRecords(columns, rows, style);
  return printFitting(columns, rows, { ...style, width: Number.POSITIVE_INFINITY }) ?? "";
}

function hasLines(columns: readonly TableColumn[], rows: readonly Row[]): boolean {
  const holds = (value: unknown) => typeof value === "string" && value.includes("\n");
  return columns.some(({ name, lines }) => lines && rows.some((row) => holds(row[name])));
}

/** The same, or null where the terminal is too narrow. @param cutMin what a text that is cut keeps */
export function printFitting(
  columns: readonly TableColumn[],
  rows: readonly Row[],
  style: TableStyle,
  cutMin = COLUMN_WIDTH_MIN,
): string | null {
  const all = columns.map((column) => fill(column, rows));
  const kept = all.filter(({ column }) => !column.spare);
  const table =
    fitted(all, (one) => one.full, style.width) ??
    fitted(all, (one) => one.least, style.width) ??
    fitted(narrowed(kept, style.width, cutMin), (one) => one.least, style.width);
  return table === null ? null : printLines(table, rows.length, style);
}

/** A column with its texts and the widths that it may have. */
interface Filled {
  column: TableColumn;
  heading: string;
  cells: readonly string[];
  tones: readonly (Tone | undefined)[];
  /** With the heading in one line, and with it wrapped as far as it can be. */
  full: number;
  least: number;
  width: number;
}

function fill(column: TableColumn, rows: readonly Row[]): Filled {
  const heading = headingOf(column);
  const cells = rows.map((row) => cellText(column, row));
  const tones = rows.map((row) => column.tone?.(row[column.name]));
  const widest = cells.reduce((width, cell) => Math.max(width, displayWidth(cell)), 0);
  const full = Math.max(widest, displayWidth(heading));
  const least = Math.max(widest, ...headingParts(heading).map(displayWidth));
  return { column, heading, cells, tones, full, least, width: full };
}

function headingOf({ name, title }: TableColumn): string {
  return printable(title ?? name.replaceAll("_", " "));
}

/** Where a heading may be broken: behind blanks, hyphens, and the dots of a host name. */
const HEADING_BREAK = /(?<=[ .-])/;

function headingParts(heading: string): string[] {
  return heading.split(HEADING_BREAK).map((part) => part.trimEnd());
}

function fitted(
  columns: readonly Filled[] | null,
  widthOf: (column: Filled) => number,
  width: number,
): Filled[] | null {
  const sized = columns?.map((one) => ({ ...one, width: widthOf(one) }));
  return sized !== undefined && totalWidth(sized) <= width ? sized : null;
}

function totalWidth(columns: readonly Filled[]): number {
  const gaps = GAP.length * Math.max(columns.length - 1, 0);
  return columns.reduce((sum, one) => sum + one.width, gaps);
}

/** Cuts the widest text columns until the table fits; null when it cannot. Numbers are never cut. */
function narrowed(columns: readonly Filled[], width: number, cutMin: number): Filled[] | null {
  const sized = columns.map((one) => ({ ...one, width: one.least }));
  const texts = sized.filter(({ column }) => column.numeric !== true);
  for (let excess = totalWidth(sized) - width; excess > 0; excess -= 1) {
    const widest = texts.reduce<Filled | null>(
      (most, one) => (one.width > (most?.width ?? cutMin) ? one : most),
      null,
    );
    if (widest === null) return null;
    widest.width -= 1;
    widest.least = widest.width;
  }
  return sized;
}

function printLines(columns: readonly Filled[], rows: number, style: TableStyle): string {
  const headings = columns.map((one) => wrapHeading(one.heading, one.width));
  const height = Math.max(0, ...headings.map((lines) => lines.length));
  const lines: string[] = [];
  for (let at = 0; at < height; at++) {
    const texts = columns.map((one, index) => {
      const own = headings[index] ?? [];
      // Headings stand on their cells: what is shorter has its blanks above.
      return aligned(own[at - height + own.length] ?? "", one);
    });
    lines.push(paint(texts.join(GAP).trimEnd(), "strong", style));
  }
  for (let row = 0; row < rows; row++) {
    lines.push(lineOf(columns, row, style));
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** Blanks at the end are taken off before colours are put on. */
function lineOf(columns: readonly Filled[], row: number, style: TableStyle): string {
  const texts = columns.map((one) => aligned(one.cells[row] ?? "", one));
  const last = texts.findLastIndex((text) => text.trim() !== "");
  return columns
    .slice(0, last + 1)
    .map((one, index) => {
      const text = texts[index] ?? "";
      return paint(index === last ? text.trimEnd() : text, one.tones[row], style);
    })
    .join(GAP);
}

function wrapHeading(heading: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const part of heading.split(HEADING_BREAK)) {
    if (line !== "" && displayWidth(`${line}${part}`.trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = "";
    }
    line += part;
  }
  return [...lines, line.trimEnd()];
}

/** Each row as a block of names and values; long values go on beneath themselves. */
function printRecords(
  columns: readonly TableColumn[],
  rows: readonly Row[],
  style: TableStyle,
): string {
  const blocks = rows.map((row, number) => {
    const heading = paint(`${number + 1} of ${rows.length}`, "strong", style);
    return `${heading}\n${printRecord(columns, row, style)}`;
  });
  return blocks.join("\n");
}

/** One row as names and values, one below the other. */
export function printRecord(columns: readonly TableColumn[], row: Row, style: TableStyle): string {
  const shown = columns.filter(({ spare }) => spare !== true);
  const nameWidth = Math.max(...shown.map((column) => displayWidth(headingOf(column))));
  const valueWidth = Math.max(style.width - nameWidth - GAP.length, VALUE_WIDTH_MIN);
  const indent = " ".repeat(nameWidth + GAP.length);
  const lines = shown.map((column) => {
    const heading = headingOf(column);
    const padded = heading + " ".repeat(nameWidth - displayWidth(heading));
    const tone = column.tone?.(row[column.name]);
    const value = cellLines(column, row)
      .flatMap((line) => wrap(line, valueWidth))
      .map((line) => paint(line, tone, style));
    return `${padded}${GAP}${value.join(`\n${indent}`)}`.trimEnd();
  });
  return `${lines.join("\n")}\n`;
}

/** One value as it stands in a cell. Null is a dash: there is nothing, which is not zero. */
function cellText(column: TableColumn, row: Row): string {
  return printable(rawText(column, row));
}

/** The same with each of its lines in a line. */
function cellLines(column: TableColumn, row: Row): string[] {
  if (!column.lines) return [cellText(column, row)];
  return rawText(column, row).replace(/\n$/, "").split("\n").map(printable);
}

function rawText({ name, numeric, show }: TableColumn, row: Row): string {
  const value = row[name];
  if (show !== undefined) return show(value, row);
  if (value === null || value === undefined) return "–";
  if (numeric) return grouped(value);
  if (Array.isArray(value)) return value.map(String).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** 1234567.5 is 1,234,567.5; decimal text of any length, as 64-bit counts come, stays exact. */
export function grouped(value: unknown): string {
  const text = String(value);
  const match = /^(-?)([0-9]+)(\.[0-9]+)?$/.exec(text);
  if (match === null) return printable(text);
  const [, sign = "", digits = "", fraction = ""] = match;
  return `${sign}${digits.replace(/(?<=[0-9])(?=(?:[0-9]{3})+$)/g, ",")}${fraction}`;
}

function aligned(text: string, { column, width }: Filled): string {
  const shown = column.numeric ? text : truncate(text, width);
  const padding = " ".repeat(Math.max(0, width - displayWidth(shown)));
  return column.numeric ? padding + shown : shown + padding;
}
