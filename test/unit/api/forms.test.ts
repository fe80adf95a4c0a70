// The small printers of the API: content negotiation, and numbers on the page.

import { expect, test } from "vitest";
import { namesOf, negotiate } from "../../../services/api/negotiate.ts";
import { showCount, showRate } from "../../../services/api/pages/format.ts";

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
  const all = ["json", "csv", "svg"] as const;
  expect(negotiate(undefined, "image/svg+xml", all)).toBe("svg");
  expect(negotiate(undefined, "image/*;q=0.9, text/csv;q=0.5", all)).toBe("svg");
  expect(negotiate(undefined, "*/*", all)).toBe("json");
  expect(negotiate("svg", "application/json", all)).toBe("svg");
  expect(negotiate("svg", undefined)).toBeNull(); // a panel without a chart
  expect(namesOf(all)).toBe("application/json, text/csv or image/svg+xml");
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
