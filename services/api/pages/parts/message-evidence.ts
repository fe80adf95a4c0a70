// How a quarantined message came, how far its sender is known, and its bytes as text.

import { quarantinedMessage } from "../../../query/panels/quarantine.ts";
import { readMessageBeginning } from "../../quarantined-record.ts";
import { trustOf } from "../../record-words.ts";
import { cardOf } from "../card.ts";
import { showPlural } from "../format.ts";
import { html, type MaybeHtml } from "../html.ts";
import { type RawText, rawText } from "../raw-text.ts";
import type { View } from "../view.ts";
import { messageOf } from "./message-reading.ts";
import { factList, factsOf, textLines } from "./record-pieces.ts";
import { dkimFact, notesOf, trustMark, withheldWords } from "./record-trust.ts";

const DELIVERY = [
  "received_at",
  "channel",
  "peer",
  "helo",
  "tls",
  "mail_from",
  "rcpt_to",
  "header_from",
  "subject",
  "message_id",
  "content_type",
  "file_name",
  "media",
  "raw_bytes",
  "tenant",
  "receipt",
] as const;

/** The delivery of the message. */
export async function messageEvidence(view: View): Promise<MaybeHtml> {
  const { items } = await messageOf(view);
  const first = items[0];
  if (first === undefined) return "";
  const trust = trustOf(first);
  const shown = DELIVERY.filter((name) => !first.withheld.includes(name));
  return cardOf({
    id: "evidence",
    title: "How it came",
    about: "What the receiver saw. Header fields can be written by anybody; signatures cannot.",
    width: "half",
    body: [
      factList("evidence", [
        { name: "Trust", value: html`${trustMark(first, trust)} ${trust.trust_meaning}` },
        dkimFact(trust),
        ...factsOf(view, first, quarantinedMessage.columns, shown),
      ]),
      withheldWords(first.withheld),
      notesOf(trust.dkim_notes),
    ],
  });
}

const FORMS: Record<RawText["form"], string> = {
  json: "JSON, only laid out.",
  text: "Text, line by line.",
  hex: "Not text: offset, bytes in hexadecimal, and what of them is printable.",
};

/** The beginning of the message as text, and all of it to be kept as a file. */
export async function messageRaw(view: View): Promise<MaybeHtml> {
  const { items, receipt } = await messageOf(view);
  if (items.length === 0) return "";
  const found = await readMessageBeginning(view.options.store, view.scope, receipt);
  if (found === null) {
    const body = html`<p class="quiet">The bytes were not kept, or not all of them are yours to see.</p>`;
    return cardOf({ id: "raw", title: "As received", width: "half", body });
  }
  const { lines, form, cut } = rawText(found.bytes, found.size);
  return cardOf({
    id: "raw",
    title: "As received",
    about: `${FORMS[form]} Characters that hide or turn text are written out.`,
    width: "half",
    body: [
      found.size === 0
        ? html`<p class="quiet">It has no bytes.</p>`
        : textLines(lines, "The message as received"),
      cut ? html`<p class="notice">This is the beginning. The download has all of it.</p>` : "",
      html`<p><a href="/api/v1/quarantine/${receipt}/raw" download>The exact bytes</a>
        (${showPlural(found.size, "byte")}) ·
        <a href="/api/v1/quarantine/${receipt}">This message as the API tells it</a></p>`,
    ],
  });
}
