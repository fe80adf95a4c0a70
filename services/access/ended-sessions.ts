// Sessions that were ended by log-out before their time. Each is an empty file beside the key, named by
// its end and id, so that all processes on the folder see it at once and none needs a lock.

import { access, mkdir, open, readdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "./session-key.ts";

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

export interface EndedSession {
  /** base64url. */
  id: string;
  expiresMs: number;
}

export interface EndedSessions {
  /** True when the session was ended. Rejects when that cannot be known. */
  has(session: EndedSession): Promise<boolean>;
  /** Remembers a session until its own end; durable when it resolves. @returns how many there are */
  add(session: EndedSession): Promise<number>;
  /** Forgets all: for when their key is gone. */
  clear(): Promise<void>;
}

/** Ended sessions of a folder, which is made when it is needed. */
export function endedSessions(folder: string, clock: () => number): EndedSessions {
  const nameOf = ({ id, expiresMs }: EndedSession) => `${expiresMs}-${id}`;
  const expired = (name: string) => Number.parseInt(name, 10) <= clock();
  const remove = (names: readonly string[]) =>
    Promise.all(names.map((name) => unlink(join(folder, name)).catch(ignoreMissing)));
  return {
    has: async (session) => {
      try {
        await access(join(folder, nameOf(session)));
        return true;
      } catch (error) {
        ignoreMissing(error);
        return false;
      }
    },
    add: async (session) => {
      await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
      await (await open(join(folder, nameOf(session)), "a", FILE_MODE)).close();
      await syncFolder(folder);
      const names = await readdir(folder);
      const over = names.filter(expired);
      await remove(over);
      return names.length - over.length;
    },
    clear: async () => {
      await remove(await readdir(folder));
    },
  };
}

/** Makes the name of a new file durable, or a log-out could be undone by a power cut. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function ignoreMissing(error: unknown): void {
  if (codeOf(error) !== "ENOENT") throw error;
}
