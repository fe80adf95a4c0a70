// docs/security.md names the test behind each promise; this holds the names to what there is.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../services/assets.ts";

const root = packageRoot();
const page = readFileSync(join(root, "docs", "security.md"), "utf8");

/** A file in backticks, and the words in quotes that follow it. */
const NAMED = /`((?:unit|integration|exhaustive|e2e)\/[\w./-]+\.test\.ts)`((?:,? ?"[^"]+")*)/g;

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
  for (const one of words) expect(text).toContain(one);
});

test("every row has a test, a command or a file", () => {
  const rows = page.split("\n").filter((line) => /^\| (?!threat|---)/.test(line));
  const without = rows.filter((row) => !/`[^`]+`[^|]*\|$/.test(row));
  expect(without).toEqual([]);
});
