// Changes of a private file, one process at a time. The lock is a folder with one file in it, the stake of
// who has it: a change becomes the file by a rename of the stake, which cannot succeed once it was taken.

import { randomBytes } from "node:crypto";
import { lstat, mkdir, readdir, rename, rm, rmdir, unlink, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { BOUNDS } from "../core/bounds.ts";
import { errorCode } from "../core/error-code.ts";
import {
  FOLDER_MODE,
  giveToOwner,
  makePrivateFolder,
  PrivateFileError,
  syncFolder,
  unusable,
  unwritable,
  writeDurably,
} from "./private-file.ts";

const POLL_MS = 20;
/** What a rename onto a folder says that is not empty, by system. */
const TAKEN_CODES = new Set(["ENOTEMPTY", "EEXIST", "ENOTDIR"]);

/** Puts the new text in the place of the file, once, and gives the lock back. */
export type Replace = (text: string) => Promise<void>;

/**
 * Runs a change while no other process makes one. The stake of a process that was killed is taken
 * away once it is older than a change can last; should its process be alive after all, then its change
 * is refused, and that of the other stands.
 * @param waitMsMax how long it waits for another process's change
 * @throws PrivateFileError when another process does not let go, or took over
 */
export async function changePrivate<Result>(
  path: string,
  dataFolder: string,
  change: (replace: Replace) => Promise<Result>,
  waitMsMax: number = BOUNDS.privateFileLockMsMax,
): Promise<Result> {
  const lock = `${path}.lock`;
  const stake = await takeLock(path, lock, dataFolder, waitMsMax);
  try {
    return await change((text) => putInPlace(path, stake, text, dataFolder));
  } finally {
    // Names what is ours alone: a stake that was taken away is not there, and another's is not empty.
    await unlink(stake).catch(() => {});
    await rmdir(lock).catch(() => {});
  }
}

async function putInPlace(
  path: string,
  stake: string,
  text: string,
  dataFolder: string,
): Promise<void> {
  try {
    await writeDurably(stake, text, dataFolder, "r+");
    await rename(stake, path);
    await syncFolder(dirname(path));
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw unwritable(path, error);
    const message = `the change of ${path} took so long that another process made one: try again`;
    throw new PrivateFileError(message, { cause: error });
  }
}

/** Waits for the lock. @returns the path of our stake in it */
async function takeLock(
  path: string,
  lock: string,
  dataFolder: string,
  waitMsMax: number,
): Promise<string> {
  const name = randomBytes(8).toString("hex");
  const ready = `${lock}.${name}`;
  const deadlineMs = performance.now() + waitMsMax;
  try {
    await makePrivateFolder(dirname(path), dataFolder);
    await mkdir(ready, { mode: FOLDER_MODE });
    await giveToOwner(ready, dataFolder);
    await writeDurably(join(ready, name), "", dataFolder);
    while (!(await tryLock(lock, ready, name))) {
      if (performance.now() > deadlineMs) {
        throw new PrivateFileError(`another process changes ${path}; remove ${lock} if none does`);
      }
      await removeOld(lock);
      await wait(POLL_MS);
    }
    return join(lock, name);
  } catch (error) {
    await rm(ready, { recursive: true, force: true }).catch(() => {});
    throw error instanceof PrivateFileError ? error : unusable(lock, error);
  }
}

/** A folder takes the place of none or of an empty one, and never of one with a stake in it. */
async function tryLock(lock: string, ready: string, name: string): Promise<boolean> {
  // The age of a stake counts from when it is the lock.
  const now = new Date();
  await utimes(join(ready, name), now, now);
  try {
    await rename(ready, lock);
    return true;
  } catch (error) {
    if (TAKEN_CODES.has(errorCode(error))) return false;
    throw error;
  }
}

/** Takes away what was left behind, by its name: a lock that was taken anew meanwhile is left alone. */
async function removeOld(lock: string): Promise<void> {
  const names = await readdir(lock).catch(() => []);
  for (const stake of names.map((name) => join(lock, name))) {
    const ageMs = await lstat(stake).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (ageMs > BOUNDS.privateFileLockAgeMsMax) await unlink(stake).catch(() => {});
  }
}
