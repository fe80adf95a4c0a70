// Light or dark: what a person chose for this browser, in a cookie, so that a page has its colours before it
// is painted.

import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { getCookie, setCookie } from "hono/cookie";
import { BOUNDS } from "../../core/bounds.ts";
import { factsOf } from "../access.ts";
import { localNext } from "../next.ts";
import { problem } from "../problem.ts";

export const THEMES = {
  system: { title: "Colours of the system", sign: "◐" },
  light: { title: "Light colours", sign: "☀" },
  dark: { title: "Dark colours", sign: "☾" },
} as const;
export type Theme = keyof typeof THEMES;

const COOKIE = "sealwatch_theme";

/** What was chosen; the system's without a choice. */
export function themeOf(c: Context): Theme {
  return readTheme(getCookie(c, COOKIE) ?? "") ?? "system";
}

function readTheme(text: string): Theme | null {
  if (text === "system" || text === "light" || text === "dark") return text;
  return null;
}

/** Adds POST /theme, which goes back to where it was asked from. */
export function themeRoute(app: Hono): void {
  const tooLong = (c: Context) => problem(c, "invalid-parameter", "That is too long for a theme.");
  const bounded = bodyLimit({ maxSize: BOUNDS.themeBodyBytesMax, onError: tooLong });
  app.post("/theme", bounded, async (c) => {
    const form = new URLSearchParams(await c.req.text());
    const theme = readTheme(form.get("theme") ?? "");
    if (theme === null) {
      const detail = `theme takes ${Object.keys(THEMES).join(", ")}.`;
      return problem(c, "invalid-parameter", detail, { parameter: "theme" });
    }
    const { secure } = factsOf(c);
    const maxAge = BOUNDS.themeCookieSeconds;
    setCookie(c, COOKIE, theme, { path: "/", httpOnly: true, sameSite: "Lax", secure, maxAge });
    return c.redirect(localNext(form.get("next") ?? undefined), 303);
  });
}
