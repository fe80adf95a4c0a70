// Durations: grammar by one-line cases, printing as the inverse of reading.

import fc from "fast-check";
import { expect, test } from "vitest";
import { parseDuration, printDuration } from "../../../services/core/duration.ts";

test("durations", () => {
  const good = (text: string, ms: number) => expect(parseDuration(text), text).toBe(ms);
  const bad = (text: string) => expect(parseDuration(text), text).toBeNull();
  good("30d", 30 * 86_400_000);
  good("2w", 14 * 86_400_000);
  good("1h30m", 5_400_000);
  good("250ms", 250);
  good("1M", 60_000); // letter case does not count, and months are none
  good(" 5s ", 5_000);
  bad("30"); // of what?
  bad("");
  bad("d");
  bad("1m1h"); // large to small
  bad("1h1h");
  bad("-1d");
  bad("1.5h");
  bad("1y");
  bad("9999999999999d");
});

test("what is printed is read back", () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 48 }), (count) => {
      expect(parseDuration(printDuration(count))).toBe(count);
    }),
  );
});

test("anything is read without an error and in no time", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."0159.dhms \n") }), (text) => {
      const value = parseDuration(text);
      expect(value === null || Number.isSafeInteger(value)).toBe(true);
    }),
  );
  expect(parseDuration("1ms".repeat(100_000))).toBeNull();
});
