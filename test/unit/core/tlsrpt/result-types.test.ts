// The registry of result types as a table.

import { expect, it } from "vitest";
import { isKnownResultType, RESULT_TYPES } from "../../../../services/core/tlsrpt/result-types.ts";
import { readSchema } from "../../../../services/validate/validate.ts";

it("has the eleven registered types, as the schema lists them", () => {
  const result = readSchema("tlsrpt", "report.schema.json")["$defs"]["policy-result"];
  const detail = result.properties["failure-details"].items;
  expect(Object.keys(RESULT_TYPES)).toEqual(detail.properties["result-type"].examples);
  expect(Object.keys(RESULT_TYPES)).toHaveLength(11);
});

it("knows its own names only", () => {
  expect(isKnownResultType("tlsa-invalid")).toBe(true);
  expect(isKnownResultType("TLSA-INVALID")).toBe(false);
  expect(isKnownResultType("toString")).toBe(false);
  expect(isKnownResultType("")).toBe(false);
});

it("puts the DANE types under DANE and the MTA-STS types under MTA-STS", () => {
  for (const [name, type] of Object.entries(RESULT_TYPES)) {
    expect(type.family === "policy-sts").toBe(name.startsWith("sts-"));
    expect(type.family === "policy-dane").toBe(/^(?:tlsa|dnssec|dane)-/.test(name));
  }
});
