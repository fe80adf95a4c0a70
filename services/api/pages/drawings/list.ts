// A panel as a list of things to read one by one: how grave, what, where, and what to do.

import { labelOf } from "../../../query/labels.ts";
import { columnsOf, type ListDrawing, type Row } from "../../../query/panel.ts";
import { cellOf, markOf, type Shown, toneMark, wordOf } from "../cells.ts";
import { showText } from "../format.ts";
import { type Html, html, NOTHING } from "../html.ts";
import { linkOf } from "../links.ts";
import type { Drawn } from "../section.ts";
import { stepList } from "../steps.ts";
import { pages, table } from "./table.ts";

/** Draws the rows as entries, by what the panel says of its list; of its columns, those of the section. */
export function list(drawn: Drawn): Html {
  const { view, panel, result, id } = drawn;
  const { list: told } = panel;
  if (told === undefined) return table(drawn);
  const items = result.rows.map((row, i) => entry(drawn, told, row, i + 1));
  return html`<ol class="entries">${items}</ol>${pages(view, id, result)}`;
}

function entry(
  { view, panel, section, id }: Drawn,
  told: ListDrawing,
  row: Row,
  place: number,
): Html {
  const columns = columnsOf(panel);
  const wanted = (name: string) => section.columns?.includes(name) ?? true;
  const shown = (name: string): Shown[] => {
    const column = columns.find((one) => one.name === name);
    const cell = row[name] ?? null;
    const nothing = cell === null || cell === "" || (Array.isArray(cell) && cell.length === 0);
    return column === undefined || nothing ? [] : [cellOf(column, row, view)];
  };
  const about = told.about.flatMap(shown).map((one, i) => html`${i > 0 ? " · " : ""}${one}`);
  const facts = told.facts
    .filter(wanted)
    .flatMap((name) =>
      shown(name).map((one) => html`<div><dt>${labelOf(name)}</dt><dd>${one}</dd></div>`),
    );
  const sentences = told.sentences.filter(wanted).flatMap((name) => textsOf(row, name));
  const steps =
    told.steps !== undefined && wanted(told.steps)
      ? stepList(row[told.steps], `${id}-${place}`)
      : NOTHING;
  const href = told.id === undefined ? null : linkOf(told.id, row, view);
  const title = showText(row[told.title]);
  return html`<li class="entry"><h3>${mark(told.mark, row)}
    ${href === null ? title : html`<a href="${href}">${title}</a>`}</h3>
    <p class="where">${about}</p>
    ${facts.length > 0 ? html`<dl class="facts">${facts}</dl>` : NOTHING}
    ${sentences.map((one) => html`<p>${one}</p>`)}
    ${steps === NOTHING ? NOTHING : html`<details><summary>What to do</summary>${steps}</details>`}</li>`;
}

function mark(name: string, row: Row): Html {
  const cell = row[name] ?? null;
  return markOf(name, cell) ?? toneMark("quiet", "·", wordOf(showText(cell)));
}

/** A column with one text or with several. */
function textsOf(row: Row, name: string): string[] {
  return [row[name] ?? []]
    .flat()
    .map((text) => showText(text))
    .filter((text) => text !== "");
}
