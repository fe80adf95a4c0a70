// Log-in and log-out of people in a browser: by a token typed into a form, or at an identity provider
// (login-provider.ts). What a session is stands in access/sessions.ts.

import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Provider } from "../access/oidc.ts";
import type { Holder, Sessions } from "../access/sessions.ts";
import type { Tokens } from "../access/token-file.ts";
import { explainTokenForm } from "../access/tokens.ts";
import { BOUNDS } from "../core/bounds.ts";
import type { GroupGrant } from "../core/group-grant.ts";
import type { Emit } from "../observe/events.ts";
import { factsOf } from "./access.ts";
import { readSessionCookie, removeSessionCookie, writeSessionCookie } from "./login-cookies.ts";
import { type LoginNote, type LoginPage, loginPage, NO_SESSION_WORDS } from "./login-page.ts";
import { providerRoutes } from "./login-provider.ts";
import { localNext } from "./next.ts";

export interface LoginOptions {
  sessions: Sessions;
  tokens: Pick<Tokens, "check">;
  /** null: tokens only. */
  provider: { provider: Provider; host: string } | null;
  grants: readonly GroupGrant[];
  /** Browsers come over TLS even where this process does not see it: public.url is https. */
  secureAlways: boolean;
  /** Seconds to wait before an address may try again; 0 to try now, which counts. */
  waitSeconds(peer: string, passedOn: boolean): number;
  emit: Emit;
  version: string;
  cssHref: string;
  clock?: () => number;
}

/** How somebody tries to get in, as events tell it. */
export type LoginWay = "token" | "provider";

/** What the routes of both ways in do alike. */
export interface LoginRoutes {
  options: LoginOptions;
  isSecure(c: Context): boolean;
  show(c: Context, status: PageStatus, page?: Partial<LoginPage>): Promise<Response>;
  refuse(
    c: Context,
    way: LoginWay,
    refusal: { status: PageStatus; reason: string; text: string; next: string; detail?: string },
  ): Promise<Response>;
  /** Null when this address may try; else the answer that says to wait. */
  tooMany(c: Context, way: LoginWay, next: string): Promise<Response | null>;
  letIn(c: Context, holder: Holder, name: string, next: string): Promise<Response>;
}

type PageStatus = 200 | 400 | 401 | 403 | 415 | 413 | 429 | 502 | 503;

/** Adds /login, /logout and, with a provider, /login/oidc and its callback. */
export function loginRoutes(app: Hono, options: LoginOptions): void {
  const routes = sharedBy(options);
  app.get("/login", (c) => answerLogin(c, routes));
  const tooLong = (c: Context) =>
    refuseForm(c, routes, { status: 413, text: "That is too long for a token." });
  const bounded = bodyLimit({ maxSize: BOUNDS.loginBodyBytesMax, onError: tooLong });
  app.post("/login", bounded, (c) => logIn(c, routes));
  app.post("/logout", (c) => logOut(c, routes));
  if (options.provider !== null) providerRoutes(app, routes, options.provider.provider);
}

