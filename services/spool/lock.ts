// The lock of a data folder: one process drains its spool and owns its embedded store. A file that
// names the holder; a lock left behind by a process that is gone is taken without asking.

import { mkdir, readFile, rmdir, stat, unlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { BOUNDS } from "../core/bounds.ts";
import { errorCode } from "../core/error-code.ts";
import { type Emit, silent } from "../observe/events.ts";
import { ignoreMissing, nodeDisk } from "./disk.ts";
import { DataFolderUnusable, usableFolder } from "./folders.ts";
import { readJson } from "./format.ts";
import { type Owner, type OwnerFate, ownerFate, readOwner, thisOwner } from "./owner.ts";

/** Who holds a data folder. */
export interface LockInfo {
  owner: Owner;
  /** Epoch milliseconds at which the lock was taken. */
  startedMs: number;
  /** What the holder is: "serve". */
  role: string;
  /** Where its API listens, so that other commands can ask it; null when it has none. */
  api: string | null;
}

/** Another process holds the data folder; the message says which and what to do. */
export class DataFolderInUse extends Error {
  override readonly name = "DataFolderInUse";
  /** Null when the lock file is there but names nobody. */
  readonly holder: LockInfo | null;
  constructor(folder: string, holder: LockInfo | null) {
    super(inUseText(folder, holder));
    this.holder = holder;
  }
}

export interface LockOptions {
  emit?: Emit;
  /** Holders that are worth waiting for, by role: commands that end soon. None by default. */
  waitsFor?: (role: string) => boolean;
  /** This process; another one in tests. */
  self?: Owner;
  /** Called once when the lock is gone or another's: this process must stop using the folder. */
  onLost?: () => void;
  /** Time between signs of life; BOUNDS.lockHeartbeatMs when not given. */
  heartbeatMs?: number;
}

const LOCK_FILE = "sealwatch.lock";
/** A folder that is there while somebody removes a lock left behind: two must not at once. */
const REMOVAL_FOLDER = "sealwatch.lock.removal";
const POLL_MS = 100;

/**
 * Takes the lock of a data folder, which is made when it is missing. When the holder cannot be seen
 * from here (another machine, another container), waits for its next sign of life, or for so long a
 * silence that it must be gone.
 * @throws DataFolderInUse, DataFolderUnusable
 */
export async function acquireLock(
  folder: string,
  info: { role: string; api: string | null },
  options: LockOptions = {},
): Promise<{ release(): Promise<void> }> {
  const { emit = silent, self = thisOwner(), waitsFor = () => false } = options;
  await usableFolder(nodeDisk, folder);
  const path = join(folder, LOCK_FILE);
  const text = `${JSON.stringify({ owner: self, startedMs: Date.now(), ...info })}\n`;
  let deadlineMs = performance.now() + 2 * BOUNDS.ownerSilenceMsMax;
  let first: Found | null = null;
  while (performance.now() < deadlineMs) {
    if (await createLock(path, text)) return hold(path, text, options);
    const found = await look(path, self);
    if (found?.fate === "gone") {
      await removeLeftBehind(folder, self);
      continue;
    }
    const endsSoon = waitsFor(found?.info?.role ?? "");
    if (first === null && (endsSoon || found?.fate === "unknown")) {
      emit("lock-waiting", { ...found?.info });
    }
    first ??= found;
    const showedLife = found !== null && found.modifiedMs !== first?.modifiedMs;
    if (endsSoon) deadlineMs = performance.now() + 2 * BOUNDS.ownerSilenceMsMax;
    else if (found?.fate === "alive" || showedLife) throw new DataFolderInUse(folder, found.info);
    await wait(POLL_MS);
  }
  throw new DataFolderInUse(folder, first?.info ?? null);
}

/** The process that holds the lock of a data folder and lives, or null. */
export async function readLock(folder: string): Promise<LockInfo | null> {
  const found = await look(join(folder, LOCK_FILE), thisOwner());
  return found === null || found.fate === "gone" ? null : found.info;
}

/** False when there is a lock already. */
async function createLock(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: "wx", mode: 0o640 });
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    if (errorCode(error) === "ENOSPC") await unlink(path).catch(ignoreMissing);
    throw unusable(path, error);
  }
}

