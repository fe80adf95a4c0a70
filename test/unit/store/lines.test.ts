// How the text of an insert is cut into requests.

import fc from "fast-check";
import { expect, test } from "vitest";
import { splitLines } from "../../../services/store/lines.ts";

const texts = (lines: string, bytesMax: number) => splitLines(lines, bytesMax).map(String);

test("small text is one part, no text is none", () => {
  expect(texts("[1]\n[2]\n", 100)).toEqual(["[1]\n[2]\n"]);
  expect(texts("", 100)).toEqual([]);
});

test("parts end at line ends", () => {
  expect(texts("[1]\n[2]\n[3]\n", 8)).toEqual(["[1]\n[2]\n", "[3]\n"]);
  expect(texts("[1]\n[2]\n[3]", 9)).toEqual(["[1]\n[2]\n", "[3]"]);
});

test("a line that is longer than the bound is a part alone", () => {
  expect(texts("[1]\n[123456789]\n[2]\n", 6)).toEqual(["[1]\n", "[123456789]\n", "[2]\n"]);
});

test("parts joined are the text, and each is of whole lines", () => {
  const line = fc.string({ unit: "binary", maxLength: 20 }).map((s) => s.replaceAll("\n", " "));
  fc.assert(
    fc.property(fc.array(line), fc.integer({ min: 1, max: 60 }), (lines, bytesMax) => {
      const text = lines.map((each) => `${each.toWellFormed()}\n`).join("");
      const parts = splitLines(text, bytesMax);
      const bounded = parts.every((part) => {
        const single = part.indexOf(10) === part.length - 1;
        return part.at(-1) === 10 && (part.length <= bytesMax || single);
      });
      expect([bounded, Buffer.concat(parts).toString() === text]).toEqual([true, true]);
    }),
  );
});
