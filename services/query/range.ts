// The time range of a query, and steps of time. A step is a parameter, never a function per step.

import { BOUNDS } from "../core/bounds.ts";

const DAY_MS = 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/** From inclusive, to exclusive; epoch milliseconds, whole seconds. */
export interface Range {
  fromMs: number;
  toMs: number;
}

/**
 * Steps of a trend: SQL that floors a report's day or start, and the length that decides how many
 * buckets a range has. Weeks are those of ISO 8601, from Monday. All in UTC.
 */
export const STEPS = {
  hour: { bucket: "toStartOfHour(start_at)", lengthMs: 3_600_000 },
  day: { bucket: "toDateTime(day, 'UTC')", lengthMs: DAY_MS },
  week: { bucket: "toDateTime(toMonday(day), 'UTC')", lengthMs: 7 * DAY_MS },
  month: { bucket: "toDateTime(toStartOfMonth(day), 'UTC')", lengthMs: 28 * DAY_MS },
} as const;
export type Step = keyof typeof STEPS;

/** Midnight UTC of the day that an instant lies in. */
export function floorDay(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS;
}

/** YYYY-MM-DD of an instant, UTC. */
export function printDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** A day when the instant is a midnight, else RFC 3339. */
export function printInstant(ms: number): string {
  return ms === floorDay(ms) ? printDay(ms) : new Date(ms).toISOString().replace(".000Z", "Z");
}

/**
 * Reads a day (midnight UTC) or an RFC 3339 instant; seconds are the finest unit of a report.
 * @returns epoch milliseconds, or null when it is neither, or no day of the calendar, or out of bounds
 */
export function readInstant(text: string): number | null {
  const isDay = DAY.test(text);
  if (!isDay && !INSTANT.test(text)) return null;
  const day = text.slice(0, 10);
  const dayMs = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(dayMs) || printDay(dayMs) !== day) return null;
  if (day < BOUNDS.queryDayFirst || day > BOUNDS.queryDayLast) return null;
  if (isDay) return dayMs;
  const ms = Date.parse(text.toUpperCase());
  return Number.isNaN(ms) ? null : Math.floor(ms / 1000) * 1000;
}

/**
 * Completes a range: without `to` it ends after today, without `from` it begins
 * BOUNDS.queryDaysDefault days before its end, so that the default holds today.
 */
export function completeRange(fromMs: number | null, toMs: number | null, nowMs: number): Range {
  const end = toMs ?? Math.max(floorDay(nowMs), floorDay(fromMs ?? 0)) + DAY_MS;
  return { fromMs: fromMs ?? end - BOUNDS.queryDaysDefault * DAY_MS, toMs: end };
}

/** The step that a range is drawn with when nothing is said: 30 to 100 buckets for usual ranges. */
export function defaultStep(range: Range): Step {
  const days = (range.toMs - range.fromMs) / DAY_MS;
  if (days <= 2) return "hour";
  if (days <= 100) return "day";
  return days <= 730 ? "week" : "month";
}

/** How many buckets a range has at most. */
export function bucketCount(range: Range, step: Step): number {
  return Math.ceil((range.toMs - range.fromMs) / STEPS[step].lengthMs) + 1;
}

/** The start of the bucket that an instant lies in; the same floors as the SQL of STEPS. */
export function floorStep(ms: number, step: Step): number {
  if (step === "hour") return Math.floor(ms / 3_600_000) * 3_600_000;
  const day = floorDay(ms);
  if (step === "day") return day;
  // 1970-01-01 was a Thursday, so Mondays are three days after the seventh days of the epoch.
  if (step === "week") return day - ((Math.floor(day / DAY_MS) + 3) % 7) * DAY_MS;
  return Date.parse(`${printDay(day).slice(0, 7)}-01T00:00:00Z`);
}

/** Every bucket of a range, first to last; at most BOUNDS.trendBucketsMax + 1. */
export function buckets(range: Range, step: Step): number[] {
  const starts: number[] = [];
  for (let ms = floorStep(range.fromMs, step); ms < range.toMs; ) {
    starts.push(ms);
    if (starts.length > BOUNDS.trendBucketsMax) break;
    // From within a month, 31 days ahead always reach the next one.
    ms = step === "month" ? floorStep(ms + 31 * DAY_MS, step) : ms + STEPS[step].lengthMs;
  }
  return starts;
}
