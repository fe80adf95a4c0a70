// The header block of a mail as fields with their places (RFC 5322 section 2.2), no more understood than
// DKIM needs: names, and the bytes as they stand.

import { BOUNDS } from "../bounds.ts";

/** One field: `bytes.subarray(start, end)` is it, folded as it came, without its last line break. */
export interface HeaderField {
  /** Lower case. */
  name: string;
  start: number;
  /** Where its value begins, after the colon. */
  valueStart: number;
  end: number;
}

export interface HeaderBlock {
  fields: HeaderField[];
  /** Where the body begins. */
  bodyStart: number;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const COLON = 0x3a;
/** A name has less than the 998 characters of a line (RFC 5322 section 2.1.1). */
const NAME_CHARS_MAX = 997;

const decoder = new TextDecoder("utf-8");

/**
 * Reads the header block up to mailHeaderBytesMax; null when it is larger. Lines that are no field, such
 * as the "From " line of an mbox, are passed over.
 */
export function readHeaderBlock(bytes: Uint8Array): HeaderBlock | null {
  const fields: HeaderField[] = [];
  let field: HeaderField | null = null;
  let at = 0;
  while (bytes[at] === LINE_FEED || bytes[at] === CARRIAGE_RETURN) at++;
  while (at < bytes.length) {
    if (at > BOUNDS.mailHeaderBytesMax) return null;
    const feed = bytes.indexOf(LINE_FEED, at);
    const next = feed < 0 ? bytes.length : feed + 1;
    const end = lineEnd(bytes, at, feed < 0 ? bytes.length : feed);
    if (end === at && feed >= 0) return { fields, bodyStart: next };
    const first = bytes[at];
    if (first !== SPACE && first !== TAB) {
      field = fieldAt(bytes, at, end);
      if (field !== null) fields.push(field);
    } else if (field !== null) {
      field.end = end;
    }
    at = next;
  }
  return at > BOUNDS.mailHeaderBytesMax ? null : { fields, bodyStart: bytes.length };
}

/** The value of a field as text, unfolded: line breaks go, the white space after them stays. */
export function fieldText(bytes: Uint8Array, { valueStart, end }: HeaderField): string {
  return decoder.decode(bytes.subarray(valueStart, end)).replace(/\r?\n/g, "");
}

function lineEnd(bytes: Uint8Array, start: number, feed: number): number {
  return feed > start && bytes[feed - 1] === CARRIAGE_RETURN ? feed - 1 : feed;
}

/** RFC 5322 section 2.2 and 4.5: printable characters, perhaps white space, a colon. */
function fieldAt(bytes: Uint8Array, start: number, end: number): HeaderField | null {
  const last = Math.min(end, start + NAME_CHARS_MAX);
  let at = start;
  let name = "";
  for (; at < last; at++) {
    const byte = bytes[at] ?? 0;
    if (byte <= SPACE || byte === COLON || byte > 0x7e) break;
    name += String.fromCharCode(byte);
  }
  while (at < last && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
  if (name === "" || bytes[at] !== COLON || at >= end) return null;
  return { name: name.toLowerCase(), start, valueStart: at + 1, end };
}
