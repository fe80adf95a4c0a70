// A panel as a chart: a figure whose legend, notes and numbers are text. The browser draws it where scripts
// run (services/islands/charts.ts); without them it is the SVG that the API gives.

import type { Chart, Count, Model } from "../../../charts/chart.ts";
import { showCount } from "../../../charts/count.ts";
import { chartOf } from "../../../charts/draw.ts";
import { chartingOf } from "../../../charts/panels.ts";
import { printableJson } from "../../../core/printable.ts";
import { sourceOf } from "../../chart-source.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "../html.ts";
import type { Drawn } from "../section.ts";
import { table } from "./table.ts";

/** Draws the rows; a panel that has no chart is a table. */
export function chart(drawn: Drawn): Html {
  const { view, panel, result, section, id, asked } = drawn;
  const charting = chartingOf(panel.id);
  if (charting === undefined) return table(drawn);
  const model = charting(sourceOf(panel, result, section.marks));
  return figureOf(id, model, view.dataAddress(panel, asked, "svg"));
}

const HINT = html`<p class="hint">Drag over a part of the time to see it alone.</p>`;

/** The model goes along as an attribute, which the template escapes: nothing in it can be markup. */
function figureOf(id: string, model: Model, picture: string): Html {
  const drawing = chartOf(model);
  const { caption, legend, notes, size } = drawing;
  const keys = legend.map(
    ({ key, name }) => html`<li><span class="key ${key}" aria-hidden="true"></span> ${name}</li>`,
  );
  const overTime = model.kind === "timeline" || (model.kind === "heat" && model.overTime === true);
  const chart = printableJson(JSON.stringify(model));
  return html`<figure class="chart" id="${id}-chart"><figcaption>${caption}</figcaption>
    ${keys.length > 0 ? html`<ul class="legend">${keys}</ul>` : NOTHING}
    <div class="plot ${size}" data-chart="${chart}" role="img"
      aria-label="${caption}; the table below has the numbers"></div>
    <noscript><div class="scroll"><img class="picture ${size}" src="${picture}" loading="lazy"
      alt="${caption}; the table below has the numbers"></div></noscript>
    ${model.kind === "timeline" ? HINT : NOTHING}${notesOf(notes)}
    <details class="numbers"><summary>These numbers as a table</summary>${numbersOf(id, drawing, overTime)}</details>
  </figure>`;
}

function notesOf(notes: readonly string[]): MaybeHtml {
  return notes.length > 0 ? html`<p class="quiet">${notes.join(" ")}</p>` : NOTHING;
}

/** Over time the newest come first: who reads the table asks for today. */
function numbersOf(id: string, { caption, table: { head, rows } }: Chart, overTime: boolean): Html {
  const ordered = overTime ? rows.toReversed() : rows;
  const heads = head.map((name, i) =>
    i === 0
      ? html`<th scope="col">${name}</th>`
      : html`<th scope="col" class="number">${name}</th>`,
  );
  const cell = (count: Count) => html`<td class="number">${showCount(count)}</td>`;
  const lines = ordered.map(
    ([name = null, ...counts]) => html`<tr><th scope="row">${name}</th>${counts.map(cell)}</tr>`,
  );
  return html`<div class="scroll" tabindex="0" role="group" aria-label="${caption}, as a table"
    id="${id}-numbers"><table><thead><tr>${heads}</tr></thead><tbody>${lines}</tbody></table></div>`;
}
