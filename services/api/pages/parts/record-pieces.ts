// What the pages of records are put together from: names with their values, small tables whose cells are
// shown as in every table, and lines of text from outside.

import { labelOf } from "../../../query/labels.ts";
import type { Column, Row } from "../../../query/panel.ts";
import { cellOf, type Shown } from "../cells.ts";
import { drawnColumn, type TableOf, tableOf, tip } from "../drawings/table.ts";
import { showText } from "../format.ts";
import { type Html, html, NOTHING } from "../html.ts";
import type { View } from "../view.ts";

/** One name with its value. */
export interface Fact {
  name: string;
  /** Empty text is told as what was not said. */
  value: Shown;
  /** What the name means. */
  about?: string;
}

/** Names with their values. @param id begins the ids of what the names mean */
export function factList(id: string, facts: readonly Fact[]): Html {
  const entries = facts.map(
    ({ name, value, about = "" }, place) =>
      html`<dt>${name}${about === "" ? NOTHING : tip(`${id}-fact-${place}`, name, about)}</dt>
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
  { view, id, rows, meta }: Omit<TableOf, "columns">,
  columns: readonly Column[],
  names: readonly string[],
): Html {
  const shown = names.flatMap((name) => columns.filter((column) => column.name === name));
  const drawn = shown.map((column) => drawnColumn(column, view));
  return tableOf({ view, id, columns: drawn, rows, ...(meta && { meta }) });
}

/** Lines of text from outside, one below the other. */
export function textLines(lines: readonly string[], label: string): Html {
  const text = lines.map((line) => showText(line)).join("\n");
  return html`<pre class="raw" tabindex="0" role="group" aria-label="${label}">${text}</pre>`;
}
