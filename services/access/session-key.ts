// The key that sessions are signed with: 32 random bytes in <data_dir>/access/session.key, shared by
// all processes on the folder. Whoever removes the file ends all sessions.

import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import { BOUNDS } from "../core/bounds.ts";
import {
  createPrivate,
  PrivateFileError,
  readPrivate,
  replacePrivate,
  stampOf,
} from "./private-file.ts";

const KEY_BYTES = 32;

export interface SessionKey {
  /** The key as it is on the disk, looked at anew when it may have changed. */
  current(): Promise<Uint8Array>;
  /** Puts another key in its place, which ends all sessions of all processes; durable when it resolves. */
  replace(): Promise<void>;
}

interface Held {
  key: Uint8Array;
  /** Tells one file from the next. */
  stamp: string;
  seenMs: number;
}

/**
 * Opens the key of a folder in the data folder, and makes folder and key when they are not there.
 * @throws PrivateFileError
 */
export async function openSessionKey(
  folder: string,
  clock: () => number = Date.now,
): Promise<SessionKey> {
  const path = join(folder, "session.key");
  const dataFolder = dirname(folder);
  let held: Held | null = null;
  const current = async () => {
    const nowMs = clock();
    if (held !== null && Math.abs(nowMs - held.seenMs) < BOUNDS.sessionKeyKeptMs) return held.key;
    held = await look(path, dataFolder, held, nowMs);
    return held.key;
  };
  const replace = async () => {
    await replacePrivate(path, randomBytes(KEY_BYTES), dataFolder);
    held = null;
  };
  await current();
  return { current, replace };
}

async function look(
  path: string,
  dataFolder: string,
  held: Held | null,
  nowMs: number,
): Promise<Held> {
  const stamp = await stampOf(path);
  if (stamp !== null && held?.stamp === stamp) return { ...held, seenMs: nowMs };
  const key = stamp === null ? null : await readPrivate(path, KEY_BYTES);
  if (stamp === null || key === null) {
    // One that another process made in between is left alone, and found.
    await createPrivate(path, randomBytes(KEY_BYTES), dataFolder);
    return look(path, dataFolder, null, nowMs);
  }
  if (key.length !== KEY_BYTES) {
    throw new PrivateFileError(
      `${path} has ${key.length} bytes and should have ${KEY_BYTES}: remove it, and a new key is \
made; everybody logs in again`,
    );
  }
  return { key, stamp, seenMs: nowMs };
}
