// What the pages of records are put together from: names with their values, small tables whose cells are
// shown as in every table, and lines of text from outside.

import type { Column, Row } from "../../../query/panel.ts";
import { showText } from "../../page-format.ts";
import { cellOf, isNumber, labelOf, type Shown } from "../cells.ts";
import { type Html, html } from "../html.ts";
import type { View } from "../view.ts";

/** One name with its value. */
export interface Fact {
  name: string;
  /** Empty text is told as what was not said. */
  value: Shown;
  /** What the name means. */
  about?: string;
}

/** Names with their values. */
export function factList(facts: readonly Fact[]): Html {
  const entries = facts.map(
    ({ name, value, about = "" }) =>
      html`<dt title="${about}">${name}</dt>
        <dd>${value === "" ? html`<span class="none">not said</span>` : value}</dd>`,
  );
  return html`<dl class="facts">${entries}</dl>`;
}

/** The cells of one row as facts, by the names of their columns. */
export function factsOf(
  view: View,
  row: Row,
  columns: readonly Column[],
  names: readonly string[],
): Fact[] {
  return names.flatMap((name) => {
    const column = columns.find((one) => one.name === name);
    if (column === undefined) return [];
    const { description: about } = column;
    return [{ name: labelOf(name), value: cellOf(column, row, view), about }];
  });
}

/** Rows in a table with a column for each name; the first is the head of its row. */
export function rowTable(
  view: View,
  id: string,
  rows: readonly Row[],
  columns: readonly Column[],
  names: readonly string[],
): Html {
  const shown = names.flatMap((name) => columns.filter((column) => column.name === name));
  const head = shown.map(
    (column) => html`<th scope="col" class="${isNumber(column) ? "number" : ""}"
      title="${column.description}">${labelOf(column.name)}</th>`,
  );
  const body = rows.map(
    (row) =>
      html`<tr>${shown.map((column, place) => {
        const cell = cellOf(column, row, view);
        if (place === 0) return html`<th scope="row">${cell}</th>`;
        return html`<td class="${isNumber(column) ? "number" : ""}">${cell}</td>`;
      })}</tr>`,
  );
  return html`<div class="scroll" tabindex="0" role="group" aria-labelledby="${id}-title">
    <table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** Lines of text from outside, one below the other. */
export function textLines(lines: readonly string[], label: string): Html {
  const text = lines.map((line) => showText(line)).join("\n");
  return html`<pre class="raw" tabindex="0" role="group" aria-label="${label}">${text}</pre>`;
}
