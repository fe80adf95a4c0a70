// A page for each panel, whole: every column, every parameter, and how a program asks the same. They follow
// from the table of panels, so a new panel has its page.

import { PANELS, panelOf } from "../../query/index.ts";
import { columnsOf, type Panel } from "../../query/panel.ts";
import { type ParameterName, parametersOf } from "../../query/parameter-table.ts";
import type { Definition, Section } from "./definition.ts";

/** Parameters of the answer's form, which tables and links have instead. */
const FORM: readonly ParameterName[] = ["sort", "fields", "limit", "cursor", "format"];
/** Rows of a page at first; `limit.<panel>` asks for more. */
const ROWS = 100;

/** Panels whose rows are more than a list of names. */
const PICTURES: Partial<Record<Panel["drawing"], "chart" | "matrix">> = {
  bars: "chart",
  matrix: "matrix",
};

/** The page of a panel; null for an id that none has. */
export function panelDefinition(id: string): Definition | null {
  const panel = panelOf(id);
  if (panel === undefined) return null;
  const picture = PICTURES[panel.drawing];
  const paged = panel.parameters.includes("limit");
  const table: Section = {
    panel: panel.id,
    as: "table",
    title: picture === undefined ? "Rows" : "The numbers",
    columns: columnsOf(panel).map(({ name }) => name),
    ...(paged && { rows: ROWS }),
  };
  const drawn: Section[] =
    picture === undefined ? [] : [{ panel: panel.id, as: picture, id: "picture" }];
  return {
    id: `panel-${panel.id}`,
    path: `/panels/${panel.id}`,
    title: panel.title,
    description: panel.description,
    controls: parametersOf(panel).filter((name) => !FORM.includes(name)),
    sections: [{ part: "panel-ask" }, ...drawn, table],
  };
}

/** The list of all panels. */
export function panelIndex(): Definition {
  return {
    id: "panels",
    path: "/panels",
    title: "All panels",
    description: `What all pages, the API and the command line draw from: ${PANELS.length} panels.`,
    controls: [],
    sections: [{ part: "panel-index" }],
  };
}
