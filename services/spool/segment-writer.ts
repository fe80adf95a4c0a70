// One segment while it is written: a file under open/ that groups of records are appended to, until
// it is sealed by renaming it to ready/. Calls must not overlap; spool-writer.ts sees to that.

import { errorCode } from "../core/error-code.ts";
import { type Disk, ignoreMissing } from "./disk.ts";
import { type SpoolFolders, segmentPath } from "./folders.ts";
import { printFirstLine, printLastLine } from "./format.ts";
import type { Owner } from "./owner.ts";

/** What a group commit came to when nothing failed. */
export type Commit = "durable" | "taken-over";

export interface SegmentWriter {
  readonly name: string;
  /** Durable records. */
  readonly records: number;
  /** Durable bytes, first line included. */
  readonly bytes: number;
  /** False after an error that leaves the file in doubt: it may only be sealed. */
  readonly usable: boolean;
  /**
   * Appends records and makes them durable. "taken-over" says that another process has taken the
   * file away meanwhile: the records may or may not be read from it, so they must be written again.
   */
  append(chunks: Uint8Array[], records: number): Promise<Commit>;
  /** Closes the file and hands it over; without a durable record it is removed instead. */
  finish(): Promise<void>;
}

export interface SegmentWriterOptions {
  disk: Disk;
  folders: SpoolFolders;
  name: string;
  owner: Owner;
}

/**
 * Creates the file of a segment and makes its folder entry durable.
 * @throws the error of the file system; then there is no file
 */
export async function openSegment(options: SegmentWriterOptions): Promise<SegmentWriter> {
  const { disk, folders } = options;
  const path = segmentPath(folders.open, options.name);
  const handle = await disk.create(path);
  try {
    const inode = await disk.inode(handle);
    await disk.syncFolder(folders.open);
    return segmentOn({ ...options, path, handle, inode });
  } catch (error) {
    await disk.close(handle).catch(ignore);
    await disk.unlink(path).catch(ignore);
    throw error;
  }
}

interface OpenSegment extends SegmentWriterOptions {
  path: string;
  handle: number;
  inode: number;
}

function segmentOn(open: OpenSegment): SegmentWriter {
  const { disk, path, handle } = open;
  const state = { records: 0, bytes: 0, usable: true, closed: false };

  async function append(chunks: Uint8Array[], records: number): Promise<Commit> {
    const all = state.bytes > 0 ? chunks : [printFirstLine(open.name, open.owner), ...chunks];
    await write(all);
    if (!(await makeDurable())) {
      state.usable = false;
      return "taken-over";
    }
    for (const chunk of all) state.bytes += chunk.length;
    state.records += records;
    return "durable";
  }

  /** False when the path no longer names the file that was made durable. */
  async function makeDurable(): Promise<boolean> {
    try {
      await disk.datasync(handle);
      return (await disk.stat(path))?.inode === open.inode;
    } catch (error) {
      // The kernel drops what it could not write: a second fsync of this file would prove nothing.
      await giveUp();
      throw error;
    }
  }

  async function write(chunks: Uint8Array[]): Promise<void> {
    try {
      await disk.write(handle, chunks, state.bytes);
    } catch (error) {
      await disk.truncate(handle, state.bytes).catch(() => {
        state.usable = false;
      });
      throw error;
    }
  }

  /** Refused records must not be read back: they are cut off as well as it goes. */
  async function giveUp(): Promise<void> {
    state.usable = false;
    await disk.truncate(handle, state.bytes).catch(ignore);
  }

  async function finish(): Promise<void> {
    if (!state.closed) {
      state.closed = true;
      if (state.usable && state.records > 0) await writeLastLine();
      await disk.close(handle).catch(ignore);
    }
    if (state.records === 0) await disk.unlink(path).catch(ignoreMissing);
    else await handOver(disk, open.folders, open.name);
  }

  /** Only a mark for the reader that nothing is missing at the end, so it needs no fsync. */
  async function writeLastLine(): Promise<void> {
    await disk.write(handle, [printLastLine(state.records)], state.bytes).catch(() => giveUp());
  }

  return {
    name: open.name,
    get records() {
      return state.records;
    },
    get bytes() {
      return state.bytes;
    },
    get usable() {
      return state.usable;
    },
    append,
    finish,
  };
}

/**
 * Renames a segment from open/ to ready/, durably in both. That somebody else has done so before is
 * no error.
 */
export async function handOver(disk: Disk, folders: SpoolFolders, name: string): Promise<boolean> {
  try {
    await disk.rename(segmentPath(folders.open, name), segmentPath(folders.ready, name));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return false;
    throw error;
  }
  await disk.syncFolder(folders.ready);
  await disk.syncFolder(folders.open);
  return true;
}

/** For a second step after a failure that is told of already. */
function ignore(): void {}
