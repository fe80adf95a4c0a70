// Why a message is in quarantine: for each item the reason, what to do about it, and where it was found.

import type { SeenRow } from "../../../query/whole-message.ts";
import { deviationsOf } from "../../record-words.ts";
import { cardOf } from "../card.ts";
import { toneMark } from "../cells.ts";
import { showText } from "../format.ts";
import { type Html, html, type MaybeHtml } from "../html.ts";
import { pageLink } from "../links.ts";
import type { View } from "../view.ts";
import { messageOf } from "./message-reading.ts";
import { deviationList } from "./report-evidence.ts";

/** The reasons; where nothing is in quarantine under this receipt, what that means. */
export async function messageReasons(view: View): Promise<MaybeHtml> {
  const { items, outcomes } = await messageOf(view);
  if (items.length > 0) {
    const several = items.length > 1;
    return cardOf({
      id: "reasons",
      title: several ? "Why these could not be used" : "Why it could not be used",
      body: html`<ul class="told">${items.map((row) => oneItem(view, row))}</ul>`,
    });
  }
  const gone = outcomes.length > 0;
  const list = html`<p><a href="${pageLink(view, "/quarantine")}">Quarantine</a> lists what there is.</p>`;
  return cardOf({
    id: "reasons",
    title: gone ? "It is not in quarantine any more" : "Nothing in quarantine has this receipt",
    body: gone
      ? html`<p>What became of it stands below.</p>${list}`
      : html`<p>It was never here, or it belongs to a tenant whose messages you may not see.</p>${list}`,
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
