// The frame of a section: its title, one line of help, its menu, and what it says when there is nothing to
// show or when it cannot be shown.

import { BOUNDS } from "../../core/bounds.ts";
import { labelOf } from "../../query/labels.ts";
import type { Panel } from "../../query/panel.ts";
import { parametersOf } from "../../query/parameter-table.ts";
import { daysInWords } from "../../query/range-words.ts";
import type { PanelMeta } from "../../query/run.ts";
import { isFilter } from "./asked.ts";
import type { Shown } from "./cells.ts";
import { showCount } from "./format.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "./html.ts";
import { type Given, searchOf, type View } from "./view.ts";

export interface Card {
  /** Name of the section on its page. */
  id: string;
  title: string;
  /** What it shows and how that is to be read; one line, the rest of it on demand. */
  about?: string | undefined;
  /** The menu with the same as data, see `actionsOf`. */
  actions?: MaybeHtml;
  width?: "full" | "half" | undefined;
  /** Further classes, for the style sheet. */
  kind?: string;
  body: Shown | readonly Shown[];
}

/** A section in its frame. */
export function cardOf({ id, title, about, actions, width, kind, body }: Card): Html {
  const classes = ["card", width ?? "full", ...(kind ? [kind] : [])].join(" ");
  return html`<section class="${classes}" id="${id}" aria-labelledby="${id}-title">
<header><h2 id="${id}-title">${title}</h2>${about ? aboutOf(about) : NOTHING}${actions ?? NOTHING}</header>
${body}</section>
`;
}

/** The first sentence; what follows it is opened. */
function aboutOf(text: string): Html {
  const end = text.search(/[.:;] /) + 1;
  const [first, rest] = end > 0 ? [text.slice(0, end), text.slice(end + 1)] : [text, ""];
  if (rest === "") return html`<p class="about">${first}</p>`;
  return html`<details class="about"><summary>${first.replace(/[:;]$/, ".")}</summary>
    <p>${rest.slice(0, 1).toUpperCase()}${rest.slice(1)}</p></details>`;
}

/** What a menu is made of. */
export interface Subject {
  view: View;
  panel: Panel;
  asked: Given;
  title: string;
  /** Drawn as a picture, which the API gives as SVG too. */
  picture?: boolean;
  /** True when what is shown is known to be all. */
  all?: boolean;
}

/** The menu of a section: the same as CSV, JSON and SVG, and the page of the panel with all of its rows. */
export function actionsOf(subject: Subject): Html {
  const { view, panel, asked, title, picture = false, all = false } = subject;
  // As much as one answer holds, not the page of rows that is shown.
  const { limit, cursor, ...whole } = asked;
  const paged = panel.parameters.includes("limit");
  const most = paged ? { ...whole, limit: [String(BOUNDS.queryRowsMax)] } : whole;
  const data = view.dataAddress(panel, most);
  const csv = view.dataAddress(panel, most, "csv");
  const svg = html`<li><a href="${view.dataAddress(panel, most, "svg")}" download="${panel.id}.svg"
    data-export="png">SVG</a></li>`;
  return html`<details class="actions"><summary aria-label="${title}: as data">Data</summary><ul>
    <li><a href="${csv}" download="${panel.id}.csv">CSV</a></li><li><a href="${data}">JSON</a></li>
    ${picture ? svg : NOTHING}
    <li><a href="${panelAddress(view, panel, asked)}">All rows</a></li>
    ${paged && !all ? FILE_ROWS : NOTHING}</ul></details>`;
}

/** Said beside the links where there may be more than fits. */
const FILE_ROWS = html`<li><small>A file has ${showCount(BOUNDS.queryRowsMax)} rows at most. Where more follow, a
  CSV's header Link and meta.next_cursor of the JSON lead on.</small></li>`;

/** The page of one panel with all of its rows, asked the same. */
export function panelAddress(view: View, panel: Panel, asked: Given): string {
  const takes: readonly string[] = parametersOf(panel);
  const { sort, limit, cursor, ...rest } = asked;
  const given = Object.entries({ ...view.given, ...rest }).filter(([name]) => takes.includes(name));
  const search = searchOf(Object.fromEntries(given));
  if (sort?.[0]) search.set(`sort.${panel.id}`, sort[0]);
  return `/panels/${panel.id}${search.size > 0 ? `?${search}` : ""}`;
}

/** Filters of the page that a panel does not have, so that its numbers are of more than was asked for. */
export function unfiltered(view: View, panel: Panel): MaybeHtml {
  const takes: readonly string[] = parametersOf(panel);
  const missing = Object.keys(view.given).filter((name) => isFilter(name) && !takes.includes(name));
  if (missing.length === 0) return NOTHING;
  const names = missing.map((name) => labelOf(name).replace(/^[A-Z](?=[a-z])/, lower)).join(", ");
  return html`<p class="partial">Of all: this cannot be filtered by ${names}.</p>`;
}

const lower = (letter: string) => letter.toLowerCase();

/** Said where there are no rows. */
export function emptyOf(view: View, meta: Pick<PanelMeta, "from" | "to">, words?: string): Html {
  const filtered = Object.keys(view.given).some(isFilter) && Object.keys(view.path).length === 0;
  return html`<p class="empty">${words ?? "Nothing in this range."}
    <small>${daysInWords(meta)}${filtered ? ", with these filters" : ""}</small></p>`;
}

/** Said in place of a section that cannot be made now; the others stand. */
export function failedCard(id: string, title: string, words: string, again: string): Html {
  const body = html`<p>${words}</p><p><a href="${again}">Try again</a></p>`;
  return html`<section class="card full failure" id="${id}" role="alert">
    <header><h2>${title} cannot be shown now</h2></header>${body}</section>
`;
}
