// The pages of the table of definitions, each at its path.

import type { Hono } from "hono";
import type { ApiOptions } from "../options.ts";
import { readDefinitions } from "./definition.ts";
import { type Frame, frameEnd, frameStart } from "./frame.ts";
import { sectionOf } from "./section.ts";
import { sendPage } from "./send.ts";
import { viewOf } from "./view.ts";

export interface PageAssets {
  cssHref: string;
  scripts: readonly string[];
}

/** Adds GET of every page. */
export function pageRoutes(app: Hono, options: ApiOptions, assets: PageAssets): void {
  const pages = readDefinitions();
  for (const page of pages) {
    app.get(page.path, (c) => {
      const view = viewOf(c, options, page);
      const menu = pages
        .filter(({ place }) => place !== undefined)
        .map(({ title, path, id }) => ({ title, path, current: id === page.id }));
      const frame: Frame = {
        ...assets,
        title: page.title,
        caller: view.caller,
        menu,
        version: options.version,
        notices: [],
      };
      const sections = page.sections.map((section) => sectionOf(view, section));
      const pieces = [frameStart(frame), ...sections, frameEnd(frame)];
      return sendPage(
        c,
        pieces.map(async (piece) => piece),
      );
    });
  }
}
