// Outcomes of segments as files under done/: the draining end writes one when somebody waits for the
// segment, an import reads and removes it. Both ends may be different processes.

import { join } from "node:path";
import { BOUNDS } from "../core/bounds.ts";
import { errorCode } from "../core/error-code.ts";
import { type Disk, ignoreMissing, nodeDisk } from "./disk.ts";
import { type SpoolFolders, spoolFolders } from "./folders.ts";
import { readJson, SEGMENT_NAME } from "./format.ts";
import type { SegmentOutcome } from "./port.ts";

const ENDING = ".json";
const DRAFT_ENDING = ".tmp";
/** No room: on the disk, or for this user. */
const FULL_CODES = new Set(["ENOSPC", "EDQUOT"]);

export interface OutcomeReader {
  /** The outcome of a segment, once; null while there is none yet. */
  take(segmentName: string): Promise<SegmentOutcome | null>;
}

/** Reads the outcomes of one data folder. */
export function createOutcomeReader(folder: string, disk: Disk = nodeDisk): OutcomeReader {
  const { done } = spoolFolders(folder);
  return {
    async take(segmentName) {
      if (!SEGMENT_NAME.test(segmentName)) return null;
      const path = join(done, segmentName + ENDING);
      try {
        const outcome = readOutcome(Buffer.from(await disk.read(path)).toString("utf8"));
        await disk.unlink(path);
        return outcome;
      } catch (error) {
        if (errorCode(error) === "ENOENT") return null;
        throw error;
      }
    },
  };
}

/** Writes an outcome so that a reader finds all of it or nothing; a second one takes its place. */
export async function writeOutcome(
  disk: Disk,
  folders: SpoolFolders,
  segmentName: string,
  outcome: SegmentOutcome,
): Promise<void> {
  const path = join(folders.done, segmentName + ENDING);
  await writeWhole(disk, path, Buffer.from(JSON.stringify(outcome)));
}

export interface LateOutcomes {
  /**
   * Writes an outcome, or keeps it in memory while the disk is full: the segment must go first then,
   * or a full disk would never get emptier.
   */
  writeOrKeep(segmentName: string, outcome: SegmentOutcome): Promise<void>;
  /** Writes what was kept, as far as it goes. Never rejects: the spool drains without it. */
  write(): Promise<void>;
}

/** Outcomes of one data folder that may have to wait for room on the disk. */
export function createLateOutcomes(disk: Disk, folders: SpoolFolders): LateOutcomes {
  const kept = new Map<string, SegmentOutcome>();

  async function fits(segmentName: string, outcome: SegmentOutcome): Promise<boolean> {
    try {
      await writeOutcome(disk, folders, segmentName, outcome);
      return true;
    } catch (error) {
      if (!FULL_CODES.has(errorCode(error))) throw error;
      return false;
    }
  }

  return {
    async writeOrKeep(segmentName, outcome) {
      if (!(await fits(segmentName, outcome))) kept.set(segmentName, outcome);
    },
    async write() {
      for (const [segmentName, outcome] of kept) {
        if (!(await fits(segmentName, outcome).catch(() => false))) return;
        kept.delete(segmentName);
      }
    },
  };
}

/** Writes a whole file durably; its folder's entry is as durable as the next sync makes it. */
export async function writeWhole(disk: Disk, path: string, bytes: Uint8Array): Promise<void> {
  const draft = path + DRAFT_ENDING;
  await disk.unlink(draft).catch(ignoreMissing);
  const handle = await disk.create(draft);
  try {
    await disk.write(handle, [bytes], 0);
    await disk.datasync(handle);
  } finally {
    await disk.close(handle);
  }
  await disk.rename(draft, path);
}

/** Removes outcomes that nobody has fetched for a day. */
export async function removeOldOutcomes(
  disk: Disk,
  folders: SpoolFolders,
  nowMs: number,
): Promise<void> {
  for (const file of await disk.list(folders.done)) {
    const path = join(folders.done, file);
    const state = await disk.stat(path);
    const old = state !== null && nowMs - state.modifiedMs > BOUNDS.outcomeAgeMsMax;
    if (old) await disk.unlink(path).catch(ignoreMissing);
  }
}

/** Our own file, written whole: the only doubt is another version of this program. */
function readOutcome(text: string): SegmentOutcome {
  const value = readJson(text);
  const of: Record<string, unknown> =
    typeof value === "object" && value !== null ? { ...value } : {};
  return {
    received: count(of["received"]),
    stored: count(of["stored"]),
    duplicate: count(of["duplicate"]),
    conflict: count(of["conflict"]),
    quarantined: count(of["quarantined"]),
    reasons: reasons(of["reasons"]),
    examples: examples(of["examples"]),
  };
}

function reasons(value: unknown): Record<string, number> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([reason, of]) => [reason, count(of)]));
}

function examples(value: unknown): SegmentOutcome["examples"] {
  if (!Array.isArray(value)) return [];
  return value.map((entry: Record<string, unknown> | null) => ({
    receipt: String(entry?.["receipt"] ?? ""),
    fileName: String(entry?.["fileName"] ?? ""),
    reason: String(entry?.["reason"] ?? ""),
    message: String(entry?.["message"] ?? ""),
  }));
}

function count(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
