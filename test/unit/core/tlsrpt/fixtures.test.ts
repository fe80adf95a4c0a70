// One report in the manner of each sender, with the deviations and rows that it must give. A changed
// expectation is written with UPDATE_FIXTURES=1 and read in the diff.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Deviations } from "../../../../services/core/deviation.ts";
import { readJson } from "../../../../services/core/tlsrpt/json-text.ts";
import { conforms } from "../../../../services/validate/validate.ts";
import { NO_HINTS, readText, rowsOf } from "./reading.ts";

const FOLDER = "test/fixtures/reports";
const EXPECTED = ".expected.json";
const NAMES = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".json") && !name.endsWith(EXPECTED))
  .map((name) => name.slice(0, -".json".length));

const HINTS = { ...NO_HINTS, domain: "hint.example", submitter: "submitter.example" };

function outcome(name: string) {
  const bytes = readFileSync(`${FOLDER}/${name}.json`);
  const read = readText(bytes, HINTS);
  if (read.report === null) throw new Error(`${name} is refused: ${read.refusal}`);
  const { report, summaries, details } = rowsOf(
    read.report,
    HINTS,
    read.deviations,
    false,
    isConforming(bytes),
  );
  return { deviations: read.deviations, report, summaries, details };
}

/** As services/ingest marks a report; a text that is not JSON of one value was mended before. */
function isConforming(bytes: Buffer): boolean {
  const json = readJson(bytes, new Deviations());
  return json.ok && conforms(json.value);
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
