// How short the text of a JSON value can be. A text that is hardly longer holds nothing besides the
// value: no member that was repeated, whose earlier value JSON.parse has dropped.

import { BOUNDS } from "../bounds.ts";
import { isObject, type JsonObject } from "./cursor.ts";

/** The shortest member that can be repeated, with its comma: `"":0,`. */
const MEMBER_CHARS_MIN = 5;

/**
 * True when no member of the value can have occurred twice in its text, and the value is not nested
 * too deeply. False says nothing: white space, escapes and odd numbers make a text longer, too. It
 * costs a fraction of a pass over the text, since senders write no white space.
 * @param text JSON that JSON.parse has read as `value`
 */
export function isCompact(text: string, value: unknown): boolean {
  return text.length - lengthMin(value, 0) < MEMBER_CHARS_MIN;
}

/** UTF-16 units that the text of a value has at least; less than any text where it is too deep. */
function lengthMin(value: unknown, depth: number): number {
  if (typeof value === "string") return value.length + 2;
  if (typeof value === "number") return digitsMin(value);
  if (depth >= BOUNDS.jsonDepthMax) return Number.NEGATIVE_INFINITY;
  if (Array.isArray(value)) return arrayMin(value, depth + 1);
  return isObject(value) ? objectMin(value, depth + 1) : String(value).length;
}

function arrayMin(elements: unknown[], depth: number): number {
  let length = Math.max(elements.length + 1, 2);
  for (const element of elements) length += lengthMin(element, depth);
  return length;
}

/** Braces, and for each member two quotes, a colon and a comma; the last one has no comma. */
function objectMin(object: JsonObject, depth: number): number {
  let length = 1;
  for (const name in object) length += name.length + 4 + lengthMin(object[name], depth);
  return Math.max(length, 2);
}

/** Whole numbers without three zeros at the end have no shorter form than their digits. */
function digitsMin(number: number): number {
  if (number < 10) return 1;
  const plain = Number.isInteger(number) && number % 1_000 !== 0 && number < 1e9;
  return plain ? String(number).length : 1;
}
