// The numbers that state, severity and the question whose fault it is are judged by, each with what it is.

import { labelOf } from "../../../query/labels.ts";
import { type Column, columnsOf } from "../../../query/panel.ts";
import { problems } from "../../../query/panels/problems.ts";
import { actionsOf, cardOf } from "../card.ts";
import { cellOf } from "../cells.ts";
import { html, type MaybeHtml, NOTHING } from "../html.ts";
import type { View } from "../view.ts";
import { filtersOfPlace, problemRow } from "./problem-answers.ts";

/** Told by the sentences above, or for sorting alone. */
const ELSEWHERE =
  /^(id|tenant|domain|.*_rank|.*_words|meaning|causes|fix|verify|title|actor|reference)$/;

/** Makes a table of all that the panel has, folded: the sentences above say what follows from it. */
export async function problemEvidencePart(view: View): Promise<MaybeHtml> {
  const row = await problemRow(view);
  if (row === undefined) return NOTHING;
  const line = (column: Column) => html`<tr><th scope="row">${labelOf(column.name)}</th>
    <td>${cellOf(column, row, view)}</td><td>${column.description}</td></tr>`;
  const columns = columnsOf(problems).filter(({ name }) => !ELSEWHERE.test(name));
  const table = html`<div class="scroll" tabindex="0" role="group" aria-labelledby="evidence-title">
    <table><thead><tr><th scope="col">Number</th><th scope="col">Value</th><th scope="col">What it is</th></tr>
      </thead><tbody>${columns.map(line)}</tbody></table></div>`;
  return cardOf({
    id: "evidence",
    title: "Evidence",
    about: "The numbers that the judgement above rests on. The rules are in the documentation.",
    actions: actionsOf({ view, panel: problems, asked: filtersOfPlace(row), title: "Evidence" }),
    body: html`<details><summary>${columns.length} numbers</summary>${table}</details>`,
  });
}
