// Files that only this program's user may read: kept in a folder of their own, and written whole and
// durably. What is in them is left to who calls; private-change.ts lets one process change them at a time.

import { randomBytes } from "node:crypto";
import { chown, link, mkdir, open, readFile, rename, stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode } from "../core/error-code.ts";

export const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

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
    if (errorCode(error) === "ENOENT") return null;
    throw unusable(path, error);
  }
}

/**
 * The bytes of a file, or null when there is none.
 * @throws PrivateFileError when it cannot be read, or is larger than `bytesMax`
 */
export async function readPrivate(path: string, bytesMax: number): Promise<Buffer | null> {
  try {
    const { size } = await stat(path);
    if (size > bytesMax) {
      throw new PrivateFileError(`${path} has ${size} bytes, more than ${bytesMax}: move it away`);
    }
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error instanceof PrivateFileError ? error : unusable(path, error);
  }
}

/**
 * Puts a file in the place of another, or of none: readers see the old one or the new one, and after a
 * crash it is one of the two. The new one is durable when this resolves.
 * @throws PrivateFileError
 */
export async function replacePrivate(
  path: string,
  content: string | Uint8Array,
  dataFolder: string,
): Promise<void> {
  await withBeside(path, content, dataFolder, (beside) => rename(beside, path));
}

/**
 * Puts a file where there is none, durably; one that another process made in between is left alone.
 * @throws PrivateFileError
 */
export async function createPrivate(
  path: string,
  content: string | Uint8Array,
  dataFolder: string,
): Promise<void> {
  await withBeside(path, content, dataFolder, async (beside) => {
    await link(beside, path).catch((error: unknown) => {
      if (errorCode(error) !== "EEXIST") throw error;
    });
    await unlink(beside);
  });
}

async function withBeside(
  path: string,
  content: string | Uint8Array,
  dataFolder: string,
  put: (beside: string) => Promise<void>,
): Promise<void> {
  const folder = dirname(path);
  const beside = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    await makePrivateFolder(folder, dataFolder);
    await writeDurably(beside, content, dataFolder);
    await put(beside);
    await syncFolder(folder);
  } catch (error) {
    await unlink(beside).catch(() => {});
    throw unwritable(path, error);
  }
}

/** Writes a file that its user alone can read, or empties and fills the one that is there. */
export async function writeDurably(
  path: string,
  content: string | Uint8Array,
  dataFolder: string,
  flags: "wx" | "r+" = "wx",
): Promise<void> {
  const handle = await open(path, flags, FILE_MODE);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await giveToOwner(path, dataFolder);
}

/** Makes the folder for its user alone, durably; one that is there keeps the rights that it has. */
export async function makePrivateFolder(folder: string, dataFolder: string): Promise<void> {
  await mkdir(dataFolder, { recursive: true });
  try {
    await mkdir(folder, { mode: FOLDER_MODE });
  } catch (error) {
    if (errorCode(error) === "EEXIST") return;
    throw error;
  }
  await giveToOwner(folder, dataFolder);
  await syncFolder(dirname(folder));
}

/** `sudo sealwatch token create` must leave a file that the server's own user can read. */
export async function giveToOwner(path: string, dataFolder: string): Promise<void> {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = await stat(dataFolder);
  await chown(path, uid, gid);
}

/**
 * Makes the names in a folder durable. The spool has its own behind `Disk`, where a test lets it fail;
 * neither of the two layers may import the other, and core does no I/O.
 */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The error for a file that could not be written. */
export function unwritable(path: string, cause: unknown): PrivateFileError {
  const code = errorCode(cause) || String(cause);
  const wayOut = "free some space, or run this as the user of the server";
  return new PrivateFileError(`cannot write ${path} (${code}): ${wayOut}`, { cause });
}

/** The error for a file or folder that could not be looked at. */
export function unusable(path: string, cause: unknown): PrivateFileError {
  const code = errorCode(cause) || String(cause);
  const message = `cannot use ${path} (${code}): run this as the user of the server, who owns it`;
  return new PrivateFileError(message, { cause });
}
