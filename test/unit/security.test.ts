// docs/security.md names the test behind each promise; this holds the names to what there is.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../services/assets.ts";

const root = packageRoot();
const page = readFileSync(join(root, "docs", "security.md"), "utf8");

/** A file in backticks, and the words in quotes that follow it. */
const NAMED = /`((?:unit|integration|exhaustive|e2e)\/[\w./-]+\.test\.ts)`((?:,? ?"[^"]+")*)/g;

/** A test or a group that is run, and its title: at once, or behind the rows of `each`. */
const TITLE =
  /^([ \t]*)(?:test|it|describe)(?:\.each\b(?:.*\)|[\s\S]*?\n\1[\])].*\)))?\(\s*(["'`])(.*?)(?<!\\)\2/gm;

/** What keeps a test of a file from being run, or from counting. */
const NOT_RUN =
  /\b(?:test|it|describe|context)\.(?:skip|todo|only|fails)|\b(?:skipIf|runIf)\(|\bskip: |\bx(?:test|it|describe)\(/;

function titlesOf(text: string): string[] {
  const code = text.replaceAll(/^\s*\/\*[\s\S]*?\*\//gm, "");
  return [...code.matchAll(TITLE)].map(([, , , title = ""]) => title);
}

const named = [...page.matchAll(NAMED)].map(([, file = "", words = ""]) => ({
  file,
  words: [...words.matchAll(/"([^"]+)"/g)].map(([, text = ""]) => text),
}));

test("there is a test behind most rows", () => {
  expect(named.length).toBeGreaterThan(30);
});

test.each(named)("$file $words", ({ file, words }) => {
  const path = join(root, "test", file);
  expect(existsSync(path)).toBe(true);
  const text = readFileSync(path, "utf8");
  const titles = titlesOf(text);
  expect(titles.length).toBeGreaterThan(0);
  expect(words.filter((one) => !titles.some((title) => title.includes(one)))).toEqual([]);
  // Whether a test of the file runs cannot be told from its title alone.
  expect(text.match(NOT_RUN)).toBeNull();
});

// A tilde stands for a dot: no file of ours may have such a call, not even as text.
test.each([
  ['test("a b", () => {});', ["a b"]],
  ['  it("a b", () => {});', ["a b"]],
  ["describe(`a b`, () => {});", ["a b"]],
  ['test(\n  "a b",\n  () => {},\n);', ["a b"]],
  ['test.each(rows)("a %s", () => {});', ["a %s"]],
  ['test.each<Row>([f("x")])("a %s", () => {});', ["a %s"]],
  ['  test.each([\n    ["x", f()],\n  ])("a %s", () => {});', ["a %s"]],
  ['describe.each([\n  ["x"],\n] as const)(\n  "a %s",\n  () => {});', ["a %s"]],
  ['// test("a b", () => {});', []],
  ['/*\ntest("a b", () => {});\n*/', []],
  ['test~skip("a b", () => {});', []],
  ['test~todo("a b");', []],
  ['xtest("a b", () => {});', []],
  ['expect(text).toBe("a b");', []],
])("titles of %j", (text, titles) => {
  expect(titlesOf(text.replace("~", "."))).toEqual(titles);
});

test.each([
  'test~skip("a", run)',
  "describe~todo('a')",
  'test.skipIf(slow)("a", run)',
  'test.runIf(fast)("a", run)',
  'test("a", { skip: true }, run)',
  'test("a", (context) => context.skip())',
  'test~fails("a", run)',
  'test~only("a", run)',
  'xdescribe("a", run)',
])("%j may not be run", (text) => {
  expect(text.replace("~", ".")).toMatch(NOT_RUN);
});

test("every row has a test, a command or a file", () => {
  const rows = page.split("\n").filter((line) => /^\| (?!threat|figure|---)/.test(line));
  const without = rows.filter((row) => !/`[^`]+`[^|]*\|$/.test(row));
  expect(without).toEqual([]);
});
