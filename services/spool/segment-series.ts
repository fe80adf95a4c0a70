// The segments of one writer, one after the other: opens the next when it is needed, seals it when it
// is full or old, and writes a group again when its segment was taken over. Calls must not overlap.

import { BOUNDS } from "../core/bounds.ts";
import type { Emit } from "../observe/events.ts";
import type { Disk } from "./disk.ts";
import type { SpoolFolders } from "./folders.ts";
import { printRecord, printSegmentName, type RecordHeader } from "./format.ts";
import { thisOwner } from "./owner.ts";
import { openSegment, type SegmentWriter } from "./segment-writer.ts";

export interface SegmentSeriesOptions {
  disk: Disk;
  folders: SpoolFolders;
  /** Names this writer in the names of its segments: eight random hexadecimal digits. */
  token: string;
  notify: boolean;
  emit: Emit;
  clock: () => number;
  /** How old a segment may become now. */
  ageMsMax: () => number;
  /** Called when the open segment has reached its age; the caller seals. */
  onAge: () => void;
}

/** A record before it is printed into a segment. */
export interface UnprintedRecord {
  header: RecordHeader;
  body: Uint8Array;
}

export interface SegmentSeries {
  /** Makes a group durable and gives its bytes. @throws the error of the file system */
  commit(group: readonly UnprintedRecord[]): Promise<number>;
  /** Seals the open segment when it has its records or bytes. Never rejects. */
  sealWhenFull(): Promise<void>;
  /** Seals the open segment, and those whose sealing failed before. Never rejects. */
  seal(): Promise<void>;
  /** Names of the sealed ones, for a writer whose segments somebody waits for. */
  sealed(): string[];
}

/** Begins without a segment. */
export function createSegmentSeries(options: SegmentSeriesOptions): SegmentSeries {
  const { disk, folders, emit } = options;
  const owner = thisOwner();
  const sealed: string[] = [];
  let unfinished: SegmentWriter[] = [];
  let current: SegmentWriter | null = null;
  let ageTimer: NodeJS.Timeout | undefined;
  let sequence = 0;

  async function openNext(): Promise<SegmentWriter> {
    const { token, notify } = options;
    const timeMs = options.clock();
    sequence += 1;
    const name = printSegmentName({ timeMs, token, pid: owner.pid, sequence, notify });
    return openSegment({ disk, folders, name, owner });
  }

  async function commit(group: readonly UnprintedRecord[]): Promise<number> {
    for (let attempt = 0; attempt < BOUNDS.commitAttemptsMax; attempt++) {
      current ??= await openNext();
      const segment = current;
      const bytesBefore = segment.bytes;
      if (await appendTo(segment, group)) {
        ageTimer ??= setTimeout(options.onAge, options.ageMsMax()).unref();
        return segment.bytes - bytesBefore;
      }
      emit("segment-lost", { segment: segment.name, records: segment.records });
      await finishCurrent();
    }
    throw new Error("every new segment was taken over by another process at once");
  }

  async function appendTo(
    segment: SegmentWriter,
    group: readonly UnprintedRecord[],
  ): Promise<boolean> {
    const chunks = group.flatMap(({ header, body }) => printRecord(segment.name, header, body));
    try {
      return (await segment.append(chunks, group.length)) === "durable";
    } catch (error) {
      if (!segment.usable) await finishCurrent();
      throw error;
    }
  }

  async function finishCurrent(): Promise<void> {
    clearTimeout(ageTimer);
    ageTimer = undefined;
    if (current !== null) unfinished.push(current);
    current = null;
    const attempts = unfinished;
    unfinished = [];
    for (const segment of attempts) await finish(segment);
  }

  async function finish(segment: SegmentWriter): Promise<void> {
    try {
      await segment.finish();
      if (options.notify && segment.records > 0) sealed.push(segment.name);
    } catch (cause) {
      emit("segment-seal-failed", { segment: segment.name, cause });
      unfinished.push(segment);
    }
  }

  return {
    commit,
    async sealWhenFull() {
      if (current === null) return;
      const { records, bytes } = current;
      const full = records >= BOUNDS.segmentRecordsMax || bytes >= BOUNDS.segmentBytesMax;
      if (full) await finishCurrent();
    },
    seal: finishCurrent,
    sealed: () => [...sealed],
  };
}
