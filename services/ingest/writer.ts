// The loop that drains the spool: takes a batch of segments, decodes it in worker threads, commits it
// to the store, and only then removes the segments. While one batch is committed the next is decoded.
// The store may be away for as long as it likes; the spool grows, then drains.

import { setTimeout as sleep } from "node:timers/promises";
import type { KeyResolver } from "../authenticate/keys.ts";
import { BOUNDS } from "../core/bounds.ts";
import type { Emit } from "../observe/events.ts";
import type { SpoolReader } from "../spool/port.ts";
import type { Store } from "../store/port.ts";
import { decodeParts, type Part, type Reading } from "./batch.ts";
import { createKeptBytes } from "./kept-bytes.ts";
import { createPace } from "./pace.ts";
import type { DecodePool } from "./pool.ts";
import { createSegments } from "./segments.ts";
import { noOutcomes, type Outcomes, storePart, storeRefusals } from "./store-batch.ts";
import { createTroubles, type Trouble } from "./trouble.ts";

export interface Writer {
  /** What it cannot get over now and tries again and again, or null. */
  trouble(): Trouble | null;
  /** Resolves when the spool is empty, or when waiting is vain: in trouble, or we stopped. */
  drained(): Promise<void>;
  /** Ends after the batch in hand; what is left stays in the spool. */
  stop(): Promise<void>;
}

export interface WriterOptions {
  spool: SpoolReader;
  store: Store;
  decode: DecodePool;
  /** Who looks up DKIM keys, asked for each batch; null (the default) when nobody needs them. */
  keys?: () => KeyResolver | null;
  emit: Emit;
  /** Messages that this process has made durable so far; they go first in a burst. */
  arrived?: () => number;
  /** Epoch milliseconds. */
  now?: () => number;
}

const POLL_MS = 50;

interface EndOfBatch {
  kind: "end";
  reading: Reading;
  outcomes: Outcomes;
  startedAtMs: number;
}

interface PartOfBatch {
  kind: "part";
  part: Part;
  outcomes: Outcomes;
}

type Turn =
  | PartOfBatch
  | EndOfBatch
  /** Nothing to take; so many segments are still in hand. */
  | { kind: "idle"; inHand: number };

/** Starts draining. One writer per data folder; the folder's lock sees to that. */
export function startWriter(options: WriterOptions): Writer {
  const { spool, store, decode, emit, keys = () => null } = options;
  const clock = monotonic(options.now ?? Date.now);
  const pace = createPace(options.arrived ?? (() => 0));
  const stopping = new AbortController();
  const idleWaiters = new Set<() => void>();
  const troubles = createTroubles(emit);
  const segments = createSegments(spool, troubles);
  const kept = createKeptBytes(options.now ?? Date.now);

  function wakeIdle(): void {
    for (const wake of idleWaiters) wake();
    idleWaiters.clear();
  }

  /**
   * Repeats until it succeeds or the writer is told to stop, which it tells. Time between attempts
   * doubles up to its bound.
   */
  async function retry(work: () => Promise<void>): Promise<boolean> {
    for (let delay: number = BOUNDS.storeRetryMsFirst; !stopping.signal.aborted; ) {
      try {
        await work();
        troubles.over("store");
        troubles.over("writer");
        return true;
      } catch (error) {
        troubles.met(error, { retryInMs: delay });
        wakeIdle();
        await sleep(delay, undefined, { signal: stopping.signal }).catch(() => {});
        delay = Math.min(delay * 2, BOUNDS.storeRetryMsMax);
      }
    }
    return false;
  }

  /** What is to be done one after the other: parts to commit, ends of batches, and nothing. */
  async function* turns(): AsyncGenerator<Turn> {
    for (;;) {
      await pace.makeWay(stopping.signal);
      const startedAtMs = performance.now();
      const reading = await segments.take();
      if (reading === null) {
        yield { kind: "idle", inHand: segments.inHand() };
        continue;
      }
      const outcomes = noOutcomes(reading.segments);
      for await (const part of decodeParts(reading, decode, keys())) {
        const entries = kept.within(part.entries);
        yield { kind: "part", part: { ...part, entries }, outcomes };
      }
      yield { kind: "end", reading, outcomes, startedAtMs };
    }
  }

  async function end({ reading, outcomes, startedAtMs }: EndOfBatch): Promise<void> {
    if (!(await retry(() => storeRefusals(store, reading.refusals, clock())))) return;
    await segments.stored(outcomes);
    const seconds = (performance.now() - startedAtMs) / 1000;
    emit("batch-stored", { seconds, messages: reading.messages.length });
  }

  /** What was tried once may be in the store, whatever the store said. */
  async function storeTurn({ part, outcomes }: PartOfBatch): Promise<void> {
    let tried = false;
    await retry(() => {
      const isLeft = tried ? () => true : segments.isLeft;
      tried = true;
      return storePart(store, part, clock(), outcomes, emit, isLeft);
    });
  }

  async function rest(inHand: number): Promise<void> {
    await segments.removeRest();
    if (inHand === 0) pace.caughtUp();
    if (inHand === 0 || troubles.now() !== null) wakeIdle();
    await sleep(POLL_MS, undefined, { signal: stopping.signal }).catch(() => {});
  }

  /** While one turn is carried out the next is prepared. */
  async function run(): Promise<void> {
    const coming = turns();
    let ahead = coming.next();
    while (!stopping.signal.aborted) {
      const { value: turn } = await ahead;
      troubles.over("writer");
      if (turn.kind === "idle") {
        await rest(turn.inHand);
        ahead = coming.next();
        continue;
      }
      ahead = coming.next();
      ahead.catch(() => {}); // looked at in the next round
      if (turn.kind === "end") await end(turn);
      else await storeTurn(turn);
    }
    await ahead.catch(() => {});
  }

  /** A folder that cannot be read for a moment must not end the writer. */
  async function keepRunning(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await run();
      } catch (error) {
        const retryInMs = BOUNDS.writerRetryMs;
        troubles.met(error, { retryInMs });
        wakeIdle();
        segments.release();
        await sleep(retryInMs, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
    wakeIdle();
  }

  const running = keepRunning();
  return {
    trouble: () => troubles.now(),
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
