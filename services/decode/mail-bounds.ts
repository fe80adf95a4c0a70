// A linear look over a mail's bytes before mailparser gets them: header sizes, number of parts,
// depth. It reads boundaries as plainly as senders write them; what hides from it meets the limits
// given to mailparser itself, so it need not understand every trick, only be quick.

import { BOUNDS } from "../core/bounds.ts";
import type { Failure } from "./inflate.ts";

/**
 * `headerEnd` is where the mail's own header block ends, `misnamed` are the offsets of "ContentType:"
 * header lines, which lack their hyphen.
 */
export type MailBounds = { ok: true; headerEnd: number; misnamed: number[] } | Failure;

interface Block {
  text: string;
  /** Offset of what follows: an empty line, or the delimiter line that ended the block early. */
  next: number;
}

const BOUNDARY =
  /[;\s]boundary(?:\*\d*\*?)?[ \t]*=[ \t]*(?:"((?:[^"\\\r\n]|\\.){1,256})"|([^\s;"]{1,256}))/gi;
const MISNAMED = /^ContentType[ \t]*:/gim;
const WINDOW_BYTES = BOUNDS.mailHeaderBytesMax + 4;

/**
 * Checks one mail; a message/rfc822 within it is one part here and is checked when it is read.
 * @param bytes a mail that begins with its header
 */
export function checkMailBounds(bytes: Buffer): MailBounds {
  /** Boundaries of the multiparts that are open, outermost first, and the depth of each. */
  const open: string[] = [];
  const depths = new Map<string, number>();
  const misnamed: number[] = [];
  let headerEnd = 0;
  let headerBytes = 0;
  let at = 0;
  for (let parts = 0; parts <= BOUNDS.mailPartsMax; parts++) {
    const block = readHeaderBlock(bytes, at, depths);
    if (block === null) return headerTooLarge(BOUNDS.mailHeaderBytesMax);
    if (parts === 0) headerEnd = block.next;
    headerBytes += block.text.length;
    if (headerBytes > BOUNDS.mailHeadersBytesMax) return headerTooLarge(BOUNDS.mailHeadersBytesMax);
    for (const match of block.text.matchAll(MISNAMED)) misnamed.push(at + match.index);
    for (const boundary of boundariesOf(block.text)) {
      if (open.length >= BOUNDS.mailDepthMax) return tooDeep();
      depths.set(boundary, open.push(boundary) - 1);
    }
    const next = nextPart(bytes, block.next, open, depths);
    if (next === null) return { ok: true, headerEnd, misnamed };
    at = next;
  }
  const message = `the mail has more than ${BOUNDS.mailPartsMax} MIME parts`;
  return { ok: false, reason: "mail-too-many-parts", message };
}

function headerTooLarge(bytesMax: number): MailBounds {
  const message = `mail headers have more than ${bytesMax} bytes`;
  return { ok: false, reason: "mail-header-too-large", message };
}

/** Also what reading nested mails says. */
export function tooDeep(): Failure {
  const message = `the mail is nested more than ${BOUNDS.mailDepthMax} deep`;
  return { ok: false, reason: "mail-too-deep", message };
}

/** The header block at an offset; null when it is larger than the bound. */
function readHeaderBlock(bytes: Buffer, at: number, depths: Map<string, number>): Block | null {
  const window = bytes.subarray(at, at + WINDOW_BYTES);
  const end = blankLine(window);
  const delimiter = delimiterWithin(window, end ?? window.length, depths);
  if (delimiter === null && end === null && window.length === WINDOW_BYTES) return null;
  const length = delimiter ?? end ?? window.length;
  return { text: window.toString("latin1", 0, length), next: at + length };
}

/** Offset of the empty line that ends a header block. */
function blankLine(window: Buffer): number | null {
  if (window[0] === 0x0a || (window[0] === 0x0d && window[1] === 0x0a)) return 0;
  const crlf = window.indexOf("\n\r\n");
  const lf = window.indexOf("\n\n");
  if (crlf < 0 && lf < 0) return null;
  return 1 + (crlf < 0 || lf < 0 ? Math.max(crlf, lf) : Math.min(crlf, lf));
}

/** mailparser ends a header block at a delimiter line too, so that counts as a part here. */
function delimiterWithin(window: Buffer, end: number, depths: Map<string, number>): number | null {
  for (let at = 0; at < end; at++) {
    if (window[at] === 0x2d && window[at + 1] === 0x2d && readDelimiter(window, at, depths)) {
      return at;
    }
    at = window.indexOf(0x0a, at);
    if (at < 0) return null;
  }
  return null;
}

function* boundariesOf(text: string): Generator<string> {
  for (const match of text.matchAll(BOUNDARY)) {
    yield match[2] ?? (match[1] ?? "").replace(/\\(.)/g, "$1");
  }
}

/** Offset of the header block behind the next delimiter that opens a part; null at the end. */
function nextPart(
  bytes: Buffer,
  from: number,
  open: string[],
  depths: Map<string, number>,
): number | null {
  let at = from;
  while (at >= 0 && at < bytes.length) {
    const delimiter = readDelimiter(bytes, at, depths);
    if (delimiter !== null) {
      const keep = delimiter.closing ? delimiter.depth : delimiter.depth + 1;
      for (const gone of open.splice(keep)) depths.delete(gone);
      if (!delimiter.closing) return delimiter.end;
    }
    const line = bytes.indexOf("\n--", at);
    at = line < 0 ? -1 : line + 1;
  }
  return null;
}

interface Delimiter {
  depth: number;
  closing: boolean;
  end: number;
}

/** The delimiter line (RFC 2046 section 5.1.1) of an open multipart at an offset, or null. */
function readDelimiter(bytes: Buffer, at: number, depths: Map<string, number>): Delimiter | null {
  if (depths.size === 0 || bytes[at] !== 0x2d || bytes[at + 1] !== 0x2d) return null;
  const window = bytes.subarray(at + 2, at + 2 + BOUNDS.mailBoundaryCharsMax + 4);
  const feed = window.indexOf(0x0a);
  if (feed < 0 && window.length > BOUNDS.mailBoundaryCharsMax + 2) return null;
  const line = window.toString("latin1", 0, feed < 0 ? window.length : feed).trimEnd();
  const end = at + 2 + (feed < 0 ? window.length : feed + 1);
  const opening = depths.get(line);
  if (opening !== undefined) return { depth: opening, closing: false, end };
  const depth = line.endsWith("--") ? depths.get(line.slice(0, -2)) : undefined;
  return depth === undefined ? null : { depth, closing: true, end };
}
