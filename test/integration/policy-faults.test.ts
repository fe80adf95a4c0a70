// The faults of a policy as the store counts them are those that core/mta-sts reads.

import { afterAll, beforeAll, expect, test } from "vitest";
import { HARMLESS_FAULTS, readStsPolicy } from "../../services/core/mta-sts/policy.ts";
import { faultCount } from "../../services/query/policy-faults.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";

let opened: TestStore;
beforeAll(async () => {
  opened = await startTestStore();
});
afterAll(() => opened?.stop());

test("counts the faults of a policy as the words do", async () => {
  const lines = ["version: STSv1", "mode: testing", "mx: a.example", "max_age: 86400"];
  const odd = [
    "",
    "VERSION:STSv1\r",
    "version: stsv1",
    "mode: Report",
    "mode:",
    "MODE: None",
    "note: x",
  ]
    .concat([
      "mx:",
      "mx: *.a.example.",
      "mx: a b",
      "mx: *.*.a",
      "mx: -a.example",
      "mx: [192.0.2.1]",
    ])
    .concat(["max_age: 300", "max_age: 31557601", "max_age: 0000086400", "max_age: x", "max_age: "])
    .concat([`mx: ${"a".repeat(64)}.example`, `mx: ${"a.".repeat(126)}a`, "mx: Ä.example"]);
  const texts = odd.flatMap((line) => [
    ...lines.map((_, place) => lines.with(place, line).join("\n")),
    [...lines, line].join("\n"),
    [line, ...lines].join("\n"),
  ]);
  for (const text of texts) {
    const policy = readStsPolicy(text);
    const rows = await opened.store.select<{ faults: number }>(
      `SELECT ${faultCount("{text:String}", "{mode:String}")} AS faults`,
      { text, mode: policy?.mode ?? "" },
      { rowsMax: 1 },
    );
    const faults = policy?.faults.filter((fault) => !HARMLESS_FAULTS.has(fault)) ?? [];
    expect([text, rows[0]]).toEqual([text, { faults: faults.length }]);
  }
});
