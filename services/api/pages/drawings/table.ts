// A panel as a table: heads that sort and tell what a column is, cells that lead on, and the way to the
// rows that follow. The same table is drawn for parts with columns of their own.

import { labelOf } from "../../../query/labels.ts";
import { type Column, columnsOf, type Row } from "../../../query/panel.ts";
import type { PanelMeta } from "../../../query/run.ts";
import { sortableColumns } from "../../../query/sort.ts";
import { cellOf, isNumber, type Shown, shortCell, showCell } from "../cells.ts";
import { showCount } from "../format.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "../html.ts";
import type { Drawn } from "../section.ts";
import type { View } from "../view.ts";

/** A column as it is drawn. */
export interface DrawnColumn {
  name: string;
  label: string;
  description: string;
  number: boolean;
  /** Whether the rows can be sorted by it; the first click on a number gives the largest. */
  sortable: boolean;
  cell(row: Row): Shown;
  /** Under the rows: of all of them, not only those shown. */
  total?: Shown;
}

export interface TableOf {
  view: View;
  /** Name of the section, for the parameters `sort.<id>` and `cursor.<id>`. */
  id: string;
  columns: readonly DrawnColumn[];
  rows: readonly Row[];
  /** Of rows that go on, how they are sorted and what follows; a table that is all there is has none. */
  meta?: Pick<PanelMeta, "sort" | "next_cursor">;
}

/** From so many rows on all columns are as wide as the style sheet says, so that no row measures them. */
const LONG_ROWS = 200;
/** Rows of a long table that the browser lays out together, when they come near to what is seen. */
const GROUP_ROWS = 50;

/** Draws the rows, a column each. */
export function table({ view, panel, section, result, id }: Drawn): Html {
  const names = section.columns;
  const all = columnsOf(panel);
  // A trend that is not split has one series, which is all of it; what is not compared has nothing before.
  const isWhole = result.meta.by === "total";
  const says = (name: string) =>
    !(name === "series" && isWhole) &&
    !(name.endsWith("_before") && result.meta.compare === "none");
  const columns = names
    ? names.flatMap((name) => all.filter((column) => column.name === name))
    : all.filter(({ name, rank }) => rank !== "more" && says(name));
  const sortable = new Set(sortableColumns(panel).map(({ name }) => name));
  const { totals } = result.meta;
  const drawn = columns.map((column) => ({
    ...drawnColumn(column, view),
    sortable: sortable.has(column.name) && panel.parameters.includes("limit"),
    ...(column.name in totals && { total: showCell(column, totals[column.name] ?? null) }),
  }));
  return tableOf({ view, id, columns: drawn, rows: result.rows, meta: result.meta });
}

/** A column of a panel as it is drawn anywhere. */
export function drawnColumn(column: Column, view: View): DrawnColumn {
  const { name, description } = column;
  const cell = (row: Row) => cellOf(column, row, view, shortCell);
  return {
    name,
    // Lengths of time are told in words.
    label: labelOf(name).replace(/ \(ms\)$/, ""),
    description,
    number: isNumber(column),
    sortable: false,
    cell,
  };
}

/** The table with the way to the rows that follow. */
export function tableOf(given: TableOf): Html {
  const { view, id, columns, rows, meta } = given;
  const long = rows.length >= LONG_ROWS ? " long" : "";
  const lines = rows.map(
    (row) => html`<tr>${columns.map((column, i) => draw(column, row, i))}</tr>`,
  );
  return html`<div class="scroll${long}" tabindex="0" role="group" aria-labelledby="${id}-title">
<table><thead><tr>${columns.map((column) => head(given, column))}</tr></thead>
${groupsOf(lines, long ? GROUP_ROWS : lines.length)}${totalsOf(columns)}</table></div>${meta === undefined ? NOTHING : pages(view, id, { rows, meta })}`;
}

function groupsOf(lines: readonly Html[], size: number): Html[] {
  const groups = Math.ceil(lines.length / size) || 1;
  return Array.from(
    { length: groups },
    (_, i) => html`<tbody>${lines.slice(i * size, (i + 1) * size)}</tbody>`,
  );
}

function draw({ number, cell }: DrawnColumn, row: Row, place: number): Html {
  const shown = cell(row);
  if (place === 0) return html`<th scope="row">${shown}</th>`;
  return number ? html`<td class="number">${shown}</td>` : html`<td>${shown}</td>`;
}

/**
 * The name of a column, which sorts by it, and what it means: on a button, for keys and fingers too. Cells
 * are announced with the name alone.
 */
function head({ view, id, meta }: TableOf, column: DrawnColumn): Html {
  const { name, label, description, number, sortable } = column;
  const first = meta?.sort.split(",")[0] ?? "";
  const named = `head-${id}-${name}`;
  const turned = first === `-${name}` ? "descending" : first === name ? "ascending" : null;
  const next = turned === null ? number : turned === "ascending";
  const sort = `${next ? "-" : ""}${name}`;
  const href = view.address({ [`sort.${id}`]: sort, [`cursor.${id}`]: null });
  const sign = turned === null ? "" : turned === "ascending" ? "▲" : "▼";
  const words = sortable
    ? html`<a href="${href}#${id}" class="sort" id="${named}">${label}<span class="sign" aria-hidden="true">${sign}</span></a>`
    : html`<span id="${named}">${label}</span>`;
  const sorted = turned && sortable ? html` aria-sort="${turned}"` : NOTHING;
  return html`<th scope="col" aria-labelledby="${named}"${sorted}${number ? html` class="number"` : NOTHING}><span class="head">${words}${tip(`${id}-${name}`, label, description)}</span></th>`;
}

/** A button that opens a sentence beside it, without script. */
export function tip(id: string, label: string, description: string): Html {
  return html`<button type="button" class="tip" popovertarget="tip-${id}" aria-label="What is “${label}”?">?</button><span popover class="tip-text" id="tip-${id}">${description}</span>`;
}

function totalsOf(columns: readonly DrawnColumn[]): MaybeHtml {
  if (columns.every(({ total }) => total === undefined)) return NOTHING;
  const cells = columns.map(({ total, number }, i) => {
    if (i === 0) return html`<th scope="row">In all</th>`;
    return html`<td${number ? html` class="number"` : NOTHING}>${total ?? ""}</td>`;
  });
  return html`<tfoot><tr>${cells}</tr></tfoot>`;
}

/** How many rows these are, and the way on and back to the first. */
export function pages(
  view: View,
  id: string,
  { rows, meta }: { rows: readonly Row[]; meta: Pick<PanelMeta, "next_cursor"> },
): Html {
  const [cursor, sort] = [`cursor.${id}`, `sort.${id}`];
  const [later, sorted] = [cursor, sort].map((name) => view.url.searchParams.has(name));
  const next = meta.next_cursor;
  const link = (words: string, change: Record<string, string | null>, rel: MaybeHtml = NOTHING) =>
    html` <a href="${view.address(change)}#${id}"${rel}>${words}</a>`;
  const place =
    next !== null && !later ? ", more follow" : next === null && later ? ", the last" : "";
  return html`<p class="pages">${showCount(rows.length)} ${rows.length === 1 ? "row" : "rows"}${place}.
    ${later ? link("First rows", { [cursor]: null }) : NOTHING}
    ${next === null ? NOTHING : link("Next rows", { [cursor]: next }, html` rel="next"`)}
    ${sorted ? link("Usual order", { [sort]: null, [cursor]: null }) : NOTHING}</p>`;
}
