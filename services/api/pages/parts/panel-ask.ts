// How a program asks what the page of a panel shows: the address of the API and the line of a shell. And the
// list of all panels.

import { PANELS, panelOf } from "../../../query/index.ts";
import type { Panel } from "../../../query/panel.ts";
import { parametersOf } from "../../../query/parameter-table.ts";
import { actionsOf, cardOf } from "../card.ts";
import { showCount, showText } from "../format.ts";
import { html, type MaybeHtml } from "../html.ts";
import { pageLink } from "../links.ts";
import { askedBy } from "../section.ts";
import type { Given, View } from "../view.ts";

/** Rows of a page of the table, as links. */
const ROWS = [100, 1_000, 5_000] as const;

/** What the panel answers, how many rows are shown of it, and how to ask for it. */
export async function panelAsk(view: View): Promise<MaybeHtml> {
  const panel = panelOf(view.path["panel"] ?? "");
  if (panel === undefined) return "";
  const asked = askedBy(view, { panel: panel.id }, panel.id);
  const { cursor, ...whole } = asked;
  const address = `${view.options.publicOrigin ?? view.url.origin}${view.dataAddress(panel, whole)}`;
  const rows = ROWS.map(
    (count) =>
      html`<li><a href="${view.address({ [`limit.${panel.id}`]: String(count), [`cursor.${panel.id}`]: null })}">${showCount(count)} rows</a></li>`,
  );
  return cardOf({
    id: "ask",
    title: "What it tells",
    actions: actionsOf({ view, panel, asked: whole, title: panel.title }),
    body: html`<p>${panel.description}</p>
      ${panel.parameters.includes("limit") ? html`<ul class="inline" aria-label="Rows on a page">${rows}</ul>` : ""}
      <details><summary>The same for programs</summary><dl class="facts">
      <dt>API</dt><dd><pre class="copy" tabindex="0">${address}</pre></dd>
      <dt>Command line</dt><dd><pre class="copy" tabindex="0">${showText(commandOf(panel, onlyOf(panel, { ...view.given, ...whole })))}</pre></dd>
      </dl></details><p><a href="${pageLink(view, "/panels")}">All panels</a></p>`,
  });
}

/** What the panel takes of it. */
function onlyOf(panel: Panel, given: Given): Given {
  const takes: readonly string[] = parametersOf(panel);
  return Object.fromEntries(Object.entries(given).filter(([name]) => takes.includes(name)));
}

/** The line of a shell that asks the same. */
function commandOf(panel: Panel, given: Given): string {
  const flags = Object.entries(given).flatMap(([name, values]) =>
    values.map((value) => {
      const flag = ` --${name.replaceAll("_", "-")}`;
      // A word after a flag that begins with a hyphen would be the next flag.
      return `${flag}${value.startsWith("-") ? "=" : " "}${quoted(value)}`;
    }),
  );
  return `sealwatch query ${panel.id}${flags.join("")}`;
}

/** A word of a shell: what is not plain is quoted, since names come from outside. */
function quoted(text: string): string {
  if (/^[\w.,:@/+-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Every panel with what it answers. */
export async function panelIndexPart(view: View): Promise<MaybeHtml> {
  const entries = PANELS.map(
    (panel) => html`<dt><a href="${pageLink(view, `/panels/${panel.id}`)}">${panel.title}</a>
      <code>${panel.id}</code></dt><dd>${panel.description}</dd>`,
  );
  return cardOf({
    id: "panels",
    title: "What can be asked",
    body: html`<dl class="panels">${entries}</dl>`,
  });
}
