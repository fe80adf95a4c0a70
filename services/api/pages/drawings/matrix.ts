// A panel that crosses two names as a heat map: a table whose fields are the darker the more there is in
// them. It has the numbers, needs no script, and is read as the table that it is.

import { heatStep, showName } from "../../../charts/count.ts";
import { labelOf } from "../../../query/labels.ts";
import { type Column, columnsOf, type Row } from "../../../query/panel.ts";
import { panelAddress } from "../card.ts";
import type { Shown } from "../cells.ts";
import { showCount } from "../format.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "../html.ts";
import { linkOf } from "../links.ts";
import type { Drawn } from "../section.ts";
import type { View } from "../view.ts";
import { table } from "./table.ts";

/** Of more names the worst are shown: more fields than these nobody reads. The page of the panel has all. */
const COLUMNS_MAX = 24;
const ROWS_MAX = 50;

interface Side {
  column: Column;
  /** A row of the panel for each name, to be linked by, the worst first. */
  names: ReadonlyMap<string, Row>;
  /** The column with what a name has in all. */
  total: string;
}

function sideOf(rows: readonly Row[], column: Column, total: string): Side {
  const worst = rows.toSorted((a, b) => Number(b[total] ?? 0) - Number(a[total] ?? 0));
  // The first of several with one name stays where it is in a map.
  return { column, names: new Map(worst.map((row) => [String(row[column.name]), row])), total };
}

/** Draws the rows; a panel that does not cross two names is a table. */
export function matrix(drawn: Drawn): Html {
  const { panel, result, id, view, asked } = drawn;
  const [down, across] = columnsOf(panel);
  if (panel.drawing !== "matrix" || !down || !across) return table(drawn);
  const { rows } = result;
  const [left, top] = [
    sideOf(rows, down, "row_failed_sessions"),
    sideOf(rows, across, "column_failed_sessions"),
  ];
  const shown = [...top.names].slice(0, COLUMNS_MAX);
  const fields = new Map(rows.map((row) => [keyOf(row, left, top), row]));
  const highest = Math.max(...rows.map((row) => Number(row["failed_sessions"] ?? 0)));
  const heads = shown.map(
    ([, row]) => html`<th scope="col" class="number">${nameOf(across, row, view)}</th>`,
  );
  const lines = [...left.names].slice(0, ROWS_MAX).map(([name, row]) => {
    const cells = shown.map(([other]) => {
      const field = fields.get(JSON.stringify([name, other]));
      return fieldOf(field, highest);
    });
    return html`<tr><th scope="row">${nameOf(down, row, view)}</th>${cells}
      <td class="number">${showCount(row[left.total])}</td></tr>`;
  });
  const sums = shown.map(([, row]) => html`<td class="number">${showCount(row[top.total])}</td>`);
  return html`<div class="scroll" tabindex="0" role="group" aria-labelledby="${id}-title">
    <table class="heat"><thead><tr><th scope="col">${labelOf(down.name)}</th>${heads}
    <th scope="col" class="number">In all</th></tr></thead><tbody>${lines}</tbody>
    <tfoot><tr><th scope="row">In all</th>${sums}<td></td></tr></tfoot></table></div>
    ${partial(
      { rows: left.names.size, columns: top.names.size, more: result.meta.next_cursor !== null },
      panelAddress(view, panel, asked),
    )}`;
}

function keyOf(row: Row, { column: down }: Side, { column: across }: Side): string {
  return JSON.stringify([String(row[down.name]), String(row[across.name])]);
}

function nameOf(column: Column, row: Row, view: View): Shown {
  const href = linkOf(column.name, row, view);
  const name = showName(row[column.name]);
  return href === null ? name : html`<a href="${href}">${name}</a>`;
}

function fieldOf(row: Row | undefined, highest: number): Html {
  if (row === undefined) return html`<td class="number none">–</td>`;
  const count = row["failed_sessions"];
  const step = heatStep(typeof count === "string" ? count : Number(count ?? 0), highest);
  return html`<td class="number heat-${step}">${showCount(count)}</td>`;
}

interface Sizes {
  rows: number;
  columns: number;
  /** True where the answer ended before the rows did. */
  more: boolean;
}

/** Says what is not shown, and where it is. */
function partial({ rows, columns, more }: Sizes, href: string): MaybeHtml {
  const of = (all: number, max: number, what: string) =>
    all > max ? [`${max} of ${showCount(all)}${more ? " or more" : ""} ${what}`] : [];
  const cut = [...of(rows, ROWS_MAX, "rows"), ...of(columns, COLUMNS_MAX, "columns")];
  if (cut.length === 0 && !more) return NOTHING;
  const words = cut.length > 0 ? `The worst are shown: ${cut.join(" and ")}.` : "More rows follow.";
  return html`<p class="partial">${words} <a href="${href}">All rows</a></p>`;
}
