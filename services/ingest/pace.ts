// Lets a burst of arrivals have the processors: senders wait for an acknowledgement, and who posts over
// HTTP does not come again, while rows may be some seconds late. A burst holds the writer up for a
// bounded time only; after that both share until the spool is empty.

import { setTimeout as sleep } from "node:timers/promises";
import { BOUNDS } from "../core/bounds.ts";

export interface Pace {
  /** Resolves when a batch may be taken: no burst, or it has had its time. */
  makeWay(signal: AbortSignal): Promise<void>;
  /** Tells that nothing waits; the next burst has its whole time again. */
  caughtUp(): void;
}

/** The rate is taken over at least this time, and looked at again after it. */
const SAMPLE_MS = 25;

/**
 * Measures arrivals in this process.
 * @param arrived number of messages made durable so far
 */
export function createPace(arrived: () => number): Pace {
  let count = arrived();
  let countedAtMs = performance.now();
  let bursting = false;
  let heldUpSinceMs: number | null = null;

  function measure(): void {
    const elapsedMs = performance.now() - countedAtMs;
    if (elapsedMs < SAMPLE_MS) return;
    bursting = ((arrived() - count) * 1_000) / elapsedMs > BOUNDS.burstArrivalsPerSecond;
    count = arrived();
    countedAtMs = performance.now();
  }

  function mustWait(): boolean {
    measure();
    if (!bursting) return false;
    heldUpSinceMs ??= performance.now();
    return performance.now() - heldUpSinceMs < BOUNDS.burstMsMax;
  }

  return {
    makeWay: async (signal) => {
      while (!signal.aborted && mustWait()) {
        await sleep(SAMPLE_MS, undefined, { signal }).catch(() => {});
      }
    },
    caughtUp: () => {
      heldUpSinceMs = null;
    },
  };
}
