// A panel as a table.

import { columnsOf } from "../../../query/panel.ts";
import { showText } from "../../page-format.ts";
import { type Html, html } from "../html.ts";
import type { Drawn } from "../section.ts";

/** Draws the rows, a column each. */
export function table({ panel, section, result, id }: Drawn): Html {
  const all = columnsOf(panel);
  const columns = all.filter(({ name, rank }) =>
    section.columns ? section.columns.includes(name) : rank !== "more",
  );
  const head = columns.map(
    ({ name, description }) => html`<th scope="col" title="${description}">${name}</th>`,
  );
  const rows = result.rows.map(
    (row) => html`<tr>${columns.map(({ name }) => html`<td>${showText(row[name])}</td>`)}</tr>`,
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}-title">
    <table><thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></div>`;
}
