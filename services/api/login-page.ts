// What the log-in page looks like and says. Made by the server, without script; every word that comes
// from outside is escaped by the template.

import { html } from "hono/html";
import type { Caller } from "../access/caller.ts";
import type { NoSession } from "../access/sessions.ts";
import type { Html } from "./pages/html.ts";

/** One thing to say on top of the page. */
export interface LoginNote {
  /** An alert is read out at once by a screen reader. */
  tone: "status" | "alert";
  text: string;
}

export interface LoginPage {
  note: LoginNote | null;
  next: string;
  /** Host of the provider, and whether it can be used now; null without one. */
  provider: { host: string; available: boolean } | null;
  /** Who is logged in already. */
  caller: Caller | null;
}

/** Why a cookie is no session, in words for the person who holds it. */
export const NO_SESSION_WORDS: Record<NoSession, string> = {
  unreadable: "This browser's log-in is not known any more. Please log in again.",
  expired: "Your session has expired. Please log in again.",
  ended: "You have logged out. Please log in again to go on.",
  "token-gone":
    "The token that you logged in with has expired or was revoked. Please log in with another.",
  "no-grant": "Your groups may not see anything here any more. Please ask the operator.",
};

export interface LoginFrame {
  cssHref: string;
  version: string;
}

/** The whole page. */
export function loginPage(frame: LoginFrame, page: LoginPage): Html {
  const { note, caller } = page;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">
<title>Log in – Sealwatch</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="${frame.cssHref}"></head>
<body class="login">
<header><h1><a href="/">Sealwatch</a></h1><p>SMTP TLS reports</p></header>
<main id="main">
${note === null ? "" : html`<p class="notice" role="${note.tone}">${note.text}</p>`}
${caller === null ? waysIn(page) : alreadyIn(caller, page.next)}
</main>
<footer>Sealwatch ${frame.version}</footer></body></html>`;
}

function alreadyIn(caller: Caller, next: string): Html {
  return html`<section class="card"><h2>You are logged in</h2>
    <p>As <strong>${caller.name}</strong>.</p>
    <p><a class="button" href="${next}">Go on</a></p>
    <form method="post" action="/logout"><button class="plain" type="submit">Log out</button></form>
    </section>`;
}

function waysIn({ provider, next }: LoginPage): Html {
  return html`${provider === null ? "" : atProvider(provider, next)}
    <section class="card"><h2>${provider === null ? "Log in" : "Or with a token"}</h2>
    <form method="post" action="/login">
    <input type="hidden" name="next" value="${next}">
    <input type="text" name="username" value="Sealwatch token" autocomplete="username" hidden>
    <label for="token">API token</label>
    <input id="token" name="token" type="password" required autocomplete="current-password"
      autocapitalize="none" spellcheck="false" placeholder="swt_…"
      ${provider === null ? "autofocus" : ""}>
    <button type="submit">Log in</button></form>
    <details><summary>Where do I get a token?</summary>
    <p>Whoever runs this server makes one for you, for what you are to see:</p>
    <pre tabindex="0">sealwatch token create --name NAME --tenant TENANT</pre>
    <p>It is shown once. The browser does not keep it: it keeps a session, which ends with the
      token.</p></details></section>`;
}

function atProvider({ host, available }: { host: string; available: boolean }, next: string): Html {
  const away = html`<p class="notice" role="status">${host} does not answer now. Try again in a
    moment, or log in with a token.</p>`;
  const href = `/login/oidc?next=${encodeURIComponent(next)}`;
  return html`<section class="card"><h2>Log in</h2>${available ? "" : away}
    <p><a class="button" href="${href}">Log in at ${host}</a></p></section>`;
}

/** Who is logged in and a way out, for the head of a page; nothing for whoever did not log in. */
export function whoAmI(caller: Caller): Html | "" {
  if (caller.kind === "proxy") return html`<p class="who">${caller.name}</p>`;
  if (caller.kind !== "session") return "";
  return html`<form class="who" method="post" action="/logout"><span>${caller.name}</span>
    <button class="plain" type="submit">Log out</button></form>`;
}
