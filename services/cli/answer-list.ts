// An answer as a list: a heading that says what it is and how grave, then what is known of it in sentences,
// and what to do first.

import { ACTORS, type Actor } from "../core/explain/explanation.ts";
import { printable } from "../core/printable.ts";
import { type Column, columnsOf, type ListDrawing, type Panel } from "../query/panel.ts";
import { cellWords, countedWords, tableColumn, toneOfWord } from "./answer-cells.ts";
import { firstStep, stepCount, stepLines } from "./steps.ts";
import { paint, proseWidth, type Style } from "./style.ts";
import { printRecord, type TableColumn } from "./table.ts";
import { wrap, wrapParts } from "./text-width.ts";

type Row = Readonly<Record<string, unknown>>;

const INDENT = "  ";

/**
 * The rows as entries of a list.
 * @param wide all steps instead of the first one, and all columns
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
  const headline = headlineOf(row);
  const facts = list.facts.flatMap((name) => {
    if (headline !== "" && HEADLINE.includes(name)) return [];
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
    ...indented(printable(headline), style),
    ...factLines(facts.map(printable), style),
    ...sentences.flatMap((sentence) => indented(sentence, style)),
    ...todoLines(list, row, style, wide),
    ...(wide ? restLines([...columns.values()], list, row, style) : []),
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

const HEADLINE = ["state", "whose", "actor"];

/** State, whose fault and who acts, as on the page; "" for a row that is about no problem. */
function headlineOf(row: Row): string {
  const [state, whose, actor] = HEADLINE.map((name) => row[name]);
  const who = isActor(actor) ? ACTORS[actor] : actor;
  if (isNothing(state) || isNothing(whose) || isNothing(who)) return "";
  return `${capital(state)}. Whose fault: ${whose}. First to act: ${who}.`;
}

function isActor(word: unknown): word is Actor {
  return typeof word === "string" && Object.hasOwn(ACTORS, word);
}

function capital(word: unknown): string {
  const text = String(word);
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** The columns that have no place of their own in a list. */
function restLines(
  columns: readonly Column[],
  list: ListDrawing,
  row: Row,
  style: Style,
): string[] {
  const { mark, title, about, facts, sentences, steps = "", id = "" } = list;
  const told = new Set([mark, title, ...about, ...facts, ...sentences, steps, id]);
  const rest = columns.filter(({ name }) => !told.has(name) && row[name] !== undefined);
  if (rest.length === 0) return [];
  const width = Math.max(style.width - INDENT.length, 1);
  const record = printRecord(rest.map(restColumn), row, { ...style, width });
  return record
    .trimEnd()
    .split("\n")
    .map((line) => `${INDENT}${line}`);
}

/** Sentences stand one below the other. */
function restColumn(column: Column): TableColumn {
  if (column.type !== "texts") return tableColumn(column);
  const show = (cell: unknown) => (Array.isArray(cell) ? cell.join("\n") : "") || "–";
  return { ...tableColumn(column), lines: true, show };
}

/** "12 failed sessions", "first day 2026-11-02". */
function fact(column: Column, value: unknown): string {
  const name = column.name.replaceAll("_", " ");
  const words = cellWords(column, value);
  return column.type === "count" ? countedWords(column, value) : `${name} ${words}`;
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

function factLines(facts: readonly string[], style: Style): string[] {
  if (facts.length === 0) return [];
  const lines = wrapParts(facts, " · ", proseWidth(style) - INDENT.length);
  return lines.map((line) => `${INDENT}${line}`);
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
