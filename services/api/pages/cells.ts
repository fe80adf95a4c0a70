// How a cell is shown: one function per column type, and marks for the words that say how grave or how far
// something is. Text from outside goes through showText.

import { ACTORS } from "../../core/explain/explanation.ts";
import { labelOf } from "../../query/labels.ts";
import type { Cell, Column, ColumnType, Row } from "../../query/panel.ts";
import { trustInWords } from "../../query/trust-words.ts";
import { showCount, showRate, showText } from "./format.ts";
import { type Html, html } from "./html.ts";
import { linkOf, linkOfValue } from "./links.ts";
import { unverified } from "./trust-card.ts";
import type { View } from "./view.ts";

/** A piece of a page, or text that a template escapes. */
export type Shown = Html | string;

/** What a mark means: its colour in the style sheet, beside its word and sign. */
export type Tone = "ok" | "failed" | "notice" | "quiet" | "critical" | "high" | "medium" | "low";

const MARKS: Readonly<Record<string, Readonly<Record<string, readonly [Tone, string]>>>> = {
  severity: {
    critical: ["critical", "◆"],
    high: ["high", "▲"],
    medium: ["medium", "■"],
    low: ["low", "●"],
  },
  state: {
    new: ["failed", "✦"],
    returned: ["failed", "↻"],
    ongoing: ["failed", "→"],
    quiet: ["quiet", "…"],
    resolved: ["ok", "✓"],
    withholding: ["failed", "◆"],
    "fix-first": ["failed", "▲"],
    "enforce-now": ["ok", "↑"],
    wait: ["notice", "…"],
    "cannot-tell": ["quiet", "?"],
    enforcing: ["ok", "✓"],
  },
  status: {
    stored: ["ok", "✓"],
    conflict: ["notice", "≠"],
    duplicate: ["quiet", "="],
    reporting: ["ok", "✓"],
    quiet: ["notice", "…"],
    silent: ["failed", "!"],
    current: ["ok", "✓"],
    newer: ["notice", "↑"],
    unconfirmed: ["quiet", "?"],
    older: ["quiet", "↓"],
    "no-text": ["quiet", "?"],
  },
  outcome: {
    stored: ["ok", "✓"],
    duplicate: ["quiet", "="],
    conflict: ["notice", "≠"],
    quarantined: ["notice", "▲"],
    refused: ["failed", "✕"],
  },
};

/** What is told of a cell without text, where a reader would ask. */
const UNSAID: Readonly<Record<string, string>> = {
  mx: "not said",
  organization: "not named",
  domain: "not named",
  result_type: "no detail given",
};

/** "fix-first" as "Fix first". */
export function wordOf(text: string): string {
  return labelOf(text.replaceAll("-", "_"));
}

/** True for columns whose cells stand at the right. */
export function isNumber({ type }: Pick<Column, "type">): boolean {
  return type === "count" || type === "ratio";
}

/** A cell with its link. @param show how the value itself is shown */
export function cellOf(column: Column, row: Row, view: View, show = showCell): Shown {
  const value = row[column.name] ?? null;
  if (Array.isArray(value)) return textsOf(column.name, value, row, view);
  const shown = show(column, value);
  const href = linkOf(column.name, row, view);
  const linked = href === null ? shown : html`<a href="${href}">${shown}</a>`;
  if (column.name !== "organization") return linked;
  const doubt = unverified(row);
  return doubt === "" ? linked : html`${linked} ${doubt}`;
}

/** Ids are as long as hashes are; so many characters tell them apart in a table, and lead to the whole. */
const ID_CHARACTERS: Readonly<Record<string, number>> = { id: 8, example_report: 8, receipt: 14 };

/** A cell as a table with many rows has it: of an id the beginning. */
export function shortCell(column: Pick<Column, "name" | "type" | "unit">, cell: Cell): Shown {
  const { name } = column;
  const length = Object.hasOwn(ID_CHARACTERS, name) ? (ID_CHARACTERS[name] ?? 0) : 0;
  if (length === 0 || typeof cell !== "string" || cell.length <= length)
    return showCell(column, cell);
  return html`<code class="id" title="${showText(cell)}">${showText(cell.slice(0, length))}</code>`;
}

/** A cell by itself. */
export function showCell(column: Pick<Column, "name" | "type" | "unit">, cell: Cell): Shown {
  if (cell === null) return html`<span class="none">–</span>`;
  if (cell === "") return html`<span class="none">${UNSAID[column.name] ?? "–"}</span>`;
  const mark = markOf(column.name, cell);
  return mark ?? SHOW[column.type](cell, column);
}

