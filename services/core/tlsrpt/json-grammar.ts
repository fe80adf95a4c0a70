// Where a text stops being JSON (RFC 8259): the engine's own message differs between versions and
// often has no position. Used for text that was refused already, and for the ends of strings.

import { BOUNDS } from "../bounds.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Offset of the quote that ends the string whose first quote is at `start`, the text's length when
 * there is none. Backslashes before a quote are counted once each, so that all strings of a text
 * together take linear time.
 */
export function stringEnd(text: string, start: number): number {
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return text.length;
    let back = quote - 1;
    while (back >= from && text.charCodeAt(back) === BACKSLASH) back -= 1;
    if ((quote - 1 - back) % 2 === 0) return quote;
    from = quote + 1;
  }
}

/** "line 3, column 14", both from 1; the column counts UTF-16 units. */
export function positionText(text: string, offset: number): string {
  let line = 1;
  let begin = 0;
  for (;;) {
    const feed = text.indexOf("\n", begin);
    if (feed < 0 || feed >= offset) return `line ${line}, column ${offset - begin + 1}`;
    line += 1;
    begin = feed + 1;
  }
}

/** What may come next: a value, or the first of a container, or what follows a value. */
type Expect = "value" | "value-or-end" | "name" | "name-or-end" | "colon" | "after-value";

/** Offset of the first character that cannot be part of a JSON text, its length when it is cut. */
export function faultOffset(text: string): number {
  const open: ("{" | "[")[] = [];
  let expect: Expect = "value";
  let at = skipBlank(text, 0);
  while (at < text.length) {
    const char = text.charAt(at);
    const inObject = open.at(-1) === "{";
    let next = at + 1;
    if (expect === "colon") {
      if (char !== ":") return at;
      expect = "value";
    } else if (expect === "after-value") {
      if (char === "," && open.length > 0) expect = inObject ? "name" : "value";
      else if (char === (inObject ? "}" : "]") && open.length > 0) open.pop();
      else return at;
    } else if (char === (inObject ? "}" : "]") && expect.endsWith("-or-end")) {
      open.pop();
      expect = "after-value";
    } else if (expect === "name" || expect === "name-or-end") {
      if (char !== '"') return at;
      next = literalEnd(text, at);
      if (next < 0) return -next - 1;
      expect = "colon";
    } else if (char === "{" || char === "[") {
      if (open.length >= BOUNDS.jsonDepthMax) return at;
      open.push(char);
      expect = char === "{" ? "name-or-end" : "value-or-end";
    } else {
      next = literalEnd(text, at);
      if (next < 0) return -next - 1;
      expect = "after-value";
    }
    at = skipBlank(text, next);
  }
  return text.length;
}

const BLANK = /[ \t\r\n]*/y;
const SCALAR = /(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)/y;
const SHORT_ESCAPES = '"\\/bfnrt';
const UNICODE_ESCAPE = /^\\u[0-9a-fA-F]{4}$/;

function isUnicodeEscape(text: string, at: number): boolean {
  return UNICODE_ESCAPE.test(text.slice(at, at + 6));
}

function skipBlank(text: string, from: number): number {
  BLANK.lastIndex = from;
  BLANK.exec(text);
  return BLANK.lastIndex;
}

/** End of the string, number or word at `start`; a fault at offset f is given as -f - 1. */
function literalEnd(text: string, start: number): number {
  if (text.charCodeAt(start) !== QUOTE) {
    SCALAR.lastIndex = start;
    return SCALAR.exec(text) === null ? -start - 1 : SCALAR.lastIndex;
  }
  let at = start + 1;
  while (at < text.length) {
    const char = text.charCodeAt(at);
    if (char === QUOTE) return at + 1;
    if (char < 0x20) return -at - 1;
    if (char === BACKSLASH) {
      const length = SHORT_ESCAPES.includes(text.charAt(at + 1)) ? 2 : 6;
      if (length === 6 && !isUnicodeEscape(text, at)) return -at - 1;
      at += length;
    } else {
      at += 1;
    }
  }
  return -text.length - 1;
}
