// Steps of time: the floors here are the same as those of the store's SQL.

import fc from "fast-check";
import { expect, test } from "vitest";
import { BOUNDS } from "../../../services/core/bounds.ts";
import {
  bucketCount,
  buckets,
  completeRange,
  floorStep,
  printInstant,
  readInstant,
  type Step,
} from "../../../services/query/range.ts";

const at = (text: string) => Date.parse(text);
const days = (range: [string, string], step: Step) =>
  buckets({ fromMs: at(range[0]), toMs: at(range[1]) }, step).map((ms) => printInstant(ms));

test("weeks begin on Monday, whatever year they lie in", () => {
  for (const day of ["2025-12-29", "2025-12-31", "2026-01-01", "2026-01-04"]) {
    expect(printInstant(floorStep(at(day), "week")), day).toBe("2025-12-29");
  }
  expect(printInstant(floorStep(at("2026-01-05"), "week"))).toBe("2026-01-05");
});

test("buckets cover a range and end before `to`", () => {
  expect(days(["2026-01-30", "2026-02-02"], "day")).toEqual([
    "2026-01-30",
    "2026-01-31",
    "2026-02-01",
  ]);
  expect(days(["2026-01-31", "2026-04-01"], "month")).toEqual([
    "2026-01-01",
    "2026-02-01",
    "2026-03-01",
  ]);
  expect(days(["2024-12-31", "2026-01-01T00:00:01Z"], "year")).toEqual([
    "2024-01-01",
    "2025-01-01",
    "2026-01-01",
  ]);
  expect(days(["2026-01-01", "2026-01-12"], "week")).toEqual(["2025-12-29", "2026-01-05"]);
  expect(days(["2026-01-01", "2026-01-01T02:00:00Z"], "hour")).toEqual([
    "2026-01-01",
    "2026-01-01T01:00:00Z",
  ]);
});

test("there are as many buckets as counted, up to the bound", () => {
  const ms = fc.integer({ min: 0, max: at("2100-01-01") });
  const length = fc.integer({ min: 1000, max: 4_000 * 86_400_000 });
  const step = fc.constantFrom("day", "week", "month", "year");
  fc.assert(
    fc.property(ms, length, step, (fromMs, lengthMs, one) => {
      const range = { fromMs, toMs: fromMs + lengthMs };
      const starts = buckets(range, one);
      expect(starts.length).toBe(Math.min(bucketCount(range, one), BOUNDS.trendBucketsMax));
      expect(starts[0]).toBeLessThanOrEqual(fromMs);
      expect(starts.every((start) => floorStep(start, one) === start)).toBe(true);
    }),
  );
});

test("an instant is within what the store's Date holds, in UTC", () => {
  expect(readInstant("2149-06-06T23:59:59Z")).toBe(at("2149-06-06T23:59:59Z"));
  expect(readInstant("2149-06-06T23:59:59-00:01")).toBeNull(); // the next day in UTC
  expect(readInstant("1970-01-01T00:00:00Z")).toBe(0);
  expect(readInstant("1970-01-01T00:00:00+00:01")).toBeNull(); // the day before in UTC
});

test("the default range does not begin before the first day", () => {
  expect(completeRange(null, at("1970-01-03"), 0)).toEqual({ fromMs: 0, toMs: at("1970-01-03") });
});
