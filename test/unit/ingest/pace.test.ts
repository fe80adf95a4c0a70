// A burst of arrivals holds the writer up, for a bounded time; without one there is no wait.

import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BOUNDS } from "../../../services/core/bounds.ts";
import { createPace } from "../../../services/ingest/pace.ts";

const running = new AbortController().signal;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

async function isFree(way: Promise<void>): Promise<boolean> {
  const later = new Promise<boolean>((resolve) => setImmediate(() => resolve(false)));
  return Promise.race([way.then(() => true), later]);
}

test("no arrivals, no wait", async () => {
  const pace = createPace(() => 0);
  vi.advanceTimersByTime(1_000);
  expect(await isFree(pace.makeWay(running))).toBe(true);
});

test("a burst is waited for until it ends or has had its time", async () => {
  let arrived = 0;
  const pace = createPace(() => arrived);
  const burst = (ms: number) => {
    for (let at = 0; at < ms; at += 100) {
      arrived += BOUNDS.burstArrivalsPerSecond;
      vi.advanceTimersByTime(100);
    }
  };
  burst(200);
  expect(await isFree(pace.makeWay(running))).toBe(false);
  vi.advanceTimersByTime(100);
  expect(await isFree(pace.makeWay(running)), "the burst is over").toBe(true);
  burst(BOUNDS.burstMsMax + 200);
  expect(await isFree(pace.makeWay(running)), "it has had its time").toBe(true);
  pace.caughtUp();
  burst(200);
  expect(await isFree(pace.makeWay(running)), "a new one").toBe(false);
});
