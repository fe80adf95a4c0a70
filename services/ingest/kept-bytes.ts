// How many bytes of messages about unknown domains are kept: anybody can send such reports in floods (RFC
// 8460 section 7), and none of them may fill the disk. Every message has its row all the same.

import { BOUNDS } from "../core/bounds.ts";
import type { Entry } from "./entry.ts";

export interface KeptBytes {
  /**
   * The entries of a part, and those about unknown domains above the bound without their bytes, which
   * their message says. A message that is tried again keeps what it has.
   */
  within(entries: readonly Entry[]): Entry[];
}

const HOUR_MS = 3_600_000;
const DROPPED =
  "; its bytes were not kept, since more than enough of such messages came within an hour";

/** @param now epoch milliseconds; an hour begins with the first message after the last one */
export function createKeptBytes(
  now: () => number = Date.now,
  bytesMax: number = BOUNDS.unknownDomainBytesMax,
): KeptBytes {
  let beganAtMs = Number.NEGATIVE_INFINITY;
  let bytes = 0;
  return {
    within: (entries) => {
      const nowMs = now();
      // Also after the clock was set back.
      if (Math.abs(nowMs - beganAtMs) >= HOUR_MS) {
        beganAtMs = nowMs;
        bytes = 0;
      }
      const over = new Set<string>();
      for (const [receipt, size] of unknownOnes(entries)) {
        if (bytes + size > bytesMax) over.add(receipt);
        else bytes += size;
      }
      return entries.map((entry) => (over.has(entry.raw.arrival.receipt) ? dropped(entry) : entry));
    },
  };
}

/** Sizes of the messages of which nothing but reports about unknown domains would be kept. */
function unknownOnes(entries: readonly Entry[]): Map<string, number> {
  const sizes = new Map<string, number>();
  const others = new Set<string>();
  for (const { raw, item } of entries) {
    const { receipt, reprocess } = raw.arrival;
    const unknown = item.kind === "quarantine" && item.reason === "unknown-domain";
    if (unknown && !reprocess) sizes.set(receipt, raw.bytes.length);
    else if (item.kind === "quarantine") others.add(receipt);
  }
  for (const receipt of others) sizes.delete(receipt);
  return sizes;
}

function dropped(entry: Entry): Entry {
  if (entry.item.kind !== "quarantine") return entry;
  const item = { ...entry.item, message: `${entry.item.message}${DROPPED}` };
  return { ...entry, raw: { ...entry.raw, bytes: new Uint8Array() }, item };
}
