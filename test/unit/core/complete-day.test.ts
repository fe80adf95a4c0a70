// Which day counts as complete, at the borders of days and of months.

import { expect, test } from "vitest";
import { lastCompleteDayMs } from "../../../services/core/complete-day.ts";

const CASES: [string, string][] = [
  ["2026-03-10T12:00:00Z", "2026-03-08"],
  ["2026-03-10T00:00:00Z", "2026-03-08"], // the first instant of a day is of that day
  ["2026-03-10T23:59:59.999Z", "2026-03-08"],
  ["2026-03-11T00:00:00Z", "2026-03-09"],
  ["2026-03-01T06:00:00Z", "2026-02-27"], // over the end of a month
  ["2024-03-02T06:00:00Z", "2024-02-29"], // a leap year
  ["2026-03-30T00:30:00+02:00", "2026-03-27"], // days are those of UTC
];

test.each(CASES)("at %s the last complete day is %s", (now, day) => {
  expect(new Date(lastCompleteDayMs(Date.parse(now))).toISOString()).toBe(`${day}T00:00:00.000Z`);
});
