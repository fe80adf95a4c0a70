// The segments that the writer has in hand: taken, read, and removed when their rows are stored. One that
// cannot be read or removed is tried again from time to time and does not hold up the others.

import { BOUNDS } from "../core/bounds.ts";
import type { Segment, SegmentOutcome, SpoolReader } from "../spool/port.ts";
import { type Reading, readSegments, takeSegments } from "./batch.ts";
import { ofSpool, type Troubles } from "./trouble.ts";

export interface Segments {
  /** The oldest free ones as one batch, read; null when there is none. @throws SpoolUnreadable */
  take(): Promise<Reading | null>;
  /**
   * True for those that were there at the start, or that were given back: their messages may be in the
   * store already, and may have been understood otherwise then.
   */
  isLeft(segment: Segment): boolean;
  /** How many are in hand. */
  inHand(): number;
  /** Removes what is stored, as far as it goes. Never rejects. */
  stored(outcomes: ReadonlyMap<Segment, SegmentOutcome>): Promise<void>;
  /** Tries again to remove what could not be removed, when its time has come. Never rejects. */
  removeRest(): Promise<void>;
  /** Gives back what was taken and not stored. */
  release(): void;
}

/** Begins with nothing in hand. */
export function createSegments(spool: SpoolReader, troubles: Troubles): Segments {
  const inHand = new Set<string>();
  let left: ReadonlySet<string> | null = null;
  const undone = new Map<Segment, SegmentOutcome>();
  /** Those that could not be read, and when each is tried again. */
  const unreadable = new Map<string, number>();
  let delayMs: number = BOUNDS.storeRetryMsFirst;
  let dueAtMs = 0;

  function isFree({ name }: Segment): boolean {
    return !inHand.has(name) && (unreadable.get(name) ?? 0) <= performance.now();
  }

  function failed(segment: Segment, error: unknown): void {
    troubles.met(error, { segment: segment.name, retryInMs: BOUNDS.storeRetryMsMax });
    unreadable.set(segment.name, performance.now() + BOUNDS.storeRetryMsMax);
    inHand.delete(segment.name);
  }

  async function take(): Promise<Reading | null> {
    // What is removed while we list may still be in the list.
    const held = new Set(inHand);
    const listed = await ofSpool("the spool cannot be listed", () => spool.list());
    const names = new Set(listed.map(({ name }) => name));
    left ??= names;
    for (const name of unreadable.keys()) if (!names.has(name)) unreadable.delete(name);
    tellWhenOver();
    const taken = takeSegments(listed.filter((one) => isFree(one) && !held.has(one.name)));
    if (taken.length === 0) return null;
    for (const { name } of taken) inHand.add(name);
    const reading = await readSegments(spool, taken, failed);
    for (const { name } of reading.segments) unreadable.delete(name);
    return reading;
  }

  async function removeAll(): Promise<void> {
    let failure: unknown = null;
    for (const [segment, outcome] of undone) {
      const what = `segment ${segment.name} cannot be removed`;
      try {
        await ofSpool(what, () => spool.done(segment, outcome));
        undone.delete(segment);
        inHand.delete(segment.name);
      } catch (error) {
        failure = error;
      }
    }
    if (failure === null) {
      delayMs = BOUNDS.storeRetryMsFirst;
      tellWhenOver();
      return;
    }
    troubles.met(failure, { segments: undone.size, retryInMs: delayMs });
    dueAtMs = performance.now() + delayMs;
    delayMs = Math.min(delayMs * 2, BOUNDS.storeRetryMsMax);
  }

  function tellWhenOver(): void {
    if (undone.size === 0 && unreadable.size === 0) troubles.over("spool");
  }

  return {
    take,
    isLeft: ({ name }) => left?.has(name) === true,
    inHand: () => inHand.size,
    stored: async (outcomes) => {
      for (const [segment, outcome] of outcomes) undone.set(segment, outcome);
      await removeAll();
    },
    removeRest: async () => {
      if (undone.size > 0 && performance.now() >= dueAtMs) await removeAll();
    },
    release: () => {
      left = null;
      const kept = new Set([...undone.keys()].map(({ name }) => name));
      for (const name of inHand) if (!kept.has(name)) inHand.delete(name);
    },
  };
}
