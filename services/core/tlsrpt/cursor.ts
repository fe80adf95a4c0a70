// Where in a report the reader is, and what it met there. JSON pointers are put together only when
// there is something to say, so that a conforming report costs no text.

import { BOUNDS } from "../bounds.ts";
import type { DeviationCode, Deviations } from "../deviation.ts";
import type { QuarantineReason } from "../outcome.ts";
import { cutText as cut } from "../text.ts";
import type { Names } from "./wire.ts";

export type JsonObject = Record<string, unknown>;

/** Why a report cannot be used. */
export interface Fault {
  reason: QuarantineReason;
  /** One sentence for the reader: what was found. */
  message: string;
  /** JSON pointer. */
  place: string;
}

/** A list that was sent as its only element has no index in the pointer. */
export const ONLY_ELEMENT = -1;
const OUTSIDE = -2;

export interface Cursor {
  readonly deviations: Deviations;
  /** Name under which the policies were sent. */
  policiesName: string;
  /** Index of the policy and of the failure detail that are being read. */
  policy: number;
  detail: number;
  /** Failure details so far, in all policies. */
  details: number;
  /** The first fault; reading stops at it. */
  fault: Fault | null;
}

export function startCursor(deviations: Deviations): Cursor {
  return {
    deviations,
    policiesName: "policies",
    policy: OUTSIDE,
    detail: OUTSIDE,
    details: 0,
    fault: null,
  };
}

/** Moves to a policy, or with undefined out of all of them. */
export function atPolicy(cursor: Cursor, index: number | undefined): void {
  cursor.policy = index ?? OUTSIDE;
  cursor.detail = OUTSIDE;
}

/** Moves to a failure detail of the policy, or with undefined back to the policy itself. */
export function atDetail(cursor: Cursor, index: number | undefined): void {
  cursor.detail = index ?? OUTSIDE;
}

function pointer(cursor: Cursor, rest: string): string {
  let place = "";
  if (cursor.policy !== OUTSIDE) place += `/${cursor.policiesName}`;
  if (cursor.policy >= 0) place += `/${cursor.policy}`;
  if (cursor.detail !== OUTSIDE) place += "/failure-details";
  if (cursor.detail >= 0) place += `/${cursor.detail}`;
  return place + rest;
}

/**
 * Records a deviation.
 * @param rest JSON pointer from where the cursor stands, such as "/policy/mx-host"
 */
export function note(cursor: Cursor, code: DeviationCode, rest: string, value: unknown): void {
  cursor.deviations.add(code, pointer(cursor, rest), value);
}

/** Records that the report cannot be used; the first fault stays. */
export function fail(
  cursor: Cursor,
  reason: QuarantineReason,
  rest: string,
  message: string,
): void {
  cursor.fault ??= { reason, message, place: pointer(cursor, rest) };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The name under which a member was sent. An alias counts only where the member is absent or null.
 * @param parent JSON pointer from the cursor to the object
 */
export function nameSent(cursor: Cursor, object: JsonObject, names: Names, parent: string): string {
  const name = names[0];
  if (names.length === 1 || (object[name] !== undefined && object[name] !== null)) return name;
  for (let i = 1; i < names.length; i++) {
    const alias = names[i] ?? name;
    if (object[alias] === undefined) continue;
    note(cursor, "member-alias", `${parent}/${alias}`, alias);
    return alias;
  }
  return name;
}

/**
 * A text member, trimmed and cut to the bound; "" when it is absent, blank or no text.
 * @param missing deviation for an absent or blank member; without it only a blank one is noted
 */
export function readText(
  cursor: Cursor,
  object: JsonObject,
  names: Names,
  parent: string,
  missing?: DeviationCode,
): string {
  const plain = object[names[0]];
  if (typeof plain === "string" && plain.length <= BOUNDS.textCharsMax) {
    if (isTrimmed(plain)) return plain;
    const text = trimmed(cursor, plain, `${parent}/${names[0]}`);
    if (text !== "") return text;
  }
  if (plain === undefined && missing === undefined && !hasAlias(object, names)) return "";
  return readOddText(cursor, object, names, parent, missing);
}

/** Whether text surely has no white space around it; it spares most texts the call of trim. */
function isTrimmed(text: string): boolean {
  const first = text.charCodeAt(0);
  const last = text.charCodeAt(text.length - 1);
  return first > 0x20 && first < 0x7f && last > 0x20 && last < 0x7f;
}

/** The text without white space around it; for a blank one the caller has a word of its own. */
function trimmed(cursor: Cursor, text: string, rest: string): string {
  const inner = text.trim();
  if (inner !== text && inner !== "") note(cursor, "text-trimmed", rest, text);
  return inner;
}

function hasAlias(object: JsonObject, names: Names): boolean {
  for (let i = 1; i < names.length; i++) {
    if (object[names[i] ?? ""] !== undefined) return true;
  }
  return false;
}

function readOddText(
  cursor: Cursor,
  object: JsonObject,
  names: Names,
  parent: string,
  missing: DeviationCode | undefined,
): string {
  const rest = `${parent}/${nameSent(cursor, object, names, parent)}`;
  const value = object[rest.slice(parent.length + 1)];
  if (value === undefined && missing === undefined) return "";
  const text = cutText(cursor, trimmed(cursor, textOf(cursor, value, rest), rest), rest);
  if (text === "" && (missing !== undefined || isBlank(value))) {
    note(cursor, missing ?? "member-blank", rest, value ?? "");
  }
  return text;
}

function isBlank(value: unknown): boolean {
  return value === null || typeof value === "string";
}

/** Text of something that should have been text; "" for null, objects and arrays. */
export function textOf(cursor: Cursor, value: unknown, rest: string): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  note(cursor, "not-text", rest, value);
  return typeof value === "object" ? "" : String(value);
}

/** Cuts text to the bound, never between the halves of a character. */
export function cutText(cursor: Cursor, text: string, rest: string): string {
  if (text.length <= BOUNDS.textCharsMax) return text;
  note(cursor, "text-cut", rest, `${text.length} characters`);
  return cut(text, BOUNDS.textCharsMax);
}