function sharedBy(options: LoginOptions): LoginRoutes {
  const { sessions, emit, clock = Date.now } = options;
  const isSecure = (c: Context) => factsOf(c).secure || options.secureAlways;
  const show: LoginRoutes["show"] = async (c, status, page = {}) => {
    const provider = await stateOf(options.provider);
    const all = { note: null, next: "/", caller: null, provider, ...page };
    return c.html(loginPage(options, all), status);
  };
  const refuse: LoginRoutes["refuse"] = (c, way, { status, reason, text, next, detail = "" }) => {
    const { peer } = factsOf(c);
    emit("login-refused", { way, reason, peer, ...(detail !== "" && { detail }) });
    // RFC 9110 section 15.5.2: a 401 says how.
    if (status === 401) c.header("WWW-Authenticate", 'Bearer realm="sealwatch"');
    return show(c, status, { note: { tone: "alert", text }, next });
  };
  return {
    options,
    isSecure,
    show,
    refuse,
    tooMany: async (c, way, next) => {
      const seconds = options.waitSeconds(factsOf(c).peer, c.env?.passedOn ?? false);
      if (seconds === 0) return null;
      c.header("Retry-After", String(seconds));
      const text = `Too many attempts from your address. Try again in ${seconds} seconds.`;
      return refuse(c, way, { status: 429, reason: "rate-limited", text, next });
    },
    letIn: async (c, holder, name, next) => {
      const begun = await sessions.begin(holder);
      if (begun === null) {
        const text = "You are in more groups than a session can hold. Please ask the operator.";
        return refuse(c, holder.way, { status: 403, reason: "too-many-groups", text, next });
      }
      const seconds = Math.ceil((begun.expiresMs - clock()) / 1000);
      writeSessionCookie(c, isSecure(c), begun.cookie, seconds);
      emit("login-succeeded", { way: holder.way, name, peer: factsOf(c).peer });
      return c.redirect(next, 303);
    },
  };
}

async function stateOf(provider: LoginOptions["provider"]): Promise<LoginPage["provider"]> {
  if (provider === null) return null;
  return { host: provider.host, available: await provider.provider.available() };
}

async function answerLogin(c: Context, routes: LoginRoutes): Promise<Response> {
  const next = localNext(c.req.query("next"));
  const secure = routes.isSecure(c);
  const cookie = readSessionCookie(c, secure);
  if (cookie === undefined) return routes.show(c, 200, { note: goodbye(c, routes), next });
  const reading = await routes.options.sessions.read(cookie);
  if (reading.ok) return routes.show(c, 200, { caller: reading.caller, next });
  // Told once; a cookie that is no session would keep even this machine itself out.
  removeSessionCookie(c, secure);
  return routes.show(c, 200, {
    note: { tone: "alert", text: NO_SESSION_WORDS[reading.why] },
    next,
  });
}

function goodbye(c: Context, { options }: LoginRoutes): LoginNote | null {
  if (c.req.query("out") === undefined) return null;
  const more =
    options.provider === null ? "" : ` You may still be logged in at ${options.provider.host}.`;
  return { tone: "status", text: `You have logged out.${more}` };
}

async function logIn(c: Context, routes: LoginRoutes): Promise<Response> {
  const type = c.req.header("Content-Type") ?? "";
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) {
    return refuseForm(c, routes, { status: 415, text: "Please use the form below." });
  }
  const form = new URLSearchParams(await c.req.text());
  const next = localNext(form.get("next") ?? undefined);
  const wait = await routes.tooMany(c, "token", next);
  if (wait !== null) return wait;
  const text = (form.get("token") ?? "").trim();
  const known = await routes.options.tokens.check(text);
  if (known === null) {
    const words = explainTokenForm(text) ?? "This token is not known, has expired or was revoked.";
    const refusal = { status: 401, reason: "token-unknown", text: words, next } as const;
    return routes.refuse(c, "token", refusal);
  }
  return routes.letIn(c, { way: "token", token: known.id }, known.caller.name, next);
}

function refuseForm(
  c: Context,
  routes: LoginRoutes,
  { status, text }: { status: 413 | 415; text: string },
): Promise<Response> {
  return routes.refuse(c, "token", { status, reason: "form-unreadable", text, next: "/" });
}

async function logOut(c: Context, routes: LoginRoutes): Promise<Response> {
  const secure = routes.isSecure(c);
  const cookie = readSessionCookie(c, secure);
  removeSessionCookie(c, secure);
  if (cookie !== undefined) {
    const { sessions, emit } = routes.options;
    const reading = await sessions.read(cookie);
    await sessions.end(cookie);
    if (reading.ok) emit("session-ended", { name: reading.caller.name, peer: factsOf(c).peer });
  }
  return c.redirect("/login?out=1", 303);
}
