// Text fit to be looked at: nothing to obey, nothing hidden, and JSON that says the same.

import fc from "fast-check";
import { expect, test } from "vitest";
import { printable, printableJson } from "../../../services/core/printable.ts";

const UNSAFE =
  /[\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u00ad\u061c\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e0fff}]/u;
const DECEIVING = fc.constantFrom(
  "\u001b[2J",
  "\u009b1m",
  "\u202e",
  "\u200b",
  "\u{e0041}",
  "\ud800",
  "\n",
);
const TEXT = fc
  .array(fc.oneof(DECEIVING, fc.string({ unit: "binary" })), { maxLength: 8 })
  .map((parts) => parts.join(""));

test("any text is printable afterwards, and what was harmless is as it was", () => {
  fc.assert(
    fc.property(TEXT, (text) => {
      const shown = printable(text);
      expect(UNSAFE.test(shown)).toBe(false);
      if (!UNSAFE.test(text)) expect(shown).toBe(text);
      expect(printable(shown)).toBe(shown);
    }),
  );
});

test("JSON is the same JSON afterwards", () => {
  fc.assert(
    fc.property(fc.dictionary(TEXT, fc.array(TEXT, { maxLength: 3 }), { maxKeys: 3 }), (value) => {
      const json = JSON.stringify(value);
      const shown = printableJson(json);
      expect(UNSAFE.test(shown)).toBe(false);
      expect(JSON.parse(shown)).toEqual(JSON.parse(json));
    }),
  );
  expect(printableJson('"\u009b\u202e\u{e0041}👩‍💻"')).toBe('"\\u009b\\u202e\\udb40\\udc41👩‍💻"');
  const indented = JSON.stringify({ a: ["\n"] }, null, 2);
  expect(printableJson(indented)).toBe(indented); // line ends between tokens stay
});
