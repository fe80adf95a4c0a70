// The queue of questions to DNS, with questions that are answered when the test says so.

import { beforeEach, describe, expect, it } from "vitest";
import { createFairQueue, type FairQueue } from "../../../services/authenticate/fair-queue.ts";
import { BOUNDS } from "../../../services/core/bounds.ts";

let nowMs = 0;
let quiet = false;
let queue: FairQueue;
/** What is asked and not answered, in order. */
let open: { name: string; end(answered: boolean | null): Promise<void> }[] = [];
let dropped: string[] = [];

beforeEach(() => {
  nowMs = 0;
  quiet = false;
  open = [];
  dropped = [];
  queue = createFairQueue({ now: () => nowMs, quiet: () => quiet });
});

function add(lane: string, name = lane): void {
  queue.add(lane, {
    drop: () => void dropped.push(name),
    start: () =>
      new Promise((resolve) => {
        const end = async (answered: boolean | null) => {
          open = open.filter((other) => other !== one);
          resolve(answered);
          await new Promise((later) => setImmediate(later));
        };
        const one = { name, end };
        open.push(one);
      }),
  });
}

const names = () => open.map(({ name }) => name);

describe("turns", () => {
  it("a lane has few questions at a time, and others pass it", async () => {
    for (let i = 0; i < 10; i++) add("a", `a${i}`);
    for (let i = 0; i < 3; i++) add("b", `b${i}`);
    expect(names()).toEqual(["a0", "a1", "b0", "b1"]);
    await open[0]?.end(true);
    expect(names()).toEqual(["a1", "b0", "b1", "a2"]);
  });

  it("of new lanes some are asked at a time, and one that answered comes before them", async () => {
    add("known");
    await open[0]?.end(true);
    for (let i = 0; i < 200; i++) add(`n${i}`);
    expect(open.length).toBe((BOUNDS.dnsConcurrencyMax * 5) / 8);
    add("known", "again");
    expect(names()).toContain("again");
    add("late");
    expect(names()).not.toContain("late");
  });

  it("fewer while it is quiet", () => {
    quiet = true;
    for (let i = 0; i < 200; i++) add(`n${i}`);
    expect(open.length).toBe((BOUNDS.dnsConcurrencyMaxSilent * 5) / 8);
  });

  it("what waits is bounded, by lane and by lanes, and the oldest gives way", () => {
    const most = BOUNDS.dnsConcurrencyMaxPerLane + BOUNDS.dnsWaitingMaxPerLane;
    for (let i = 0; i <= most; i++) add("a", `a${i}`);
    expect(dropped).toEqual([`a${BOUNDS.dnsConcurrencyMaxPerLane}`]);
    queue.clear();
    dropped = [];
    const busy = (BOUNDS.dnsConcurrencyMax * 5) / 8 - open.length;
    for (let i = 0; i < busy + BOUNDS.dnsLanesWaitingMax + 2; i++) add(`n${i}`);
    expect(dropped).toEqual([`n${busy}`, `n${busy + 1}`]);
  });
});

describe("silence", () => {
  it("drops what waits, and lets the lane rest, longer each time up to a bound", async () => {
    for (let i = 0; i < 3; i++) add("a", `a${i}`);
    await open[0]?.end(false);
    await open[0]?.end(false);
    expect(dropped).toEqual(["a2"]);
    let restMs: number = BOUNDS.dnsRestMsFirst;
    for (let i = 0; i < 8; i++) {
      nowMs += restMs - 1;
      add("a", "early");
      expect(open).toEqual([]);
      nowMs += 1;
      add("a", "due");
      expect(names()).toEqual(["due"]);
      await open[0]?.end(false);
      restMs = Math.min(BOUNDS.dnsRestMsMax, restMs * 2);
    }
    expect(restMs).toBe(BOUNDS.dnsRestMsMax);
    expect(queue.isSlow("a")).toBe(true);
  });

  it("ends by an answer, or when it was nobody's fault", async () => {
    add("a");
    await open[0]?.end(false);
    queue.forgive();
    expect(queue.isSlow("a")).toBe(false);
    add("a");
    await open[0]?.end(null);
    add("a");
    expect(names()).toEqual(["a"]);
  });

  it("is suspected before it is told", () => {
    add("a");
    expect(queue.isSlow("a")).toBe(false);
    nowMs += BOUNDS.dnsWaitMsMax + 1;
    expect(queue.isSlow("a")).toBe(true);
    expect(queue.isSlow("b")).toBe(false);
  });
});
