// Log-in at an identity provider: sends a browser there, and takes it back. What belongs together is in
// a signed cookie of ten minutes, so that nobody can be made to end a log-in that another began.

import type { Context, Hono } from "hono";
import { addGrants, explainNoGroup, groupsOf, marksOf } from "../access/groups.ts";
import { type Flow, type Person, type Provider, ProviderError } from "../access/oidc.ts";
import { openSigned, sign } from "../access/signed.ts";
import { BOUNDS } from "../core/bounds.ts";
import type { LoginRoutes } from "./login.ts";
import { readFlowCookie, removeFlowCookie, writeFlowCookie } from "./login-cookies.ts";
import { localNext } from "./next.ts";

const NOT_BEGUN =
  "This log-in was not begun in this browser, or took too long. Please begin it again.";
const FAULT_WORDS = {
  away: "The identity provider does not answer. Try again in a moment, or log in with a token.",
  declined: "The identity provider did not let you in.",
  wrong: "The identity provider's answer does not belong to this log-in. Please begin it again.",
} as const;
const FAULT_STATUS = { away: 503, declined: 403, wrong: 400 } as const;

/** Adds GET /login/oidc, which starts, and GET /login/oidc/callback, which ends a log-in. */
export function providerRoutes(app: Hono, routes: LoginRoutes, provider: Provider): void {
  app.get("/login/oidc", (c) => begin(c, routes, provider));
  app.get("/login/oidc/callback", (c) => finish(c, routes, provider));
}

async function begin(c: Context, routes: LoginRoutes, provider: Provider): Promise<Response> {
  const next = localNext(c.req.query("next"));
  const wait = await routes.tooMany(c, "provider", next);
  if (wait !== null) return wait;
  try {
    const { url, flow } = await provider.begin();
    const { sessions, clock = Date.now } = routes.options;
    const expiresMs = clock() + BOUNDS.loginFlowMsMax;
    const cookie = await sign(sessions.key, "provider", { ...flow, next, expiresMs });
    writeFlowCookie(c, routes.isSecure(c), cookie);
    return c.redirect(url, 302);
  } catch (error) {
    return refuseFault(c, routes, error, next);
  }
}

async function finish(c: Context, routes: LoginRoutes, provider: Provider): Promise<Response> {
  const begun = await readFlow(c, routes);
  if (begun === null) {
    const refusal = { status: 400, reason: "not-begun", text: NOT_BEGUN, next: "/" } as const;
    return routes.refuse(c, "provider", refusal);
  }
  removeFlowCookie(c, routes.isSecure(c));
  try {
    const person = await provider.finish(new URL(c.req.url).search, begun.flow);
    return await letIn(c, routes, person, begun.next);
  } catch (error) {
    return refuseFault(c, routes, error, begun.next);
  }
}

async function readFlow(
  c: Context,
  { options, isSecure }: LoginRoutes,
): Promise<{ flow: Flow; next: string } | null> {
  const { sessions, clock = Date.now } = options;
  const cookie = readFlowCookie(c, isSecure(c)) ?? "";
  const opened = await openSigned(sessions.key, "provider", cookie);
  if (!opened.ok || !(Number(opened.value["expiresMs"]) > clock())) return null;
  const { state, nonce, verifier, next } = opened.value;
  const flow = { state: String(state), nonce: String(nonce), verifier: String(verifier) };
  return { flow, next: localNext(String(next)) };
}

async function letIn(
  c: Context,
  routes: LoginRoutes,
  person: Person,
  next: string,
): Promise<Response> {
  const { grants } = routes.options;
  const marks = marksOf(person.groups, grants);
  const { name } = person;
  if (addGrants(marks, grants) !== null) {
    return routes.letIn(c, { way: "provider", name, marks }, name, next);
  }
  const text = explainNoGroup(name, "provider", groupsOf(grants), person.groups.length);
  return routes.refuse(c, "provider", { status: 403, reason: "no-group", text, next });
}

function refuseFault(
  c: Context,
  routes: LoginRoutes,
  error: unknown,
  next: string,
): Promise<Response> {
  if (!(error instanceof ProviderError)) throw error;
  const { fault, message: detail } = error;
  const refusal = { status: FAULT_STATUS[fault], reason: `provider-${fault}`, next, detail };
  return routes.refuse(c, "provider", { ...refusal, text: FAULT_WORDS[fault] });
}