interface Found {
  /** Null while the holder is writing it, or when it is damaged. */
  info: LockInfo | null;
  modifiedMs: number;
  /** `unknown` only as long as the holder has not been silent for too long. */
  fate: OwnerFate;
}

/** What the lock file says; null when there is none. */
async function look(path: string, self: Owner): Promise<Found | null> {
  try {
    const { mtimeMs: modifiedMs } = await stat(path);
    const info = readInfo(await readFile(path, "utf8"));
    const seen = info === null ? "unknown" : ownerFate(info.owner, self);
    const quiet = Date.now() - modifiedMs > BOUNDS.ownerSilenceMsMax;
    return { info, modifiedMs, fate: seen === "unknown" && quiet ? "gone" : seen };
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw unusable(path, error);
  }
}

/** Removes a lock whose holder is gone, unless somebody else is doing so or has done so. */
async function removeLeftBehind(folder: string, self: Owner): Promise<void> {
  const guard = join(folder, REMOVAL_FOLDER);
  try {
    await mkdir(guard);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw unusable(guard, error);
    await removeOldGuard(guard);
    await wait(POLL_MS);
    return;
  }
  try {
    const path = join(folder, LOCK_FILE);
    const found = await look(path, self);
    if (found?.fate === "gone") await unlink(path).catch(ignoreMissing);
  } finally {
    await rmdir(guard).catch(() => {});
  }
}

/** Left by a process that was killed while it removed a lock, which takes less than a second. */
async function removeOldGuard(guard: string): Promise<void> {
  const modifiedMs = await stat(guard).then(
    (state) => state.mtimeMs,
    () => Date.now(),
  );
  if (Date.now() - modifiedMs > BOUNDS.ownerSilenceMsMax) await rmdir(guard).catch(() => {});
}

/** Shows that the holder lives, until it lets go. */
function hold(path: string, text: string, options: LockOptions): { release(): Promise<void> } {
  const { emit = silent, onLost = () => {}, heartbeatMs = BOUNDS.lockHeartbeatMs } = options;
  let released = false;

  async function showLife(): Promise<void> {
    const found = await readFile(path, "utf8").catch(nullIfMissing);
    if (released) return;
    if (found === text) {
      const now = new Date();
      await utimes(path, now, now);
      return;
    }
    released = true;
    clearInterval(beat);
    emit("lock-lost", { path, holder: found === null ? null : readInfo(found) });
    onLost();
  }

  const beat = setInterval(() => {
    showLife().catch((cause: unknown) => emit("lock-heartbeat-failed", { cause }));
  }, heartbeatMs).unref();
  return {
    async release() {
      released = true;
      clearInterval(beat);
      // Somebody may have taken it over meanwhile: theirs is not ours to remove.
      const now = await readFile(path, "utf8").catch(() => "");
      if (now === text) await unlink(path).catch(ignoreMissing);
    },
  };
}

/** For a file that may be gone: that is an answer. Every other error is thrown on. */
function nullIfMissing(error: unknown): null {
  if (errorCode(error) === "ENOENT") return null;
  throw error;
}

function readInfo(text: string): LockInfo | null {
  const value = readJson(text);
  if (typeof value !== "object" || value === null) return null;
  const of: Record<string, unknown> = { ...value };
  const owner = readOwner(of["owner"]);
  const { startedMs, role, api } = of;
  if (owner === null || typeof startedMs !== "number") return null;
  return {
    owner,
    startedMs,
    role: typeof role === "string" ? role : "",
    api: typeof api === "string" ? api : null,
  };
}

function inUseText(folder: string, holder: LockInfo | null): string {
  const wayOut = "stop it first, or set SEALWATCH_DATA_DIR to another folder";
  if (holder === null) return `the data folder ${folder} is in use by another process: ${wayOut}`;
  const { owner, role, startedMs } = holder;
  const since = new Date(startedMs).toISOString();
  const who = `process ${owner.pid} on ${owner.host} (${role})`;
  return `the data folder ${folder} is in use by ${who} since ${since}: ${wayOut}`;
}

function unusable(path: string, cause: unknown): DataFolderUnusable {
  const code = errorCode(cause) || "no code";
  const wayOut = "make it readable and writable for the user of this process";
  return new DataFolderUnusable(`cannot use the lock file ${path} (${code}): ${wayOut}`, { cause });
}
