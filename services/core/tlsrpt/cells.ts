// Cells of rows as JSON text. Put together by hand: it is a third of the cost of building arrays
// for JSON.stringify, and 64-bit numbers and timestamps need a form of their own anyway.

import { canonicalIp } from "./ip.ts";
import { replaceLoneSurrogates } from "./json-surrogates.ts";

/** A text cell. Halves of characters are replaced: the store refuses a row that has one. */
export function textCell(text: string): string {
  return isPlain(text) ? `"${text}"` : JSON.stringify(replaceLoneSurrogates(text));
}

/** Printable ASCII without quote and backslash needs no escape. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char < 0x20 || char > 0x7e || char === 0x22 || char === 0x5c) return false;
  }
  return true;
}

/** An Array(String) cell. */
export function listCell(texts: readonly string[]): string {
  let cell = "[";
  for (const [i, text] of texts.entries()) cell += i === 0 ? textCell(text) : `,${textCell(text)}`;
  return `${cell}]`;
}

/** DateTime of ClickHouse holds 1970 to 2106. */
const SECONDS_MAX = 0xffff_ffff;

/** A DateTime cell, "YYYY-MM-DD hh:mm:ss" in UTC; what the column cannot hold is brought to its end. */
export function secondCell(ms: number): string {
  const seconds = Math.min(Math.max(Math.floor(ms / 1_000), 0), SECONDS_MAX);
  return `"${isoText(seconds * 1_000).slice(0, 19)}"`;
}

/** A DateTime64(3) cell, "YYYY-MM-DD hh:mm:ss.mmm" in UTC. */
export function millisecondCell(ms: number): string {
  const kept = Math.min(Math.max(Math.floor(ms), 0), SECONDS_MAX * 1_000);
  return `"${isoText(kept).slice(0, 23)}"`;
}

function isoText(ms: number): string {
  const text = new Date(ms).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11)}`;
}

/**
 * The two cells of an address: an IPv6 value, IPv4 as mapped address, and the text as sent where it
 * is no address. "::" says that there is none.
 */
export function addressCells(text: string): string {
  if (text === "") return '"::",""';
  const address = canonicalIp(text);
  if (address === "" || address === "::") return `"::",${textCell(text)}`;
  return address.includes(":") ? `"${address}",""` : `"::ffff:${address}",""`;
}
