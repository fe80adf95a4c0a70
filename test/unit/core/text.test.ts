// Text cut to a bound: whole characters, and no half of one.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutText, wellFormed } from "../../../services/core/text.ts";

const HIGH = "\ud83d";
const LOW = "\ude00";
const FACE = HIGH + LOW;

describe("cutText", () => {
  const cases: [string, number, string][] = [
    ["abc", 3, "abc"], // fits
    ["abcd", 3, "abc"], // longer
    [`ab${FACE}`, 4, `ab${FACE}`], // fits with its last pair
    [`ab${FACE}`, 3, "ab"], // the pair would be cut in halves
    [`ab${HIGH}c`, 3, "ab\ufffd"], // a half that was alone before the cut
    [LOW + HIGH, 2, "\ufffd\ufffd"], // halves the wrong way round
    [FACE, 0, ""], // nothing may stay
  ];
  it.each(cases)("%j to %d", (text, charsMax, expected) => {
    expect(cutText(text, charsMax)).toBe(expected);
  });

  it("gives a well-formed beginning within the bound, short by one unit at most", () => {
    const unit = fc.constantFrom("a", "ü", FACE, HIGH, LOW);
    const text = fc.array(unit, { maxLength: 12 }).map((units) => units.join(""));
    fc.assert(
      fc.property(text, fc.nat(24), (whole, charsMax) => {
        const cut = cutText(whole, charsMax);
        expect(cut.isWellFormed()).toBe(true);
        expect(cut.length).toBeLessThanOrEqual(charsMax);
        expect(cut.length).toBeGreaterThanOrEqual(Math.min(whole.length, charsMax) - 1);
        expect(wellFormed(whole).startsWith(cut)).toBe(true);
      }),
    );
  });
});
