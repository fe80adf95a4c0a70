// The cookies of log-in. SameSite is Lax and not Strict: with Strict a browser would leave the session
// out of the step back from the provider, and out of links in mails and chats, and ask to log in again.

import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { sessionCookieName } from "../access/sessions.ts";
import { BOUNDS } from "../core/bounds.ts";

/** The session of a browser, by the name that the connection allows. */
export function readSessionCookie(c: Context, secure: boolean): string | undefined {
  const cookie = getCookie(c, sessionCookieName(secure));
  return cookie === "" ? undefined : cookie;
}

/** Kept for longer than the session counts, so that its end can be told from never having been. */
export function writeSessionCookie(
  c: Context,
  secure: boolean,
  cookie: string,
  seconds: number,
): void {
  const maxAge = seconds + BOUNDS.sessionCookieSecondsMore;
  write(c, sessionCookieName(secure), cookie, secure, maxAge);
}

export function removeSessionCookie(c: Context, secure: boolean): void {
  write(c, sessionCookieName(secure), "", secure, 0);
}

const flowName = (secure: boolean) => `${secure ? "__Host-" : ""}sealwatch_login`;

/** What a log-in at the provider must come back with. */
export function readFlowCookie(c: Context, secure: boolean): string | undefined {
  return getCookie(c, flowName(secure));
}

export function writeFlowCookie(c: Context, secure: boolean, cookie: string): void {
  write(c, flowName(secure), cookie, secure, BOUNDS.loginFlowMsMax / 1000);
}

export function removeFlowCookie(c: Context, secure: boolean): void {
  write(c, flowName(secure), "", secure, 0);
}

function write(c: Context, name: string, value: string, secure: boolean, maxAge: number): void {
  setCookie(c, name, value, { path: "/", httpOnly: true, sameSite: "Lax", secure, maxAge });
}
