// The draining end of the spool: lists sealed segments, takes over those of processes that are gone,
// reads them with whatever damage they have, and removes what is in the store.

import type { Emit, EventFields, EventName } from "../observe/events.ts";
import { damagedRecord, setAside } from "./damaged.ts";
import { type Disk, ignoreMissing, nodeDisk } from "./disk.ts";
import { listSegments, prepareFolders, segmentPath } from "./folders.ts";
import { isNotifySegment, segmentTimeMs } from "./format.ts";
import { createLateOutcomes, removeOldOutcomes } from "./outcomes.ts";
import { type Owner, type OwnerFate, ownerFate } from "./owner.ts";
import { type Damage, parseSegment } from "./parse-segment.ts";
import type { Segment, SegmentOutcome, SpoolReader, SpoolRecord } from "./port.ts";
import { createTakeover, type TakeoverOptions } from "./takeover.ts";

export interface SpoolReaderOptions {
  /** The data folder. */
  folder: string;
  emit: Emit;
  /** Epoch milliseconds. */
  clock?: () => number;
  disk?: Disk;
  /** Tells whether the owner of an open segment is there; ownerFate when not given. */
  fateOf?: (owner: Owner) => OwnerFate;
}

/** The spool reader with what the health checks ask of it; as of the last `list`. */
export interface OpenSpoolReader extends SpoolReader {
  /** Epoch milliseconds at which the oldest waiting segment was begun; null when none waits. */
  oldestMs(): number | null;
  /** Bytes of the segments that wait. */
  bytes(): number;
  /** Damaged stretches found so far. */
  damaged(): number;
}

/** How often outcomes that nobody fetches are looked for. */
const OUTCOME_CHECK_MS = 3_600_000;

/**
 * Opens the spool of a data folder for draining. One process per data folder does: see lock.ts.
 * @throws DataFolderUnusable
 */
export async function openSpoolReader(options: SpoolReaderOptions): Promise<OpenSpoolReader> {
  const { folder, emit, clock = Date.now, disk = nodeDisk, fateOf = ownerFate } = options;
  const folders = await prepareFolders(disk, folder);
  return readFrom({ folders, emit, clock, disk, fateOf });
}

function readFrom(reading: TakeoverOptions): OpenSpoolReader {
  const { folders, clock, disk, emit } = reading;
  const takeOver = createTakeover(reading);
  /** Waiting segments by name, oldest first; a sealed one is immutable, so its size stays. */
  let waiting = new Map<string, Segment>();
  /** Segments whose damage could not be set aside: they are kept whole instead of removed. */
  const keptWhole = new Set<string>();
  /** Segments whose state was told of: a segment is read again when the store was away. */
  const toldOf = new Set<string>();
  const late = createLateOutcomes(disk, folders);
  let damaged = 0;
  let cleanedAtMs = Number.NEGATIVE_INFINITY;

  async function list(): Promise<Segment[]> {
    await takeOver();
    await late.write();
    if (clock() - cleanedAtMs > OUTCOME_CHECK_MS) {
      cleanedAtMs = clock();
      await removeOldOutcomes(disk, folders, clock());
    }
    const next = new Map<string, Segment>();
    for (const name of await listSegments(disk, folders.ready)) {
      const segment = waiting.get(name) ?? (await segmentOf(name));
      if (segment !== null) next.set(name, segment);
    }
    waiting = next;
    return [...waiting.values()];
  }

  async function segmentOf(name: string): Promise<Segment | null> {
    const state = await disk.stat(segmentPath(folders.ready, name));
    return state && { name, bytes: state.bytes, notify: isNotifySegment(name) };
  }

  async function read(segment: Segment): Promise<SpoolRecord[]> {
    const { name } = segment;
    const bytes = await disk.read(segmentPath(folders.ready, name));
    const { records, damages, cutBytes } = parseSegment(bytes, name);
    if (cutBytes > 0) tell("segment-cut", { segment: name, bytes: cutBytes });
    if (damages.length > 0) await keepDamaged({ name, bytes }, damages);
    if (!toldOf.has(name)) damaged += damages.length;
    toldOf.add(name);
    return [...damages.map((damage) => damagedRecord({ name, bytes }, damage)), ...records];
  }

  function tell(event: EventName, fields: { segment: string } & EventFields): void {
    if (!toldOf.has(fields.segment)) emit(event, fields);
  }

  async function keepDamaged(
    segment: { name: string; bytes: Uint8Array },
    damages: readonly Damage[],
  ): Promise<void> {
    const fields = { segment: segment.name, folder: folders.damaged, damages };
    try {
      await setAside(disk, folders, segment, damages);
      keptWhole.delete(segment.name);
      tell("segment-damaged", fields);
    } catch (cause) {
      keptWhole.add(segment.name);
      tell("segment-damaged", { ...fields, cause });
    }
  }

  async function done(segment: Segment, outcome: SegmentOutcome): Promise<void> {
    const { name } = segment;
    const path = segmentPath(folders.ready, name);
    if (segment.notify) await late.writeOrKeep(name, outcome);
    if (keptWhole.has(name)) await disk.rename(path, segmentPath(folders.damaged, name));
    else await disk.unlink(path).catch(ignoreMissing);
    keptWhole.delete(name);
    toldOf.delete(name);
    waiting.delete(name);
    // Its removal may have made the room that its outcome needs.
    await late.write();
  }

  return {
    list,
    read,
    done,
    damaged: () => damaged,
    oldestMs() {
      const oldest = waiting.keys().next();
      return oldest.done ? null : segmentTimeMs(oldest.value);
    },
    bytes() {
      let total = 0;
      for (const segment of waiting.values()) total += segment.bytes;
      return total;
    },
  };
}
