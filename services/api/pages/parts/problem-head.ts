// What a problem is, in plain words: cause, what it does to mail, whether it goes on, who has to act; and an
// address to send to somebody.

import { ACTORS } from "../../../core/explain/explanation.ts";
import type { Row } from "../../../query/panel.ts";
import { printInstant } from "../../../query/range.ts";
import { cardOf } from "../card.ts";
import { cellOf, markOf, type Shown, wordOf } from "../cells.ts";
import { copyable } from "../copyable.ts";
import { showCount, showPlural, showRate, showText } from "../format.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "../html.ts";
import { placeOf } from "../links.ts";
import type { View } from "../view.ts";
import { problemRow } from "./problem-answers.ts";

/** Makes the section; nothing where the range does not have the problem. */
export async function problemHeadPart(view: View): Promise<MaybeHtml> {
  const row = await problemRow(view);
  if (row === undefined) return NOTHING;
  const lines = judgements(row).map(
    ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
  );
  return cardOf({
    id: "problem",
    title: "What it is",
    kind: "problem",
    body: [
      html`<p class="where">${markOf("severity", row["severity"] ?? "")} ${aboutOf(row, view)}</p>`,
      html`<p class="meaning">${showText(row["meaning"])}</p>`,
      html`<dl class="said">${lines}</dl>`,
      html`<h3>To send to somebody</h3>
        <p class="about">This page with its days fixed, so that it shows the same days later.</p>`,
      copyable("address-to-send", NOTHING, addressToSend(row, view)),
    ],
  });
}

/** Domain, host and words as sent, of the six that make it one problem. */
function aboutOf(row: Row, view: View): Html {
  const text = (name: string) => cellOf({ name, type: "text", description: "" }, row, view);
  return html`${text("domain")}${row["mx"] === "" ? ", no MX host named" : html` at ${text("mx")}`},
    result type <code>${showText(row["result_type"])}</code> under policy type
    <code>${showText(row["policy_type"])}</code>${
      row["reason"] === "" ? NOTHING : html`, reason <code>${showText(row["reason"])}</code>`
    }`;
}

function judgements(row: Row): readonly (readonly [string, Shown])[] {
  const days = `${row["first_day"]} to ${row["last_day"]}`;
  return [
    [
      "What it does to mail",
      html`<b>${wordOf(String(row["impact"]))}.</b> ${showText(row["impact_words"])}`,
    ],
    ["State", html`${markOf("state", row["state"] ?? "")} ${showText(row["state_words"])}`],
    [
      "Size",
      html`${showPlural(row["failed_sessions"], "failed session")} in this range, by
        ${showPlural(row["organizations"], "organization")}, on ${showPlural(row["days_active"], "day")}
        from ${days}: ${showRate(row["share_of_domain"])} of all sessions of the domain.`,
    ],
    [
      "Whose fault",
      html`<b>${wordOf(String(row["whose"]))}</b>, with ${showText(row["confidence"])} confidence.
        ${showText(row["distribution_words"])}`,
    ],
    ["Who must act", `Usually ${actorOf(row)}.`],
  ];
}

function actorOf(row: Row): string {
  const actors: Readonly<Record<string, string>> = ACTORS;
  return actors[String(row["actor"])] ?? showCount(null);
}

function addressToSend(row: Row, view: View): string {
  const { url, options, parameters } = view;
  const { range, timezone } = parameters;
  const { domain, tenant } = placeOf(row, view);
  const search = new URLSearchParams({
    from: printInstant(range.fromMs, timezone),
    to: printInstant(range.toMs, timezone),
    ...(timezone === "UTC" ? {} : { timezone }),
    ...(domain && { domain }),
    ...(tenant && { tenant }),
  });
  return `${options.publicOrigin ?? url.origin}${url.pathname}?${search}`;
}
