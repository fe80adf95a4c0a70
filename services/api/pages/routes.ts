// The pages of the table of definitions, each at its path, and what people are told where there is none.

import type { Context, Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { rememberNewest } from "../../query/newest.ts";
import type { ApiOptions } from "../options.ts";
import { problemOf } from "../problem.ts";
import { controlsOf } from "./controls.ts";
import { type Definition, readDefinitions } from "./definition.ts";
import { type Frame, frameEnd, frameStart } from "./frame.ts";
import { html, type MaybeHtml, NOTHING } from "./html.ts";
import { pageLink } from "./links.ts";
import { freshness, noticesOf } from "./notices.ts";
import { panelDefinition, panelIndex } from "./panel-pages.ts";
import { sectionOf } from "./section.ts";
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
  const newestOf = rememberNewest(options.store);
  const site: Site = { options, assets, pages, newestOf };
  themeRoute(app);
  for (const page of pages) app.get(page.path, (c) => show(c, site, page));
  app.get("/panels", (c) => show(c, site, panelIndex()));
  app.get("/panels/:panel", (c, next) => {
    const page = panelDefinition(c.req.param("panel"));
    return page === null ? next() : show(c, site, page);
  });
  return (c, status, { title, words, body: own }) => {
    const frame = frameOf(c, site, { title, view: null, current: null });
    const body = html`<section class="card"><p>${words}</p><p><a href="/">To the overview</a></p></section>`;
    return c.html(html`${frameStart(frame)}${own ?? body}${frameEnd(frame)}`, status);
  };
}

/** What all pages share. */
interface Site {
  options: ApiOptions;
  assets: PageAssets;
  pages: readonly Definition[];
  newestOf: ReturnType<typeof rememberNewest>;
}

/** @throws StoreError when the store does not answer at all: nothing of the page could be shown */
async function show(c: Context, site: Site, page: Definition): Promise<Response> {
  const view = viewOf(c, site.options, page);
  const [newest, title] = await Promise.all([newness(view, site), titleOf(view)]);
  const frame = frameOf(c, site, { title, view, current: page.id });
  const sections = page.sections.map((section) => sectionOf(view, section));
  return sendPage(c, [
    Promise.resolve(frameStart({ ...frame, notices: noticesOf(view) })),
    Promise.resolve(newest),
    Promise.resolve(controlsOf(view)),
    ...standing(view, sections),
    Promise.resolve(frameEnd(frame)),
  ]);
}

/** The sections, or the part that stands in their place; all are made at once. */
function standing(
  view: View,
  sections: readonly Promise<MaybeHtml>[],
): readonly Promise<MaybeHtml>[] {
  const { instead } = view.page;
  if (instead === undefined) return sections;
  const first = sectionOf(view, { part: instead });
  const rest = sections.map(async (section, i) => {
    const told = view.page.sections[i];
    const always = told !== undefined && "part" in told && told.always === true;
    return always || (await first) === NOTHING ? section : NOTHING;
  });
  return [first, ...rest];
}

/** How new it all is; nothing where that alone cannot be read. */
async function newness(view: View, { newestOf }: Site): Promise<MaybeHtml> {
  try {
    return freshness(view, await newestOf(view.scope, view.nowMs));
  } catch (error) {
    if (problemOf(error).code === "store-unavailable") throw error;
    return NOTHING;
  }
}

function frameOf(
  c: Context,
  { options, assets, pages }: Site,
  { title, view, current }: { title: string; view: View | null; current: string | null },
): Frame {
  const menu = pages
    .filter(({ place }) => place !== undefined)
    .map(({ title, path, id }) => ({
      title,
      path: view === null ? path : pageLink(view, path),
      current: id === current,
    }));
  const { pathname, search } = new URL(c.req.url);
  const caller = c.get("caller") ?? null;
  const here = `${pathname}${search}`;
  const { version } = options;
  return { ...assets, title, caller, menu, version, theme: themeOf(c), here, notices: [] };
}
