// docs/dkim.md says of every note what the program says.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../../../services/assets.ts";
import { NOTES } from "../../../../services/core/dkim/notes.ts";

const page = readFileSync(join(packageRoot(), "docs/dkim.md"), "utf8");

test("every note has a heading, and every heading of a note is one", () => {
  const headings = [...page.matchAll(/^### (.+)$/gm)].map((match) => match[1]);
  expect(headings).toEqual(Object.keys(NOTES));
});

test("and is explained in the same words", () => {
  const missing = Object.values(NOTES).filter(
    ({ title, meaning, rule }) => !page.includes(`\n${title}.\n\n${meaning} (${rule})\n`),
  );
  expect(missing).toEqual([]);
});
