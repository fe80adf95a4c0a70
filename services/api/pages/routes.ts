// The pages of the table of definitions, each at its path, and what people are told where there is none.

import type { Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { BOUNDS } from "../../core/bounds.ts";
import { storeFor } from "../access.ts";
import type { ApiOptions } from "../options.ts";
import { problemOf, tellFailure } from "../problem.ts";
import { controlsOf } from "./controls.ts";
import { type Definition, readDefinitions, type Section } from "./definition.ts";
import { type Frame, frameEnd, frameStart } from "./frame.ts";
import { html, type MaybeHtml, NOTHING } from "./html.ts";
import { pageLink } from "./links.ts";
import { freshness, noticesOf } from "./notices.ts";
import { panelDefinition, panelIndex } from "./panel-pages.ts";
import { partNamed, sectionOf } from "./section.ts";
import { sendPage } from "./send.ts";
import { themeOf, themeRoute } from "./theme.ts";
import { titleOf } from "./titles.ts";
import { type View, viewOf } from "./view.ts";

export interface PageAssets {
  cssHref: string;
  scripts: readonly string[];
}

/** Says something to a person in the frame of the pages. */
export type Say = (
  c: Context,
  status: ContentfulStatusCode,
  said: Said,
) => Response | Promise<Response>;

export interface Said {
  title: string;
  words: string;
  /** What stands in place of a card with the words. */
  body?: MaybeHtml;
}

/**
 * Adds GET of every page, and POST /theme.
 * @returns what tells a person that there is no such page, or that it failed
 */
export function pageRoutes(app: Hono, options: ApiOptions, assets: PageAssets): Say {
  const pages = readDefinitions();
  const site: Site = { options, assets, pages };
  themeRoute(app);
  for (const page of pages) app.get(page.path, (c) => show(c, site, page));
  app.get("/panels", (c) => show(c, site, panelIndex()));
  app.get("/panels/:panel", (c, next) => {
    const page = panelDefinition(c.req.param("panel"));
    return page === null ? next() : show(c, site, page);
  });
  return sayIn(site);
}

const TOO_LONG = { title: "There is no such page", words: "The name in its address is too long." };

function sayIn(site: Site): Say {
  return (c, status, { title, words, body: own }) => {
    const frame = frameOf(c, site, { title, view: null, current: null });
    const body = html`<section class="card"><p>${words}</p><p><a href="/">To the overview</a></p></section>`;
    return c.html(html`${frameStart(frame)}${own ?? body}${frameEnd(frame)}`, status);
  };
}

/** Seen below the sections until all have come, without script too (dashboards/web/20-frame.css). */
const LOADING = html`<p class="loading" role="status">Loading…</p>
`;

/** What all pages share. */
interface Site {
  options: ApiOptions;
  assets: PageAssets;
  pages: readonly Definition[];
}

/**
 * The frame goes first. Only a page of one thing looks before that whether there is such a thing, since its
 * status and its title follow from that.
 * @throws StoreError when that cannot be found out: nothing of the page could be shown
 */
async function show(c: Context, site: Site, page: Definition): Promise<Response> {
  if (Object.values(c.req.param()).some((name) => name.length > BOUNDS.pageNameCharsMax)) {
    return sayIn(site)(c, 404, TOO_LONG);
  }
  const { options } = site;
  const store = storeFor(c, options, "page");
  const view = viewOf(c, { ...options, store }, page);
  const ofOne = Object.keys(view.path).length > 0;
  const instead = page.instead === undefined ? undefined : insteadOf(view, page.instead, ofOne);
  const [title, first] = await Promise.all([titleOf(view), ofOne ? instead : NOTHING]);
  const stands = first !== undefined && first !== NOTHING;
  if (view.answer.status !== 200) c.status(view.answer.status);
  const frame = frameOf(c, site, { title, view, current: page.id });
  const pieces = [
    Promise.resolve(frameStart({ ...frame, notices: noticesOf(view) })),
    newness(view),
    Promise.resolve(html`${controlsOf(view)}${LOADING}`),
    ...standing(view, instead, stands),
    Promise.resolve(frameEnd(frame)),
  ];
  const { pathname: path } = view.url;
  return sendPage(c, pieces, (error) => {
    tellFailure(options.emit, path, error, view.signal);
  });
}

/** What stands in place of the sections: of one thing it has to be known, elsewhere it may fail. */
function insteadOf(view: View, part: string, ofOne: boolean): Promise<MaybeHtml> {
  return ofOne ? partNamed(part)(view) : sectionOf(view, { part });
}

/**
 * The sections, or the part that stands in their place.
 * @param stands true when it is known to: the others are not made then
 */
function standing(
  view: View,
  instead: Promise<MaybeHtml> | undefined,
  stands: boolean,
): readonly Promise<MaybeHtml>[] {
  const { sections } = view.page;
  if (instead === undefined) return sections.map((section) => sectionOf(view, section));
  const always = (section: Section) => "part" in section && section.always === true;
  const made = stands ? sections.filter(always) : sections;
  const rest = made.map(async (section) => {
    const piece = sectionOf(view, section);
    return always(section) || (await instead) === NOTHING ? piece : NOTHING;
  });
  return [instead, ...rest];
}

/** How new it all is; the sections tell what cannot be read. */
async function newness(view: View): Promise<MaybeHtml> {
  try {
    return freshness(view, await view.newest());
  } catch (error) {
    const { detail } = problemOf(error);
    return html`<p class="freshness">How new this is cannot be told now: ${detail}</p>`;
  }
}

function frameOf(
  c: Context,
  { options, assets, pages }: Site,
  { title, view, current }: { title: string; view: View | null; current: string | null },
): Frame {
  // What the path names is this page's own; what was chosen goes along.
  const named = Object.fromEntries(Object.keys(view?.path ?? {}).map((name) => [name, null]));
  const menu = pages
    .filter(({ place }) => place !== undefined)
    .map(({ title, path, id }) => ({
      title,
      path: view === null ? path : pageLink(view, path, named),
      current: id === current,
    }));
  const { pathname, search } = new URL(c.req.url);
  const caller = c.get("caller") ?? null;
  const here = `${pathname}${search}`;
  const { version } = options;
  return { ...assets, title, caller, menu, version, theme: themeOf(c), here, notices: [] };
}
