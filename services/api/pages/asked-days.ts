// Which days the address of a page means. The form of a page tells the last day, where the API takes the day
// after it, and it sends the days that it was filled with beside the range that they came from.

import { parseDuration } from "../../core/duration.ts";
import {
  dayAfter,
  floorDay,
  lastRange,
  printDay,
  printInstant,
  readInstant,
} from "../../query/range.ts";
import { readTimeZone, UTC } from "../../query/time-zone.ts";

const DAY_MS = 86_400_000;
/** A day, the last one that is meant. */
export const UNTIL = "until";

/**
 * Says the days of an address as the API takes them: `last` alone, or `from` and `to`.
 * @returns what was left out and why, a sentence each
 */
export function settleDays(search: URLSearchParams, nowMs: number): string[] {
  const leftOut = settleUntil(search);
  const zone = readTimeZone(search.get("timezone")?.trim() || UTC) ?? UTC;
  const [last, from, to] = ["last", "from", "to"].map((name) => search.get(name)?.trim() ?? "");
  if (!last || (!from && !to)) return leftOut;
  const days = { last, from: from ?? "", to: to ?? "" };
  if (isFilledFrom(days, nowMs, zone)) {
    search.delete("from");
    search.delete("to");
    return leftOut;
  }
  const fromMs = from ? null : beginOf(days, nowMs, zone);
  if (fromMs === null) {
    leftOut.push("last was left out: from and to say which days are meant.");
  } else search.set("from", printInstant(fromMs, zone));
  search.delete("last");
  return leftOut;
}

interface Days {
  last: string;
  from: string;
  to: string;
}

function settleUntil(search: URLSearchParams): string[] {
  const until = search.get(UNTIL)?.trim() ?? "";
  search.delete(UNTIL);
  if (until === "") return [];
  const to = search.get("to")?.trim() ?? "";
  const ms = readInstant(until);
  // What is no day is told of as `to`.
  const isDay = ms !== null && until === printDay(ms);
  search.set("to", isDay ? printDay(ms + DAY_MS) : until);
  return to === "" ? [] : [`to was left out: ${UNTIL} says the last day.`];
}

/** True for the days that `last` means today. */
function isFilledFrom({ last, from, to }: Days, nowMs: number, zone: string): boolean {
  const lengthMs = lengthOf(last, nowMs);
  if (lengthMs === null) return false;
  const { fromMs, toMs } = lastRange(lengthMs, nowMs, zone);
  return readInstant(from, zone) === fromMs && readInstant(to, zone) === toMs;
}

/** So long before `to`; null where either is not understood. */
function beginOf({ last, to }: Days, nowMs: number, zone: string): number | null {
  const lengthMs = lengthOf(last, nowMs);
  const toMs = readInstant(to, zone);
  if (lengthMs === null || toMs === null) return null;
  const whole = lengthMs % DAY_MS === 0 && floorDay(toMs, zone) === toMs;
  return whole ? dayAfter(toMs, -lengthMs / DAY_MS, zone) : toMs - lengthMs;
}

function lengthOf(last: string, nowMs: number): number | null {
  const lengthMs = parseDuration(last);
  return lengthMs === null || lengthMs === 0 || lengthMs > nowMs ? null : lengthMs;
}
