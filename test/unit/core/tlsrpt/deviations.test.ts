// The table of deviations, its page, and the collector of deviations.

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { BOUNDS } from "../../../../services/core/bounds.ts";
import { Deviations } from "../../../../services/core/deviation.ts";
import { DEVIATIONS } from "../../../../services/core/tlsrpt/deviations.ts";

test("docs/deviations.md says what the table says", () => {
  const page = readFileSync("docs/deviations.md", "utf8");
  const headings = [...page.matchAll(/^## (.+)$/gm)].map((found) => found[1]);
  expect(headings).toEqual(Object.keys(DEVIATIONS));
  for (const kind of Object.values(DEVIATIONS)) {
    expect(page).toContain(`${kind.title}. ${kind.meaning}\n\nRule: ${kind.rule}.`);
  }
});

test("codes are lower case words with hyphens, and every text is there", () => {
  for (const [code, kind] of Object.entries(DEVIATIONS)) {
    expect(code).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    expect(kind.title.length).toBeGreaterThan(5);
    expect(kind.meaning).toMatch(/\.$/);
    expect(kind.rule).not.toBe("");
  }
});

test("a report keeps so many deviations and says how many more there were", () => {
  const deviations = new Deviations();
  for (let i = 0; i < BOUNDS.deviationsMax + 10; i++) deviations.add("bom", "", i);
  const list = deviations.finish();
  expect(list).toHaveLength(BOUNDS.deviationsMax);
  expect(list.at(-1)).toEqual({ code: "deviations-not-all-kept", place: "", value: "11 more" });
});
