// The headers that every answer carries: no script but our own, no other origin, no frame, nothing kept.

import type { MiddlewareHandler } from "hono";

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const SECURITY_HEADERS: Record<string, string> = {
  "Content-Security-Policy": CONTENT_SECURITY_POLICY,
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  // To other sites nothing. Under no-referrer a browser would send the forms of our own pages with
  // "Origin: null", as it does those of strangers (Fetch, "append a request Origin header").
  "Referrer-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy":
    "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
};

/** Two years (RFC 6797); other names of the domain are their owners' affair. */
const HSTS = "max-age=63072000";

/** Of bytes as they came: should a browser ever show them, nothing in them has any power. */
export const RAW_HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
};

/**
 * Sets the headers on whatever the route answers; what a route says itself, as RAW_HEADERS, stands.
 * @param https true where people come by https, whatever a proxy makes of it on its way here
 */
export const secureHeaders =
  (https = false): MiddlewareHandler =>
  async (c, next) => {
    await next();
    if (https || c.env?.secure === true) c.res.headers.set("Strict-Transport-Security", HSTS);
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    }
    if (!c.res.headers.has("Cache-Control")) c.res.headers.set("Cache-Control", "no-store");
  };
