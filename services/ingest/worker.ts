// The decoding thread: takes chunks of messages, gives back their items. It holds no state between
// chunks but the settings, so that the pool may end it at any moment.

import { readlinkSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { basename } from "node:path";
import { parentPort } from "node:worker_threads";
import { BOUNDS } from "../core/bounds.ts";
import type { KeyAnswer } from "../core/dkim/signature.ts";
import type { Arrival } from "../core/raw.ts";
import { type IngestSettings, OPEN_SETTINGS } from "./context.ts";
import { ingest } from "./ingest.ts";
import type { Item } from "./item.ts";

/** What a thread is told: the settings, once before all else and when they change; then chunks. */
export type Told = { kind: "settings"; settings: IngestSettings } | Chunk;

/** One chunk on its way to a thread; the bytes of all messages lie one after the other. */
export interface Chunk {
  kind: "chunk";
  /** DKIM keys of its messages, and the time. */
  keys: ReadonlyMap<string, KeyAnswer>;
  nowMs: number;
  arrivals: Arrival[];
  lengths: number[];
  bytes: Uint8Array;
}

/** What a thread says: once that it can begin, then one chunk's items for each chunk. */
export type Answer = { ready: true } | { ready: false; items: Item[][] };

let settings: IngestSettings = OPEN_SETTINGS;

/** Decodes a chunk, some messages at a time. */
async function decodeChunk(chunk: Chunk): Promise<Item[][]> {
  const context = { ...settings, nowMs: chunk.nowMs, keys: chunk.keys };
  const items: Item[][] = [];
  let next = 0;
  let offset = 0;
  const lane = async (): Promise<void> => {
    while (next < chunk.arrivals.length) {
      const at = next++;
      const arrival = chunk.arrivals[at];
      const length = chunk.lengths[at];
      if (arrival === undefined || length === undefined) throw new Error("a chunk has holes");
      const bytes = chunk.bytes.subarray(offset, offset + length);
      offset += length;
      items[at] = await ingest({ arrival, bytes }, context);
    }
  };
  await Promise.all(Array.from({ length: BOUNDS.decodeConcurrencyMax }, lane));
  return items;
}

/**
 * Taking reports in comes before decoding them. On Linux each thread has a priority of its own, and
 * setpriority(2) takes its id; elsewhere there is no such link and nothing changes.
 */
function lowerPriority(): void {
  try {
    const thread = Number(basename(readlinkSync("/proc/thread-self")));
    setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Some containers forbid it; decoding works as well without.
  }
}

function say(answer: Answer): void {
  parentPort?.postMessage(answer);
}

lowerPriority();
parentPort?.on("message", async (told: Told) => {
  if (told.kind === "settings") settings = told.settings;
  else say({ ready: false, items: await decodeChunk(told) });
});
say({ ready: true });
