// docs/api.md has every panel, parameter and problem of the tables.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROBLEMS } from "../../../services/api/problem.ts";
import { packageRoot } from "../../../services/assets.ts";
import { PANELS } from "../../../services/query/index.ts";
import { PARAMETERS } from "../../../services/query/parameter-table.ts";

const page = readFileSync(join(packageRoot(), "docs", "api.md"), "utf8");

test("every panel has its line", () => {
  const missing = PANELS.filter(({ id }) => !page.includes(`| \`${id}\` | `));
  expect(missing.map(({ id }) => id)).toEqual([]);
});

test("every parameter is told of", () => {
  const told = (name: string) => page.includes(`\`${name}\``) || page.includes(`\`${name}=`);
  expect(Object.keys(PARAMETERS).filter((name) => !told(name))).toEqual([]);
});

test("every problem is told of, with its status", () => {
  const lines = page.split("\n").filter((line) => line.startsWith("| "));
  const missing = Object.entries(PROBLEMS).filter(
    ([code, { status }]) =>
      !lines.some((line) => line.includes(`\`${code}\``) && line.includes(String(status))),
  );
  expect(missing).toEqual([]);
});
