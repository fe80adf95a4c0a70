// Which messages on their way in are cut.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BOUNDS } from "../../../services/core/bounds.ts";
import { watchBody } from "../../../services/receive/body-pace.ts";

const RATE = BOUNDS.bodyBytesPerSecondMin;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Seconds after which it is cut; null when it is not within ten minutes. */
function cutAfter(bytesAt: (second: number) => number, holding = true): number | null {
  const watched = { received: 100, holding };
  let cutAt: number | null = null;
  let second = 0;
  const unwatch = watchBody(watched, () => {
    expect(cutAt).toBeNull();
    cutAt = second;
  });
  for (second = 1; second <= 600; second++) {
    watched.received += bytesAt(second);
    vi.advanceTimersByTime(1_000);
  }
  unwatch();
  return cutAt;
}

test("silence is cut, at the begin and after much", () => {
  expect(cutAfter(() => 0)).toBe(BOUNDS.bodySilentSecondsMax);
  expect(cutAfter((second) => (second <= 100 ? 1_000_000 : 0))).toBe(110);
});

test("a trickle is cut after its time, however much came before it", () => {
  expect(cutAfter(() => 1)).toBe(BOUNDS.bodySlowSecondsMax);
  expect(cutAfter((second) => (second <= 30 ? 1_000_000 : RATE - 1))).toBe(60);
});

test("a slow line and one with pauses are not", () => {
  expect(cutAfter(() => RATE)).toBeNull();
  expect(cutAfter((second) => (second % 9 === 0 ? 9 * RATE * 1.5 : 0))).toBeNull();
});

test("what holds no memory is not, and nothing is after its end", () => {
  expect(cutAfter(() => 0, false)).toBeNull();
  let cuts = 0;
  watchBody({ received: 1, holding: true }, () => {
    cuts += 1;
  })();
  vi.advanceTimersByTime(100_000);
  expect(cuts).toBe(0);
});
