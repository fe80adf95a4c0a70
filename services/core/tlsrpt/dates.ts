// Dates of reports (RFC 3339), read by hand: Date.parse takes text without a zone as local time and
// turns February 30 into March. What senders write instead is read as they mean it.

import { BOUNDS } from "../bounds.ts";
import type { DeviationCode } from "../deviation.ts";
import { remembered } from "./memo.ts";

export interface ReadDate {
  /** Epoch milliseconds. */
  ms: number;
  /** What is not as RFC 3339 asks; usually nothing. */
  deviations: readonly DeviationCode[];
}

export const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const NOTHING: readonly DeviationCode[] = [];
const DATE_ONLY: readonly DeviationCode[] = ["date-only"];

/** With a fraction of twelve digits and a zone. */
const DATE_CHARS_MAX = 38;

/** Date, then optionally time, then optionally zone; groups are numbered as in readDate. */
const DATE =
  /^(\d{4})-(\d{2})-(\d{2})(?:([Tt ])(\d{2}):(\d{2})(?::(\d{2})(\.\d{1,12})?)?(Z|z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Reads a date and time. Without a zone it is UTC (RFC 8460 section 4.1 speaks of UTC days); with
 * one it is converted. Hour 24 is the next midnight, second 60 the next minute. null when the text
 * is no date or the date does not exist.
 * @param dateOnlyTimeMs time of day that a date without time means
 */
export function readDate(text: string, dateOnlyTimeMs: number): ReadDate | null {
  if (text.length > DATE_CHARS_MAX) return null;
  const { date } = knownDate(text);
  return date?.deviations === DATE_ONLY
    ? { ms: date.ms + dateOnlyTimeMs, deviations: DATE_ONLY }
    : date;
}

/** All reports of one day have the same two texts. */
const knownDate = remembered((text: string) => ({ date: dateOf(text) }), BOUNDS.dateMemoMax);

/** As readDate; a date without time stands for its midnight. */
function dateOf(text: string): ReadDate | null {
  const found = DATE.exec(text);
  if (found === null) return null;
  const midnight = utcMidnight(Number(found[1]), Number(found[2]), Number(found[3]));
  if (midnight === null) return null;
  const [, , , , separator, hourText, minuteText, secondText, fraction, zone] = found;
  if (separator === undefined) return { ms: midnight, deviations: DATE_ONLY };
  const time = timeMs(Number(hourText), Number(minuteText), Number(secondText ?? 0), fraction);
  const offset = offsetMs(zone);
  if (time === null || offset === null) return null;
  const ms = midnight + time - offset;
  const plain = separator === "T" && secondText !== undefined && hourText !== "24";
  if (plain && (zone === "Z" || zone?.length === 6)) return { ms, deviations: NOTHING };
  const deviations: DeviationCode[] = [];
  if (hourText === "24") deviations.push("date-hour-24");
  if (zone === undefined) deviations.push("date-without-zone");
  const plainZone = zone === undefined || zone === "Z" || zone.length === 6;
  if (separator !== "T" || secondText === undefined || !plainZone) deviations.push("date-form");
  return { ms, deviations };
}

/** Epoch milliseconds of a UTC day, null when there is no such day. */
function utcMidnight(year: number, month: number, day: number): number | null {
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  return Date.UTC(year, month - 1, day);
}

function daysIn(year: number, month: number): number {
  if (month === 2) {
    return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  }
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function timeMs(
  hour: number,
  minute: number,
  second: number,
  fraction: string | undefined,
): number | null {
  if (hour > 24 || minute > 59 || second > 60) return null;
  if (hour === 24 && (minute > 0 || second > 0)) return null;
  const ms = fraction === undefined ? 0 : Math.floor(Number(fraction) * 1_000);
  return (hour * 60 + minute) * MINUTE_MS + second * 1_000 + ms;
}

function offsetMs(zone: string | undefined): number | null {
  if (zone === undefined || zone === "Z" || zone === "z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * MINUTE_MS;
}
