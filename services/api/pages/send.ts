// Sends a page as it comes to be: its frame at once, then each section when it and those before it are
// ready, so that a slow panel holds up nothing above it.

import { setTimeout as sleep } from "node:timers/promises";
import type { Context } from "hono";
import { compressed } from "../compressed.ts";
import { html, type MaybeHtml, NOTHING } from "./html.ts";

/**
 * Bytes of a long piece that are sent at once, and the pause after them. A browser takes all that has
 * come in one go, during which it answers to nobody: a table of thousands of rows is better taken in several.
 */
const SLICE_BYTES = 128 * 1024;
const PAUSE_MS = 20;

const EARLY = html`<p class="notice early" role="alert">This page ended early: something in it went wrong. Load it
  again, or ask whoever runs this server for its log.</p></main></body></html>
`;

/**
 * Answers with the pieces in their order. One that fails ends the page, which says so: its beginning is on
 * its way already, with a status that nothing can change.
 * @param failed told of what ended the page, once
 */
export function sendPage(
  c: Context,
  pieces: readonly Promise<MaybeHtml>[],
  failed: (error: unknown) => void,
): Response {
  c.header("Content-Type", "text/html; charset=utf-8");
  // Those after one that failed, or after a client that left, are awaited by nobody.
  for (const piece of pieces) piece.catch(() => {});
  return compressed(c, inOrder(pieces, failed));
}

async function* inOrder(
  pieces: readonly Promise<MaybeHtml>[],
  failed: (error: unknown) => void,
): AsyncGenerator<Buffer> {
  try {
    for (const piece of pieces) {
      const text = await piece;
      if (text !== NOTHING) yield* inSlices(String(text));
    }
  } catch (error) {
    failed(error);
    yield Buffer.from(String(await EARLY));
  }
}

/** Cut as bytes, since a character may lie across the end of a slice. */
async function* inSlices(text: string): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  yield bytes.subarray(0, SLICE_BYTES);
  for (let from = SLICE_BYTES; from < bytes.length; from += SLICE_BYTES) {
    await sleep(PAUSE_MS);
    yield bytes.subarray(from, from + SLICE_BYTES);
  }
}
