// What changed between two texts: no line is lost, and what stays is as long as it can be.

import fc from "fast-check";
import { expect, test } from "vitest";
import { lineChanges } from "../../../services/api/pages/line-changes.ts";

const told = (before: string, after: string) =>
  lineChanges(before.split(" "), after.split(" ")).map(
    ({ change, line }) => `${{ same: "=", added: "+", removed: "-" }[change]}${line}`,
  );

test.each([
  ["a b c", "a b c", "=a =b =c"],
  ["a b c", "a x c", "=a -b +x =c"],
  ["a b", "a b c", "=a =b +c"],
  ["a b c", "b c", "-a =b =c"],
  ["a", "b", "-a +b"],
])("from %s to %s", (before, after, changes) => {
  expect(told(before, after).join(" ")).toBe(changes);
});

test("the lines of both are all there, in their order", () => {
  const lines = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 12 });
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const changes = lineChanges(before, after);
      const of = (left: string) =>
        changes.filter(({ change }) => change !== left).map(({ line }) => line);
      expect(of("added")).toEqual(before);
      expect(of("removed")).toEqual(after);
    }),
  );
});

test("long texts are told too", () => {
  const long = Array.from({ length: 300 }, (_, i) => `${i}`);
  expect(lineChanges(long, []).every(({ change }) => change === "removed")).toBe(true);
});
