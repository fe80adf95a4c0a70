// Why a message is in quarantine: for each item the reason, what to do about it, and where it was found.

import type { SeenRow } from "../../../query/whole-message.ts";
import { deviationsOf } from "../../record-words.ts";
import { cardOf } from "../card.ts";
import { toneMark } from "../cells.ts";
import { showText } from "../format.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "../html.ts";
import { pageLink } from "../links.ts";
import type { View } from "../view.ts";
import { messageOf } from "./message-reading.ts";
import { deviationList } from "./report-evidence.ts";

/** Stands in place of the page where the caller may see nothing that came under this receipt. */
export async function messageUnknown(view: View): Promise<MaybeHtml> {
  const { items, outcomes } = await messageOf(view);
  if (items.length > 0 || outcomes.length > 0) return NOTHING;
  view.answer.status = 404;
  return cardOf({
    id: "reasons",
    title: "Nothing in quarantine has this receipt",
    body: html`<p>It was never here, or it belongs to a tenant whose messages you may not see.</p>${toList(view)}`,
  });
}

function toList(view: View): Html {
  return html`<p><a href="${pageLink(view, "/quarantine")}">Quarantine</a> lists what there is.</p>`;
}

/** The reasons; where nothing of it is in quarantine any more, so much. */
export async function messageReasons(view: View): Promise<MaybeHtml> {
  const { items } = await messageOf(view);
  if (items.length > 0) {
    const several = items.length > 1;
    return cardOf({
      id: "reasons",
      title: several ? "Why these could not be used" : "Why it could not be used",
      body: html`<ul class="told">${items.map((row) => oneItem(view, row))}</ul>`,
    });
  }
  return cardOf({
    id: "reasons",
    title: "It is not in quarantine any more",
    body: html`<p>What became of it stands below.</p>${toList(view)}`,
  });
}

function oneItem(view: View, row: SeenRow): Html {
  const reason = String(row["reason"]);
  const title = showText(row["reason_title"]) || showText(reason);
  const place = showText(row["place"]);
  return html`<li><h3>${toneMark("notice", "▲", title)}
      <a href="${pageLink(view, "/quarantine", { reason })}"><code>${showText(reason)}</code></a></h3>
    <p>${showText(row["message"])} ${place === "" ? "" : html`At <code>${place}</code>.`}</p>
    <p><strong>What to do:</strong> ${showText(row["reason_advice"]) || "Not known to this version."}</p>
    ${deviationList(deviationsOf(row))}</li>`;
}
