// Sends a page as it comes to be: its frame at once, then each section when it and those before it are
// ready, so that a slow panel holds up nothing above it.

import type { Context } from "hono";
import { compressed } from "../compressed.ts";
import { type MaybeHtml, NOTHING } from "./html.ts";

/** Answers with the pieces in their order; none of them may fail. */
export function sendPage(c: Context, pieces: readonly Promise<MaybeHtml>[]): Response {
  c.header("Content-Type", "text/html; charset=utf-8");
  return compressed(c, inOrder(pieces));
}

async function* inOrder(pieces: readonly Promise<MaybeHtml>[]): AsyncGenerator<string> {
  for (const piece of pieces) {
    const text = await piece;
    if (text !== NOTHING) yield String(text);
  }
}
