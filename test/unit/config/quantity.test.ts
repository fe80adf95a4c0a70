// Sizes: grammar by one-line cases, printing as the inverse of reading.

import fc from "fast-check";
import { expect, test } from "vitest";
import { parseSize, printSize } from "../../../services/config/quantity.ts";

test("what is printed is read back", () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 48 }), (count) => {
      expect(parseSize(printSize(count))).toBe(count);
    }),
  );
});

test("anything is read without an error and in no time", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."0159.KiB \n") }), (text) => {
      const value = parseSize(text);
      expect(value === null || Number.isSafeInteger(value)).toBe(true);
    }),
  );
});
