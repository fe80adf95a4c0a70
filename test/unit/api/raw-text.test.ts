// Bytes as pages show them: JSON laid out with every token as it was, text by lines, the rest in hexadecimal.

import fc from "fast-check";
import { expect, test } from "vitest";
import { layOutJson, rawText } from "../../../services/api/pages/raw-text.ts";
import { BOUNDS } from "../../../services/core/bounds.ts";

const bytes = (text: string) => Buffer.from(text);

test("JSON has a line for each member, and nothing empty is parted", () => {
  expect(layOutJson('{"a":[1, 2.50],"b":{},"c":[ ],"d":"x, {y}"}')).toEqual([
    "{",
    '  "a": [',
    "    1,",
    "    2.50",
    "  ],",
    '  "b": {},',
    '  "c": [],',
    '  "d": "x, {y}"',
    "}",
  ]);
});

test.each([
  ['{"a":1,"a":2}'], // a name twice
  ['{"n":12345678901234567890.10}'], // digits that a number would lose
  ['{"a":"\\u0000\\"b'], // cut within a text
  ["[[[[{"], // never closed
  ["]}]}"], // never opened
  ['{"a" 1 2 "b"}'], // no JSON
])("%s keeps every token", (text) => {
  const told = layOutJson(text).join("").replaceAll(" ", "");
  expect(told).toBe(text.replaceAll(" ", ""));
});

test("every JSON means the same when it is laid out", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(JSON.parse(layOutJson(text).join("\n"))).toEqual(JSON.parse(text));
    }),
  );
});

test("whatever the text, nothing but white space comes or goes", () => {
  const blank = /\s/g;
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(layOutJson(text).join("").replace(blank, "")).toBe(text.replace(blank, ""));
    }),
  );
});

test("text is shown by its lines, and what is no text in hexadecimal", () => {
  expect(rawText(bytes("From: a\r\n\r\nhello"))).toEqual({
    lines: ["From: a", "", "hello"],
    form: "text",
    cut: false,
  });
  const packed = rawText(Buffer.from([0x1f, 0x8b, 0x08, 0x00, 0x41]));
  expect(packed.form).toBe("hex");
  expect(packed.lines[0]).toMatch(/^000000 {2}1f 8b 08 00 41 {35}\.\.\.\.A$/);
});

test("of what is long the beginning is shown, also when a character is cut", () => {
  const shown = rawText(bytes("ü".repeat(BOUNDS.pageRawBytesMax)));
  expect(shown).toMatchObject({ form: "text", cut: true });
  expect(shown.lines.join("").length).toBe(BOUNDS.pageRawBytesMax / 2);
  expect(rawText(bytes(`x${"ü".repeat(BOUNDS.pageRawBytesMax)}`)).form).toBe("text");
});

test("a beginning says that there is more", () => {
  expect(rawText(bytes("abc"), 3).cut).toBe(false);
  expect(rawText(bytes("abc"), BOUNDS.pageRawBytesMax + 1).cut).toBe(true);
});
