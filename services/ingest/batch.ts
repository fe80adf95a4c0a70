// A batch: some segments of the spool, read, then decoded part by part, with every item knowing its
// segment.

import type { KeyResolver } from "../authenticate/keys.ts";
import { BOUNDS } from "../core/bounds.ts";
import type { Raw } from "../core/raw.ts";
import type { DamagedRecord, Segment, SpoolReader, SpoolRecord } from "../spool/port.ts";
import { prepareKeys } from "./batch-keys.ts";
import { damagedEntry } from "./damaged-entry.ts";
import type { Entry } from "./entry.ts";
import type { Item } from "./item.ts";
import type { DecodePool } from "./pool.ts";
import { ofSpool, SpoolUnreadable } from "./trouble.ts";

/** Entries that are committed together, each with its segment at the same place. */
export interface Part {
  entries: Entry[];
  segmentOf: Segment[];
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

/** The messages of some segments, before they are decoded. */
export interface Reading {
  segments: Segment[];
  messages: { raw: Raw; segment: Segment }[];
  refusals: Extract<SpoolRecord, { kind: "refusals" }>[];
  damaged: { record: DamagedRecord; segment: Segment }[];
}

type Failed = (segment: Segment, error: SpoolUnreadable) => void;

function throwOn(_: Segment, error: SpoolUnreadable): void {
  throw error;
}

/**
 * Reads segments. Of a message that is there twice, because its group was written again or because
 * somebody asked twice to try it again, the last copy counts.
 * @param failed is told of each segment that cannot be read, which is left out
 * @throws SpoolUnreadable when nobody is to be told
 */
export async function readSegments(
  spool: SpoolReader,
  segments: Segment[],
  failed: Failed = throwOn,
): Promise<Reading> {
  const read: Segment[] = [];
  const damaged: Reading["damaged"] = [];
  const messages = new Map<string, { raw: Raw; segment: Segment }>();
  const refusals: Reading["refusals"] = [];
  for (const segment of segments) {
    const records = await recordsOf(spool, segment, failed);
    if (records === null) continue;
    read.push(segment);
    for (const record of records) {
      if (record.kind === "refusals") refusals.push(record);
      else if (record.kind === "damaged") damaged.push({ record, segment });
      else messages.set(record.raw.arrival.receipt, { raw: record.raw, segment });
    }
  }
  return { segments: read, messages: [...messages.values()], refusals, damaged };
}

/** A segment that cannot be read waits; those behind it need not. */
async function recordsOf(
  spool: SpoolReader,
  segment: Segment,
  failed: Failed,
): Promise<SpoolRecord[] | null> {
  try {
    return await ofSpool(`segment ${segment.name} cannot be read`, () => spool.read(segment));
  } catch (error) {
    if (!(error instanceof SpoolUnreadable)) throw error;
    failed(segment, error);
    return null;
  }
}

/**
 * Decodes the messages in parts whose rows fit into memory: little can unfold to much. Never fails for
 * what is in them.
 * @param resolver of DKIM keys; null when signatures are not looked at
 */
export async function* decodeParts(
  reading: Reading,
  decode: DecodePool,
  resolver: KeyResolver | null,
): AsyncGenerator<Part> {
  let part: Part = { entries: [], segmentOf: [] };
  let chars = 0;
  for (const { record, segment } of reading.damaged) {
    part.entries.push(damagedEntry(record));
    part.segmentOf.push(segment);
    chars += record.bytes.length;
  }
  for await (const { slice, decoded } of decodedSlices(reading, decode, resolver)) {
    slice.forEach(({ raw, segment }, at) => {
      const items = decoded[at];
      if (items === undefined || items.length === 0) {
        throw new Error(`message ${raw.arrival.receipt} came out of decoding without an item`);
      }
      items.forEach((item, index) => {
        part.entries.push({ raw, index, item });
        part.segmentOf.push(segment);
        chars += rowChars(item) + raw.bytes.length;
      });
    });
    if (chars < BOUNDS.partCharsMax) continue;
    yield part;
    part = { entries: [], segmentOf: [] };
    chars = 0;
  }
  if (part.entries.length > 0) yield part;
}

/** While one slice is looked at the threads have the next one. */
async function* decodedSlices(reading: Reading, decode: DecodePool, resolver: KeyResolver | null) {
  const keysFor = prepareKeys(
    reading.messages.map(({ raw }) => raw),
    resolver,
  );
  const start = (slice: Reading["messages"]) => {
    const records = slice.map(({ raw }) => raw);
    const decoding = keysFor(records).then((keys) => decode.decode(records, keys));
    decoding.catch(() => {}); // looked at in its turn
    return { slice, decoding };
  };
  let before: ReturnType<typeof start> | null = null;
  for (const slice of slices(reading.messages)) {
    const next = start(slice);
    if (before !== null) yield { slice: before.slice, decoded: await before.decoding };
    before = next;
  }
  if (before !== null) yield { slice: before.slice, decoded: await before.decoding };
}

/** Runs of messages that are decoded at a time, bounded in number and bytes. */
function* slices(messages: Reading["messages"]): Generator<Reading["messages"]> {
  let slice: Reading["messages"] = [];
  let bytes = 0;
  for (const message of messages) {
    const { length } = message.raw.bytes;
    const full = slice.length >= BOUNDS.sliceRecordsMax || bytes + length > BOUNDS.sliceBytesMax;
    if (slice.length > 0 && full) {
      yield slice;
      slice = [];
      bytes = 0;
    }
    slice.push(message);
    bytes += length;
  }
  if (slice.length > 0) yield slice;
}

function rowChars(item: Item): number {
  if (item.kind === "quarantine") return 0;
  return item.reportCells.length + item.summaryLines.length + item.detailLines.length;
}
