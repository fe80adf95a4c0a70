// Session counts (RFC 8460 section 4.3): whole numbers of 0 and more. A wrong count would falsify
// every total above it, so what is not clearly a count makes the report unusable.

import { BOUNDS } from "../bounds.ts";
import type { DeviationCode } from "../deviation.ts";
import { cutText } from "../text.ts";
import { type Cursor, fail, type JsonObject, nameSent, note } from "./cursor.ts";
import type { Names } from "./wire.ts";

const DIGITS = /^\s*[0-9]{1,16}\s*$/;

/** What a member that is absent, null or "" counts as, and the deviation that says so. */
export interface MissingCount {
  count: number;
  code: DeviationCode;
}

/**
 * Reads a count of 0 to sessionCountMax; digits in a text are accepted with a deviation. Anything
 * else is the fault `count-invalid`, with 0 as result.
 * @param parent JSON pointer from the cursor to the object
 */
export function readCount(
  cursor: Cursor,
  object: JsonObject,
  names: Names,
  parent: string,
  missing: MissingCount,
): number {
  const name = nameSent(cursor, object, names, parent);
  const value = object[name];
  if (typeof value === "number" && isCount(value)) return value === 0 ? 0 : value;
  const rest = `${parent}/${name}`;
  if (value === undefined || value === null || value === "") {
    note(cursor, missing.code, rest, value ?? "");
    return missing.count;
  }
  if (typeof value === "string" && DIGITS.test(value) && isCount(Number(value))) {
    note(cursor, "count-as-text", rest, value);
    return Number(value);
  }
  fail(
    cursor,
    "count-invalid",
    rest,
    `${name} is ${shown(value)}, not a whole number of 0 and more`,
  );
  return 0;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= BOUNDS.sessionCountMax;
}

function shown(value: unknown): string {
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return JSON.stringify(cutText(value, 40));
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}
