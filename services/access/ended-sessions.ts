// Sessions that were ended by log-out before their time. Each is an empty file beside the key, named by
// its end and id, so that all processes on the folder see it at once and none needs a lock.

import { access, readdir, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode } from "../core/error-code.ts";
import { createPrivate } from "./private-file.ts";

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
  /** Their names, for `forget`. */
  names(): Promise<readonly string[]>;
  /** Forgets those: for when their key is gone. */
  forget(names: readonly string[]): Promise<void>;
}

/** Ended sessions of a folder, which is made when it is needed, within the folder of secrets. */
export function endedSessions(folder: string, clock: () => number): EndedSessions {
  const nameOf = ({ id, expiresMs }: EndedSession) => `${expiresMs}-${id}`;
  const expired = (name: string) => Number.parseInt(name, 10) <= clock();
  const forget = async (names: readonly string[]) => {
    await Promise.all(names.map((name) => unlink(join(folder, name)).catch(ignoreMissing)));
  };
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
      await createPrivate(join(folder, nameOf(session)), "", dirname(folder));
      const names = await readdir(folder);
      const over = names.filter(expired);
      await forget(over);
      return names.length - over.length;
    },
    names: () => readdir(folder),
    forget,
  };
}

function ignoreMissing(error: unknown): void {
  if (errorCode(error) !== "ENOENT") throw error;
}
