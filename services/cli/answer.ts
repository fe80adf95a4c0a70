// The answer of a panel for a reader: what was asked and how fresh it is, then the rows in the drawing that
// suits the panel, then totals and how to go on.

import { printable } from "../core/printable.ts";
import type { Panel } from "../query/panel.ts";
import { readInstant } from "../query/range.ts";
import {
  type Answer,
  type AnswerMeta,
  countedWords,
  type Shown,
  shownColumns,
} from "./answer-cells.ts";
import { printList } from "./answer-list.ts";
import { printAnswerTable, printMatrix, printTiles } from "./answer-table.ts";
import { isTimeline, printTimeline } from "./answer-timeline.ts";
import { paint, proseWidth, type Style, signs } from "./style.ts";
import { wrap, wrapParts } from "./text-width.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Prints an answer. @param wide all columns, and all steps of a list */
export function printAnswer(panel: Panel, answer: Answer, style: Style, wide: boolean): string {
  const head = headLines(panel, answer.meta, style);
  if (answer.data.length === 0) return signs(`${head}\n${nothing(answer.meta, style)}`, style);
  const shown = shownColumns(panel, answer, wide);
  const body = bodyOf(panel, shown, answer, style, wide);
  const foot = footLines(panel, answer.meta, body.left, style);
  return signs(`${head}\n${body.text}${foot === "" ? "" : `\n${foot}`}`, style);
}

/** The rows as the panel is best drawn, and how many columns that leaves out. */
function bodyOf(
  panel: Panel,
  { columns, more }: Shown,
  answer: Answer,
  style: Style,
  wide: boolean,
): { text: string; left: number } {
  const { meta, data } = answer;
  const asked = (meta.fields?.length ?? 0) > 0;
  if (panel.drawing === "list" && panel.list !== undefined && !asked) {
    return { text: printList(panel, panel.list, data, style, wide), left: 0 };
  }
  if (panel.drawing === "tiles") return { text: printTiles(columns, answer, style), left: more };
  if (panel.drawing === "matrix" && !wide) {
    const matrix = printMatrix(panel, answer, style);
    if (matrix !== null) return { text: matrix, left: 0 };
  }
  if (isTimeline(panel, meta) && !wide) {
    return { text: printTimeline(panel, answer, style), left: 0 };
  }
  const { text, left } = printAnswerTable(panel, columns, answer, style, wide || asked);
  return { text, left: left + more };
}

function headLines(panel: Panel, meta: AnswerMeta, style: Style): string {
  const asked = [rangeWords(meta), ...filterWords(meta)].filter((text) => text !== "").join(", ");
  const lines = [
    paint(panel.title, "strong", style),
    ...prose(asked, style),
    ...prose(freshWords(meta), style).map((line) => paint(line, "faint", style)),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function rangeWords({ from, to, timezone, step, by }: AnswerMeta): string {
  const zone = timezone && timezone !== "UTC" ? ` (days of ${timezone})` : "";
  const range = from === undefined ? "" : `from ${from} to before ${to}${zone}`;
  const split = by && by !== "total" ? `split by ${by.replaceAll("_", " ")}` : "";
  return [range, step ? `by ${step}` : "", split].filter((text) => text !== "").join(", ");
}

function filterWords({ filters = {}, compare }: AnswerMeta): string[] {
  const words = Object.entries(filters).map(
    ([name, values]) => `${name.replaceAll("_", " ")} ${[values].flat().join(" or ")}`,
  );
  return compare === "previous" ? [...words, "compared with the period before"] : words;
}

/** "newest report came 3 h ago, about 2026-11-21; complete through 2026-11-20" */
function freshWords(meta: AnswerMeta): string {
  const { newest_report_at: at, newest_report_day: day, complete_through: complete } = meta;
  if (!at) return "";
  const age = ageWords(at, meta.generated_at);
  const through = complete ? `; complete through ${complete}` : "";
  return `newest report came ${age}, about ${day ?? "an unknown day"}${through}`;
}

function ageWords(at: string, now: string | undefined): string {
  const ageMs = Date.parse(now ?? "") - Date.parse(at);
  if (Number.isNaN(ageMs)) return `at ${at}`;
  if (ageMs < MINUTE_MS) return "just now";
  if (ageMs < HOUR_MS) return `${Math.floor(ageMs / MINUTE_MS)} min ago`;
  if (ageMs < 2 * DAY_MS) return `${Math.floor(ageMs / HOUR_MS)} h ago`;
  return `${Math.floor(ageMs / DAY_MS)} days ago`;
}

/** What an empty answer means, and a way on. */
function nothing(meta: AnswerMeta, style: Style): string {
  const lines = ["Nothing was found.", ...wayOn(meta)].flatMap((text) => prose(text, style));
  return lines.map((line) => `${line}\n`).join("");
}

function wayOn(meta: AnswerMeta): string[] {
  const { newest_report_day: day, from, filters = {} } = meta;
  if (day === null) {
    return [
      "No report has come yet. Senders report once a day, so the first ones come within two days after " +
        "the TLSRPT record is in DNS; sealwatch import takes files.",
    ];
  }
  const ways: string[] = [];
  const fromMs = readInstant((from ?? "").slice(0, 10));
  const dayMs = readInstant(day ?? "");
  if (fromMs !== null && dayMs !== null && dayMs < fromMs) {
    ways.push(`The newest report is about ${day}: --from ${day} has it.`);
  } else ways.push("--last 365d looks further back.");
  const names = Object.keys(filters).map((name) => `--${name.replaceAll("_", "-")}`);
  if (names.length > 0) ways.push(`Without ${names.join(" and ")} more is asked for.`);
  return ways;
}

/** @param left columns that are not shown */
function footLines(panel: Panel, meta: AnswerMeta, left: number, style: Style): string {
  const { totals = {}, next_cursor: cursor } = meta;
  const sums = (panel.totals?.columns ?? [])
    .filter(({ name }) => totals[name] !== undefined && totals[name] !== null)
    .map((column) => countedWords(column, totals[column.name]));
  const lines: string[] = [];
  if (sums.length > 0) {
    const parts = sums.map((sum, at) => printable(at === 0 ? `in all: ${sum}` : sum));
    lines.push(...wrapParts(parts, ", ", proseWidth(style)));
  }
  if (left > 0) {
    const more = left === 1 ? "1 more column" : `${left} more columns`;
    lines.push(paint(`${more}: --wide`, "faint", style));
  }
  // Not wrapped: it is to be copied.
  if (cursor) lines.push(`more rows: the same with --cursor ${printable(cursor)}`);
  return lines.map((line) => `${line}\n`).join("");
}

function prose(text: string, style: Style): string[] {
  return text === "" ? [] : wrap(printable(text), proseWidth(style));
}
