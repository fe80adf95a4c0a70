// The order and the columns of an answer, as users write them.

import { expect, test } from "vitest";
import {
  asksAddresses,
  fieldColumns,
  readFields,
  selectedColumns,
} from "../../../services/query/fields.ts";
import type { Panel } from "../../../services/query/panel.ts";
import { orderOf, printSort, readSort } from "../../../services/query/sort.ts";

const column = (name: string, type: "text" | "count" | "texts" | "ratio", nullable = false) =>
  ({ name, type, nullable, description: "A column." }) as const;

const panel: Panel = {
  id: "hosts",
  title: "Hosts",
  description: "Hosts.",
  parameters: ["limit", "cursor", "format"],
  columns: [
    column("ip", "text"),
    column("count", "count"),
    column("rate", "ratio"),
    column("delay", "count", true),
    column("types", "texts"),
  ],
  order: [{ column: "count", descending: true }, { column: "ip" }],
  drawing: "table",
  sql: () => "SELECT 1",
  words: { columns: [column("advice", "text")], cells: () => ({ advice: "" }) },
  addresses: "ip",
};

test("sort", () => {
  expect(readSort(panel, "ip")).toEqual([{ column: "ip" }]);
  expect(readSort(panel, "-rate, ip")).toEqual([
    { column: "rate", descending: true },
    { column: "ip" },
  ]);
  expect(readSort(panel, "delay")).toEqual([{ column: "delay" }]); // rows without one come last
  const detail = "sort takes ip, count, rate, delay, each with a minus before it to turn it.";
  for (const text of [
    "",
    "ip,",
    "IP",
    "+ip",
    "--ip",
    "types", // several in a row
    "advice", // not of the store
    "asn",
    "ip DESC",
    "1",
  ]) {
    expect(readSort(panel, text), text).toEqual({ detail });
  }
  expect(readSort(panel, "ip,-ip")).toEqual({ detail: "sort names ip twice." });
});

test("ties are in the panel's own order", () => {
  const whole = (text: string) => {
    const sort = readSort(panel, text);
    if ("detail" in sort) throw new Error(sort.detail);
    return printSort(orderOf(panel, sort));
  };
  expect(printSort(orderOf(panel, []))).toBe("-count,ip");
  expect(whole("rate")).toBe("rate,-count,ip");
  expect(whole("count")).toBe("count,ip"); // turned, once
  expect(whole("-ip")).toBe("-ip,-count");
});

test("fields", () => {
  const names = (text: string) => {
    const fields = readFields(panel, text);
    if ("detail" in fields) throw new Error(fields.detail);
    return fieldColumns(panel, fields).map(({ name }) => name);
  };
  expect(names("types,ip")).toEqual(["types", "ip"]);
  expect(names("ip, ip")).toEqual(["ip"]);
  expect(names("asn,advice")).toEqual(["asn", "advice"]);
  const known = "ip, count, rate, delay, types, advice, reverse_name, asn, as_organization";
  for (const text of ["", "x", "ip,", "count(*)"]) {
    expect(readFields(panel, text), text).toEqual({ detail: `fields takes ${known}.` });
  }
});

test("no more is selected than the answer and its order need", () => {
  const selected = (...fields: string[]) =>
    selectedColumns(panel, fields, panel.order).map(({ name }) => name);
  expect(selected("rate")).toEqual(["ip", "count", "rate"]);
  expect(selected("types", "asn")).toEqual(["ip", "count", "types"]);
  expect(selected("advice")).toHaveLength(panel.columns.length); // words look at whole rows
  expect(selectedColumns(panel, null, panel.order)).toBe(panel.columns);
  const bySize = [{ column: "count" }];
  const forNames = selectedColumns(panel, ["reverse_name"], bySize).map(({ name }) => name);
  expect(forNames).toEqual(["ip", "count"]); // looked up by the address
});

test("addresses are looked up only when somebody asks", () => {
  expect(asksAddresses(panel, null)).toBe(true);
  expect(asksAddresses(panel, ["ip", "asn"])).toBe(true);
  expect(asksAddresses(panel, ["ip", "advice"])).toBe(false);
});
