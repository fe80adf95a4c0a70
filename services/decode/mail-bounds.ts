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

const CHARS = `{1,${BOUNDS.mailBoundaryCharsMax}}`;
/** The boundary parameter, quoted or not; the marks of RFC 2231 are passed over. */
const BOUNDARY = new RegExp(
  String.raw`[;\s]boundary(?:\*\d*\*?)?[ \t]*=[ \t]*` +
    String.raw`(?:"((?:[^"\\\r\n]|\\.)${CHARS})"|([^\s;"]${CHARS}))`,
  "gi",
);
const HYPHEN = 0x2d;
const LINE_FEED = 0x0a;
const LINE_OF_HYPHENS = Buffer.from("\n--");
const MISNAMED = /^ContentType[ \t]*:/gim;
const WINDOW_BYTES = BOUNDS.mailHeaderBytesMax + 4;

/**
 * Checks one mail; a message/rfc822 within it is one part here and is checked when it is read.
 * @param bytes a mail that begins with its header
 */
export function checkMailBounds(bytes: Buffer): MailBounds {
  /** Boundaries of the multiparts that are open, outermost first. */
  const open: Buffer[] = [];
  const misnamed: number[] = [];
  let headerEnd = 0;
  let headerBytes = 0;
  let at = 0;
  for (let parts = 0; parts <= BOUNDS.mailPartsMax; parts++) {
    const block = readHeaderBlock(bytes, at, open);
    if (block === null) return headerTooLarge(BOUNDS.mailHeaderBytesMax);
    if (parts === 0) headerEnd = block.next;
    headerBytes += block.text.length;
    if (headerBytes > BOUNDS.mailHeadersBytesMax) return headerTooLarge(BOUNDS.mailHeadersBytesMax);
    for (const match of block.text.matchAll(MISNAMED)) misnamed.push(at + match.index);
    for (const boundary of boundariesOf(block.text)) {
      if (open.length >= BOUNDS.mailDepthMax) return tooDeep();
      open.push(Buffer.from(boundary, "latin1"));
    }
    const next = nextPart(bytes, block.next, open);
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
function readHeaderBlock(bytes: Buffer, at: number, open: readonly Buffer[]): Block | null {
  const window = bytes.subarray(at, at + WINDOW_BYTES);
  const end = blankLine(window);
  const delimiter = delimiterWithin(window, end ?? window.length, open);
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
function delimiterWithin(window: Buffer, end: number, open: readonly Buffer[]): number | null {
  for (let at = 0; at < end; at++) {
    if (readDelimiter(window, at, open) !== null) return at;
    at = window.indexOf(LINE_FEED, at);
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
function nextPart(bytes: Buffer, from: number, open: Buffer[]): number | null {
  let at = from;
  while (at >= 0 && at < bytes.length) {
    const delimiter = readDelimiter(bytes, at, open);
    if (delimiter !== null) {
      open.splice(delimiter.closing ? delimiter.depth : delimiter.depth + 1);
      if (!delimiter.closing) return delimiter.end;
    }
    const line = bytes.indexOf(LINE_OF_HYPHENS, at);
    at = line < 0 ? -1 : line + 1;
  }
  return null;
}

interface Delimiter {
  depth: number;
  closing: boolean;
  end: number;
}

/**
 * The delimiter line (RFC 2046 section 5.1.1) of an open multipart at an offset, or null. Compared
 * byte by byte: a mail may have millions of lines that begin with two hyphens.
 */
function readDelimiter(bytes: Buffer, at: number, open: readonly Buffer[]): Delimiter | null {
  if (bytes[at] !== HYPHEN || bytes[at + 1] !== HYPHEN) return null;
  for (let depth = open.length - 1; depth >= 0; depth--) {
    const boundary = open[depth];
    if (boundary === undefined || !standsAt(bytes, at + 2, boundary)) continue;
    const after = at + 2 + boundary.length;
    const closing = bytes[after] === HYPHEN && bytes[after + 1] === HYPHEN;
    const end = lineEnd(bytes, closing ? after + 2 : after);
    if (end !== null) return { depth, closing, end };
  }
  return null;
}

function standsAt(bytes: Buffer, at: number, boundary: Buffer): boolean {
  for (let i = 0; i < boundary.length; i++) if (bytes[at + i] !== boundary[i]) return false;
  return true;
}

/** Offset after the line that has only white space left; null when it has more, or never ends. */
function lineEnd(bytes: Buffer, from: number): number | null {
  for (let at = from; at < from + BOUNDS.mailBoundaryCharsMax; at++) {
    const byte = bytes[at];
    if (byte === LINE_FEED || byte === undefined) return at + 1;
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return null;
  }
  return null;
}
