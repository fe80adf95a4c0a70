// One section of a page: a panel in one of the drawings, or a part that is written for the page. A section
// that cannot be made says so in its place; the others stand.

import type { Panel } from "../../query/panel.ts";
import type { PanelResult } from "../../query/run.ts";
import { problemOf } from "../problem.ts";
import { type PanelSection, panelNamed, type Section } from "./definition.ts";
import { DRAWINGS } from "./drawings/index.ts";
import { type Html, html, type MaybeHtml } from "./html.ts";
import { PARTS } from "./parts/index.ts";
import { type Given, ParameterError, type View } from "./view.ts";

/** What a drawing is made of. */
export interface Drawn {
  view: View;
  section: PanelSection;
  panel: Panel;
  result: PanelResult;
  /** What the panel was asked for beside what holds for the page. */
  asked: Given;
  /** Name of the section on this page, for ids in HTML and parameters in the address. */
  id: string;
}

/** Draws a panel: the body of a section, without its frame. */
export type Drawing = (drawn: Drawn) => Html;

/** Makes a part of a page whole, with its frame; nothing when there is nothing to say. */
export type Part = (view: View) => Promise<MaybeHtml>;

/** Makes a section; it never fails. */
export async function sectionOf(view: View, section: Section): Promise<MaybeHtml> {
  try {
    if ("part" in section) return await partNamed(section.part)(view);
    return await drawPanel(view, section);
  } catch (error) {
    return failure(view, section, error);
  }
}

function partNamed(name: string): Part {
  const part = PARTS[name];
  if (part === undefined) throw new Error(`there is no part ${name}`);
  return part;
}

async function drawPanel(view: View, section: PanelSection): Promise<Html> {
  const panel = panelNamed(section.panel);
  const id = section.id ?? panel.id;
  const asked = askedBy(view, section, id);
  const result = await view.run(panel, asked);
  const drawn = { view, section, panel, result, asked, id };
  const title = section.title ?? panel.title;
  const empty = section.empty ?? "Nothing in this range.";
  return html`<section class="card ${section.width ?? "full"}" id="${id}" aria-labelledby="${id}-title">
    <header><h2 id="${id}-title">${title}</h2>
    <p class="about">${panel.description}</p></header>
    ${result.rows.length === 0 ? html`<p class="quiet">${empty}</p>` : DRAWINGS[section.as](drawn)}
    </section>`;
}

/** Parameters of one section: of its definition, then of the address, as `sort.<id>`. */
function askedBy(view: View, section: PanelSection, id: string): Given {
  const fixed = Object.entries(section.parameters ?? {}).map(([name, value]) => [name, [value]]);
  const chosen = ["sort", "cursor", "limit"].flatMap((name) => {
    const value = view.url.searchParams.get(`${name}.${id}`);
    return value === null ? [] : [[name, [value]]];
  });
  const rows = section.rows === undefined ? [] : [["limit", [String(section.rows)]]];
  return Object.fromEntries([...rows, ...fixed, ...chosen]);
}

function failure(view: View, section: Section, error: unknown): Html {
  const name = "part" in section ? section.part : section.panel;
  const words = error instanceof ParameterError ? error.message : problemOf(error).detail;
  if (!(error instanceof ParameterError)) {
    const { code } = problemOf(error);
    view.options.emit("api-failed", { path: view.url.pathname, problem: code, error });
  }
  return html`<section class="card failure" role="alert"><h2>${name} cannot be shown now</h2>
    <p>${words}</p><p><a href="${view.address({})}">Try again</a></p></section>`;
}
