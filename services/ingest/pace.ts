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
  /** Ends the measuring. */
  stop(): void;
}

const SAMPLE_MS = 100;

/**
 * Measures arrivals in this process.
 * @param arrived number of messages made durable so far
 */
export function createPace(arrived: () => number): Pace {
  let before = arrived();
  let bursting = false;
  let heldUpSinceMs: number | null = null;
  const sampling = setInterval(() => {
    const now = arrived();
    bursting = (now - before) * (1_000 / SAMPLE_MS) > BOUNDS.burstArrivalsPerSecond;
    before = now;
  }, SAMPLE_MS).unref();

  function mustWait(): boolean {
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
    stop: () => clearInterval(sampling),
  };
}
