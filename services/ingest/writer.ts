// The loop that drains the spool: takes a batch of segments, decodes it in worker threads, commits it
// to the store, and only then removes the segments. While one batch is committed the next is decoded.
// The store may be away for as long as it likes; the spool grows, then drains.

import { setTimeout as sleep } from "node:timers/promises";
import { BOUNDS } from "../core/bounds.ts";
import type { Emit } from "../observe/events.ts";
import type { Segment, SpoolReader } from "../spool/port.ts";
import type { Store } from "../store/port.ts";
import { type Batch, decodeBatch, takeSegments } from "./batch.ts";
import { createPace } from "./pace.ts";
import type { DecodePool } from "./pool.ts";
import { storeBatch } from "./store-batch.ts";

export interface Writer {
  /** True while the last call of the store failed. */
  waiting(): boolean;
  /** Resolves when the spool is empty, or when the writer stopped before. */
  drained(): Promise<void>;
  /** Ends after the batch in hand; what is left stays in the spool. */
  stop(): Promise<void>;
}

export interface WriterOptions {
  spool: SpoolReader;
  store: Store;
  decode: DecodePool;
  emit: Emit;
  /** Messages that this process has made durable so far; they go first in a burst. */
  arrived?: () => number;
  /** Epoch milliseconds. */
  now?: () => number;
}

const POLL_MS = 50;

/** Starts draining. One writer per data folder; the folder's lock sees to that. */
export function startWriter(options: WriterOptions): Writer {
  const { spool, store, decode, emit } = options;
  const clock = monotonic(options.now ?? Date.now);
  const pace = createPace(options.arrived ?? (() => 0));
  const stopping = new AbortController();
  const idleWaiters = new Set<() => void>();
  let waiting = false;

  /** Time between attempts doubles up to its bound; a stop ends the wait. */
  async function retry<T>(work: () => Promise<T>): Promise<T | undefined> {
    for (let delay: number = BOUNDS.storeRetryMsFirst; !stopping.signal.aborted; ) {
      try {
        const result = await work();
        if (waiting) emit("store-available");
        waiting = false;
        return result;
      } catch (error) {
        waiting = true;
        emit("store-unavailable", { error, retryInMs: delay });
        await sleep(delay, undefined, { signal: stopping.signal }).catch(() => {});
        delay = Math.min(delay * 2, BOUNDS.storeRetryMsMax);
      }
    }
    return undefined;
  }

  async function next(busy: readonly Segment[]): Promise<Batch | null> {
    await pace.makeWay(stopping.signal);
    const listed = await spool.list();
    const free = listed.filter((one) => !busy.some((other) => other.name === one.name));
    const taken = takeSegments(free);
    return taken.length === 0 ? null : decodeBatch(spool, decode, taken);
  }

  async function finish(batch: Batch, startedAtMs: number): Promise<void> {
    const done = await retry(() => storeBatch(store, batch, clock(), emit));
    if (done === undefined) return;
    for (const [segment, outcome] of done) await spool.done(segment, outcome);
    const seconds = (Date.now() - startedAtMs) / 1000;
    emit("batch-stored", { seconds, messages: batch.messages, items: batch.entries.length });
  }

  async function run(): Promise<void> {
    let ahead: Promise<Batch | null> = next([]);
    while (!stopping.signal.aborted) {
      const startedAtMs = Date.now();
      const batch = await ahead;
      if (batch === null) {
        pace.caughtUp();
        for (const wake of idleWaiters) wake();
        idleWaiters.clear();
        await sleep(POLL_MS, undefined, { signal: stopping.signal }).catch(() => {});
        ahead = next([]);
        continue;
      }
      ahead = next(batch.segments);
      ahead.catch(() => {}); // looked at in the next round
      await finish(batch, startedAtMs);
    }
    await ahead;
  }

  /** A folder that cannot be read for a moment must not end the writer. */
  async function keepRunning(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await run();
      } catch (error) {
        emit("writer-failed", { error });
        await sleep(BOUNDS.storeRetryMsFirst, undefined, { signal: stopping.signal }).catch(
          () => {},
        );
      }
    }
    for (const wake of idleWaiters) wake();
  }

  const running = keepRunning();
  return {
    waiting: () => waiting,
    drained: () => new Promise((resolve) => idleWaiters.add(resolve)),
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** Times that never go back, so that a later row for one key has a later version. */
function monotonic(now: () => number): () => number {
  let last = 0;
  return () => {
    last = Math.max(last + 1, now());
    return last;
  };
}
