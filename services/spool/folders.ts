// The folders of the spool: where each state of a segment lives, and what to say when they cannot be
// used. Names of files in them are made here and nowhere else.

import { dirname, join } from "node:path";
import { errorCode } from "../core/error-code.ts";
import type { Disk } from "./disk.ts";
import { SEGMENT_NAME } from "./format.ts";

/** Paths below `<data>/spool/`. */
export interface SpoolFolders {
  spool: string;
  /** Segments that a writer appends to. */
  open: string;
  /** Sealed segments, waiting for the store. */
  ready: string;
  /** Outcomes of segments for whoever waits for them. */
  done: string;
  /** Stretches of bytes that could not be read, each with a note. */
  damaged: string;
}

/** The data folder cannot be used as it is; the message says what to do. */
export class DataFolderUnusable extends Error {
  override readonly name = "DataFolderUnusable";
}

const ENDING = ".seg";

/** The folders of the spool of one data folder. */
export function spoolFolders(dataFolder: string): SpoolFolders {
  const spool = join(dataFolder, "spool");
  return {
    spool,
    open: join(spool, "open"),
    ready: join(spool, "ready"),
    done: join(spool, "done"),
    damaged: join(spool, "damaged"),
  };
}

/**
 * Makes the folders where they are missing and checks that they can be used.
 * @throws DataFolderUnusable
 */
export async function prepareFolders(disk: Disk, dataFolder: string): Promise<SpoolFolders> {
  const folders = spoolFolders(dataFolder);
  for (const path of Object.values(folders)) await usableFolder(disk, path);
  return folders;
}

/**
 * Makes one folder with its parents and checks that it can be used.
 * @throws DataFolderUnusable
 */
export async function usableFolder(disk: Disk, path: string): Promise<void> {
  try {
    await disk.makeFolder(path);
    await disk.checkFolder(path);
  } catch (error) {
    const code = errorCode(error) || "no code";
    throw new DataFolderUnusable(`cannot use the folder ${path} (${code}): ${wayOut(code, path)}`, {
      cause: error,
    });
  }
}

function wayOut(code: string, path: string): string {
  const user = process.getuid?.();
  const who = user === undefined ? "the user of this process" : `user id ${user}`;
  if (code === "EACCES" || code === "EPERM") {
    return `let ${who} read, write and enter it, or set SEALWATCH_DATA_DIR to another folder`;
  }
  if (code === "ENOTDIR" || code === "EEXIST") {
    return "a file stands where a folder should be; move it away";
  }
  if (code === "EROFS") return "its file system is mounted read-only; mount it for writing";
  if (code === "ENOSPC" || code === "EDQUOT") return "the disk is full; free some space";
  return `look at ${dirname(path)}, or set SEALWATCH_DATA_DIR to another folder`;
}

/** Path of a segment's file in one of the folders. */
export function segmentPath(folder: string, name: string): string {
  return join(folder, name + ENDING);
}

/** Names of the segments in a folder, oldest first; files of other names are none of ours. */
export async function listSegments(disk: Disk, folder: string): Promise<string[]> {
  const names: string[] = [];
  for (const file of await disk.list(folder)) {
    const name = file.endsWith(ENDING) ? file.slice(0, -ENDING.length) : "";
    if (SEGMENT_NAME.test(name)) names.push(name);
  }
  return names.sort();
}
