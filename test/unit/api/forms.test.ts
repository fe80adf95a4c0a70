// The small printers of the API: CSV cells, content negotiation, and numbers on the page.

import fc from "fast-check";
import { expect, test } from "vitest";
import { printCsv } from "../../../services/api/csv.ts";
import { negotiate } from "../../../services/api/negotiate.ts";
import { showCount, showRate } from "../../../services/api/page-format.ts";

const COLUMN = [{ name: "a", type: "text", description: "A." }] as const;

/** One field of CSV read back as RFC 4180 says. */
function readField(field: string): string {
  return field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field;
}

test("any text comes back from CSV, and none begins a formula", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const field = printCsv(COLUMN, [{ a: text }]).slice("a\r\n".length, -2);
      const read = readField(field);
      expect(read === text || read === `'${text}`).toBe(true);
      expect(read).not.toMatch(/^[=+\-@\t\r]/);
    }),
  );
});

test("null is empty, flags are words", () => {
  const columns = ["a", "b", "c"].map((name) => ({ name, type: "text", description: "" }) as const);
  expect(printCsv(columns, [{ a: null, b: true, c: 0 }])).toBe("a,b,c\r\n,true,0\r\n");
});

test("negotiation", () => {
  expect(negotiate(undefined, undefined)).toBe("json");
  expect(negotiate(undefined, "*/*")).toBe("json");
  expect(negotiate(undefined, "text/csv")).toBe("csv");
  expect(negotiate(undefined, "application/json;q=0.5, text/csv")).toBe("csv");
  expect(negotiate(undefined, "text/csv;q=0, */*")).toBe("json");
  expect(negotiate(undefined, "text/html,application/xhtml+xml,*/*;q=0.8")).toBe("json");
  expect(negotiate(undefined, "image/png")).toBeNull();
  expect(negotiate(undefined, "application/json;q=0")).toBeNull();
  expect(negotiate("csv", "application/json")).toBe("csv"); // format goes first
});

test("numbers on the page", () => {
  expect(showCount(1234567)).toBe("1,234,567");
  expect(showCount("18446744073709551615")).toBe("18,446,744,073,709,551,615");
  expect(showCount(999)).toBe("999");
  expect(showCount(null)).toBe("–");
  expect(showRate(1)).toBe("100 %");
  expect(showRate(0.999999)).toBe("99.99 %"); // one failure in a million is not none
  expect(showRate(0.000001)).toBe("0.01 %");
  expect(showRate(null)).toBe("–");
});
