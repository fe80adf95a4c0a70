// The time that a question is about: from and to, or the last so many days, in the time zone named.

import { BOUNDS } from "../core/bounds.ts";
import { parseDuration, printDuration } from "../core/duration.ts";
import { cursorRange } from "./cursor.ts";
import type { ParameterProblem } from "./parameters.ts";
import { completeRange, lastRange, type Range, readInstant } from "./range.ts";
import { readTimeZone, UTC } from "./time-zone.ts";

const DAY_MS = 86_400_000;

/** Texts of the parameters, as they were given. */
export type AskedTime = Readonly<
  Partial<Record<"from" | "to" | "last" | "timezone" | "cursor", string>>
>;

export interface TimeRead {
  range: Range;
  /** As given; null when from and to, or nothing, was given. */
  last: string | null;
  timezone: string;
}

function wrong(
  parameter: string,
  detail: string,
  code: ParameterProblem["code"] = "invalid-parameter",
): ParameterProblem {
  return { code, parameter, detail };
}

/**
 * Reads the time of a question. With a cursor it is that of the page before, unless something else is
 * said: days that begin between two pages would otherwise move the rows.
 */
export function readAskedTime(asked: AskedTime, nowMs: number): TimeRead | ParameterProblem {
  const timezone = readTimeZone(asked.timezone ?? UTC);
  if (timezone === null) {
    const detail = "timezone takes a name of the IANA database, such as Europe/Berlin, or UTC.";
    return wrong("timezone", detail);
  }
  const range = readRange(asked, nowMs, timezone);
  if ("code" in range) return range;
  const before = asked.cursor === undefined ? null : cursorRange(asked.cursor);
  const kept = before !== null && isSaid(asked, before, timezone) ? before : range;
  return { range: kept, last: asked.last ?? null, timezone };
}

/** True when a range begins and ends where it is said to, if it is said. */
function isSaid({ from, to }: AskedTime, { fromMs, toMs }: Range, timezone: string): boolean {
  if (from !== undefined && readInstant(from, timezone) !== fromMs) return false;
  return to === undefined || readInstant(to, timezone) === toMs;
}

function readRange(asked: AskedTime, nowMs: number, timezone: string): Range | ParameterProblem {
  const { from, to, last } = asked;
  if (last !== undefined) return readLast(last, asked, nowMs, timezone);
  const ends = { from, to };
  for (const [name, text] of Object.entries(ends)) {
    if (text === undefined || readInstant(text, timezone) !== null) continue;
    const expected =
      "is not a day (2026-01-31) or an RFC 3339 time (2026-01-31T06:00:00Z)" +
      ` from ${BOUNDS.queryDayFirst} to ${BOUNDS.queryDayLast}, UTC.`;
    return wrong(name, `${name} ${expected}`);
  }
  const fromMs = from === undefined ? null : readInstant(from, timezone);
  const toMs = to === undefined ? null : readInstant(to, timezone);
  const range = completeRange(fromMs, toMs, nowMs, timezone);
  if (range.fromMs < range.toMs) return range;
  const detail =
    "from must be before to; to is exclusive, so one day is from that day to the next.";
  return wrong("from", detail, "invalid-range");
}

function readLast(
  last: string,
  { from, to }: AskedTime,
  nowMs: number,
  timezone: string,
): Range | ParameterProblem {
  if (from !== undefined) return wrong("last", "last and from cannot both be had.");
  if (to !== undefined) return wrong("last", "last ends now, so to has no place beside it.");
  const lengthMs = parseDuration(last);
  if (lengthMs === null || lengthMs === 0 || lengthMs > nowMs) {
    const longest = printDuration(Math.floor(nowMs / DAY_MS) * DAY_MS);
    return wrong(
      "last",
      "last takes a duration such as 30d, 2w or 12h, in weeks (w), days (d), hours (h), minutes (m) " +
        `or seconds (s); the longest is ${longest}.`,
    );
  }
  return lastRange(lengthMs, nowMs, timezone);
}
