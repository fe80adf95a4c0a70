// failure-reason-code in a form that failures can be grouped by: senders put host names, addresses and
// numbers of one session into it, and each has words of its own for the same thing.

import { BOUNDS } from "../bounds.ts";
import { cutText } from "../text.ts";
import { remembered } from "../tlsrpt/memo.ts";
import { REASONS, reasonOfCode } from "./reason-codes.ts";
import { reasonOfText } from "./reason-texts.ts";

/** For a text that is something else each time it is read again. */
const UNSETTLED = "free-text";

/** What differs from one session to the next, and what stands for it; the order matters. */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s"'<>)\]]*/g, "<url>"],
  [/"[^"]*"|“[^”]*”|«[^»]*»|`[^`]*`|(?<![^\s(=:[])'[^']*'(?![^\s.,;:)\]])/g, "<text>"],
  [/<?(?<![^\s<>"'@])[^\s<>"'@]+@[^\s<>"',;@]+>?/g, "<mail>"],
  [
    /\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6} \d{1,2}(?:,? \d{4})?(?: \d\d:\d\d(?::\d\d)?)?(?: \d{4})?(?: (?:gmt|utc))?\b/g,
    "<time>",
  ],
  [
    /\b\d{4}-\d\d-\d\d(?:[t ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?: ?(?:z|utc|[+-]\d\d:?\d\d))?)?(?!\w)/g,
    "<time>",
  ],
  [/(?<![\w:])\d\d:\d\d(?::\d\d)?(?![\w:])/g, "<time>"],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "<hex>"],
  [/(?<![\w:])(?:[0-9a-f]{2}:){9,}[0-9a-f]{2}(?![\w:])/g, "<hex>"],
  [/\b0x[0-9a-f]+\b|\b(?=[a-f]*\d)[0-9a-f]{8,}\b/g, "<hex>"],
  [/(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?(?![\w.]*\w)/g, "<address>"],
  [/(?<![\w:.])(?=[:.]*[0-9a-f])[0-9a-f]{0,4}(?::[0-9a-f.]{0,15}){2,8}(?![\w:])/g, "<address>"],
  [/(?<![\w.-])(?:\*\.)?(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]+(?![\w-])/g, "<name>"],
  [/(?<![\w#])\d+(?:\.\d+)*(?:[mun]?s|min|m|h|kb|mb)?(?!\w)/g, "#"],
];

/** Canonical reasons that hold a number. */
const NUMBERED =
  /^(?:handshake-alert-\d{1,3}(?:-by-sender)?|http-status-[1245]\d\d|dnssec-error-\d{1,5})$/;

const normalized = remembered(settle, BOUNDS.reasonMemoMax);

/**
 * One word for a known cause, whatever the sender calls it ("mx-not-in-policy"); else the text in lower case
 * without what differs from one session to the next. "" for none. Given its own answer it returns that.
 */
export function normalizeReason(code: string): string {
  return code === "" ? "" : normalized(cutText(code, BOUNDS.reasonReadCharsMax));
}

/** Whether a normal form is a known cause, and not the sender's own words. */
export function isKnownReason(reason: string): boolean {
  return REASONS.has(reason) || NUMBERED.test(reason);
}

/** What stands for something else can make the text mean something, so it is read until nothing changes. */
function settle(code: string): string {
  let text = code;
  for (let round = 0; round < BOUNDS.reasonRoundsMax; round++) {
    const next = step(text);
    if (next === text) return text;
    text = next;
  }
  return UNSETTLED;
}

function step(text: string): string {
  if (isKnownReason(text)) return text;
  const folded = text.toLowerCase().replaceAll(/\s+/g, " ").trim();
  return reasonOfCode(folded) || reasonOfText(folded) || withoutChanging(folded);
}

function withoutChanging(text: string): string {
  const kept = CHANGING.reduce((rest, [changing, sign]) => rest.replaceAll(changing, sign), text);
  const bare = cutText(kept, BOUNDS.reasonCharsMax).replace(/[\s.,;:!]+$/, "");
  return bare === "" ? text.slice(0, 1) : bare;
}
