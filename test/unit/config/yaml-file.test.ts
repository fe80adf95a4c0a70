// The YAML reader: places of settings and faults, and no value in any message.

import { expect, test } from "vitest";
import { readYaml } from "../../../services/config/yaml-file.ts";
import { BOUNDS } from "../../../services/core/bounds.ts";

const faults = (text: string) =>
  readYaml(text).faults.map(({ line, column, message }) => `${line}:${column} ${message}`);

test("settings with their places", () => {
  const text = "\ufeff# comment\r\na: 1\r\nb:\r\n  c: [x, 2]\r\n  d:\r\n  'e f': yes\r\n";
  expect(readYaml(text)).toEqual({
    faults: [],
    settings: [
      { key: "a", value: 1, line: 2, column: 1 },
      { key: "b.c", value: ["x", 2], line: 4, column: 3 },
      { key: "b.d", value: null, line: 5, column: 3 },
      { key: "b.e f", value: "yes", line: 6, column: 3 },
    ],
  });
});

test("files with nothing in them", () => {
  for (const text of ["", "\n", "# only a comment\n", "---\n", "{}", "~"]) {
    expect(readYaml(text), text).toEqual({ settings: [], faults: [] });
  }
});

test("faults", () => {
  const bad = (text: string, fault: RegExp) => expect(faults(text).join("\n"), text).toMatch(fault);
  bad("a: 1\na: 2\n", /^2:1 the same key twice$/);
  bad("a: [1\n", /2:1 not YAML: Flow sequence/);
  bad("\ta: 1", /1:1 not YAML: Tabs/);
  bad("listen: [::1]:8080", /1:14 not YAML: Unexpected scalar/);
  bad("a: 1\n---\nb: 2", /2:1 a second YAML document/);
  bad("- a\n- b", /1:1 not a mapping/);
  bad("words", /1:1 not a mapping/);
  bad("1: a", /1:1 a key that is not a name/);
  bad("? [a]\n: b", /1:3 a key that is not a name/);
  bad("a: &x 1\nb: *x", /2:4 an alias or a nested value/);
  bad("a: [[1]]", /1:4 an alias or a nested value/);
  bad("<<: {a: 1}\nb: *nothing", /alias/);
  bad("a: !!binary x\nb: !own y", /not YAML: Unresolved tag/);
});

test("one fault does not hide the next", () => {
  expect(faults("a: 1\na: 2\nb: 1\nb: 2\n")).toHaveLength(2);
});

test("size and nesting are bounded", () => {
  expect(faults("#".repeat(BOUNDS.configFileBytesMax + 1))[0]).toMatch(/larger than/);
  for (const deep of ["[", "a: {", "- ", "? ", "[\n"]) {
    const text = deep.repeat(Math.floor(BOUNDS.configFileBytesMax / deep.length));
    expect(faults(text), deep).toEqual(["1:1 nested too deeply"]);
  }
  const stairs = Array.from({ length: 300 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n");
  expect(faults(stairs)).toEqual(["1:1 nested too deeply"]);
  const many = Array.from({ length: 1_500 }, (_, index) => `"user-${index}@example.com"`);
  expect(faults(`smtp:\n  recipients: [${many.join(", ")}]`)).toEqual([]);
});
