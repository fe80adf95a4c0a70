// An answer as a list: a heading that says what it is and how grave, then what is known of it in sentences,
// and what to do first.

import { printable } from "../core/printable.ts";
import { type Column, columnsOf, type ListDrawing, type Panel } from "../query/panel.ts";
import { cellWords, toneOfWord } from "./answer-cells.ts";
import { firstStep, stepCount, stepLines } from "./steps.ts";
import { paint, proseWidth, type Style } from "./style.ts";
import { wrap } from "./text-width.ts";

type Row = Readonly<Record<string, unknown>>;

const INDENT = "  ";

/**
 * The rows as entries of a list.
 * @param wide all steps instead of the first one
 */
export function printList(
  panel: Panel,
  list: ListDrawing,
  rows: readonly Row[],
  style: Style,
  wide: boolean,
): string {
  const columns = new Map(columnsOf(panel).map((column) => [column.name, column]));
  return rows.map((row) => printEntry(columns, list, row, style, wide)).join("\n");
}

function printEntry(
  columns: ReadonlyMap<string, Column>,
  list: ListDrawing,
  row: Row,
  style: Style,
  wide: boolean,
): string {
  const words = (name: string) => {
    const column = columns.get(name);
    return column === undefined ? "" : printable(cellWords(column, row[name]));
  };
  const facts = list.facts.flatMap((name) => {
    const column = columns.get(name);
    return column === undefined || isNothing(row[name]) ? [] : [fact(column, row[name])];
  });
  const sentences = list.sentences.flatMap((name) => {
    const cell = row[name];
    if (Array.isArray(cell)) return cell.map((one) => `- ${printable(String(one))}`);
    return isNothing(cell) ? [] : [words(name)];
  });
  const lines = [
    ...headingLines(list, row, words, style),
    ...indented(facts.map(printable).join(" · "), style),
    ...sentences.flatMap((sentence) => indented(sentence, style)),
    ...todoLines(list, row, style, wide),
  ];
  if (list.id !== undefined && !isNothing(row[list.id])) {
    lines.push(`${INDENT}${paint(`id ${words(list.id)}`, "faint", style)}`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** "HIGH  Certificate expired: mx2.example.com, example.com", wrapped below its title. */
function headingLines(
  list: ListDrawing,
  row: Row,
  words: (name: string) => string,
  style: Style,
): string[] {
  const mark = words(list.mark).toUpperCase();
  const about = list.about.filter((name) => !isNothing(row[name])).map(words);
  const title = [words(list.title), about.join(", ")].filter((text) => text !== "").join(": ");
  const width = Math.max(proseWidth(style) - mark.length - INDENT.length, 10);
  const [first = "", ...rest] = wrap(title, width);
  const tone = toneOfWord(row[list.mark]);
  const head = `${paint(mark, tone, style)}${INDENT}${paint(first, "strong", style)}`;
  const margin = " ".repeat(mark.length + INDENT.length);
  return [head, ...rest.map((line) => `${margin}${paint(line, "strong", style)}`)];
}

/** "12 failed sessions", "first day 2026-11-02". */
function fact(column: Column, value: unknown): string {
  const name = column.name.replaceAll("_", " ");
  const words = cellWords(column, value);
  if (column.type !== "count") return `${name} ${words}`;
  return `${words} ${value === 1 && name.endsWith("s") ? name.slice(0, -1) : name}`;
}

function todoLines({ steps }: ListDrawing, row: Row, style: Style, wide: boolean): string[] {
  const cell = steps === undefined ? [] : row[steps];
  if (!Array.isArray(cell) || cell.length === 0) return [];
  const all = cell.map(String);
  const told = wide ? all : firstStep(all);
  const left = stepCount(all) - stepCount(told);
  const more = left === 1 ? "1 more step" : `${left} more steps`;
  return [
    `${INDENT}${wide ? "What to do:" : "What to do first:"}`,
    ...stepLines(told, style, INDENT),
    ...(left > 0 ? [`${INDENT}${paint(`${more}: --wide`, "faint", style)}`] : []),
  ];
}

function indented(text: string, style: Style): string[] {
  if (text === "") return [];
  return wrap(text, proseWidth(style) - INDENT.length).map((line) => `${INDENT}${line}`);
}

/** Whether a cell says nothing, so that it need not be told. */
function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  return Array.isArray(value) && value.length === 0;
}
