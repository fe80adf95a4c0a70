// Trying a quarantined message again, and what became of it: it waits, counts now, or is held again.

import { may } from "../../../access/caller.ts";
import type { Row } from "../../../query/panel.ts";
import { REFUSED, TRIED } from "../../reprocess-routes.ts";
import { cardOf } from "../card.ts";
import { type Tone, timeOf, toneMark } from "../cells.ts";
import { showText } from "../format.ts";
import { type Html, html, type MaybeHtml } from "../html.ts";
import { pageLink } from "../links.ts";
import type { View } from "../view.ts";
import { type MessageRecord, messageOf } from "./message-reading.ts";

const WORDS: Readonly<Record<string, readonly [Tone, string, string]>> = {
  stored: ["ok", "✓", "Stored: it counts now"],
  duplicate: ["quiet", "=", "Duplicate: the same report had come before"],
  conflict: ["notice", "≠", "Conflict: its identity counts with other content"],
  quarantined: ["notice", "▲", "In quarantine again"],
};

/** True for who may try messages again, in a process that can. */
export function canReprocess({ caller, options }: View): boolean {
  return may(caller, "reprocess") && options.spool !== null;
}

/** A form with the button, and after it what became of the message; nothing for who may not. */
export async function messageAgain(view: View): Promise<MaybeHtml> {
  const record = await messageOf(view);
  const tried = view.url.searchParams.get(TRIED);
  const held = record.items.length > 0;
  if (record.outcomes.length === 0 && !held) return "";
  const refused = refusedWords(view.url.searchParams.get(REFUSED));
  const status =
    refused !== "" || (tried === null && held) ? refused : statusOf(view, record, tried);
  const form = held && canReprocess(view) ? reprocessForm(record.receipt) : "";
  if (status === "" && form === "") return "";
  return cardOf({ id: "again", title: "Try it again", body: [status, form] });
}

const REFUSALS: Readonly<Record<string, string>> = {
  gone: "Its bytes were not kept, or not all of them are yours to see.",
  spool: "The spool takes nothing now. Nothing was changed; see what Ingest says, and try again.",
};

function refusedWords(why: string | null): MaybeHtml {
  const words = why !== null && Object.hasOwn(REFUSALS, why) ? REFUSALS[why] : undefined;
  if (words === undefined) return "";
  return html`<p role="alert">${toneMark("failed", "✕", "Not tried")} ${words}</p>`;
}

function reprocessForm(receipt: string): Html {
  return html`<form method="post" action="/quarantine/${receipt}/reprocess">
    <p>After an upgrade or a change of the configuration it may be understood now. It is taken as if it came
      in once more, with the time and the sender that it had.</p>
    <p><button type="submit">Reprocess</button></p></form>`;
}

/** @param tried when the ledger last told of it before it was tried, or null */
function statusOf(view: View, { outcomes, receipt }: MessageRecord, tried: string | null): Html {
  const waiting = tried !== null && outcomes.every((row) => String(row["processed_at"]) <= tried);
  if (waiting && outcomes.length > 0) {
    return html`<div role="status"><p>${toneMark("quiet", "…", "Waiting")} It is in the spool, and will be
      taken up in a moment.</p>
      <p><a href="${view.address({})}#again">Look again</a></p></div>`;
  }
  if (outcomes.length === 0) {
    return html`<div role="status"><p>${toneMark("quiet", "?", "Gone")} Nothing that you may see is known
      under the receipt ${receipt}: it may belong to another tenant now.</p></div>`;
  }
  return html`<div role="status"><ul class="told">${outcomes.map((row) => outcome(view, row))}</ul></div>`;
}

function outcome(view: View, row: Row): Html {
  const name = String(row["outcome"]);
  const [tone, sign, words] =
    (Object.hasOwn(WORDS, name) && WORDS[name]) || (["quiet", "•", name] as const);
  const id = String(row["id"]);
  const why = showText(row["reason_title"]) || showText(row["reason"]);
  return html`<li>${toneMark(tone, sign, words)} ${timeOf(row["processed_at"] ?? null)}
    ${id === "" ? "" : html`<a href="${pageLink(view, `/reports/${id}`)}">The report</a>`}
    ${why === "" ? "" : html`<span>${why}.</span>`}</li>`;
}
