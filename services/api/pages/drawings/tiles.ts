// The one row of a panel as tiles: each number with its name, what it is beside the period before, and
// where it leads.

import { type Column, columnsOf, type Row } from "../../../query/panel.ts";
import { showCount, showRate } from "../../page-format.ts";
import { labelOf, showCell } from "../cells.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "../html.ts";
import { pageLink } from "../links.ts";
import type { Drawn } from "../section.ts";
import type { View } from "../view.ts";
import { tip } from "./table.ts";

/** Where more is better; of other numbers that change, less is, or it makes no difference. */
const BETTER: Readonly<Record<string, "more" | "less">> = {
  success_rate: "more",
  protected_rate: "more",
  failed_sessions: "less",
  conflicts: "less",
};

/** Pages that tell more of a number. */
const PAGES: Readonly<Record<string, string>> = {
  reports: "/reports",
  organizations: "/organizations",
  failed_sessions: "/problems",
  quarantined: "/quarantine",
};

/** Draws the first row, a tile for each of the columns. */
export function tiles({ view, panel, section, result, id }: Drawn): Html {
  const row = result.rows[0] ?? {};
  const all = columnsOf(panel);
  const names = section.columns;
  const columns = names
    ? names.flatMap((name) => all.filter((column) => column.name === name))
    : all.filter(({ name, rank }) => rank !== "more" && !name.endsWith("_before"));
  const { before } = result.meta;
  return html`<dl class="tiles">${columns.map((column) => tile(column, row, view, id))}</dl>
    ${before === null ? NOTHING : html`<p class="quiet">${against(before, row)}</p>`}`;
}

function against({ from, to }: { from: string; to: string }, row: Row): string {
  return isFirst(row)
    ? `No comparison: there is no report about the days before, ${from} until ${to}.`
    : `Changes are against ${from} until ${to}.`;
}

/** Nothing is known of the period before: everything would have come from 0. */
function isFirst(row: Row): boolean {
  return row["reports_before"] === 0;
}

function tile(column: Column, row: Row, view: View, id: string): Html {
  const { name, description } = column;
  const value = row[name] ?? null;
  const path = PAGES[name];
  const shown = showCell(column, value);
  const label = labelOf(name);
  return html`<div class="tile"><dt>${label}${tip(`${id}-${name}`, label, description)}</dt>
    <dd>${path === undefined ? shown : html`<a href="${pageLink(view, path, filters(view))}">${shown}</a>`}
    ${changeOf(column, row)}</dd></div>`;
}

/** Filters that most pages have. */
function filters({ given }: View): Record<string, string | null> {
  return { domain: given["domain"]?.[0] ?? null };
}

/** How a number of a row differs from that of the period before; nothing where there is none. */
export function changeOf({ name, type }: Pick<Column, "name" | "type">, row: Row): MaybeHtml {
  const now = row[name];
  const before = row[`${name}_before`];
  if (now === null || now === undefined || before === null || before === undefined) return NOTHING;
  if (isFirst(row)) return NOTHING;
  const change = Number(now) - Number(before);
  const was = type === "ratio" ? showRate(before) : showCount(before);
  if (change === 0) return html`<small class="change">as before</small>`;
  const better = BETTER[name] === undefined ? "" : change > 0 === (BETTER[name] === "more");
  const tone = better === "" ? "" : better ? "better" : "worse";
  const sign = change > 0 ? "▲" : "▼";
  return html`<small class="change ${tone}"><span aria-hidden="true">${sign}</span>
    <span class="visually-hidden">${change > 0 ? "up" : "down"} by</span> ${amount(type, change, Number(before))}
    <span class="was">from ${was}</span></small>`;
}

function amount(type: Column["type"], change: number, before: number): string {
  const size = Math.abs(change);
  if (type === "ratio") return `${(size * 100).toFixed(size < 0.0005 ? 3 : 2)} points`;
  // A share of nothing, or of next to nothing, says little.
  if (before < 10) return showCount(size);
  return `${size / before < 10 ? Math.max(Math.round((size / before) * 100), 1) : ">1,000"} %`;
}
