// How a report came, how far its sender is known, and whose it is: what makes it worth believing.

import { reportHead } from "../../../query/panels/report.ts";
import type { ReportRecord } from "../../report-record.ts";
import { cardOf } from "../card.ts";
import { toneMark } from "../cells.ts";
import { showText } from "../format.ts";
import { type Html, html, type MaybeHtml } from "../html.ts";
import type { View } from "../view.ts";
import { type Fact, factList, factsOf } from "./record-pieces.ts";
import { dkimFact, notesOf, trustMark, withheldWords } from "./record-trust.ts";
import { reportOf } from "./report-reading.ts";

const DELIVERY = [
  "channel",
  "received_at",
  "peer",
  "helo",
  "tls",
  "mail_from",
  "rcpt_to",
  "header_from",
  "subject",
  "message_id",
  "file_name",
  "media",
  "receipt",
  "item",
] as const;

/** The delivery of a report, with what was withheld of it. */
export async function reportEvidence(view: View): Promise<MaybeHtml> {
  const record = await reportOf(view);
  if (record === null) return "";
  const { head } = record;
  const shown = DELIVERY.filter((name) => !head.withheld.includes(name));
  return cardOf({
    id: "evidence",
    title: "How it came",
    about: "What the receiver saw. Header fields can be written by anybody; signatures cannot.",
    width: "half",
    body: [
      factList("evidence", [
        ...trustFacts(record),
        ...factsOf(view, head, reportHead.columns, shown),
      ]),
      withheldWords(head.withheld),
      notesOf(record.trust.dkim_notes),
    ],
  });
}

function trustFacts({ head, trust }: ReportRecord): Fact[] {
  const whose = trust.attribution_words ?? "";
  return [
    { name: "Trust", value: html`${trustMark(head, trust)} ${trust.trust_meaning}` },
    dkimFact(trust),
    { name: "Whose it is", value: whose || showText(head["attribution"]) },
  ];
}

/** Deviations from the RFC, each with what it means and what was made of it. */
export async function reportDeviations(view: View): Promise<MaybeHtml> {
  const record = await reportOf(view);
  if (record === null) return "";
  const { deviations, head } = record;
  const none = html`<p>${toneMark("ok", "✓", "None")} The report is as RFC 8460 has it.</p>`;
  return cardOf({
    id: "deviations",
    title: "Deviations from RFC 8460",
    about: "What the sender does otherwise than the RFC asks. The report counts all the same.",
    body: [
      deviations.length === 0 ? none : "",
      head["conforming"] === false
        ? html`<p>It does not meet the schema of RFC 8460 section 4.4.</p>`
        : "",
      deviationList(deviations),
    ],
  });
}

/** Deviations as a list; nothing without any. */
export function deviationList(deviations: ReportRecord["deviations"]): MaybeHtml {
  if (deviations.length === 0) return "";
  const entries = deviations.map(
    ({ code, title, meaning, rule, place, value }): Html => html`<li>
      <h3>${title || showText(code)}</h3>
      <p>${meaning}</p>
      <p class="quiet">${rule} ${place === "" ? "" : html`At <code>${showText(place)}</code>.`}
        ${value === "" ? "" : html`Found: <code>${showText(value)}</code>`}</p></li>`,
  );
  return html`<ul class="told">${entries}</ul>`;
}
