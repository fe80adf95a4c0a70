// The time range of a query, and steps of time. A step is a parameter, never a function per step.

import { BOUNDS } from "../core/bounds.ts";

const DAY_MS = 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

const FIRST_MS = Date.parse(`${BOUNDS.queryDayFirst}T00:00:00Z`);

/** From inclusive, to exclusive; epoch milliseconds, whole seconds. */
export interface Range {
  fromMs: number;
  toMs: number;
}

/**
 * Steps of a trend: SQL that floors a report's day or start, and the length of the longest bucket.
 * Weeks are those of ISO 8601, from Monday. All in UTC.
 */
export const STEPS = {
  hour: { bucket: "toStartOfHour(start_at)", lengthMs: 3_600_000 },
  day: { bucket: "toDateTime(day, 'UTC')", lengthMs: DAY_MS },
  week: { bucket: "toDateTime(toMonday(day), 'UTC')", lengthMs: 7 * DAY_MS },
  month: { bucket: "toDateTime(toStartOfMonth(day), 'UTC')", lengthMs: 31 * DAY_MS },
  year: { bucket: "toDateTime(toStartOfYear(day), 'UTC')", lengthMs: 366 * DAY_MS },
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
  const ms = isDay ? dayMs : Date.parse(text.toUpperCase());
  if (Number.isNaN(ms)) return null;
  // The bounds are those of UTC: another zone may lie a day beside them.
  const utcDay = printDay(ms);
  if (utcDay < BOUNDS.queryDayFirst || utcDay > BOUNDS.queryDayLast) return null;
  return Math.floor(ms / 1000) * 1000;
}

/**
 * Completes a range: without `to` it ends after today, without `from` it begins
 * BOUNDS.queryDaysDefault days before its end, so that the default holds today.
 */
export function completeRange(fromMs: number | null, toMs: number | null, nowMs: number): Range {
  const end = toMs ?? Math.max(floorDay(nowMs), floorDay(fromMs ?? 0)) + DAY_MS;
  const defaultMs = end - BOUNDS.queryDaysDefault * DAY_MS;
  return { fromMs: fromMs ?? Math.max(defaultMs, FIRST_MS), toMs: end };
}

/** The period of the same length that ends where the range begins. */
export function periodBefore({ fromMs, toMs }: Range): Range {
  return { fromMs: fromMs - (toMs - fromMs), toMs: fromMs };
}

/** The step that a range is drawn with when nothing is said: 30 to 100 buckets for usual ranges. */
export function defaultStep(range: Range): Step {
  const days = (range.toMs - range.fromMs) / DAY_MS;
  if (days <= 2) return "hour";
  if (days <= 100) return "day";
  if (days <= 730) return "week";
  return bucketCount(range, "month") <= BOUNDS.trendBucketsMax ? "month" : "year";
}

/** How many buckets a range has; those at its ends may lie in it in part. */
export function bucketCount(range: Range, step: Step): number {
  const firstMs = floorStep(range.fromMs, step);
  const lastMs = floorStep(range.toMs - 1, step);
  if (step !== "month" && step !== "year") return (lastMs - firstMs) / STEPS[step].lengthMs + 1;
  const [first, last] = [new Date(firstMs), new Date(lastMs)];
  const years = last.getUTCFullYear() - first.getUTCFullYear();
  return step === "year" ? years + 1 : years * 12 + last.getUTCMonth() - first.getUTCMonth() + 1;
}

/** The start of the bucket that an instant lies in; the same floors as the SQL of STEPS. */
export function floorStep(ms: number, step: Step): number {
  if (step === "hour") return Math.floor(ms / 3_600_000) * 3_600_000;
  const day = floorDay(ms);
  if (step === "day") return day;
  // 1970-01-01 was a Thursday, so Mondays are three days after the seventh days of the epoch.
  if (step === "week") return day - ((Math.floor(day / DAY_MS) + 3) % 7) * DAY_MS;
  const month = step === "year" ? "01" : printDay(day).slice(5, 7);
  return Date.parse(`${printDay(day).slice(0, 4)}-${month}-01T00:00:00Z`);
}

/** Every bucket of a range, first to last; at most BOUNDS.trendBucketsMax. */
export function buckets(range: Range, step: Step): number[] {
  const starts: number[] = [];
  for (let ms = floorStep(range.fromMs, step); ms < range.toMs; ) {
    starts.push(ms);
    if (starts.length >= BOUNDS.trendBucketsMax) break;
    // From the start of a bucket, the length of the longest always reaches into the next one.
    ms = floorStep(ms + STEPS[step].lengthMs, step);
  }
  return starts;
}
