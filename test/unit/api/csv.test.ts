// CSV cells: what comes back, and what a spreadsheet or a terminal must never be given.

import fc from "fast-check";
import { expect, test } from "vitest";
import { printCsv } from "../../../services/api/csv.ts";
import { printable } from "../../../services/core/printable.ts";
import { readCsv } from "../../support/spreadsheet.ts";

const COLUMN = [{ name: "a", type: "text", description: "A." }] as const;
const FORMULA = /^[\s"]*[=+\-@|%＝＋－＠｜％﹦﹢﹣﹫﹪−]/;

/** The one cell of a CSV as a spreadsheet shows it. */
function cellOf(cell: string | string[]): string {
  const rows = readCsv(printCsv(COLUMN, [{ a: cell }]), ",");
  expect(rows).toHaveLength(2);
  expect(rows[1]).toHaveLength(1);
  return rows[1]?.[0] ?? "";
}

test("text comes back as it was, but for what could be obeyed", () => {
  const same = (text: string) => expect(cellOf(text)).toBe(text);
  const shown = (text: string, cell: string) => expect(cellOf(text)).toBe(cell);
  same("mx1.example.com");
  same('a "b", c');
  same("Ünïcødé 例え 👩‍💻");
  same("a; b");
  same("a - b = c");
  shown("=1+1", "'=1+1");
  shown("-2+3", "'-2+3");
  shown("@SUM(A1)", "'@SUM(A1)");
  shown("|calc", "'|calc");
  shown(" \u00a0=1", "' \u00a0=1"); // blanks before it
  shown('"=1', "'\"=1"); // as the quote of a field
  shown("＝1+1", "'＝1+1"); // full width
  shown("a;=1+1", "a;'=1+1"); // where ";" parts cells
  shown("\t=1", "\\x09=1");
  shown("a\r\n=1", "a\\x0d\\x0a=1");
  shown("\u001b]0;title\u0007", "\\x1b]0;title\\x07");
  shown("\u009b2J", "\\x9b2J");
  shown("moc\u202eelpmaxe", "moc\\u{202e}elpmaxe");
  expect(cellOf(["sts", "=1", "＠x"])).toBe("sts;'=1;'＠x");
});

test("no cell begins a formula, whatever parts the cells, and a row stays a line", () => {
  const piece = fc.constantFrom(
    "=",
    "+",
    "-",
    "@",
    "|",
    "＝",
    "﹣",
    ";",
    ",",
    '"',
    "'",
    " ",
    "\t",
    "\r\n",
    "1",
  );
  const pieces = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(""));
  const text = fc.oneof(pieces, fc.string({ unit: "binary" }));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 3 }), text, (list, alone) => {
      const csv = printCsv([...COLUMN, { ...COLUMN[0], name: "b" }], [{ a: alone, b: list }]);
      expect(csv.split("\r\n")).toHaveLength(3);
      expect(csv.replaceAll("\r\n", "")).toBe(printable(csv.replaceAll("\r\n", "")));
      for (const separator of [",", ";", "\t"]) {
        for (const row of readCsv(csv, separator)) {
          for (const cell of row) expect(cell, separator).not.toMatch(FORMULA);
        }
      }
    }),
    { numRuns: 2_000 },
  );
});

test("null is empty, flags are words", () => {
  const columns = ["a", "b", "c"].map((name) => ({ name, type: "text", description: "" }) as const);
  expect(printCsv(columns, [{ a: null, b: true, c: 0 }])).toBe("a,b,c\r\n,true,0\r\n");
});
