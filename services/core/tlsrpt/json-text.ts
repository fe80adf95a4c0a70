// From the bytes of one report to a JSON value, tolerant where it does not change the meaning.
// Depth is bounded before JSON.parse sees a large text, and all work is linear in its length.

import { BOUNDS } from "../bounds.ts";
import type { Deviations } from "../deviation.ts";
import type { QuarantineReason } from "../outcome.ts";
import { isObject } from "./cursor.ts";
import { reportDuplicates } from "./json-duplicates.ts";
import { faultOffset, positionText } from "./json-grammar.ts";
import { isCompact } from "./json-length.ts";
import { mendSurrogates } from "./json-surrogates.ts";

type Refusal = { ok: false; reason: QuarantineReason; message: string; place: string };

/** A JSON object with what is known of its text. */
interface Read {
  ok: true;
  value: unknown;
  /** True when it is ASCII without escapes: none of its strings needs one to be written again. */
  plain: boolean;
}

/**
 * Reads the JSON object of a report. A byte order mark, bytes that are not UTF-8, data after the
 * object and repeated members are tolerated, each with a deviation (RFC 8259, RFC 7493). What was
 * refused carries the reason and where in the text it was found; nothing is thrown.
 */
export function readJson(bytes: Uint8Array, deviations: Deviations): Read | Refusal {
  const body = withoutMark(bytes, deviations);
  const early = parseSmall(body);
  if (early !== null && isObject(early.value) && isCompact(early.text, early.value)) {
    return finish(early, early.value, deviations);
  }
  const shape = scan(body);
  if (shape.depth > BOUNDS.jsonDepthMax) {
    const message = `nested more than ${BOUNDS.jsonDepthMax} levels deep at byte ${shape.end + 1}`;
    return { ok: false, reason: "json-too-deep", message, place: "" };
  }
  if (shape.members + shape.containers > BOUNDS.jsonMembersMax) {
    const message = `more than ${BOUNDS.jsonMembersMax} objects, arrays and members`;
    return { ok: false, reason: "too-many-details", message, place: "" };
  }
  const object = body.subarray(0, shape.end);
  const parsed = early ?? parseJson(decodeText(object, deviations), object.length);
  if (parsed === null) return refuseText(LENIENT.decode(body));
  const { value } = parsed;
  if (!isObject(value)) return refuseValue(value);
  if (shape.end < body.length) noteTrailingData(body.subarray(shape.end), deviations);
  if (countMembers(value) !== shape.members) reportDuplicates(parsed.text, deviations);
  return finish(parsed, value, deviations);
}

/** Mends what JSON.parse lets through, and says what is known of the text. */
function finish({ text, bytes }: Parsed, value: object, deviations: Deviations): Read {
  const escapes = text.includes("\\");
  if (escapes) mendSurrogates(text, value, deviations);
  return { ok: true, value, plain: !escapes && isAscii(text, bytes) };
}

const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const LENIENT = new TextDecoder("utf-8", { ignoreBOM: true });

function withoutMark(bytes: Uint8Array, deviations: Deviations): Uint8Array {
  if (bytes[0] !== 0xef || bytes[1] !== 0xbb || bytes[2] !== 0xbf) return bytes;
  deviations.add("bom", "", "EF BB BF");
  return bytes.subarray(3);
}

function decodeText(bytes: Uint8Array, deviations: Deviations): string {
  try {
    return STRICT.decode(bytes);
  } catch {
    const text = LENIENT.decode(bytes);
    deviations.add("invalid-utf8", "", `first at ${positionText(text, text.indexOf("\ufffd"))}`);
    return text;
  }
}

/** A character above ASCII has more bytes than units, or replaces a byte that was no character. */
function isAscii(text: string, bytes: number): boolean {
  return text.length === bytes && !text.includes("\ufffd");
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
/** `{` and `}`; `[` and `]` are these without the bit of 0x20. */
const OPEN = 0x7b;
const CLOSE = 0x7d;

interface Shape {
  depth: number;
  members: number;
  containers: number;
  /** Offset after the first complete value, the length when there is none. */
  end: number;
}

/**
 * One pass over the bytes: how deep the text nests, what it holds, and where its first complete
 * value ends. Bytes above ASCII are never structure (RFC 3629 section 3). Says nothing on
 * whether it is JSON. Stops where the depth bound is met.
 */
function scan(bytes: Uint8Array): Shape {
  let depth = 0;
  let members = 0;
  let containers = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === QUOTE) {
      i = closingQuote(bytes, i + 1);
    } else if (byte === COLON) {
      members += 1;
    } else if ((byte | 0x20) === OPEN) {
      depth += 1;
      containers += 1;
      if (depth > BOUNDS.jsonDepthMax) return { depth, members, containers, end: i };
    } else if ((byte | 0x20) === CLOSE) {
      depth -= 1;
      if (depth <= 0) return { depth, members, containers, end: i + 1 };
    }
  }
  return { depth, members, containers, end: bytes.length };
}

/** Offset of the quote that ends a string, the length when there is none. */
function closingQuote(bytes: Uint8Array, start: number): number {
  for (let i = start; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) return i;
    if (byte === BACKSLASH) i += 1;
  }
  return bytes.length;
}

interface Parsed {
  text: string;
  value: unknown;
  /** How many bytes the text was decoded from. */
  bytes: number;
}

/** Parses a text that is too small to do harm by its depth; null when it is larger, or no JSON. */
function parseSmall(bytes: Uint8Array): Parsed | null {
  if (bytes.length > BOUNDS.jsonHarmlessBytesMax) return null;
  try {
    return parseJson(STRICT.decode(bytes), bytes.length);
  } catch {
    return null;
  }
}

function parseJson(text: string, bytes: number): Parsed | null {
  try {
    const value: unknown = JSON.parse(text);
    return { text, value, bytes };
  } catch {
    return null;
  }
}

function refuseValue(value: unknown): Refusal {
  const found = value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`;
  return {
    ok: false,
    reason: "json-not-object",
    message: `the JSON is ${found}, not an object`,
    place: "",
  };
}

function refuseText(text: string): Refusal {
  const message =
    text.trim() === ""
      ? "there is no text at all"
      : `not JSON from ${positionText(text, faultOffset(text))} on`;
  return { ok: false, reason: "not-json", message, place: "" };
}

/** Bytes of what follows the report that are shown with the deviation. */
const SHOWN_BYTES = 300;

function noteTrailingData(rest: Uint8Array, deviations: Deviations): void {
  const first = rest.findIndex((byte) => byte !== 0x20 && (byte < 0x09 || byte > 0x0d));
  if (first < 0) return;
  deviations.add("trailing-data", "", LENIENT.decode(rest.subarray(first, first + SHOWN_BYTES)));
}

/** Members of a value and everything in it; recursion is safe within the depth bound. */
function countMembers(value: unknown): number {
  let count = 0;
  if (Array.isArray(value)) {
    for (const element of value) if (typeof element === "object") count += countMembers(element);
  } else if (isObject(value)) {
    for (const name in value) {
      count += 1;
      const member = value[name];
      if (typeof member === "object") count += countMembers(member);
    }
  }
  return count;
}
