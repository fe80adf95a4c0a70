// How often a report came: its copies, and other contents under its identity with what differs.

import { reportArrivals } from "../../../query/panels/report.ts";
import { type Conflict, rawLink } from "../../report-record.ts";
import { cardOf } from "../card.ts";
import { timeOf, toneMark } from "../cells.ts";
import { showPlural, showText } from "../format.ts";
import { type Html, html, type MaybeHtml } from "../html.ts";
import type { View } from "../view.ts";
import { rowTable } from "./record-pieces.ts";
import { trustMark } from "./record-trust.ts";
import { reportOf } from "./report-reading.ts";

const COPIED = ["received_at", "channel", "trust"] as const;

/** Copies and conflicts; nothing where the report came once. */
export async function reportCopies(view: View): Promise<MaybeHtml> {
  const record = await reportOf(view);
  if (record === null) return "";
  const { duplicates, conflicts, arrivals } = record;
  if (arrivals["duplicates"] === 0 && arrivals["conflicts"] === 0) return "";
  const copies =
    duplicates.length === 0
      ? ""
      : html`<h3>Copies</h3><p>${showPlural(arrivals["duplicates"], "time")} more with the same content.
        A copy counts once.</p>
        ${rowTable({ view, id: "copies", rows: duplicates }, reportArrivals.columns, COPIED)}`;
  const others =
    conflicts.length === 0
      ? ""
      : html`<h3>Other contents</h3><p>${showPlural(arrivals["conflicts"], "time")} with other content under
        the same identity. Kept and shown, and never added to any total.</p>
        <ul class="told">${conflicts.map(oneConflict)}</ul>`;
  return cardOf({
    id: "copies",
    title: "How often it came",
    about:
      "Senders repeat themselves, by mail and by HTTPS. The first that can be believed counts.",
    body: [copies, others],
  });
}

function oneConflict({ row, trust, differences }: Conflict): Html {
  const said = differences
    .filter(({ column }) => column !== "content_hash")
    .map(({ words }) => html`<li>${showText(words)}</li>`);
  return html`<li><h3>${toneMark("notice", "≠", "Conflict")} ${timeOf(row["received_at"] ?? null)}
      ${trustMark(row, trust)}</h3>
    <ul>${said}</ul>
    <p><a href="${rawLink(row)}" download>Its exact bytes</a></p></li>`;
}
