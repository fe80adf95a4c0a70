// Days of time zones: clocks that are put forward and back, at midnight too, and days left out.

import fc from "fast-check";
import { expect, test } from "vitest";
import {
  bucketCount,
  buckets,
  completeRange,
  dayAfter,
  floorDay,
  floorStep,
  lastRange,
  periodBefore,
  printDay,
  printInstant,
  readInstant,
  type Step,
} from "../../../services/query/range.ts";
import { instantOf, readTimeZone, wallTime } from "../../../services/query/time-zone.ts";

const at = (text: string) => Date.parse(text);
const shown = (ms: number) => new Date(ms).toISOString().replace(".000Z", "Z");
const BERLIN = "Europe/Berlin";

test("names", () => {
  const good = (name: string, read = name) => expect(readTimeZone(name), name).toBe(read);
  const bad = (name: string) => expect(readTimeZone(name), name).toBeNull();
  good(BERLIN);
  good("America/Argentina/Buenos_Aires");
  good("Etc/GMT+5");
  good("Asia/Kolkata"); // an alias stays as it was written
  good("UTC");
  good("utc", "UTC");
  good("Etc/UTC", "UTC");
  good("GMT", "UTC");
  bad("");
  bad("Berlin");
  bad("Europe/Berlin ");
  bad("Europe/Berlin'");
  bad("+02:00"); // an offset is no zone
  bad("../../etc/passwd");
  bad("Mars/Phobos");
});

test("a day begins at its first instant", () => {
  const begins = (zone: string, day: string, instant: string) => {
    const ms = readInstant(day, zone) ?? Number.NaN;
    expect(shown(ms), `${zone} ${day}`).toBe(instant);
    expect(printInstant(ms, zone)).toBe(day);
    expect(printDay(ms, zone)).toBe(day);
    expect(printDay(ms - 1000, zone) < day, `${zone} before ${day}`).toBe(true);
  };
  begins("UTC", "2026-03-29", "2026-03-29T00:00:00Z");
  begins(BERLIN, "2026-03-29", "2026-03-28T23:00:00Z");
  begins(BERLIN, "2026-03-30", "2026-03-29T22:00:00Z");
  begins("Asia/Kathmandu", "2026-01-01", "2025-12-31T18:15:00Z"); // 5:45 ahead
  begins("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z"); // no midnight: it begins at 1:00
  begins("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z"); // midnight comes twice
  begins("America/Sao_Paulo", "2018-02-18", "2018-02-18T03:00:00Z"); // 23:00 of the day before twice
  begins("America/St_Johns", "2009-11-01", "2009-11-01T02:30:00Z"); // a minute, then the day before
  begins("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"); // there was no 30 December
});

test("days of 23 and 25 hours are one bucket each", () => {
  const starts = (from: string, to: string, step: Step) => {
    const range = { fromMs: at(from), toMs: at(to) };
    return buckets(range, step, BERLIN).map((ms) => printInstant(ms, BERLIN));
  };
  const spring = starts("2026-03-27T23:00:00Z", "2026-03-30T22:00:00Z", "day");
  expect(spring).toEqual(["2026-03-28", "2026-03-29", "2026-03-30"]);
  const autumn = starts("2026-10-23T22:00:00Z", "2026-10-26T23:00:00Z", "day");
  expect(autumn).toEqual(["2026-10-24", "2026-10-25", "2026-10-26"]);
  expect(starts("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "hour")).toHaveLength(23);
  expect(starts("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", "hour")).toHaveLength(25);
  const months = starts("2026-02-28T23:00:00Z", "2026-05-31T22:00:00Z", "month");
  expect(months).toEqual(["2026-03-01", "2026-04-01", "2026-05-01"]);
  const weeks = starts("2026-03-22T23:00:00Z", "2026-04-05T22:00:00Z", "week");
  expect(weeks).toEqual(["2026-03-23", "2026-03-30"]);
});

test("the last days, the default and the period before are days of the calendar", () => {
  const nowMs = at("2026-04-10T23:30:00Z"); // 11 April in Berlin
  const ends = ({ fromMs, toMs }: { fromMs: number; toMs: number }) => [
    printInstant(fromMs, BERLIN),
    printInstant(toMs, BERLIN),
  ];
  const last = lastRange(30 * 86_400_000, nowMs, BERLIN);
  expect(ends(last)).toEqual(["2026-03-13", "2026-04-12"]);
  expect(completeRange(null, null, nowMs, BERLIN)).toEqual(last);
  expect(ends(periodBefore(last, BERLIN))).toEqual(["2026-02-11", "2026-03-13"]);
  expect(ends(lastRange(43_200_000, nowMs, BERLIN))).toEqual([
    "2026-04-10T11:30:00Z",
    "2026-04-10T23:30:01Z",
  ]);
  const part = { fromMs: at("2026-03-29T10:00:00Z"), toMs: at("2026-03-29T12:00:00Z") };
  expect(periodBefore(part, BERLIN).fromMs).toBe(at("2026-03-29T08:00:00Z"));
});

// Half-hour changes, changes at midnight, a day left out, many changes.
const zone = fc.constantFrom(
  "UTC",
  BERLIN,
  "America/New_York",
  "Australia/Lord_Howe",
  "America/St_Johns",
  "America/Sao_Paulo",
  "America/Havana",
  "Africa/Cairo",
  "Africa/Casablanca",
  "Antarctica/Troll",
  "Pacific/Apia",
  "Asia/Gaza",
  "Asia/Kathmandu",
);
const second = fc
  .integer({ min: at("1990-01-01") / 1000, max: at("2037-01-01") / 1000 })
  .map((seconds) => seconds * 1000);

test("every instant lies in one day, which follows on the day before", () => {
  fc.assert(
    fc.property(second, zone, (ms, one) => {
      const start = floorDay(ms, one);
      expect(start).toBeLessThanOrEqual(ms);
      expect(floorDay(start, one)).toBe(start);
      expect(dayAfter(ms, 1, one)).toBeGreaterThan(ms);
      expect(readInstant(printInstant(start, one), one)).toBe(start);
      expect(printDay(ms, one)).toBe(printDay(start, one));
    }),
    { numRuns: 300 },
  );
});

test("buckets follow on each other without a gap, whatever clocks do", () => {
  const step = fc.constantFrom("hour", "day", "week", "month", "year");
  const hours = fc.integer({ min: 1, max: 24 * 40 });
  fc.assert(
    fc.property(second, hours, step, zone, (fromMs, length, one, zoned) => {
      const range = { fromMs, toMs: fromMs + length * 3_600_000 };
      const starts = buckets(range, one, zoned);
      expect(starts[0]).toBeLessThanOrEqual(fromMs);
      expect(Math.min(bucketCount(range, one, zoned), 400)).toBe(starts.length);
      for (const [i, start] of starts.entries()) {
        expect(floorStep(start, one, zoned)).toBe(start);
        const next = starts[i + 1] ?? (starts.length < 400 ? range.toMs : start + 1);
        expect(next).toBeGreaterThan(start);
        expect(floorStep(next - 1, one, zoned)).toBe(start);
      }
    }),
    { numRuns: 60 },
  );
});

test("an instant is found again by what its clock shows", () => {
  fc.assert(
    fc.property(second, zone, (ms, one) => {
      const wall = wallTime(ms, one);
      const found = instantOf(wall, one);
      expect(found).toBeLessThanOrEqual(ms); // the first of two
      expect(wallTime(found, one)).toBe(wall);
    }),
    { numRuns: 300 },
  );
});
