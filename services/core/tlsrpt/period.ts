// The period that a report is about (RFC 8460 section 4.1): its dates, else what the file name says,
// and whether that day can be. The report belongs to the UTC day of its start.

import { BOUNDS } from "../bounds.ts";
import { type Cursor, fail, isObject, type JsonObject, note, readText } from "./cursor.ts";
import { DAY_MS, readDate } from "./dates.ts";
import type { Hints } from "./report.ts";
import { MEMBERS, type Names } from "./wire.ts";

export interface Period {
  startMs: number;
  endMs: number;
}

const PLACE = "/date-range";
const LAST_SECOND_MS = DAY_MS - 1_000;
const FIRST_MS = Date.parse(`${BOUNDS.reportDayFirst}T00:00:00Z`);

/**
 * Reads the period. One usable end stands for both; without any the file name's period is taken
 * (section 5.6: the report is authoritative, so only then). null with a fault on the cursor when
 * there is none, or its day is before the first TLS-RPT drafts or ahead of our clock.
 */
export function readPeriod(
  cursor: Cursor,
  report: JsonObject,
  hints: Hints,
  receivedAtMs: number,
): Period | null {
  const period = periodSent(cursor, report) ?? periodHinted(cursor, hints);
  if (period === null) {
    fail(cursor, "date-range-unusable", PLACE, "date-range has no usable date, nor the file name");
    return null;
  }
  const last = dayStart(receivedAtMs) + (BOUNDS.reportDaysAheadMax + 1) * DAY_MS;
  if (period.startMs < FIRST_MS || period.startMs >= last) {
    const message = `the report is about ${printDay(period.startMs)}, which cannot be`;
    fail(cursor, "date-range-out-of-bounds", PLACE, message);
    return null;
  }
  return period;
}

/** UTC midnight at or before a moment. */
export function dayStart(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS;
}

function printDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

function periodSent(cursor: Cursor, report: JsonObject): Period | null {
  const range = report[MEMBERS.dateRange[0]];
  if (!isObject(range)) {
    note(cursor, "date-range-missing", PLACE, range ?? "");
    return null;
  }
  const start = readBound(cursor, range, MEMBERS.startDatetime, 0);
  const end = readBound(cursor, range, MEMBERS.endDatetime, LAST_SECOND_MS);
  if (start !== null && end !== null) {
    notePeriod(cursor, start, end);
    return { startMs: start, endMs: end };
  }
  if (start !== null) return { startMs: start, endMs: start };
  // An end alone may be the midnight after the day, so the second before it says the day.
  return end === null ? null : { startMs: dayStart(end - 1_000), endMs: end };
}

function readBound(
  cursor: Cursor,
  range: JsonObject,
  names: Names,
  dateOnlyTimeMs: number,
): number | null {
  const text = readText(cursor, range, names, PLACE, "date-missing");
  if (text === "") return null;
  const place = `${PLACE}/${names[0]}`;
  const date = readDate(text, dateOnlyTimeMs);
  if (date === null) {
    note(cursor, "date-unusable", place, text);
    return null;
  }
  for (const code of date.deviations) note(cursor, code, place, text);
  return date.ms;
}

/** Section 4.1 asks for one UTC day; 23:59:59 and 24:00 both end it. */
function notePeriod(cursor: Cursor, startMs: number, endMs: number): void {
  const last = endMs - startMs;
  if (startMs % DAY_MS === 0 && last >= LAST_SECOND_MS && last < DAY_MS) return;
  const text = `${new Date(startMs).toISOString()} to ${new Date(endMs).toISOString()}`;
  if (last < 0) note(cursor, "period-reversed", PLACE, text);
  else if (startMs % DAY_MS !== 0 || last !== DAY_MS)
    note(cursor, "period-not-one-day", PLACE, text);
  else note(cursor, "period-ends-next-midnight", `${PLACE}/end-datetime`, text);
}

function periodHinted(cursor: Cursor, hints: Hints): Period | null {
  const startMs = moment(hints.startMs) ?? moment(hints.endMs);
  if (startMs === null) return null;
  const endMs = moment(hints.endMs) ?? startMs;
  const text = `${new Date(startMs).toISOString()} to ${new Date(endMs).toISOString()}`;
  note(cursor, "date-from-file-name", PLACE, text);
  return { startMs, endMs };
}

/** A file name can hold any number; one that is no moment of the calendar says nothing. */
function moment(ms: number | null): number | null {
  return ms !== null && ms >= 0 && ms < Date.UTC(10_000, 0) ? ms : null;
}
