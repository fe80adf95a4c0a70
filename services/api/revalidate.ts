// Answers that a client may keep and ask for again (RFC 9110 section 13, RFC 9111): the tag says whether
// an answer still stands. Whoever asks is known and let in before, so a tag opens nothing.

import { createHash } from "node:crypto";
import type { Context } from "hono";

/**
 * no-cache: kept, but asked for each time, since reports come at any moment and a caller may lose what
 * it was granted. private: an answer is about the tenants of one caller.
 */
const KEEPING = { "Cache-Control": "private, no-cache", Vary: "Accept, Authorization, Cookie" };

/**
 * The tag of an answer. It is weak: two answers with the same tag say the same, though one may name a
 * later moment at which it was made.
 * @param parts all that the answer says, but for that moment
 */
function tagOf(parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return `W/"${hash.digest("base64url").slice(0, 22)}"`;
}

/** True when the client has the answer already (RFC 9110 section 13.1.2, weak comparison). */
function isKnown(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === "*") return true;
  const opaque = (text: string) => text.trim().replace(/^W\//, "");
  return ifNoneMatch.split(",").some((known) => opaque(known) === opaque(tag));
}

/**
 * Answers 304 when the client has what the answer says, else with the answer.
 * @param said all that the answer says, whenever it was made
 * @param make the answer, with these headers besides its own
 */
export function revalidated(
  c: Context,
  said: readonly string[],
  make: (headers: Record<string, string>) => Response,
): Response {
  const tag = tagOf(said);
  const headers = { ...KEEPING, ETag: tag };
  return isKnown(c.req.header("If-None-Match"), tag) ? c.body(null, 304, headers) : make(headers);
}
