// Values of statements as Grafana has them: what is ours is quoted, what moves is a macro, and what is neither is
// refused when the dashboards are generated.

import { expect, test } from "vitest";
import { sqlOfValue, whenChosen } from "../../../services/grafana/macros.ts";
import { expand } from "../../support/grafana.ts";

const DAY = { fromMs: 1_772_323_200_000, toMs: 1_772_409_599_999 };

test.each([
  ["String", "it's", String.raw`'it\'s'`],
  ["String", String.raw`a\b`, String.raw`'a\\b'`],
  ["Array(String)", ["a", "'"], String.raw`['a', '\'']`],
  ["UInt64", 101, "101"],
  ["Int32", "-3", "-3"],
] as const)("a %s that is ours: %s", (type, value, sql) => {
  const given = typeof value === "object" ? [...value] : value;
  expect(sqlOfValue("ours", type, given)).toBe(sql);
});

test.each([
  ["a day", "some_day", "Date", "2026-03-01"],
  ["an instant", "some_at", "DateTime64(3, 'UTC')", "2026-03-01 00:00:00"],
  ["a fraction", "some_share", "UInt8", "0.5"],
])("%s that no macro is known for is refused", (_, name, type, value) => {
  expect(() => sqlOfValue(name, type, value)).toThrow();
});

test("a day of the range is a macro, whatever it was", () => {
  expect(sqlOfValue("from_day", "Date", "2001-02-03")).toBe("toDate($__fromTime, 'UTC')");
  expect(sqlOfValue("from_day", "Date", "2015-05-05")).toBe("toDate($__fromTime, 'UTC')");
});

test("a condition on a variable is there when something is chosen", () => {
  const sql = whenChosen("WHERE (domain IN {domain:Array(String)}) AND x");
  expect(expand(sql, {}, DAY, 0)).toBe("WHERE (1=1) AND x");
  // As Grafana's own tests have it: %7B, the values with a comma, %7D.
  expect(expand(sql, { domain: ["foo()bar BAZ", "test2"] }, DAY, 0)).toContain(
    "'%7Bfoo%28%29bar%20BAZ%2Ctest2%7D'",
  );
});

test.each([
  "SELECT {domain:Array(String)}",
  "WHERE has({mx:Array(String)}, mx)",
  "WHERE upper(domain) IN {domain:Array(String)}",
])("a variable that cannot be left out is refused: %s", (sql) => {
  expect(() => whenChosen(sql)).toThrow("cannot be left out");
});

// Of the plugin's own page on macros, by its numbers: the range in whole seconds as DateTime, and a condition
// that goes when its variable is at all of its values or has none.
test.each([
  ["WHERE at >= $__fromTime", {}, "WHERE at >= toDateTime(1415792726)"],
  ["WHERE at <= $__toTime", {}, "WHERE at <= toDateTime(1447328726)"],
  ["WHERE $__conditionalAll(one, $place)", { place: ["x"] }, "WHERE one"],
  ["WHERE $__conditionalAll(one, $place)", {}, "WHERE 1=1"],
  ["WHERE $__conditionalAll(one, $place)", { place: [] }, "WHERE 1=1"],
  [
    "$__conditionalAll(f(a, g(b)), $one) AND $__conditionalAll(c, $two)",
    { one: ["x"] },
    "f(a, g(b)) AND 1=1",
  ],
  ["$__conditionalAll(a OR $__conditionalAll(b, $two), $one)", { one: ["x"] }, "a OR 1=1"],
])("the expander of these tests does what the plugin says of %s with %j", (sql, chosen, sent) => {
  const range = { fromMs: 1_415_792_726_371, toMs: 1_447_328_726_371 };
  expect(expand(sql, chosen, range, 0)).toBe(sent);
});

test.each([
  "SELECT $__unknown",
  "SELECT $name",
  `SELECT '\${domain:sqlstring}'`,
  "SELECT [[name]]",
])("the expander of these tests refuses what it does not know: %s", (sql) => {
  expect(() => expand(sql, { domain: ["a"] }, DAY, 0)).toThrow();
});
