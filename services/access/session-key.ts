// The key that sessions are signed with: 32 random bytes in <data_dir>/access/session.key, shared by
// all processes on the folder. Whoever removes the file ends all sessions.

import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rename, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { BOUNDS } from "../core/bounds.ts";
import { PrivateFileError } from "./private-file.ts";

const KEY_BYTES = 32;
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

export interface SessionKey {
  /** The key as it is on the disk, looked at anew when it may have changed. */
  current(): Promise<Uint8Array>;
  /** Puts another key in its place, which ends all sessions of all processes. */
  replace(): Promise<void>;
}

interface Held {
  key: Uint8Array;
  /** Tells one file from the next. */
  stamp: string;
  seenMs: number;
}

/**
 * Opens the key of a folder, and makes folder and key when they are not there.
 * @throws PrivateFileError
 */
export async function openSessionKey(
  folder: string,
  clock: () => number = Date.now,
): Promise<SessionKey> {
  const path = join(folder, "session.key");
  let held: Held | null = null;
  const current = async () => {
    const nowMs = clock();
    if (held !== null && Math.abs(nowMs - held.seenMs) < BOUNDS.sessionKeyKeptMs) return held.key;
    held = await explained(path, () => look(folder, path, held, nowMs));
    return held.key;
  };
  const replace = async () => {
    await explained(path, async () => rename(await writeNew(folder), path));
    held = null;
  };
  await current();
  return { current, replace };
}

async function look(folder: string, path: string, held: Held | null, nowMs: number): Promise<Held> {
  const found = await stat(path, { bigint: true }).catch(ignoreMissing);
  if (found === null) {
    await makeOnce(folder, path);
    return look(folder, path, null, nowMs);
  }
  const stamp = `${found.ino} ${found.ctimeNs}`;
  if (held !== null && held.stamp === stamp) return { ...held, seenMs: nowMs };
  const key = await readFile(path);
  if (key.length !== KEY_BYTES) {
    throw new PrivateFileError(
      `${path} has ${key.length} bytes and should have ${KEY_BYTES}: remove it, and a new key is \
made; everybody logs in again`,
    );
  }
  return { key, stamp, seenMs: nowMs };
}

/** A link, unlike a rename, leaves a key alone that another process made in between. */
async function makeOnce(folder: string, path: string): Promise<void> {
  const fresh = await writeNew(folder);
  try {
    await link(fresh, path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  } finally {
    await unlink(fresh);
  }
}

async function writeNew(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  const path = join(folder, `session.key.${randomBytes(8).toString("hex")}`);
  const file = await open(path, "wx", FILE_MODE);
  try {
    await file.writeFile(randomBytes(KEY_BYTES));
    await file.sync();
  } finally {
    await file.close();
  }
  return path;
}

async function explained<Value>(path: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof PrivateFileError) throw cause;
    const why = codeOf(cause);
    const advice = "give this user the right to write in that folder";
    throw new PrivateFileError(`${path} cannot be used (${why}): ${advice}`, { cause });
  }
}

function ignoreMissing(error: unknown): null {
  if (codeOf(error) !== "ENOENT") throw error;
  return null;
}

/** The code of an error of the file system, such as "ENOENT"; "" when it has none. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : "";
  return typeof code === "string" ? code : "";
}
