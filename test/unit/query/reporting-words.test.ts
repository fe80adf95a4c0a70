// Cadence and status at their borders: each organization is measured by its own habit.

import { expect, test } from "vitest";
import {
  cadenceOf,
  dayInWords,
  gapsInWords,
  type ReportingDays,
  reportingInWords,
  statusOf,
} from "../../../services/query/reporting-words.ts";

const days = (given: Partial<ReportingDays>): ReportingDays => ({
  reported: 20,
  missing: 0,
  interval: 1,
  kept: 0.5,
  silent: 0,
  ...given,
});

test.each([
  [{ reported: 1, interval: null }, "once"],
  [{}, "daily"],
  [{ reported: 19, missing: 1 }, "daily"], // one day in twenty
  [{ reported: 18, missing: 1 }, "most days"], // one in nineteen
  [{ reported: 4, missing: 26, interval: 6 }, "weekly"],
  [{ reported: 4, missing: 26, interval: 8 }, "weekly"],
  [{ reported: 4, missing: 26, interval: 5 }, "irregular"],
  [{ reported: 4, missing: 26, interval: 9 }, "irregular"],
  [{ reported: 10, missing: 10, interval: 2 }, "irregular"], // half of the intervals are no habit
  [{ reported: 10, missing: 10, interval: 2, kept: 0.51 }, "every 2 days"],
  [{ reported: 4, missing: 6, interval: 3, kept: 1 }, "every 3 days"],
  [{ reported: 3, missing: 4, interval: 3, kept: 1 }, "irregular"], // two intervals may be chance
  [{ reported: 6, missing: 20, interval: 5, kept: 1 }, "every 5 days"],
  [{ reported: 4, missing: 26, interval: 7, kept: 1 }, "weekly"],
] as const)("%j is %s", (given, cadence) => {
  expect(cadenceOf(days(given))).toBe(cadence);
});

test.each([
  [{ silent: 0 }, "reporting"],
  [{ silent: 1 }, "quiet"], // a daily report is due after one day
  [{ silent: 3 }, "quiet"],
  [{ silent: 4 }, "silent"],
  [{ interval: 7, silent: 6 }, "reporting"],
  [{ interval: 7, silent: 7 }, "quiet"],
  [{ interval: 7, silent: 21 }, "quiet"],
  [{ interval: 7, silent: 22 }, "silent"],
  [{ reported: 1, interval: null, silent: 0 }, "reporting"],
  [{ reported: 1, interval: null, silent: 4 }, "quiet"], // one report is no habit
] as const)("%j is %s", (given, status) => {
  expect(statusOf(days(given))).toBe(status);
});

const NOW = { nowMs: Date.parse("2026-03-12T10:00:00Z") };
const row = (silent_days: number, last_day: string) => ({
  days_reported: 9,
  gap_days: 0,
  usual_interval_days: 1,
  silent_days,
  last_day,
});

test("the sentence names the day and the number of complete days since", () => {
  expect(reportingInWords(row(7, "2026-03-03"), NOW)).toEqual({
    cadence: "daily",
    status: "silent",
    status_words: "No report since 3 March (7 complete days).",
  });
  const words = (silent: number, day: string) =>
    reportingInWords(row(silent, day), NOW)["status_words"];
  expect(words(1, "2026-03-09")).toBe("No report since 9 March (1 complete day).");
  expect(words(0, "2026-03-11")).toBe("The last report is about 11 March.");
  expect(dayInWords("2025-12-31", NOW.nowMs)).toBe("31 December 2025");
});

test("who reports weekly is not missed after a day, and who reported once has no habit", () => {
  const words = (more: object) => reportingInWords({ ...row(2, "2026-03-08"), ...more }, NOW);
  expect(words({ usual_interval_days: 7 })["status_words"]).toBe(
    "The last report is about 8 March; the next is not due yet.",
  );
  expect(words({ days_reported: 1, usual_interval_days: null })).toMatchObject({
    status: "quiet",
    status_words: "The only report is about 8 March.",
  });
});

test.each([
  [{ usual_interval_days: 1, gap_days: 0, longest_gap_days: 0 }, ""],
  [{ usual_interval_days: 1, gap_days: 1, longest_gap_days: 1 }, "1 gap day"],
  [{ usual_interval_days: 2, gap_days: 26, longest_gap_days: 2 }, ""],
  [{ usual_interval_days: 2, gap_days: 26, longest_gap_days: 3 }, "longest gap 3 days"],
  [{ usual_interval_days: 7, gap_days: 26, longest_gap_days: 12 }, ""],
  [{ usual_interval_days: 7, gap_days: 26, longest_gap_days: 13 }, "longest gap 13 days"], // one left out
  [{ usual_interval_days: 2, gap_days: 26, longest_gap_days: 9, cadence: "irregular" }, ""],
  [{ usual_interval_days: null, gap_days: 0, longest_gap_days: 0 }, ""],
])("gaps by its own cadence: %j", (given, words) => {
  expect(gapsInWords(given)).toBe(words);
});
