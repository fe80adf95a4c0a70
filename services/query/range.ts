// The time range of a query, and steps of time. A step is a parameter, never a function per step. All
// that is about days takes the time zone whose days are meant.

import { BOUNDS } from "../core/bounds.ts";
import { instantOf, UTC, wallTime } from "./time-zone.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

const FIRST_MS = Date.parse(`${BOUNDS.queryDayFirst}T00:00:00Z`);
const END_MS = Date.parse(`${BOUNDS.queryDayLast}T00:00:00Z`) + DAY_MS;

/** From inclusive, to exclusive; epoch milliseconds, whole seconds. */
export interface Range {
  fromMs: number;
  toMs: number;
}

/**
 * Steps of a trend: SQL that floors a report's day or start in UTC, and a length that leads from the
 * start of every bucket into the next one, however long clocks make it. Weeks are those of ISO 8601,
 * from Monday. For other zones see bucket.ts.
 */
export const STEPS = {
  hour: { bucket: "toStartOfHour(start_at)", lengthMs: HOUR_MS },
  day: { bucket: "toDateTime(day, 'UTC')", lengthMs: DAY_MS + 3 * HOUR_MS },
  week: { bucket: "toDateTime(toMonday(day), 'UTC')", lengthMs: 7 * DAY_MS + 3 * HOUR_MS },
  month: { bucket: "toDateTime(toStartOfMonth(day), 'UTC')", lengthMs: 31 * DAY_MS + 3 * HOUR_MS },
  year: { bucket: "toDateTime(toStartOfYear(day), 'UTC')", lengthMs: 366 * DAY_MS + 3 * HOUR_MS },
} as const;
export type Step = keyof typeof STEPS;

/** The day of the calendar that an instant lies in, as its midnight if it were UTC. */
function calendarDay(ms: number, zone: string): number {
  const day = Math.floor(wallTime(ms, zone) / DAY_MS) * DAY_MS;
  if (zone === UTC) return day;
  // Clocks that are put back over midnight show the day before again: it stays the new day.
  return instantOf(day + DAY_MS, zone) <= ms ? day + DAY_MS : day;
}

/** The first instant of the day that an instant lies in. */
export function floorDay(ms: number, zone = UTC): number {
  return instantOf(calendarDay(ms, zone), zone);
}

/** The first instant of the day so many days after the day that an instant lies in. */
export function dayAfter(ms: number, days: number, zone = UTC): number {
  return instantOf(calendarDay(ms, zone) + days * DAY_MS, zone);
}

/** YYYY-MM-DD of the day that an instant lies in. */
export function printDay(ms: number, zone = UTC): string {
  return new Date(calendarDay(ms, zone)).toISOString().slice(0, 10);
}

/** A day when the instant is the first of one, else RFC 3339 in UTC. */
export function printInstant(ms: number, zone = UTC): string {
  if (ms === floorDay(ms, zone)) return printDay(ms, zone);
  return new Date(ms).toISOString().replace(".000Z", "Z");
}

/**
 * Reads a day (its first instant) or an RFC 3339 instant; seconds are the finest unit of a report.
 * @returns epoch milliseconds, or null when it is neither, or no day of the calendar, or out of bounds
 */
export function readInstant(text: string, zone = UTC): number | null {
  const isDay = DAY.test(text);
  if (!isDay && !INSTANT.test(text)) return null;
  const day = text.slice(0, 10);
  const dayMs = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(dayMs) || printDay(dayMs) !== day) return null;
  const ms = isDay ? instantOf(dayMs, zone) : Date.parse(text.toUpperCase());
  // The bounds are those of UTC: another zone may lie a day beside them.
  if (Number.isNaN(ms) || ms < FIRST_MS || ms >= END_MS) return null;
  return Math.floor(ms / 1000) * 1000;
}

/**
 * Completes a range: without `to` it ends after today, without `from` it begins
 * BOUNDS.queryDaysDefault days before its end, so that the default holds today.
 */
