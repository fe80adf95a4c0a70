// policy-string and mx-host: lists of texts (RFC 8460 section 4.4 and 4.5) that senders also write as
// one text, as JSON inside a text, or with the line ends of the policy file still on.

import { BOUNDS } from "../bounds.ts";
import { type Cursor, cutText, type JsonObject, nameSent, note, textOf } from "./cursor.ts";
import { readMxPattern } from "./names.ts";
import { MEMBERS } from "./wire.ts";

/**
 * policy-string as one policy line or TLSA record per element, white space normalised, errors in
 * the policy kept as sent. Section 4 speaks of records joined by ";", section 4.4 of an array.
 * @param parent JSON pointer from the cursor to the object
 */
export function readPolicyLines(
  cursor: Cursor,
  policy: JsonObject,
  parent: string,
  type: string,
): string[] {
  const name = nameSent(cursor, policy, MEMBERS.policyString, parent);
  const rest = `${parent}/${name}`;
  const sent = readList(cursor, policy[name], rest, "policy-string-not-array");
  const split = type === "tlsa" ? /[\r\n;]+/ : /[\r\n]+/;
  const lines: string[] = [];
  for (let i = 0; i < sent.texts.length; i++) {
    const text = sent.texts[i] ?? "";
    if (isPlainLine(text, type) && lines.length < BOUNDS.policyLinesMax) {
      lines.push(text);
      continue;
    }
    const place = sent.single ? rest : `${rest}/${i}`;
    for (const line of unpack(cursor, text, sent.single ? split : null, place)) {
      if (!addLine(cursor, lines, line, type, place)) return lines;
    }
  }
  return lines;
}

/** A field that is in its normal form already, as nearly all are. */
const PLAIN_FIELD = /^[A-Za-z][A-Za-z0-9_.-]{0,31}: [!-~]+$/;

/** Whether text is one line for sure, and in its normal form. */
function isPlainLine(text: string, type: string): boolean {
  return type !== "tlsa" && text.length <= BOUNDS.textCharsMax && PLAIN_FIELD.test(text);
}

/** Adds one line; false when the list is full. */
function addLine(
  cursor: Cursor,
  lines: string[],
  text: string,
  type: string,
  place: string,
): boolean {
  const line = normalLine(text, type);
  if (line !== text || line === "") note(cursor, "policy-line-form", place, text);
  if (line === "") return true;
  if (lines.length >= BOUNDS.policyLinesMax) {
    note(cursor, "list-cut", place, `more than ${BOUNDS.policyLinesMax} lines`);
    return false;
  }
  lines.push(cutText(cursor, line, place));
  return true;
}

const FIELD = /^([A-Za-z][A-Za-z0-9_.-]{0,31})\s*:\s*(.*)$/s;

/** "key: value" with one space, TLSA fields one space apart (section 4.5). */
function normalLine(text: string, type: string): string {
  const line = text.trim();
  if (type === "tlsa") return line.replace(/\s+/g, " ");
  const field = FIELD.exec(line);
  return field === null ? line : `${field[1]}: ${field[2]}`.trimEnd();
}

/** Splits a text that was sent in place of an array, or takes the array out of it. */
function unpack(cursor: Cursor, text: string, split: RegExp | null, place: string): string[] {
  const inside = text.trimStart().startsWith("[") ? jsonTexts(text) : null;
  if (inside !== null) {
    note(cursor, "policy-string-in-json", place, text);
    return inside;
  }
  return split === null ? [text] : text.split(split).filter((line) => line.trim() !== "");
}

/** The elements of a JSON array of texts, null when it is something else. */
function jsonTexts(text: string): string[] | null {
  if (text.length > BOUNDS.policyTextCharsMax) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (!Array.isArray(value)) return null;
    return value.every((element) => typeof element === "string") ? value : null;
  } catch {
    return null;
  }
}

/** mx-host in normal form; the RFC's own example has one text here (erratum 6241). */
export function readMxPatterns(cursor: Cursor, policy: JsonObject, parent: string): string[] {
  const name = nameSent(cursor, policy, MEMBERS.mxHost, parent);
  const rest = `${parent}/${name}`;
  const sent = readList(cursor, policy[name], rest, "mx-host-not-array");
  const texts = sent.single ? (sent.texts[0] ?? "").split(/[\r\n,;]+/) : sent.texts;
  const patterns: string[] = [];
  for (const [i, sentText] of texts.entries()) {
    const text = sentText.trim();
    const place = sent.single ? rest : `${rest}/${i}`;
    if (text === "") continue;
    if (patterns.length >= BOUNDS.mxPatternsMax) {
      note(cursor, "list-cut", place, `more than ${BOUNDS.mxPatternsMax} patterns`);
      break;
    }
    patterns.push(readMxPattern(cursor, cutText(cursor, text, place), place));
  }
  return patterns;
}

/** The texts of a list member; `single` when it was one text in place of an array. */
function readList(
  cursor: Cursor,
  value: unknown,
  rest: string,
  notArray: "policy-string-not-array" | "mx-host-not-array",
): { texts: string[]; single: boolean } {
  if (value === undefined) return { texts: [], single: false };
  if (Array.isArray(value)) {
    return { texts: value.map((element, i) => listText(cursor, element, rest, i)), single: false };
  }
  if (value === null || value === "") {
    note(cursor, "member-blank", rest, value);
    return { texts: [], single: false };
  }
  if (typeof value === "string") note(cursor, notArray, rest, value);
  return { texts: [textOf(cursor, value, rest)], single: true };
}

function listText(cursor: Cursor, element: unknown, rest: string, index: number): string {
  return typeof element === "string" ? element : textOf(cursor, element, `${rest}/${index}`);
}
