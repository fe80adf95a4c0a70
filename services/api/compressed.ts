// Bodies compressed while they come to be: whoever reads one sees each piece when it is made.

import { Readable, type Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createGzip } from "node:zlib";
import type { Context } from "hono";

export type Encoding = "br" | "gzip";

/** The first of these that the client takes (RFC 9110 section 12.5.3), or null for none. */
export function accepted(c: Context, among: readonly Encoding[]): Encoding | null {
  const wishes = (c.req.header("Accept-Encoding") ?? "").toLowerCase().split(",");
  const taken = new Map(
    wishes.map((wish) => {
      const [name = "", ...parameters] = wish.split(";").map((part) => part.trim());
      return [name, !parameters.some((text) => /^q=0(?:\.0*)?$/.test(text))];
    }),
  );
  const takes = (name: Encoding) => taken.get(name) ?? taken.get("*") ?? false;
  return among.find(takes) ?? null;
}

/**
 * Answers with the pieces as they come, compressed for whoever takes that. When a client goes away, the
 * pieces are asked for no more.
 */
export function compressed(c: Context, pieces: AsyncIterable<string | Buffer>): Response {
  c.header("Vary", "Accept-Encoding", { append: true });
  const source = Readable.from(pieces, { objectMode: false });
  if (accepted(c, ["gzip"]) === null) return c.body(bodyOf(source));
  c.header("Content-Encoding", "gzip");
  // A flush after each piece, or the first would wait for the last.
  const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
  // The pieces tell of their own failures; this is a client that left, and whoever reads the body is told.
  pipeline(source, gzip).catch(() => {});
  return c.body(bodyOf(gzip));
}

function bodyOf(stream: Readable | Transform): ReadableStream {
  return Readable.toWeb(stream) as ReadableStream;
}
