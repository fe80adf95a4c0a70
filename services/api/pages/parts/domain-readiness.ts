// May the domain go from testing to enforce: the answer in words, each thing that has to hold beside what the
// reports say, how long to wait and for what, and what to do next.

import { type Measure, readinessChecks } from "../../../core/readiness/checks.ts";
import type { Row } from "../../../query/panel.ts";
import { readiness } from "../../../query/panels/readiness.ts";
import { actionsOf, cardOf } from "../card.ts";
import { markOf, toneMark } from "../cells.ts";
import { showPlural, showText } from "../format.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "../html.ts";
import { stepList } from "../steps.ts";
import type { View } from "../view.ts";
import { readinessRows } from "./domain-answers.ts";

/** Makes the section, with a part for each tenant that has the domain. */
export async function domainReadinessPart(view: View): Promise<MaybeHtml> {
  const { rows } = await readinessRows(view);
  if (rows.length === 0) return NOTHING;
  return cardOf({
    ...{ id: "readiness", title: "Ready to enforce?", about: readiness.description },
    actions: actionsOf({ view, panel: readiness, asked: {}, title: readiness.title }),
    body: rows.map((row, i) => oneOf(row, i + 1, rows.length > 1)),
  });
}

function oneOf(row: Row, place: number, ofMany: boolean): Html {
  const wait = row["wait_days"];
  const waiting =
    wait === null ? NOTHING : html`<p>Wait for ${showPlural(wait, "day")}, then look again.</p>`;
  return html`<div class="verdict-of">
    ${ofMany ? html`<h3>Tenant ${showText(row["tenant"])}</h3>` : NOTHING}
    <p class="answer">${markOf("state", row["state"] ?? "")}
      <strong>${showText(row["title"])}</strong></p>
    <p>${showText(row["sentence"])}</p>${waiting}
    ${checkTable(row)}
    ${texts("What the reports say", row["reasons"])}
    <h3>What to do next</h3>${stepList(row["next_steps"], `next-${place}`)}
    <p class="quiet">On this page: <a href="#problems">its problems</a>,
      <a href="#policies">its policies</a>.</p></div>`;
}

function checkTable(row: Row): MaybeHtml {
  const lastDay = typeof row["last_day"] === "string" ? row["last_day"] : null;
  const count = (name: Measure) => Number(row[name] ?? 0);
  const checks = readinessChecks(String(row["mode"]), count, lastDay);
  if (checks.length === 0) return NOTHING;
  const lines = checks.map(
    ({ what, needed, seen, met }) => html`<tr><th scope="row">${what}</th><td>${needed}</td>
      <td>${seen}</td><td>${met ? toneMark("ok", "✓", "met") : toneMark("notice", "✗", "not met")}</td></tr>`,
  );
  return html`<div class="scroll" tabindex="0" role="group" aria-label="What has to hold">
    <table><caption>What has to hold ${row["mode"] === "enforce" ? "while the policy is enforced" : "before enforce"}</caption>
    <thead><tr><th scope="col">Evidence</th><th scope="col">Needed</th><th scope="col">Seen</th>
      <th scope="col">Enough</th></tr></thead><tbody>${lines}</tbody></table></div>`;
}

function texts(title: string, cell: Row[string] | undefined): MaybeHtml {
  if (!Array.isArray(cell) || cell.length === 0) return NOTHING;
  return html`<h3>${title}</h3><ul>${cell.map((text) => html`<li>${showText(text)}</li>`)}</ul>`;
}