export function completeRange(
  fromMs: number | null,
  toMs: number | null,
  nowMs: number,
  zone = UTC,
): Range {
  const end = toMs ?? Math.min(dayAfter(Math.max(nowMs, fromMs ?? 0), 1, zone), END_MS);
  const wall = wallTime(end, zone) - BOUNDS.queryDaysDefault * DAY_MS;
  return { fromMs: fromMs ?? Math.max(instantOf(wall, zone), FIRST_MS), toMs: end };
}

/**
 * The range of the last so many milliseconds. Whole days are days of the calendar and count today as
 * the last of them; shorter times end now.
 */
export function lastRange(lengthMs: number, nowMs: number, zone = UTC): Range {
  if (lengthMs % DAY_MS !== 0) {
    const toMs = Math.floor(nowMs / 1000) * 1000 + 1000;
    return { fromMs: Math.max(Math.floor((nowMs - lengthMs) / 1000) * 1000, FIRST_MS), toMs };
  }
  const fromMs = dayAfter(nowMs, 1 - lengthMs / DAY_MS, zone);
  return { fromMs: Math.max(fromMs, FIRST_MS), toMs: dayAfter(nowMs, 1, zone) };
}

/**
 * The period that ends where the range begins: as many days of the calendar when the range is of whole
 * days, so that 30 days are compared with 30 days whatever clocks do, else as many seconds.
 */
export function periodBefore({ fromMs, toMs }: Range, zone = UTC): Range {
  const whole = floorDay(fromMs, zone) === fromMs && floorDay(toMs, zone) === toMs;
  const days = (calendarDay(toMs, zone) - calendarDay(fromMs, zone)) / DAY_MS;
  const startMs = whole ? dayAfter(fromMs, -days, zone) : fromMs - (toMs - fromMs);
  return { fromMs: Math.max(startMs, FIRST_MS), toMs: fromMs };
}

/** The step that a range is drawn with when nothing is said: 30 to 100 buckets for usual ranges. */
export function defaultStep(range: Range, zone = UTC): Step {
  const days = (range.toMs - range.fromMs) / DAY_MS;
  // A day of 25 hours more or less makes no other step.
  if (days <= 2 + 1 / 24) return "hour";
  if (days <= 100 + 1 / 24) return "day";
  if (days <= 730 + 1 / 24) return "week";
  return bucketCount(range, "month", zone) <= BOUNDS.trendBucketsMax ? "month" : "year";
}

/** How many buckets a range has, up to one more than BOUNDS.trendBucketsMax; see buckets. */
export function bucketCount(range: Range, step: Step, zone = UTC): number {
  return buckets(range, step, zone, BOUNDS.trendBucketsMax + 1).length;
}

/** The start of the bucket that an instant lies in; for UTC the same floors as the SQL of STEPS. */
export function floorStep(ms: number, step: Step, zone = UTC): number {
  // Hours begin with the day: zones lie quarters of an hour apart, and clocks may jump by half of one.
  if (step === "hour") {
    const dayMs = zone === UTC ? 0 : floorDay(ms, zone);
    return dayMs + Math.floor((ms - dayMs) / HOUR_MS) * HOUR_MS;
  }
  const day = calendarDay(ms, zone);
  if (step === "day") return instantOf(day, zone);
  // 1970-01-01 was a Thursday, so Mondays are three days after the seventh days of the epoch.
  if (step === "week") return instantOf(day - ((Math.floor(day / DAY_MS) + 3) % 7) * DAY_MS, zone);
  const text = new Date(day).toISOString();
  const month = step === "year" ? "01" : text.slice(5, 7);
  return instantOf(Date.parse(`${text.slice(0, 4)}-${month}-01T00:00:00Z`), zone);
}

/** Every bucket of a range, first to last, those too that lie in it in part; at most so many. */
export function buckets(
  range: Range,
  step: Step,
  zone = UTC,
  countMax: number = BOUNDS.trendBucketsMax,
): number[] {
  const starts: number[] = [];
  for (let ms = floorStep(range.fromMs, step, zone); ms < range.toMs; ) {
    starts.push(ms);
    if (starts.length >= countMax) break;
    ms = floorStep(ms + STEPS[step].lengthMs, step, zone);
  }
  return starts;
}
