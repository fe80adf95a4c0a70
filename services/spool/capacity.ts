// Decides whether the spool may take one more message: by its own size, by the free space of its
// disk, and by what is in memory already. Several processes write to one spool, so its size is
// counted here and looked up again each second.

import { BOUNDS } from "../core/bounds.ts";
import type { Emit } from "../observe/events.ts";
import type { Disk } from "./disk.ts";
import { listSegments, type SpoolFolders, segmentPath } from "./folders.ts";
import { SpoolRefusal } from "./port.ts";

export interface CapacityOptions {
  disk: Disk;
  folders: SpoolFolders;
  bytesMax: number;
  diskFreeBytesMin: number;
  emit: Emit;
}

/** Why the spool as a whole refuses; what concerns one message or one moment is not among it. */
export type RefusingReason = "spool-full" | "disk-full" | "spool-failed";

export interface Capacity {
  /** Reserves memory for one message. @throws SpoolRefusal */
  admit(bytes: number): void;
  /** Gives the memory of an admitted message back, whatever became of it. */
  release(bytes: number): void;
  /** Counts bytes that are in the spool now. */
  grow(bytes: number): void;
  /** Notes that a commit failed for this reason and cause, or that one succeeded (null). */
  committed(failure: RefusingReason | null, cause?: unknown): void;
  /** True after a failed commit until one succeeds. */
  failed(): boolean;
  /** Looks up size and free space. Never rejects. */
  scan(): Promise<void>;
  /** Bytes of all segments, as far as is known. */
  bytes(): number;
  /** Sealed segments that wait, as of the last scan. */
  waiting(): number;
  /** Why the spool would refuse a small message now. */
  refusing(): RefusingReason | null;
}

/** Watches the size of one spool; the caller calls `scan` from time to time. */
export function createCapacity(options: CapacityOptions): Capacity {
  const { bytesMax, diskFreeBytesMin, emit } = options;
  const sizes = createSpoolSize(options.disk, options.folders);
  const state = { scanned: 0, grown: 0, inFlight: 0, free: Number.POSITIVE_INFINITY };
  let failure: RefusingReason | null = null;
  let told: RefusingReason | null = null;

  const bytes = () => state.scanned + state.grown;

  /** What is in memory has no place on the disk yet, so it counts against both. */
  function full(more: number): RefusingReason | null {
    if (bytes() + state.inFlight + more > bytesMax) return "spool-full";
    if (state.free - state.grown - state.inFlight - more < diskFreeBytesMin) return "disk-full";
    return null;
  }

  function tell(cause?: unknown): void {
    const reason = full(0) ?? failure;
    if (reason === told) return;
    if (reason === null) emit("spool-recovered", { reason: told, bytes: bytes() });
    else emit("spool-refusing", { reason, bytes: bytes(), freeBytes: state.free, cause });
    told = reason;
  }

  function admit(more: number): void {
    const reason = full(more);
    if (reason !== null) throw new SpoolRefusal(reason, refusalText(reason, options));
    if (state.inFlight > 0 && state.inFlight + more > BOUNDS.inFlightBytesMax) {
      throw new SpoolRefusal("too-busy", "too many messages wait for the disk; try again soon");
    }
    state.inFlight += more;
  }

  async function scan(): Promise<void> {
    const grownBefore = state.grown;
    try {
      state.free = await options.disk.freeBytes(options.folders.spool);
      state.scanned = await sizes.scan();
      state.grown -= grownBefore;
    } catch (cause) {
      emit("spool-scan-failed", { cause });
    }
    tell();
  }

  return {
    admit,
    release(more) {
      state.inFlight -= more;
    },
    grow(more) {
      state.grown += more;
    },
    committed(reason, cause) {
      failure = reason;
      tell(cause);
    },
    failed: () => failure !== null,
    scan,
    bytes,
    waiting: () => sizes.ready(),
    refusing: () => full(0) ?? failure,
  };
}

function refusalText(reason: RefusingReason, options: CapacityOptions): string {
  const { spool } = options.folders;
  if (reason === "spool-full") {
    return `the spool ${spool} holds its ${options.bytesMax} bytes: see whether the store is up`;
  }
  return `the disk of ${spool} has less than ${options.diskFreeBytesMin} bytes left: free some`;
}

/** Sums up the sizes of segments; a sealed one is immutable, so its size is looked up once. */
export interface SpoolSize {
  /** Looks the spool up and gives the bytes of all segments. */
  scan(): Promise<number>;
  /** Sealed segments of the last scan. */
  ready(): number;
}

/** @see SpoolSize */
export function createSpoolSize(disk: Disk, folders: SpoolFolders): SpoolSize {
  let known = new Map<string, number>();

  async function scan(): Promise<number> {
    let total = 0;
    for (const name of await listSegments(disk, folders.open)) {
      total += (await disk.stat(segmentPath(folders.open, name)))?.bytes ?? 0;
    }
    const next = new Map<string, number>();
    for (const name of await listSegments(disk, folders.ready)) {
      const path = segmentPath(folders.ready, name);
      const bytes = known.get(name) ?? (await disk.stat(path))?.bytes ?? 0;
      next.set(name, bytes);
      total += bytes;
    }
    known = next;
    return total;
  }

  return { scan, ready: () => known.size };
}
