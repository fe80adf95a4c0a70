// Cells of rows as JSON text. Put together by hand: it is a third of the cost of building arrays
// for JSON.stringify, and 64-bit numbers and timestamps need a form of their own anyway.

import { BOUNDS } from "../bounds.ts";
import { wellFormed } from "../text.ts";
import { readAddress } from "./ip.ts";
import { remembered } from "./memo.ts";

/** Makes of a text what stands between the quotes of its cell: `escaped` or `asIs`. */
export type Encode = (text: string) => string;

/** Escapes a text. Halves of characters are replaced: the store refuses a row that has one. */
export function escaped(text: string): string {
  return isPlain(text) ? text : JSON.stringify(wellFormed(text)).slice(1, -1);
}

/** For texts that are known to need no escape: trying each costs as much as writing it. */
export function asIs(text: string): string {
  return text;
}

/** Printable ASCII without quote and backslash needs no escape. */
function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char < 0x20 || char > 0x7e || char === 0x22 || char === 0x5c) return false;
  }
  return true;
}

/** A text cell. */
export function textCell(text: string): string {
  return text === "" ? '""' : `"${escaped(text)}"`;
}

/** An Array(String) cell. */
export function listCell(texts: readonly string[], encode: Encode = escaped): string {
  let cell = "";
  for (let i = 0; i < texts.length; i++) {
    cell += i === 0 ? `"${encode(texts[i] ?? "")}"` : `,"${encode(texts[i] ?? "")}"`;
  }
  return `[${cell}]`;
}

/** DateTime of ClickHouse holds 1970 to 2106. */
const SECONDS_MAX = 0xffff_ffff;
const DAY_SECONDS = 86_400;

/** A DateTime cell, "YYYY-MM-DD hh:mm:ss" in UTC; what the column cannot hold is brought to its end. */
export function secondCell(ms: number): string {
  return `"${secondText(Math.floor(ms / 1_000))}"`;
}

/** A DateTime64(3) cell, "YYYY-MM-DD hh:mm:ss.mmm" in UTC. */
export function millisecondCell(ms: number): string {
  const kept = Math.min(Math.max(Math.floor(ms), 0), SECONDS_MAX * 1_000);
  return `"${secondText(Math.floor(kept / 1_000))}.${String(kept % 1_000).padStart(3, "0")}"`;
}

function secondText(seconds: number): string {
  const kept = Math.min(Math.max(seconds, 0), SECONDS_MAX);
  const time = kept % DAY_SECONDS;
  const hour = Math.floor(time / 3_600);
  const minute = Math.floor(time / 60) % 60;
  return `${dayText(Math.floor(kept / DAY_SECONDS))} ${two(hour)}:${two(minute)}:${two(time % 60)}`;
}

function two(number: number): string {
  return number < 10 ? `0${number}` : `${number}`;
}

/** The date of a day after 1970-01-01. */
const dayText = remembered(
  (day: number) => new Date(day * DAY_SECONDS * 1_000).toISOString().slice(0, 10),
  BOUNDS.dateMemoMax,
);

/**
 * The two cells of an address: an IPv6 value, IPv4 as mapped address, and the text as sent where it
 * is no address. "::" says that there is none.
 */
export function addressCells(text: string): string {
  const { cells } = readAddress(text);
  return cells === "" ? `"::",${textCell(text)}` : cells;
}
