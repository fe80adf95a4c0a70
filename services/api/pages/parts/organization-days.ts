// Who reports on which days: a strip of days for each organization, with its state in words, so that gaps and
// who fell silent are seen at once.

import { lastCompleteDayMs } from "../../../core/complete-day.ts";
import type { Row } from "../../../query/panel.ts";
import { organizations } from "../../../query/panels/organizations.ts";
import { trend } from "../../../query/panels/trend.ts";
import { dayAfter, floorDay, printDay } from "../../../query/range.ts";
import { gapsInWords } from "../../../query/reporting-words.ts";
import { actionsOf, cardOf, emptyOf } from "../card.ts";
import { toneMark } from "../cells.ts";
import { showCount, showPlural, showText } from "../format.ts";
import { type Html, html, type MaybeHtml } from "../html.ts";
import { linkOf } from "../links.ts";
import type { View } from "../view.ts";
import { statusMark } from "./organization-status.ts";

const SHOWN = 15;
/** A strip of more days has cells too small to be seen. */
const DAYS_MAX = 92;
/** All days of all that are shown. */
const ROWS = String(SHOWN * DAYS_MAX);

type DayKind = "on" | "off" | "due";

/** The organizations with most sessions, a strip each. */
export async function organizationDays(view: View): Promise<MaybeHtml> {
  const { rows, meta } = await view.run(organizations, { limit: [String(SHOWN)] });
  const title = "Days reported on";
  const about =
    "A square for each day, newest at the right: filled where a report told of the day, empty where none did, " +
    "dotted where it may still come. An organization reports only about days on which it sent mail.";
  const actions = actionsOf({ view, panel: organizations, asked: {}, title });
  const days = daysOf(view);
  if (rows.length === 0) {
    return cardOf({ id: "days", title, about, actions, body: emptyOf(view, meta) });
  }
  const told = await toldDays(view, rows, days);
  const entries = rows.map((row) => oneStrip(view, row, days, told));
  const more =
    meta.next_cursor === null
      ? ""
      : html`<p class="quiet">The ${showCount(SHOWN)} with most sessions. The table has all.</p>`;
  const body = html`<p class="quiet">${days.at(0) ?? ""} to ${days.at(-1) ?? ""}.</p><ul class="strips">${entries}</ul>${more}`;
  return cardOf({ id: "days", title, about, actions, body });
}

/** The last days of the range up to now, as the reports have them. */
function daysOf({ parameters, nowMs }: View): string[] {
  const { fromMs, toMs } = parameters.range;
  const lastMs = floorDay(Math.min(toMs, nowMs) - 1);
  const firstMs = Math.max(floorDay(fromMs), dayAfter(lastMs, 1 - DAYS_MAX));
  const days: string[] = [];
  for (let ms = firstMs; ms <= lastMs; ms = dayAfter(ms, 1)) days.push(printDay(ms));
  return days;
}

/** Days that each of them told of, by its name in small letters. */
async function toldDays(
  view: View,
  rows: readonly Row[],
  days: readonly string[],
): Promise<Map<string, Set<string>>> {
  const [first, last] = [days.at(0), days.at(-1)];
  const names = rows.map((row) => String(row["organization"])).filter(Boolean);
  if (first === undefined || last === undefined || names.length === 0) return new Map();
  const until = printDay(dayAfter(Date.parse(last), 1));
  const range = { from: [first], to: [until], timezone: ["UTC"] };
  const asked = { ...range, organization: names, by: ["organization"], step: ["day"] };
  const { rows: buckets } = await view.run(trend, { ...asked, limit: [ROWS] });
  const told = new Map<string, Set<string>>();
  for (const { series, bucket } of buckets) {
    const name = String(series).toLowerCase();
    const days = told.get(name) ?? new Set();
    told.set(name, days.add(String(bucket).slice(0, 10)));
  }
  return told;
}

function oneStrip(
  view: View,
  row: Row,
  days: readonly string[],
  told: ReadonlyMap<string, ReadonlySet<string>>,
): Html {
  const name = String(row["organization"]);
  // Days cannot be asked for by no name: nothing is said of them then.
  const shown = name === "" ? [] : days;
  const own = told.get(name.toLowerCase()) ?? new Set();
  const complete = printDay(lastCompleteDayMs(view.nowMs));
  const kindOf = (day: string): DayKind => (own.has(day) ? "on" : day > complete ? "due" : "off");
  const squares = shown.map((day) => html`<i class="${kindOf(day)}"></i>`);
  const href = linkOf("organization", row, view);
  const words = showText(name) || "not named";
  const gaps = gapsInWords(row);
  const gap = gaps === "" ? "" : html` ${toneMark("notice", "▲", gaps)}`;
  return html`<li><h3>${href === null ? words : html`<a href="${href}">${words}</a>`}</h3>
    <p>${statusMark(row)}${gap} ${showText(row["status_words"])}
      Cadence: ${showText(row["cadence"])}; ${showPlural(row["days_reported"], "day")} told of.</p>
    ${shown.length === 0 ? "" : html`<div class="strip" aria-hidden="true">${squares}</div>`}
    ${missing(shown.filter((day) => kindOf(day) === "off"))}</li>`;
}

/** Days that no report told of, in words for who does not see the squares. */
function missing(days: readonly string[]): MaybeHtml {
  if (days.length === 0) return "";
  return html`<details><summary>${showPlural(days.length, "day")} without a report</summary>
    <p>${stretches(days).join(", ")}</p></details>`;
}

/** Days as stretches: "2026-03-01 to 2026-03-04". */
export function stretches(days: readonly string[]): string[] {
  const runs: { first: string; last: string }[] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run !== undefined && dayAfter(Date.parse(run.last), 1) === Date.parse(day)) run.last = day;
    else runs.push({ first: day, last: day });
  }
  return runs.map(({ first, last }) => (first === last ? first : `${first} to ${last}`));
}
