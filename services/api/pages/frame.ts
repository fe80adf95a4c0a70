// What every page has around its sections: head, menu, notices, foot.

import type { Caller } from "../../access/caller.ts";
import { whoAmI } from "../login-page.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "./html.ts";
import { THEMES, type Theme } from "./theme.ts";

export interface Frame {
  title: string;
  /** Null where it is not known who asks. */
  caller: Caller | null;
  /** Pages of the menu. */
  menu: readonly { title: string; path: string; current: boolean }[];
  cssHref: string;
  /** Addresses of the scripts of every page. */
  scripts: readonly string[];
  version: string;
  theme: Theme;
  /** The page itself, to come back to. */
  here: string;
  notices: readonly MaybeHtml[];
}

/** Everything before the sections. */
export function frameStart(frame: Frame): Html {
  const { title, menu, caller, theme } = frame;
  const entries = menu.map(({ title, path, current }) =>
    current
      ? html`<a href="${path}" aria-current="page">${title}</a>`
      : html`<a href="${path}">${title}</a>`,
  );
  const chosen = theme === "system" ? NOTHING : html` data-theme="${theme}"`;
  return html`<!doctype html>
<html lang="en"${chosen}><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${theme === "system" ? "light dark" : theme}">
<title>${title} – Sealwatch</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="${frame.cssHref}">
${frame.scripts.map((src) => html`<script type="module" async src="${src}"></script>`)}</head>
<body><a class="skip" href="#main">To the content</a>
<header class="top"><p class="brand"><a href="/">Sealwatch</a></p>
<nav aria-label="Pages">${entries}</nav>${themeChoice(frame)}${caller === null ? NOTHING : whoAmI(caller)}</header>
<main id="main"><h1>${title}</h1>${frame.notices}
`;
}

/** Everything after them. */
export function frameEnd({ version }: Pick<Frame, "version">): Html {
  return html`</main><footer>Sealwatch ${version}. Days and times are UTC unless said otherwise.
    <a href="/panels">All panels</a> <a href="/api/v1">API</a>
    <a href="/api/v1/openapi.json">OpenAPI</a></footer></body></html>
`;
}

/** Light, dark, or as the system has it: a form, so that it works without script. */
function themeChoice({ theme, here }: Frame): Html {
  const buttons = Object.entries(THEMES).map(
    ([name, { title, sign }]) => html`<button type="submit" name="theme" value="${name}"
      aria-pressed="${name === theme}" aria-label="${title}" title="${title}">${sign}</button>`,
  );
  return html`<form class="theme" method="post" action="/theme" aria-label="Colours">
    <input type="hidden" name="next" value="${here}">${buttons}</form>`;
}
