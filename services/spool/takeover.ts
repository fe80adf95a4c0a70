// Takes over open segments whose process is gone. A takeover is a rename, and it is safe even when it
// is wrong: an owner that lives sees before it acknowledges that its file has moved.

import { BOUNDS } from "../core/bounds.ts";
import type { Emit } from "../observe/events.ts";
import type { Disk } from "./disk.ts";
import { listSegments, type SpoolFolders, segmentPath } from "./folders.ts";
import { readFirstLine } from "./format.ts";
import type { Owner, OwnerFate } from "./owner.ts";
import { handOver } from "./segment-writer.ts";

/** A first line is shorter; without its line feed the owner is not known yet. */
const FIRST_LINE_BYTES_MAX = 2_048;

export interface TakeoverOptions {
  disk: Disk;
  folders: SpoolFolders;
  emit: Emit;
  clock: () => number;
  fateOf: (owner: Owner) => OwnerFate;
}

/** A function that takes over what it finds ownerless now. It rejects only when open/ is unreadable. */
export function createTakeover(options: TakeoverOptions): () => Promise<void> {
  const { disk, folders, emit, clock, fateOf } = options;
  let owners = new Map<string, Owner>();

  async function ownerOf(name: string): Promise<Owner | null> {
    const known = owners.get(name);
    if (known !== undefined) return known;
    return (await firstLineOf(disk, segmentPath(folders.open, name))).owner;
  }

  /** An owner that cannot be seen from here is gone when it has not written for long. */
  async function isGone(name: string, owner: Owner | null): Promise<boolean> {
    const fate = owner === null ? "unknown" : fateOf(owner);
    if (fate !== "unknown") return fate === "gone";
    const state = await disk.stat(segmentPath(folders.open, name));
    return state !== null && clock() - state.modifiedMs > BOUNDS.ownerSilenceMsMax;
  }

  async function take(name: string, owner: Owner | null): Promise<void> {
    if (!(await handOver(disk, folders, name))) return;
    const path = segmentPath(folders.ready, name);
    // Looked at after the rename: what its owner acknowledged before is all in the file by now.
    const bytes = (await disk.stat(path))?.bytes ?? 0;
    const empty = bytes <= (await firstLineOf(disk, path)).bytes;
    if (empty) await disk.unlink(path);
    else emit("segment-taken-over", { segment: name, bytes, host: owner?.host, pid: owner?.pid });
  }

  return async () => {
    const present = new Map<string, Owner>();
    for (const name of await listSegments(disk, folders.open)) {
      try {
        const owner = await ownerOf(name);
        if (owner !== null) present.set(name, owner);
        if (await isGone(name, owner)) await take(name, owner);
      } catch (cause) {
        emit("segment-seal-failed", { segment: name, cause });
      }
    }
    owners = present;
  };
}

async function firstLineOf(
  disk: Disk,
  path: string,
): Promise<{ bytes: number; owner: Owner | null }> {
  if ((await disk.stat(path)) === null) return { bytes: 0, owner: null };
  const head = Buffer.from(await disk.read(path, FIRST_LINE_BYTES_MAX)).toString("utf8");
  const end = head.indexOf("\n");
  const line = end === -1 ? null : readFirstLine(head.slice(0, end));
  return { bytes: line === null ? 0 : end + 1, owner: line?.owner ?? null };
}
