// Which failed sessions of a report's details may be added up: at any grain they are those of the largest
// policy type of each domain, MX and result type.

import fc from "fast-check";
import { expect, test } from "vitest";
import { countedDetails } from "../../../../services/core/tlsrpt/sessions.ts";

const RUNS = 500;

interface Detail {
  resultType: string;
  receivingMx: string;
  failed: number;
}
type Listed = [type: string, domain: string, ...details: Detail[]];

const at = (resultType: string, receivingMx: string, failed: number): Detail => ({
  resultType,
  receivingMx,
  failed,
});

function counted(...listed: Listed[]): number[][] {
  const policies = listed.map(([type, , ...details]) => ({ type, details }));
  return countedDetails(
    policies,
    listed.map(([, domain]) => domain),
  );
}

test("details of one policy type all count, in how many policies they stand", () => {
  const [a, b] = [at("x", "mx1", 3), at("x", "mx1", 4)];
  expect(counted(["sts", "a.example", a, b])).toEqual([[3, 4]]);
  expect(counted(["sts", "a.example", a], ["sts", "a.example", b])).toEqual([[3], [4]]);
  expect(counted()).toEqual([]);
  expect(counted(["sts", "a.example"])).toEqual([[]]);
});

test("of two types that list the same failure the one with more counts", () => {
  const listed = (tlsa: number, sts: number) =>
    counted(["tlsa", "a.example", at("x", "mx1", tlsa)], ["sts", "a.example", at("x", "mx1", sts)]);
  expect(listed(5, 3)).toEqual([[5], [0]]);
  expect(listed(3, 5)).toEqual([[0], [5]]);
  expect(listed(4, 4)).toEqual([[4], [0]]); // the first of equals
  expect(listed(0, 0)).toEqual([[0], [0]]);
});

test("a type is compared with all its details of that failure", () => {
  const tlsa: Listed = ["tlsa", "a.example", at("x", "mx1", 5)];
  const sts: Listed = ["sts", "a.example", at("x", "mx1", 3), at("x", "mx1", 3)];
  expect(counted(tlsa, sts)).toEqual([[0], [3, 3]]);
  const more: Listed = ["tlsa", "a.example", at("x", "mx1", 2)];
  expect(counted(tlsa, sts, more)).toEqual([[5], [0, 0], [2]]);
});

test("failures at other hosts, of other types and domains are others", () => {
  for (const other of [
    ["sts", "a.example", at("x", "mx2", 2)],
    ["sts", "a.example", at("y", "mx1", 2)],
    ["sts", "b.example", at("x", "mx1", 2)],
  ] satisfies Listed[]) {
    expect(counted(["tlsa", "a.example", at("x", "mx1", 5)], other)).toEqual([[5], [2]]);
  }
});

test("summed at any grain the counts are the largest type of each failure", () => {
  const word = (...words: string[]) => fc.constantFrom(...words);
  const detail = fc.record({
    resultType: word("x", "y"),
    receivingMx: word("mx1", "mx2", ""),
    failed: fc.nat(20),
    sendingIp: word("192.0.2.1", "192.0.2.2"),
  });
  const policy = fc.record({
    type: word("sts", "tlsa", "no-policy-found"),
    domain: word("a.example", "b.example"),
    details: fc.array(detail, { maxLength: 5 }),
  });
  let severalTypes = 0;
  fc.assert(
    fc.property(fc.array(policy, { maxLength: 6 }), (policies) => {
      const counts = countedDetails(
        policies,
        policies.map(({ domain }) => domain),
      );
      const rows = policies.flatMap(({ type, domain, details }, i) =>
        details.map((one, j) => ({ ...one, type, domain, counted: counts[i]?.[j] ?? Number.NaN })),
      );
      for (const row of rows) expect([0, row.failed]).toContain(row.counted);
      const failure = (row: (typeof rows)[number]) =>
        JSON.stringify([row.domain, row.receivingMx, row.resultType]);
      const grains: ((row: (typeof rows)[number]) => string)[] = [
        () => "",
        ({ domain }) => domain,
        ({ receivingMx }) => receivingMx,
        ({ resultType }) => resultType,
        failure,
      ];
      for (const grain of grains) {
        for (const group of grouped(rows, grain)) {
          let expected = 0;
          for (const same of grouped(group, failure)) {
            const types = grouped(same, ({ type }) => type);
            if (types.length > 1) severalTypes += 1;
            expected += Math.max(...types.map((each) => sum(each.map(({ failed }) => failed))));
          }
          expect(sum(group.map((row) => row.counted))).toBe(expected);
        }
      }
    }),
    { numRuns: RUNS },
  );
  expect(severalTypes).toBeGreaterThan(0);
});

function grouped<Row>(rows: readonly Row[], grain: (row: Row) => string): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(grain(row), [...(groups.get(grain(row)) ?? []), row]);
  return [...groups.values()];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}
