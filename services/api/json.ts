// Answers in JSON, with the characters escaped that a terminal obeys or a reader does not see: JSON itself
// escapes fewer. To a program that parses it, it is the same text.

import type { Context } from "hono";
import { printableJson } from "../core/printable.ts";

/** Answers 200, or what is said, with the body as JSON. */
export function json(c: Context, body: object, status: 200 | 202 = 200): Response {
  const headers = { "Content-Type": "application/json" };
  return c.body(printableJson(JSON.stringify(body)), status, headers);
}
