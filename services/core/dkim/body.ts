// The body of a mail in the two canonical forms of RFC 6376 section 3.4. One pass over the bytes, so that
// no body costs more than another of its size; line feeds alone count as line breaks, as in files.

import type { Canonicalization } from "./signature.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

/**
 * The canonical form: for "simple" no empty lines at the end (section 3.4.3), for "relaxed" also no white
 * space at line ends and one space for every other run of it (section 3.4.4). Ends in CRLF; only a
 * relaxed form can be empty.
 */
export function canonicalBody(body: Uint8Array, form: Canonicalization): Uint8Array {
  const out = new Uint8Array(body.length + bareFeeds(body) + 2);
  let length = 0;
  /** Length up to the end of the last line that is not empty. */
  let filled = 0;
  let gap = false;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] ?? 0;
    const crlf = byte === CARRIAGE_RETURN && body[at + 1] === LINE_FEED;
    if (byte === LINE_FEED || crlf) {
      if (crlf) at += 1;
      gap = false;
      out[length++] = CARRIAGE_RETURN;
      out[length++] = LINE_FEED;
      continue;
    }
    if (form === "relaxed" && (byte === SPACE || byte === TAB)) {
      gap = true;
      continue;
    }
    if (gap) out[length++] = SPACE;
    gap = false;
    out[length++] = byte;
    filled = length;
  }
  if (filled === 0 && form === "relaxed") return out.subarray(0, 0);
  out[filled] = CARRIAGE_RETURN;
  out[filled + 1] = LINE_FEED;
  return out.subarray(0, filled + 2);
}

function bareFeeds(body: Uint8Array): number {
  let count = 0;
  for (let at = body.indexOf(LINE_FEED); at >= 0; at = body.indexOf(LINE_FEED, at + 1)) {
    if (body[at - 1] !== CARRIAGE_RETURN) count += 1;
  }
  return count;
}
