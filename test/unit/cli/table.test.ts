// Tables, widths, and the neutralising of outside text.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { grouped, printTable } from "../../../services/cli/table.ts";
import { displayWidth, truncate, wrap } from "../../../services/cli/text-width.ts";
import { printable } from "../../../services/core/printable.ts";

const WIDE = { width: Number.POSITIVE_INFINITY, color: false };
const COLUMNS = [{ name: "mx" }, { name: "failed_sessions", numeric: true }, { name: "types" }];

test("text to the left, numbers to the right with separators, null as a dash", () => {
  const rows = [
    { mx: "mx1.example.com", failed_sessions: 1_234_567, types: ["sts", "tlsa"] },
    { mx: "mx.例え.example", failed_sessions: "18446744073709551615", types: [] },
    { mx: null, failed_sessions: null },
  ];
  expect(printTable(COLUMNS, rows, WIDE)).toBe(
    [
      "mx                          failed sessions  types",
      "mx1.example.com                   1,234,567  sts, tlsa",
      "mx.例え.example  18,446,744,073,709,551,615",
      "–                                         –  –",
      "",
    ].join("\n"),
  );
});

test("no rows, headings of our own, colour", () => {
  expect(printTable(COLUMNS, [], WIDE)).toBe("mx  failed sessions  types\n");
  const columns = [{ name: "a", title: "Title" }];
  expect(printTable(columns, [{ a: { b: 1 } }], { ...WIDE, color: true })).toBe(
    '\u001b[1mTitle\u001b[0m\n{"b":1}\n',
  );
});

test("the widest text gives way, numbers are whole", () => {
  const rows = [{ mx: "m".repeat(60), failed_sessions: 123_456_789, types: "certificate-expired" }];
  const lines = printTable(COLUMNS, rows, { width: 50, color: false }).trimEnd().split("\n");
  expect(lines.map((line) => displayWidth(line) <= 50)).toEqual([true, true, true]);
  expect(lines.slice(0, 2)).toEqual([
    "                        failed",
    "mx                    sessions  types",
  ]);
  expect(lines[2]).toMatch(/^m{16}… +123,456,789 {2}certificate-expir…$/);
});

test("a terminal too narrow for the columns has the rows one below the other, with nothing cut", () => {
  const rows = [
    { mx: "m".repeat(40), failed_sessions: 123_456_789, types: ["certificate-expired", "sts"] },
    { mx: "", failed_sessions: null, types: [] },
  ];
  expect(printTable(COLUMNS, rows, { width: 40, color: false })).toBe(
    [
      "1 of 2",
      "mx               mmmmmmmmmmmmmmmmmmmmmmm",
      "                 mmmmmmmmmmmmmmmmm",
      "failed sessions  123,456,789",
      "types            certificate-expired,",
      "                 sts",
      "",
      "2 of 2",
      "mx",
      "failed sessions  –",
      "types",
      "",
    ].join("\n"),
  );
  expect(printTable(COLUMNS, [], { width: 10, color: false })).toContain("failed sessions");
});

test("a column that can be spared gives way before texts are cut", () => {
  const columns = [
    { name: "mx" },
    { name: "n", numeric: true },
    { name: "bar", title: "", show: () => "######", spare: true },
  ];
  const rows = [{ mx: "mx1.example.com", n: 5 }];
  const print = (width: number) => printTable(columns, rows, { width, color: false });
  expect(print(26)).toBe("mx               n\nmx1.example.com  5  ######\n");
  expect(print(25)).toBe("mx               n\nmx1.example.com  5\n");
});

test("cells are coloured by what they say, blanks at line ends are not", () => {
  const columns = [{ name: "mx" }, { name: "state", tone: () => "bad" as const }];
  const rows = [
    { mx: "mx1", state: "new" },
    { mx: "mx2", state: "returned" },
  ];
  expect(printTable(columns, rows, { ...WIDE, color: true })).toBe(
    "\u001b[1mmx   state\u001b[0m\nmx1  \u001b[31mnew\u001b[0m\nmx2  \u001b[31mreturned\u001b[0m\n",
  );
});

test("numbers", () => {
  expect(["0", 999, -1000, 1234.5678, "9007199254740993"].map(grouped)).toEqual([
    "0",
    "999",
    "-1,000",
    "1,234.5678",
    "9,007,199,254,740,993",
  ]);
  expect(grouped("1\u001b[2J")).toBe("1\\x1b[2J");
});

describe("outside text", () => {
  test("cannot move the cursor, break a line, turn the direction or hide", () => {
    const bad = (text: string, shown: string) => expect(printable(text)).toBe(shown);
    bad("\u001b[31mred", "\\x1b[31mred");
    bad("\u009b2J", "\\x9b2J"); // one-byte CSI
    bad("a\r\nb\tc", "a\\x0d\\x0ab\\x09c");
    bad("a\u0000\u007f", "a\\x00\\x7f");
    bad("moc\u202eelpmaxe", "moc\\u{202e}elpmaxe"); // right-to-left override
    bad("a\u200bb\ufeffc", "a\\u{200b}b\\u{feff}c"); // invisible
    bad("a\u2028b", "a\\u{2028}b");
    bad("\u{e0041}", "\\u{e0041}"); // tag characters
    bad("\ud800x", "\\u{d800}x"); // half a character
    expect(printable("mx1.example.com Ünïcødé 例え 👩‍💻")).toBe(
      "mx1.example.com Ünïcødé 例え 👩‍💻",
    );
  });

  test("never leaves a control in a table, whatever it is, and lines stay lines", () => {
    const cell = fc.string({ unit: "binary", maxLength: 20 });
    fc.assert(
      fc.property(
        fc.array(cell, { maxLength: 5 }),
        fc.integer({ min: 1, max: 100 }),
        (cells, width) => {
          const rows = cells.map((mx) => ({ mx, failed_sessions: mx, types: [mx] }));
          const text = printTable(COLUMNS, rows, { width, color: false });
          const lines = text.trimEnd().split("\n");
          if (!lines[0]?.startsWith("1 of ")) {
            const heading = width < 50 ? [2, 3] : [2];
            expect(heading).toContain(text.split("\n").length - rows.length);
          }
          expect(text.replaceAll("\n", "")).not.toMatch(
            /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u,
          );
        },
      ),
    );
  });
});

test("width and cutting", () => {
  expect(["abc", "例え", "e\u0301", "👩‍💻", "❤️", "ｱ", ""].map(displayWidth)).toEqual([
    3, 4, 1, 2, 2, 1, 0,
  ]);
  expect(truncate("abcdef", 4)).toBe("abc…");
  expect(truncate("例え例え", 4)).toBe("例…"); // three columns: a fourth would be half a letter
  expect(truncate("abc", 3)).toBe("abc");
  expect(truncate("abc", 0)).toBe("");
});

test("wrapping loses nothing but the blanks at line ends", () => {
  expect(wrap("certificate-expired, sts, tlsa", 12)).toEqual([
    "certificate-",
    "expired,",
    "sts, tlsa",
  ]);
  expect(wrap("例え例え", 3)).toEqual(["例", "え", "例", "え"]);
  expect(wrap("", 5)).toEqual([""]);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 2, max: 30 }), (text, width) => {
      const lines = wrap(text, width);
      expect(lines.join("").replaceAll(/\s/g, "")).toBe(text.replaceAll(/\s/g, ""));
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
    }),
  );
});
