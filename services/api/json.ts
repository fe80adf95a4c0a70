// Answers in JSON, with the characters escaped that a terminal obeys or a reader does not see: JSON itself
// escapes fewer. To a program that parses it, it is the same text.

import type { Context } from "hono";
import { printableJson } from "../core/printable.ts";

/** Answers 200, or what is said, with the body as JSON. */
export function json(c: Context, body: object, status: 200 | 202 = 200): Response {
  return jsonText(c, JSON.stringify(body), {}, status);
}

/** The same of a body that is JSON text already. */
export function jsonText(
  c: Context,
  text: string,
  headers: Record<string, string>,
  status: 200 | 202 = 200,
): Response {
  return c.body(printableJson(text), status, { "Content-Type": "application/json", ...headers });
}
