// One section of a page: a panel in one of the drawings, or a part that is written for the page. A section
// that cannot be made says so in its place; the others stand.

import { BOUNDS } from "../../core/bounds.ts";
import { CursorError } from "../../query/cursor.ts";
import type { Panel } from "../../query/panel.ts";
import type { PanelResult } from "../../query/run.ts";
import { problemOf, tellFailure } from "../problem.ts";
import { actionsOf, cardOf, emptyOf, failedCard, unfiltered } from "./card.ts";
import { wordOf } from "./cells.ts";
import { type PanelSection, panelNamed, type Section } from "./definition.ts";
import { DRAWINGS } from "./drawings/index.ts";
import type { Html, MaybeHtml } from "./html.ts";
import { CARDS } from "./parts/cards.ts";
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

/** @throws Error for a part that there is not */
export function partNamed(name: string): Part {
  const part = PARTS[name];
  if (part === undefined) throw new Error(`there is no part ${name}`);
  return part;
}

async function drawPanel(view: View, section: PanelSection): Promise<Html> {
  const panel = panelNamed(section.panel);
  const id = section.id ?? panel.id;
  const picture = section.as === "chart" || section.as === "matrix";
  // A picture that ends where a page of rows does would look like silence.
  const whole = picture ? { limit: [String(BOUNDS.queryRowsMax)] } : {};
  const asked: Given = { ...whole, ...askedBy(view, section, id) };
  const result = await view.run(panel, asked);
  const title = section.title ?? panel.title;
  const all = result.meta.next_cursor === null && asked["cursor"] === undefined;
  const drawn = { view, section, panel, result, asked, id };
  return cardOf({
    ...{ id, title, about: panel.description, width: section.width, kind: `as-${section.as}` },
    actions: actionsOf({ view, panel, asked, title, picture, all }),
    body: [
      unfiltered(view, panel),
      result.rows.length === 0
        ? emptyOf(view, result.meta, section.empty)
        : DRAWINGS[section.as](drawn),
    ],
  });
}

/** Parameters of one section: of its definition, then of the address, as `sort.<id>`. */
export function askedBy(view: View, section: Omit<PanelSection, "as">, id: string): Given {
  const fixed = Object.entries(section.parameters ?? {}).map(([name, value]) => [name, [value]]);
  const chosen = ["sort", "cursor", "limit"].flatMap((name) => {
    const value = view.url.searchParams.get(`${name}.${id}`);
    return value === null || value === "" ? [] : [[name, [value]]];
  });
  const rows = section.rows === undefined ? [] : [["limit", [String(section.rows)]]];
  return Object.fromEntries([...rows, ...fixed, ...chosen]);
}

function failure(view: View, section: Section, error: unknown): Html {
  const { id, title } = cardNameOf(section);
  // What was asked of the section itself is what may be wrong about it: the way out is without it.
  const foreign = error instanceof ParameterError || error instanceof CursorError;
  const own = ["sort", "cursor", "limit"].map((name) => [`${name}.${id}`, null]);
  const again = view.address(foreign ? Object.fromEntries(own) : {});
  const { detail } = problemOf(error);
  if (!foreign) tellFailure(view.options.emit, view.url.pathname, error, view.signal);
  const words = error instanceof ParameterError ? error.message : detail;
  return failedCard(id, title, words, again);
}

/** Id and title of the card that the section would have had. */
function cardNameOf(section: Section): { id: string; title: string } {
  if ("part" in section) {
    const { part } = section;
    return CARDS[part] ?? { id: part, title: wordOf(part) };
  }
  const { panel, id = panel, title = panelNamed(panel).title } = section;
  return { id, title };
}
