// What every page has around its sections: head, menu, notices, foot.

import type { Caller } from "../../access/caller.ts";
import { whoAmI } from "../login-page.ts";
import { type Html, html, type MaybeHtml } from "./html.ts";

export interface Frame {
  title: string;
  caller: Caller;
  /** Pages of the menu. */
  menu: readonly { title: string; path: string; current: boolean }[];
  cssHref: string;
  /** Addresses of the scripts of every page. */
  scripts: readonly string[];
  version: string;
  notices: readonly MaybeHtml[];
}

/** Everything before the sections. */
export function frameStart(frame: Frame): Html {
  const { title, menu, caller } = frame;
  const entries = menu.map(({ title, path, current }) =>
    current
      ? html`<a href="${path}" aria-current="page">${title}</a>`
      : html`<a href="${path}">${title}</a>`,
  );
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – Sealwatch</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="${frame.cssHref}">
${frame.scripts.map((src) => html`<script type="module" src="${src}"></script>`)}</head>
<body><a class="skip" href="#main">To the content</a>
<header class="top"><p class="brand"><a href="/">Sealwatch</a></p>
<nav aria-label="Pages">${entries}</nav>${whoAmI(caller)}</header>
<main id="main"><h1>${title}</h1>${frame.notices}`;
}

/** Everything after them. */
export function frameEnd({ version }: Frame): Html {
  return html`</main><footer>Sealwatch ${version}.
    <a href="/api/v1">API</a> <a href="/api/v1/openapi.json">OpenAPI</a></footer></body></html>`;
}
