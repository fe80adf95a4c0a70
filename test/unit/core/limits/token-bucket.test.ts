// Buckets: what a key may take, what is remembered, and how much of it.

import fc from "fast-check";
import { expect, test } from "vitest";
import { createLimiter } from "../../../../services/core/limits/token-bucket.ts";

function limiter(options: { ratePerSecond?: number; burst?: number; keysMax?: number } = {}) {
  let nowMs = 1_000_000;
  const made = createLimiter({
    ratePerSecond: 1,
    burst: 3,
    keysMax: 100,
    ...options,
    now: () => nowMs,
  });
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { ...made, pass };
}

const times = (count: number, take: () => boolean) => Array.from({ length: count }, take);

test("a burst at once, then as fast as the bucket fills", () => {
  const { allow, pass } = limiter();
  expect(times(4, () => allow("a"))).toEqual([true, true, true, false]);
  pass(999);
  expect(allow("a")).toBe(false);
  pass(1);
  expect(times(2, () => allow("a"))).toEqual([true, false]);
  pass(60_000);
  expect(times(4, () => allow("a"))).toEqual([true, true, true, false]);
});

test("keys do not share", () => {
  const { allow } = limiter({ burst: 1 });
  expect([allow("a"), allow("a"), allow("b"), allow("b")]).toEqual([true, false, true, false]);
});

test("a cost takes as much, and more than a burst never", () => {
  const { allow, waitSeconds } = limiter();
  expect(allow("a", 2)).toBe(true);
  expect(allow("a", 2)).toBe(false);
  expect(allow("a", 1)).toBe(true);
  expect(allow("b", 4)).toBe(false);
  expect(waitSeconds("b", 4)).toBe(Number.POSITIVE_INFINITY);
});

test("what is refused takes nothing, and the wait is told", () => {
  const { allow, pass, waitSeconds } = limiter({ ratePerSecond: 0.5, burst: 1 });
  expect(waitSeconds("a")).toBe(0);
  allow("a");
  expect(times(50, () => allow("a"))).not.toContain(true);
  expect(waitSeconds("a")).toBe(2);
  pass(1_500);
  expect(waitSeconds("a")).toBe(0.5);
  pass(500);
  expect(allow("a")).toBe(true);
});

test("a clock that goes back gives nothing and takes nothing", () => {
  const { allow, pass } = limiter({ burst: 2 });
  allow("a");
  pass(-500_000);
  expect(times(2, () => allow("a"))).toEqual([true, false]);
});

test("full buckets are forgotten", () => {
  const { allow, pass, size } = limiter();
  for (let key = 0; key < 50; key++) allow(`key ${key}`);
  expect(size()).toBe(50);
  pass(3_000);
  for (let key = 0; key < 50; key++) allow("another");
  expect(size()).toBe(1);
});

test("never more keys than the bound; the one quiet for longest goes first", () => {
  const { allow, size } = limiter({ burst: 1, keysMax: 3 });
  for (const key of ["a", "b", "c", "a", "d"]) allow(key);
  expect(size()).toBe(3);
  expect(allow("a")).toBe(false);
  expect(allow("b")).toBe(true);
});

test("whatever comes, nobody gets more than the rate and one burst", () => {
  const steps = fc.array(fc.record({ ms: fc.nat(2_000), key: fc.constantFrom("a", "b") }));
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 5 }), (list, burst) => {
      const { allow, pass } = limiter({ burst });
      let passedMs = 0;
      let allowed = 0;
      for (const { ms, key } of list) {
        pass(ms);
        passedMs += ms;
        if (allow(key) && key === "a") allowed += 1;
      }
      expect(allowed).toBeLessThanOrEqual(burst + passedMs / 1_000);
    }),
  );
});
