// A batch: some segments of the spool, read and decoded, with every item knowing its segment.

import { BOUNDS } from "../core/bounds.ts";
import type { Raw } from "../core/raw.ts";
import type { Segment, SpoolReader, SpoolRecord } from "../spool/port.ts";
import type { Entry } from "./entry.ts";
import type { DecodePool } from "./pool.ts";

export interface Batch {
  segments: Segment[];
  /** How many messages were read, refusal counts not among them. */
  messages: number;
  entries: Entry[];
  /** The segment of each entry, in the same order. */
  segmentOf: Segment[];
  refusals: Extract<SpoolRecord, { kind: "refusals" }>[];
}

/** The oldest segments that fit one batch; the first is taken whatever its size. */
export function takeSegments(listed: readonly Segment[]): Segment[] {
  const taken: Segment[] = [];
  let bytes = 0;
  for (const segment of listed) {
    bytes += Math.max(segment.bytes, BOUNDS.batchSegmentBytesMin);
    if (taken.length > 0 && bytes > BOUNDS.batchBytesMax) break;
    taken.push(segment);
  }
  return taken;
}

/** Reads and decodes segments. Never fails for what is in them. */
export async function decodeBatch(
  spool: SpoolReader,
  decode: DecodePool,
  segments: Segment[],
): Promise<Batch> {
  const batch: Batch = { segments, messages: 0, entries: [], segmentOf: [], refusals: [] };
  const raws: Raw[] = [];
  const origins: Segment[] = [];
  for (const segment of segments) {
    for (const record of await spool.read(segment)) {
      if (record.kind === "refusals") {
        batch.refusals.push(record);
      } else {
        raws.push(record.raw);
        origins.push(segment);
      }
    }
  }
  const decoded = raws.length === 0 ? [] : await decode.decode(raws);
  batch.messages = raws.length;
  raws.forEach((raw, at) => {
    const segment = origins[at];
    const items = decoded[at];
    if (segment === undefined || items === undefined || items.length === 0) {
      throw new Error(`message ${raw.arrival.receipt} came out of decoding without an item`);
    }
    items.forEach((item, index) => {
      batch.entries.push({ raw, index, item });
      batch.segmentOf.push(segment);
    });
  });
  return batch;
}
