// Files that only this program's user may read: kept in a folder of their own, replaced whole and
// durably, and changed by one process at a time. What is in them is left to who calls.

import { randomBytes } from "node:crypto";
import { chown, lstat, mkdir, open, readFile, rename, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { BOUNDS } from "../core/bounds.ts";

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const POLL_MS = 20;

/** A file of secrets cannot be used; the message names it and the way out. */
export class PrivateFileError extends Error {
  override readonly name = "PrivateFileError";
}

/** What tells one state of a file from the next: each replacement is a new file. */
export async function stampOf(path: string): Promise<string | null> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await stat(path);
    return `${ino}:${size}:${mtimeMs}:${ctimeMs}`;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw unreadable(path, error);
  }
}

/**
 * The text of a file, or null when there is none.
 * @throws PrivateFileError when it cannot be read, or is larger than `bytesMax`
 */
export async function readPrivate(path: string, bytesMax: number): Promise<string | null> {
  try {
    const { size } = await stat(path);
    if (size > bytesMax) {
      throw new PrivateFileError(`${path} has ${size} bytes, more than ${bytesMax}: move it away`);
    }
    return await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error instanceof PrivateFileError ? error : unreadable(path, error);
  }
}

/**
 * Puts a file in the place of another, or of none: readers see the old one or the new one, and after a
 * crash it is one of the two. Written by root, it belongs to the owner of the data folder.
 */
export async function replacePrivate(
  path: string,
  text: string,
  dataFolder: string,
): Promise<void> {
  const folder = dirname(path);
  const beside = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await makePrivateFolder(folder, dataFolder);
    const handle = await open(beside, "wx", FILE_MODE);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await giveToOwner(beside, dataFolder);
    await rename(beside, path);
    await syncFolder(folder);
  } catch (error) {
    await unlink(beside).catch(() => {});
    throw new PrivateFileError(
      `cannot write ${path} (${codeOf(error) || String(error)}): free some space, or run this as \
the user of the server`,
      { cause: error },
    );
  }
}

/**
 * Runs a change while no other process makes one. A lock that was left behind by a process that was
 * killed is taken over once it is older than a change can last.
 * @throws PrivateFileError when another process does not let go
 */
export async function changePrivate<Result>(
  path: string,
  dataFolder: string,
  change: () => Promise<Result>,
): Promise<Result> {
  const lock = `${path}.lock`;
  await makePrivateFolder(dirname(path), dataFolder).catch((error: unknown) => {
    throw unreadable(dirname(path), error);
  });
  const deadlineMs = performance.now() + BOUNDS.privateFileLockMsMax;
  while (!(await takeLock(lock))) {
    if (performance.now() > deadlineMs) {
      throw new PrivateFileError(`another process changes ${path}; remove ${lock} if none does`);
    }
    await wait(POLL_MS);
  }
  try {
    return await change();
  } finally {
    await unlink(lock).catch(() => {});
  }
}

async function takeLock(lock: string): Promise<boolean> {
  try {
    const handle = await open(lock, "wx", FILE_MODE);
    await handle.close();
    return true;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw unreadable(lock, error);
  }
  const ageMs = await lstat(lock).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  // Whoever renames it has it: of two that find it old, the other one finds nothing to rename.
  if (ageMs > BOUNDS.privateFileLockAgeMsMax) {
    const old = `${lock}.${randomBytes(6).toString("hex")}`;
    await rename(lock, old).then(
      () => unlink(old),
      () => {},
    );
  }
  return false;
}

/** Makes the folder for its user alone; one that is there keeps the rights that it has. */
async function makePrivateFolder(folder: string, dataFolder: string): Promise<void> {
  await mkdir(dataFolder, { recursive: true });
  try {
    await mkdir(folder, { mode: FOLDER_MODE });
  } catch (error) {
    if (codeOf(error) === "EEXIST") return;
    throw error;
  }
  await giveToOwner(folder, dataFolder);
}

/** `sudo sealwatch token create` must leave a file that the server's own user can read. */
async function giveToOwner(path: string, dataFolder: string): Promise<void> {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = await stat(dataFolder);
  await chown(path, uid, gid);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unreadable(path: string, cause: unknown): PrivateFileError {
  const code = codeOf(cause) || String(cause);
  const message = `cannot use ${path} (${code}): run this as the user of the server, who owns it`;
  return new PrivateFileError(message, { cause });
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
