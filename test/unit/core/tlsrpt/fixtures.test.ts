// One report in the manner of each sender, with the deviations and rows that it must give. A changed
// expectation is written with UPDATE_FIXTURES=1 and read in the diff.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { NO_HINTS, readText, rowsOf } from "./reading.ts";

const FOLDER = "test/fixtures/reports";
const EXPECTED = ".expected.json";
const NAMES = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".json") && !name.endsWith(EXPECTED))
  .map((name) => name.slice(0, -".json".length));

const HINTS = { ...NO_HINTS, domain: "hint.example", submitter: "submitter.example" };

function outcome(name: string) {
  const read = readText(readFileSync(`${FOLDER}/${name}.json`), HINTS);
  if (read.report === null) throw new Error(`${name} is refused: ${read.refusal}`);
  const { report, summaries, details } = rowsOf(read.report, HINTS, read.deviations);
  return { deviations: read.deviations, report, summaries, details };
}

test("there is a report of every kind of sender", () => {
  expect(NAMES.length).toBeGreaterThanOrEqual(10);
});

test.each(NAMES)("%s", (name) => {
  const file = `${FOLDER}/${name}${EXPECTED}`;
  if (process.env["UPDATE_FIXTURES"] === "1") {
    writeFileSync(file, `${JSON.stringify(outcome(name), null, 2)}\n`);
  }
  expect(existsSync(file)).toBe(true);
  expect(outcome(name)).toEqual(JSON.parse(readFileSync(file, "utf8")));
});
