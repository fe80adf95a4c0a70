// What pages are made of: typed templates that escape whatever is put into them (hono/html). Every word from
// outside goes in as a value, through showText of format.ts.

import { html } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";

export { html };

/** A piece of a page; it may still be on its way. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

/** Nothing, where a piece may be missing. */
export const NOTHING = "";
export type MaybeHtml = Html | typeof NOTHING;
