// Requests that a page of another site made a browser send (CSRF). Whatever changes something is refused
// for them, however the caller is known: by a cookie, by a proxy, or as this machine itself.

import type { Context, MiddlewareHandler } from "hono";
import { problem } from "./problem.ts";

/** Methods that change nothing here (RFC 9110 section 9.2.1). */
const SAFE_METHODS = ["GET", "HEAD", "OPTIONS", "TRACE"];

/**
 * True for a request of another site's page. Sec-Fetch-Site says it where browsers send it, else Origin
 * does; programs send neither. A neighbouring host of the same site is another site.
 * @param publicOrigin origin that others reach us at, for proxies that change Host
 */
export function isForeign(c: Context, publicOrigin: string | null): boolean {
  const site = c.req.header("Sec-Fetch-Site");
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  const origin = c.req.header("Origin");
  if (origin === undefined || origin === publicOrigin) return false;
  return !URL.canParse(origin) || new URL(origin).host !== c.req.header("Host");
}

/** Refuses what another site's page asks to be changed, with 403. */
export function refuseForeign(publicOrigin: string | null): MiddlewareHandler {
  return async (c, next) => {
    if (SAFE_METHODS.includes(c.req.method) || !isForeign(c, publicOrigin)) return next();
    const detail =
      "A page of another site sent this. Send it from a page of this server, or by a program without " +
      "Origin; behind a proxy that changes Host, set public.url.";
    return problem(c, "foreign-origin", detail);
  };
}
