// What became of everything that came in, as a sum, what still waits, and why something was held or refused.

import type { Row } from "../../../query/panel.ts";
import { ingest } from "../../../query/panels/ingest.ts";
import { actionsOf, cardOf } from "../card.ts";
import { tip } from "../drawings/table.ts";
import { showCount, showPlural, showText } from "../format.ts";
import { type Html, html, type MaybeHtml } from "../html.ts";
import { pageLink } from "../links.ts";
import type { View } from "../view.ts";
import { byReason } from "./message-kinds.ts";

const ENDED = ["stored", "duplicate", "conflict", "quarantined"] as const;
const COLUMNS = ingest.totals?.columns ?? [];

/** What the ledger has, by how it ended, and what waits before it. */
export async function ingestSum(view: View): Promise<MaybeHtml> {
  const { meta } = await view.run(ingest);
  const { totals } = meta;
  const title = "What came in";
  return cardOf({
    id: "sum",
    title,
    about:
      "Everything that was acknowledged ends in exactly one of these ways. By the time of arrival, whatever day " +
      "a report is about.",
    actions: actionsOf({ view, panel: ingest, asked: {}, title }),
    body: [
      html`<dl class="tiles equation">${["received", ...ENDED].map((name) => tile(view, totals, name))}
        ${tile(view, totals, "refused")}</dl>`,
      html`<p>Of what was decided: ${showCount(totals["received"])} received =
        ${ENDED.map((name) => `${showCount(totals[name])} ${name}`).join(" + ")}.</p>`,
      html`<p>${waitingWords(view)}</p>`,
    ],
  });
}

/** What was acknowledged and is in none of the counts yet: of all tenants, so for who sees them all. */
function waitingWords({ scope, options }: View): string {
  const bytes = scope.tenants === "all" ? options.spoolBytes?.() : undefined;
  if (bytes === undefined)
    return "What waits in the spool is decided later, and is not among these.";
  if (bytes === 0) return "Nothing waits in the spool.";
  return `${showPlural(bytes, "byte")} of messages wait in the spool: they are decided later, and are not among these.`;
}

function tile(view: View, totals: Row, name: string): Html {
  const count = showCount(totals[name]);
  const about = COLUMNS.find((column) => column.name === name)?.description ?? "";
  const tone = name === "quarantined" && totals[name] !== 0 ? "bad" : "";
  const value =
    name === "quarantined" ? html`<a href="${pageLink(view, "/quarantine")}">${count}</a>` : count;
  const note = name === "refused" ? html`<small>before acknowledgement</small>` : "";
  return html`<div class="tile ${tone}"><dt>${word(name)}${tip(`sum-${name}`, word(name), about)}</dt><dd>${value}${note}</dd></div>`;
}

const word = (name: string) => `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;

/** Why things were held back or refused, each reason with what to do; nothing without any. */
export async function ingestReasons(view: View): Promise<MaybeHtml> {
  const { rows } = await view.run(ingest);
  const held = byReason(rows);
  const refused = byReason(rows, "refused");
  if (held.length + refused.length === 0) return "";
  return cardOf({
    id: "reasons",
    title: "Why",
    about:
      "What was held is in quarantine with its bytes; of what was refused nothing was kept, and its sender was told so.",
    body: [
      reasonList(view, "Held in quarantine", held, "/quarantine"),
      reasonList(view, "Refused before acknowledgement", refused, null),
    ],
  });
}

function reasonList(
  view: View,
  title: string,
  kinds: ReturnType<typeof byReason>,
  path: string | null,
): MaybeHtml {
  if (kinds.length === 0) return "";
  const entries = kinds.map(({ reason, items, row }) => {
    const words = showText(row["reason_title"]) || showText(reason);
    const name =
      path === null ? words : html`<a href="${pageLink(view, path, { reason })}">${words}</a>`;
    return html`<li><p class="number">${showCount(String(items))}</p><div>
      <h4>${name} <code>${showText(reason)}</code></h4>
      <p>${showText(row["reason_advice"])}</p></div></li>`;
  });
  return html`<h3>${title}</h3><ul class="kinds">${entries}</ul>`;
}