const SHOW: Record<ColumnType, (cell: Cell, column: Pick<Column, "name" | "unit">) => Shown> = {
  text: (cell, { name }) => textOf(name, cell),
  count: (cell, { unit }) =>
    unit === "bytes" ? bytes(cell) : unit === "milliseconds" ? duration(cell) : showCount(cell),
  ratio: (cell) => html`<span title="${exactRate(cell)}">${showRate(cell)}</span>`,
  date: (cell) => html`<time datetime="${String(cell)}">${String(cell)}</time>`,
  time: (cell) => timeOf(cell, "seconds"),
  flag: (cell) => (cell === true ? "yes" : "no"),
  texts: (cell) => showText(cell),
};

/** Codes that have words are told by them. */
function textOf(name: string, cell: Cell): Shown {
  const actors: Readonly<Record<string, string>> = ACTORS;
  if (name === "trust") return trustInWords(cell).title || showText(cell);
  const text = showText(cell);
  if (name === "actor" && Object.hasOwn(actors, text)) return actors[text] ?? text;
  return HOST.test(text) ? breakable(text) : text;
}

const HOST = /^[\w-]+(\.[\w-]+)+$/;

/** A name of a host, which a line may end in after a dot rather than within a word. */
function breakable(host: string): Html {
  const [first, ...rest] = host.split(".");
  return html`${first}${rest.map((label) => html`.<wbr>${label}`)}`;
}

/**
 * An instant as UTC text; with script the user's own zone stands beside it.
 * @param unit seconds where rows stand in the order of them
 */
export function timeOf(cell: Cell, unit: "minutes" | "seconds" = "minutes"): Shown {
  if (typeof cell !== "string") return html`<span class="none">–</span>`;
  const characters = unit === "seconds" ? 19 : 16;
  const words = `${cell.slice(0, characters).replace("T", " ")} UTC`;
  return html`<time datetime="${cell}" title="${cell}">${words}</time>`;
}

/** A word that says how grave, how far or how well, with a sign and a colour; null for any other. */
export function markOf(column: string, cell: Cell): Html | null {
  const marks = Object.hasOwn(MARKS, column) ? MARKS[column] : undefined;
  const known = typeof cell === "string" && marks && Object.hasOwn(marks, cell);
  const mark = known ? marks[cell] : undefined;
  return mark === undefined ? null : toneMark(mark[0], mark[1], wordOf(String(cell)));
}

/** A mark of any words. */
export function toneMark(tone: Tone, sign: string, words: string): Html {
  return html`<span class="mark ${tone}"><span class="sign" aria-hidden="true">${sign}</span>
    ${words}</span>`;
}

/** Texts of a cell that are shown at once; the others are counted, and open. */
const TEXTS_SHOWN = 3;

function textsOf(name: string, texts: readonly string[], row: Row, view: View): Shown {
  if (texts.length === 0) return html`<span class="none">–</span>`;
  const shown = (some: readonly string[]) =>
    some.map((text, i) => {
      const href = linkOfValue(name, text, row, view);
      const words = name.endsWith("trust_levels") ? trustInWords(text).title : showText(text);
      return html`${i > 0 ? ", " : ""}${href === null ? words : html`<a href="${href}">${words}</a>`}`;
    });
  const [first, others] = [texts.slice(0, TEXTS_SHOWN), texts.slice(TEXTS_SHOWN)];
  return others.length === 0
    ? html`${shown(first)}`
    : html`${shown(first)}
      <details><summary>and ${others.length} more</summary>${shown(others)}</details>`;
}

/** What a rounded number is exactly; null for what is exact as it is shown. */
export function exactOf({ type, unit }: Pick<Column, "type" | "unit">, cell: Cell): string | null {
  if (cell === null) return null;
  if (type === "ratio") return exactRate(cell);
  if (unit === "bytes") return `${showCount(cell)} bytes`;
  return unit === "milliseconds" ? `${showCount(cell)} ms` : null;
}

function exactRate(cell: Cell): string {
  return `${Number((Number(cell) * 100).toFixed(4))} %`;
}

/** A size to one decimal, exact on hover. */
function bytes(cell: Cell): Shown {
  const size = Number(cell);
  const exact = `${showCount(cell)} bytes`;
  if (size < 1000) return exact;
  const power = Math.min(Math.floor(Math.log10(size) / 3), 4);
  const words = `${(size / 1000 ** power).toFixed(1)} ${["", "kB", "MB", "GB", "TB"][power]}`;
  return html`<span title="${exact}">${words}</span>`;
}

const LENGTHS = [
  [86_400_000, "days"],
  [3_600_000, "hours"],
  [60_000, "minutes"],
  [1_000, "seconds"],
] as const;

/** A length of time to one decimal of the largest unit that fits, exact on hover. */
function duration(cell: Cell): Shown {
  const exact = `${showCount(cell)} ms`;
  const [length, name] = LENGTHS.find(([length]) => Number(cell) >= length) ?? [];
  if (length === undefined) return exact;
  return html`<span title="${exact}">${(Number(cell) / length).toFixed(1)} ${name}</span>`;
}
