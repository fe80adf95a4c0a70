// Steps of time: the floors here are the same as those of the store's SQL.

import fc from "fast-check";
import { expect, test } from "vitest";
import { bucketCount, buckets, floorStep, printInstant } from "../../../services/query/range.ts";

const at = (text: string) => Date.parse(text);
const days = (range: [string, string], step: "day" | "week" | "month" | "hour") =>
  buckets({ fromMs: at(range[0]), toMs: at(range[1]) }, step).map(printInstant);

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
  expect(days(["2026-01-01", "2026-01-12"], "week")).toEqual(["2025-12-29", "2026-01-05"]);
  expect(days(["2026-01-01", "2026-01-01T02:00:00Z"], "hour")).toEqual([
    "2026-01-01",
    "2026-01-01T01:00:00Z",
  ]);
});

test("there are never more buckets than counted", () => {
  const ms = fc.integer({ min: 0, max: at("2100-01-01") });
  const length = fc.integer({ min: 1000, max: 400 * 86_400_000 });
  const step = fc.constantFrom("day", "week", "month");
  fc.assert(
    fc.property(ms, length, step, (fromMs, lengthMs, one) => {
      const range = { fromMs, toMs: fromMs + lengthMs };
      const starts = buckets(range, one);
      expect(starts.length).toBeLessThanOrEqual(bucketCount(range, one));
      expect(starts[0]).toBeLessThanOrEqual(fromMs);
      expect(starts.every((start) => floorStep(start, one) === start)).toBe(true);
    }),
  );
});
