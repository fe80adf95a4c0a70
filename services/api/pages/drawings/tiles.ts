// The one row of a panel as tiles: each number with its name, what it is beside the period before, and
// where it leads.

import { labelOf } from "../../../query/labels.ts";
import { type Column, columnsOf, type Panel, type Row } from "../../../query/panel.ts";
import { parametersOf } from "../../../query/parameter-table.ts";
import { daysInWords } from "../../../query/range-words.ts";
import type { PanelMeta } from "../../../query/run.ts";
import { isFilter } from "../asked.ts";
import { exactOf, type Shown, showCell } from "../cells.ts";
import { controlsAt } from "../definition.ts";
import { showCount, showRate } from "../format.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "../html.ts";
import { pageLink } from "../links.ts";
import type { Drawn } from "../section.ts";
import type { View } from "../view.ts";
import { tip } from "./table.ts";

const DAY_MS = 86_400_000;

/** Where more is better; of other numbers that change, less is, or it makes no difference. */
const BETTER: Readonly<Record<string, "more" | "less">> = {
  success_rate: "more",
  failed_sessions: "less",
};

/** Pages that tell more of a number. */
const PAGES: Readonly<Record<string, string>> = {
  reports: "/reports",
  organizations: "/organizations",
  failed_sessions: "/problems",
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
  const soFar = isSoFar(result.meta);
  const tileOf = (column: Column) =>
    tile({ column, row, href: hrefOf(column.name, view, panel), id, soFar });
  return html`<dl class="tiles">${columns.map(tileOf)}</dl>
    ${before === null ? NOTHING : html`<p class="quiet">${against(before, row)}</p>`}`;
}

function against(before: { from: string; to: string }, row: Row): string {
  const days = daysInWords(before);
  return isFirst(row)
    ? `Nothing to compare with: no reports about the days before, ${days}.`
    : `Changes are against the days before, ${days}.`;
}

/** True where reports of the range are still to come, so that what is counted will be more. */
export function isSoFar({ to, complete_through }: Pick<PanelMeta, "to" | "complete_through">) {
  return Date.parse(to) > Date.parse(complete_through) + DAY_MS;
}

/** Nothing is known of the period before: everything would have come from 0. */
function isFirst(row: Row): boolean {
  return row["reports_before"] === 0;
}

interface Tile {
  column: Column;
  row: Row;
  href: string | null;
  id: string;
  soFar: boolean;
}

/** Why a count has no tone. */
const SO_FAR =
  "Reports of the last days are still to come, while the period before is complete: this number will grow.";

function tile({ column, row, href, id, soFar }: Tile): Html {
  const { name, description } = column;
  const value = row[name] ?? null;
  const shown = showCell(column, value);
  const label = labelOf(name);
  const exact = exactOf(column, value);
  const about = exact === null ? description : `${description} Exactly: ${exact}.`;
  const notYet = soFar ? html`so far${tip(`${id}-${name}-so-far`, "so far", SO_FAR)}` : NOTHING;
  return html`<div class="tile"><dt>${label}${tip(`${id}-${name}`, label, about)}</dt>
    <dd>${href === null ? shown : html`<a href="${href}">${shown}</a>`}
    ${changeOf(column, row, notYet)}</dd></div>`;
}

/** Where a number leads; nowhere when that page could not be filtered as the number is. */
function hrefOf(name: string, view: View, panel: Panel): string | null {
  const path = PAGES[name];
  if (path === undefined) return null;
  const takes: readonly string[] = parametersOf(panel);
  const there: readonly string[] = controlsAt(path);
  const lost = Object.keys(view.given).some(
    (one) => isFilter(one) && takes.includes(one) && !there.includes(one),
  );
  if (lost) return null;
  // What the number does not know would be a filter of the list alone.
  const foreign = Object.keys(view.given).filter((one) => isFilter(one) && !takes.includes(one));
  return pageLink(view, path, Object.fromEntries(foreign.map((one) => [one, null])));
}

/**
 * How a number of a row differs from that of the period before; nothing where there is none.
 * @param soFar said of a count of days that are not complete, which is neither better nor worse yet
 */
export function changeOf(
  { name, type }: Pick<Column, "name" | "type">,
  row: Row,
  soFar: Shown = NOTHING,
): MaybeHtml {
  const now = row[name];
  const before = row[`${name}_before`];
  if (now === null || now === undefined || before === null || before === undefined) return NOTHING;
  if (isFirst(row)) return NOTHING;
  const change = Number(now) - Number(before);
  const was = type === "ratio" ? showRate(before) : showCount(before);
  if (change === 0) return html`<small class="change">as before</small>`;
  const open = type === "ratio" ? NOTHING : soFar;
  const tone = open === NOTHING ? toneOf(name, change) : "";
  const sign = change > 0 ? "▲" : "▼";
  return html`<small class="change ${tone}"><span aria-hidden="true">${sign}</span>
    <span class="visually-hidden">${change > 0 ? "up" : "down"} by</span> ${amount(type, change, Number(before))}
    <span class="was">from ${was}</span> ${open}</small>`;
}

function toneOf(name: string, change: number): "better" | "worse" | "" {
  const better = BETTER[name];
  if (better === undefined) return "";
  return change > 0 === (better === "more") ? "better" : "worse";
}

function amount(type: Column["type"], change: number, before: number): string {
  const size = Math.abs(change);
  if (type === "ratio") return `${(size * 100).toFixed(size < 0.0005 ? 3 : 2)} points`;
  // A share of nothing, or of next to nothing, says little.
  if (before < 10) return showCount(size);
  return `${size / before < 10 ? Math.max(Math.round((size / before) * 100), 1) : ">1,000"} %`;
}
