// The one text that the engine gets for a call: nothing given beside the SQL gets out of its place.

import { describe, expect, test } from "vitest";
import {
  isRead,
  printStatement,
  quote,
  type Statement,
  takesRows,
} from "../../../../services/store/engine/statement.ts";

const PLAIN: Statement = {
  sql: "SELECT 1",
  database: "",
  settings: [],
  parameters: [],
  bodyFile: null,
};

test("quote leaves no way out of the literal", () => {
  expect(quote("a")).toBe("'a'");
  expect(quote("a'b")).toBe("'a\\'b'");
  expect(quote("a\\'; DROP TABLE x --")).toBe("'a\\\\\\'; DROP TABLE x --'");
  expect(quote("a\0b")).toBe("'a\\0b'");
});

describe("kinds of statements", () => {
  const read = (sql: string) => test(`read: ${sql}`, () => expect(isRead(sql)).toBe(true));
  const write = (sql: string) => test(`write: ${sql}`, () => expect(isRead(sql)).toBe(false));
  read("SELECT 1");
  read("  -- insert into\n /* drop */ (select 1) union all (select 2)");
  read("with x as (select 1) select * from x");
  write("INSERT INTO t SELECT 1");
  write("-- select\nCREATE TABLE t (a UInt8)");
  write("SELECTED");
  write("");

  test("rows come with INSERT ... FORMAT alone", () => {
    expect(takesRows("INSERT INTO t (a) FORMAT JSONCompactEachRow")).toBe(true);
    expect(takesRows("insert into t format CSV;\n")).toBe(true);
    expect(takesRows("INSERT INTO t SELECT 1")).toBe(false);
    expect(takesRows("SELECT 1 FORMAT JSON")).toBe(false);
  });
});

describe("printStatement", () => {
  test("puts database, settings and parameters in front", () => {
    const text = printStatement({
      ...PLAIN,
      database: "a`b",
      settings: [
        ["max_threads", "2"],
        ["wait_end_of_query", "1"],
      ],
      parameters: [["x", "it's"]],
    });
    expect(text).toBe("USE `a``b`;\nSET max_threads = '2';\nSET param_x = 'it\\'s';\nSELECT 1");
  });

  test("reads the rows of an insert from the file", () => {
    const sql = "INSERT INTO t (a) FORMAT JSONCompactEachRow";
    expect(printStatement({ ...PLAIN, sql, bodyFile: "/d/it's" })).toBe(
      "INSERT INTO t (a)\nFROM INFILE '/d/it\\'s' COMPRESSION 'none' FORMAT JSONCompactEachRow",
    );
  });

  test("refuses what is no name and NUL in the statement", () => {
    const odd = "x = 1; DROP TABLE t; --";
    expect(() => printStatement({ ...PLAIN, settings: [[odd, "1"]] })).toThrow(/not a name/);
    expect(() => printStatement({ ...PLAIN, parameters: [[odd, "1"]] })).toThrow(/not a name/);
    expect(() => printStatement({ ...PLAIN, sql: "SELECT 1\0" })).toThrow(/NUL/);
    expect(() => printStatement({ ...PLAIN, bodyFile: "/x" })).toThrow(/INSERT/);
  });
});
