// Who asks, and whether they may: each request that is not open to everybody passes here before its
// route. What a caller sees of the store is then bound in query/run.ts.

import type { Context, MiddlewareHandler } from "hono";
import { getCookie } from "hono/cookie";
import type { Identified, RequestFacts, Ungranted } from "../access/access.ts";
import { type AccessScope, type Caller, may } from "../access/caller.ts";
import { explainNoGroup } from "../access/groups.ts";
import { bearerOf, explainTokenForm } from "../access/tokens.ts";
import type { Scope } from "../query/run.ts";
import type { Store } from "../store/port.ts";
import type { ApiOptions } from "./options.ts";
import { problem } from "./problem.ts";

export interface AccessOptions extends Pick<ApiOptions, "access" | "emit" | "loginPath"> {
  /** Tells a person who looks at a page, in place of a problem, why there is nothing for them. */
  ungrantedPage?(c: Context, text: string): Response | Promise<Response>;
}

const HOW =
  "Send a token as `Authorization: Bearer swt_...`; `sealwatch token create` makes one " +
  "on the machine of the server.";
const WRONG_TOKEN =
  "The token is not known here, has expired or was revoked; `sealwatch token list` shows which are good.";
const ENDED = "The session has ended, or nothing is granted to whoever it names: log in again.";

/**
 * The store for what one request asks, which asks no more when the caller is gone.
 * @param way pages and the API have places of their own, so that a program's many questions hold up no person
 */
export function storeFor(c: Context, options: ApiOptions, way: "page" | "api"): Store {
  const { kind, id = "", name } = callerOf(c);
  return options.readsFor?.(c.req.raw.signal, `${way} ${kind} ${id} ${name}`) ?? options.store;
}

/** What the ways in may look at. */
export function factsOf(c: Context): RequestFacts {
  const { peer = "", socketPeer = peer, tls = "", secure = tls !== "" } = c.env ?? {};
  return {
    peer,
    socketPeer,
    method: c.req.method,
    path: c.req.path,
    header: (name) => c.req.header(name),
    cookie: (name) => getCookie(c, name),
    secure,
  };
}

/** Whether who asked may still ask: a token may be revoked, or a session end, while an answer lasts. */
export async function isStill(c: Context, { access }: AccessOptions): Promise<boolean> {
  const now = await access.identify(factsOf(c));
  if (now === null || now === "refused" || now.kind === "ungranted") return false;
  const { kind, id, name } = callerOf(c);
  return now.kind === kind && now.id === id && now.name === name;
}

/** Who asks; found out once per request, since a log-in may be looked up for it. */
export function identify(c: Context, { access }: AccessOptions): Promise<Identified> {
  const known: Promise<Identified> | undefined = c.get("identified");
  if (known !== undefined) return known;
  const identified = access.identify(factsOf(c));
  c.set("identified", identified);
  return identified;
}

/** True for a caller who may do this, and that for all tenants. */
export function overAll(identified: Identified, scope: AccessScope): boolean {
  if (identified === null || identified === "refused") return false;
  if (identified.kind === "ungranted") return false;
  return identified.tenants === "all" && may(identified, scope);
}

/** Lets callers pass who may do what the scope stands for: 401 for strangers, 403 for others. */
export function needs(scope: AccessScope, options: AccessOptions): MiddlewareHandler {
  return async (c, next) => {
    const identified = await identify(c, options);
    if (identified === null || identified === "refused") {
      return askWho(c, identified === "refused", options);
    }
    if (identified.kind === "ungranted") return answerUngranted(c, identified, options);
    if (!may(identified, scope)) {
      options.emit("access-refused", { status: 403, path: c.req.path, caller: identified.name });
      const detail = `This needs the scope ${scope}, which ${identified.name} does not have.`;
      return problem(c, "forbidden", detail, { scope });
    }
    c.set("caller", identified);
    return next();
  };
}

/** Who is known and may see nothing is told so: to log in again would change nothing. */
function answerUngranted(
  c: Context,
  { name, wanted, has }: Ungranted,
  options: AccessOptions,
): Response | Promise<Response> {
  options.emit("access-refused", { status: 403, path: c.req.path, caller: name });
  const text = explainNoGroup(name, "proxy", wanted, has);
  if (options.ungrantedPage !== undefined && isPageRequest(c)) {
    return options.ungrantedPage(c, text);
  }
  return problem(c, "forbidden", text);
}

/** Says that a token would show more, or that the one which was sent is none (RFC 6750 section 3). */
export function challenge(c: Context, refused: boolean): void {
  const error = refused ? ', error="invalid_token"' : "";
  c.header("WWW-Authenticate", `Bearer realm="sealwatch"${error}`);
}

/** RFC 6750 section 3 for programs; people are sent to the log-in page, and from there to where they were. */
function askWho(c: Context, refused: boolean, options: AccessOptions): Response {
  const { peer } = factsOf(c);
  options.emit("access-refused", { status: 401, path: c.req.path, peer });
  if (options.loginPath !== null && isPageRequest(c)) {
    const { pathname, search } = pageOf(c);
    const next = encodeURIComponent(pathname + search);
    return c.redirect(`${options.loginPath}?next=${next}`, 303);
  }
  const token = bearerOf(c.req.header("Authorization"));
  const detail = token === null ? (refused ? `${ENDED} ${HOW}` : HOW) : tokenDetail(token);
  challenge(c, refused);
  return problem(c, "unauthorized", detail);
}

function tokenDetail(token: string): string {
  return explainTokenForm(token) ?? WRONG_TOKEN;
}

/**
 * True when a person looks at a page or sends its form: not a program that asks the API, and not one that
 * sends a token.
 */
export function isPageRequest(c: Context): boolean {
  if (c.req.method !== "GET" && c.req.method !== "POST") return false;
  if (c.req.header("Authorization") !== undefined || c.req.path.startsWith("/api/")) return false;
  return (c.req.header("Accept") ?? "").includes("text/html");
}

/** The address of a page, and for a form that of the page it was on, since it cannot be sent again. */
function pageOf(c: Context): Pick<URL, "pathname" | "search"> {
  if (c.req.method === "GET") return new URL(c.req.url);
  const referer = c.req.header("Referer") ?? "";
  return URL.canParse(referer) ? new URL(referer) : { pathname: "/", search: "" };
}

/** Under what is counted what a caller holds of a thing that all share; unknown people by their addresses. */
export function shareKeyOf(c: Context): string {
  const { kind, name, id = name } = callerOf(c);
  return JSON.stringify([kind, kind === "anybody" ? factsOf(c).peer : id]);
}

/** The caller of a request that passed `needs`; a route without it is a mistake, and stays shut. */
export function callerOf(c: Context): Caller {
  const caller: Caller | undefined = c.get("caller");
  if (caller === undefined) throw new Error(`${c.req.path} asks for its caller before needs()`);
  return caller;
}

/** What the caller may see (invariant 7). */
export function scopeOf(c: Context): Scope {
  return { tenants: callerOf(c).tenants };
}
