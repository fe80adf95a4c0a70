// How many bytes are kept of messages that give no report: anybody can send them in floods (RFC 8460
// section 7), and they may not fill the disk. Every message has its row all the same.

import { BOUNDS } from "../core/bounds.ts";
import type { QuarantineReason } from "../core/outcome.ts";
import type { Entry } from "./entry.ts";

export interface KeptBytes {
  /**
   * The entries of a part, and those above the bound without their bytes, which their message says. A
   * message that is tried again, or that the operator imports, keeps what it has.
   */
  within(entries: readonly Entry[]): Entry[];
}

/** Bytes per hour of all such messages, of small ones apart from them, and what is small. */
export interface KeptBounds {
  bytesMax: number;
  smallsBytesMax: number;
  smallBytesMax: number;
}

/** Their bytes are needed to count them later, or to see what happened here. */
const ALWAYS_KEPT: ReadonlySet<QuarantineReason> = new Set<QuarantineReason>([
  "dkim-unverified",
  "dkim-deferred",
  "key-required",
  "several-tenants",
  "store-refused",
  "decode-crashed",
  "decode-timeout",
  "spool-damaged",
]);

const HOUR_MS = 3_600_000;
const DROPPED =
  "; its bytes were not kept, since more than enough of such messages came within an hour";

/** @param now epoch milliseconds; an hour begins with the first message after the last one */
export function createKeptBytes(
  now: () => number = Date.now,
  bounds: KeptBounds = {
    bytesMax: BOUNDS.unusableBytesMax,
    smallsBytesMax: BOUNDS.unusableSmallsBytesMax,
    smallBytesMax: BOUNDS.unusableSmallBytesMax,
  },
): KeptBytes {
  let beganAtMs = Number.NEGATIVE_INFINITY;
  let bytes = 0;
  let smallsBytes = 0;
  /** Takes the room for a message; false when there is none. */
  const take = (size: number): boolean => {
    if (size <= bounds.smallBytesMax && smallsBytes + size <= bounds.smallsBytesMax) {
      smallsBytes += size;
      return true;
    }
    if (bytes + size > bounds.bytesMax) return false;
    bytes += size;
    return true;
  };
  return {
    within: (entries) => {
      const nowMs = now();
      // Also after the clock was set back.
      if (Math.abs(nowMs - beganAtMs) >= HOUR_MS) {
        beganAtMs = nowMs;
        bytes = 0;
        smallsBytes = 0;
      }
      const sizes = [...unusableOnes(entries)];
      const over = new Set(sizes.filter(([, size]) => !take(size)).map(([receipt]) => receipt));
      return entries.map((entry) => (over.has(entry.raw.arrival.receipt) ? dropped(entry) : entry));
    },
  };
}

/**
 * Sizes of the messages whose bytes are bounded. A report beside what cannot be used has its own bytes
 * in its row, so it does not keep the message.
 */
function unusableOnes(entries: readonly Entry[]): Map<string, number> {
  const sizes = new Map<string, number>();
  const others = new Set<string>();
  for (const { raw, item } of entries) {
    const { receipt, reprocess, channel } = raw.arrival;
    if (item.kind !== "quarantine") continue;
    const kept = reprocess || channel === "import" || ALWAYS_KEPT.has(item.reason);
    if (kept) others.add(receipt);
    else sizes.set(receipt, raw.bytes.length);
  }
  for (const receipt of others) sizes.delete(receipt);
  return sizes;
}

function dropped(entry: Entry): Entry {
  if (entry.item.kind !== "quarantine") return entry;
  const item = { ...entry.item, message: `${entry.item.message}${DROPPED}` };
  return { ...entry, raw: { ...entry.raw, bytes: new Uint8Array() }, item };
}
