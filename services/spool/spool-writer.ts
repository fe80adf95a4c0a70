// The receiving end of the spool: makes messages durable in groups that share one write and one
// fsync. While one group is on its way to the disk, the next one gathers.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { BOUNDS } from "../core/bounds.ts";
import type { RefusalReason } from "../core/outcome.ts";
import { RECEIPT_PATTERN } from "../core/receipt.ts";
import type { Emit } from "../observe/events.ts";
import { type Capacity, createCapacity } from "./capacity.ts";
import { type Disk, nodeDisk } from "./disk.ts";
import { prepareFolders } from "./folders.ts";
import { createGroupCommit, type GroupCommit } from "./group-commit.ts";
import { type Arriving, SpoolRefusal, type SpoolWriter } from "./port.ts";
import { createReceipts } from "./receipts.ts";
import { createRefusals } from "./refusals.ts";
import { createSegmentSeries } from "./segment-series.ts";

export interface SpoolWriterOptions {
  /** The data folder. */
  folder: string;
  /** Marks the segments: somebody waits for their outcomes. */
  notify?: boolean;
  /** Size of the whole spool; BOUNDS.spoolBytesMax when not given. */
  bytesMax?: number;
  /** Space that stays free on the disk; BOUNDS.diskFreeBytesMin when not given. */
  diskFreeBytesMin?: number;
  emit: Emit;
  /** Epoch milliseconds. */
  clock?: () => number;
  disk?: Disk;
}

/** The spool writer with what an import and the health checks ask of it. */
export interface OpenSpoolWriter extends SpoolWriter {
  /** Names of the segments sealed so far, oldest first; always empty without `notify`. */
  segments(): string[];
  /** Bytes of the whole spool, and why it refuses messages now, or null. */
  state(): { bytes: number; refusing: RefusalReason | null };
  /** Messages appended so far. */
  appended(): number;
}

const NO_BODY = new Uint8Array(0);

/**
 * Opens the spool of a data folder for writing. Any number of processes may, each has its own
 * segments. It does not count what `append` refuses: the receiver does, which knows the channel.
 * @throws DataFolderUnusable
 */
export async function openSpoolWriter(options: SpoolWriterOptions): Promise<OpenSpoolWriter> {
  const { folder, emit, clock = Date.now, disk = nodeDisk, notify = false } = options;
  const { bytesMax = BOUNDS.spoolBytesMax, diskFreeBytesMin = BOUNDS.diskFreeBytesMin } = options;
  const folders = await prepareFolders(disk, folder);
  const capacity = createCapacity({ disk, folders, bytesMax, diskFreeBytesMin, emit });
  await capacity.scan();
  const series = createSegmentSeries({
    disk,
    folders,
    token: randomBytes(4).toString("hex"),
    notify,
    emit,
    clock,
    ageMsMax: () =>
      capacity.waiting() > BOUNDS.segmentBacklogMax
        ? BOUNDS.segmentAgeMsMaxBacklog
        : BOUNDS.segmentAgeMsMax,
    onAge: () => void group.seal(),
  });
  const group = createGroupCommit({ series, capacity, emit });
  const remakeFolders = () => prepareFolders(disk, folder);
  return writeTo({ capacity, group, clock, remakeFolders, sealed: series.sealed });
}

interface Writing {
  capacity: Capacity;
  group: GroupCommit;
  clock: () => number;
  /** For the case that somebody removed them. */
  remakeFolders: () => Promise<unknown>;
  sealed: () => string[];
}

function writeTo(writing: Writing): OpenSpoolWriter {
  const { capacity, group, clock, remakeFolders, sealed } = writing;
  const newReceipt = createReceipts();
  const refusals = createRefusals();
  let flushedAtMs = performance.now();
  let appended = 0;
  let closing: Promise<void> | null = null;
  let watching: Promise<void> | null = null;
  const watch = setInterval(() => {
    watching ??= watchOnce().finally(() => {
      watching = null;
    });
  }, BOUNDS.spoolScanMs).unref();

  async function append(arriving: Arriving, bytes: Uint8Array): Promise<string> {
    if (closing !== null) throw new SpoolRefusal("stopping", "the spool is closed");
    const receivedAtMs = arriving.receivedAtMs ?? clock();
    const receipt = arriving.receipt ?? newReceipt(receivedAtMs);
    assert.match(receipt, RECEIPT_PATTERN);
    capacity.admit(bytes.length);
    try {
      const header = { kind: "message" as const, ...arriving, receipt, receivedAtMs };
      await group.add({ header, body: bytes });
      appended += 1;
    } finally {
      capacity.release(bytes.length);
    }
    return receipt;
  }

  async function flushRefusals(): Promise<void> {
    const counts = refusals.take();
    if (counts.length === 0) return;
    flushedAtMs = performance.now();
    const receivedAtMs = clock();
    const receipt = newReceipt(receivedAtMs);
    const header = { kind: "refusals" as const, receipt, receivedAtMs, refusals: counts };
    // A count that cannot be kept now is tried again with the next ones.
    await group.add({ header, body: NO_BODY }).catch(() => counts.forEach(refusals.add));
  }

  async function watchOnce(): Promise<void> {
    await capacity.scan();
    if (capacity.failed()) {
      // When they cannot be made the probe fails too, and tells why.
      await remakeFolders().catch(() => {});
      await group.probe();
    }
    if (performance.now() - flushedAtMs >= BOUNDS.refusalFlushMs) await flushRefusals();
  }

  async function closeOnce(): Promise<void> {
    clearInterval(watch);
    await watching;
    await flushRefusals();
    await group.seal();
  }

  return {
    append,
    appended: () => appended,
    refuse(channel, reason, count = 1) {
      refusals.add({ channel, reason, count });
    },
    seal: () => group.seal(),
    close() {
      closing ??= closeOnce();
      return closing;
    },
    segments: sealed,
    state: () => ({ bytes: capacity.bytes(), refusing: capacity.refusing() }),
  };
}
