// The few calls of the file system that the spool and the lock are made of, as one interface, so that
// a test can put a file system behind it that dies at any call. `nodeDisk` is the real one.

import * as fs from "node:fs";
import { dirname } from "node:path";
import { errorCode } from "../core/error-code.ts";

/** What the spool asks of a file or folder; times are epoch milliseconds. */
export interface FileState {
  bytes: number;
  modifiedMs: number;
  /** Number of the file within its file system: tells whether a path still names the same file. */
  inode: number;
}

/** Calls of the file system. They reject with Node's errors, which carry `code`. */
export interface Disk {
  /** Creates a folder with its parents; each new entry is durable. A folder that exists is fine. */
  makeFolder(path: string): Promise<void>;
  /** Rejects when this process may not read, write and enter the folder. */
  checkFolder(path: string): Promise<void>;
  /** Makes entries of a folder durable: files created in it, renamed into it or out of it. */
  syncFolder(path: string): Promise<void>;
  /** Names in a folder, unordered. */
  list(path: string): Promise<string[]>;
  /** Bytes that this process may still write there. */
  freeBytes(path: string): Promise<number>;
  /** Null when there is nothing at the path. */
  stat(path: string): Promise<FileState | null>;
  /** The whole file, or its first `bytesMax` bytes. */
  read(path: string, bytesMax?: number): Promise<Uint8Array>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Creates a file for writing and gives its handle; rejects with EEXIST when there is one. */
  create(path: string): Promise<number>;
  /** Writes all the chunks from the position on. On an error some of them may be in the file. */
  write(handle: number, chunks: Uint8Array[], position: number): Promise<void>;
  /** Makes the bytes of the file durable. */
  datasync(handle: number): Promise<void>;
  truncate(handle: number, bytes: number): Promise<void>;
  inode(handle: number): Promise<number>;
  close(handle: number): Promise<void>;
}

const { O_CREAT, O_DSYNC, O_EXCL, O_WRONLY } = fs.constants;
const DURABLE_WRITES = typeof O_DSYNC === "number";
const CREATE = O_CREAT | O_EXCL | O_WRONLY | (DURABLE_WRITES ? O_DSYNC : 0);

const FOLDER_MODE = 0o750;
const FILE_MODE = 0o640;

/** For unlink: what is not there needs no removal. Every other error is thrown on. */
export function ignoreMissing(error: unknown): void {
  if (errorCode(error) !== "ENOENT") throw error;
}

/** Callbacks, not node:fs/promises: a commit is three calls, and these cost less of each. */
export const nodeDisk: Disk = {
  makeFolder,
  checkFolder: (path) =>
    settle((done) =>
      fs.access(path, fs.constants.R_OK | fs.constants.W_OK | fs.constants.X_OK, done),
    ),
  syncFolder,
  list: (path) => result((done) => fs.readdir(path, done)),
  freeBytes: async (path) => {
    const state = await result<fs.StatsFs>((done) => fs.statfs(path, done));
    return state.bavail * state.bsize;
  },
  stat,
  read,
  rename: (from, to) => settle((done) => fs.rename(from, to, done)),
  unlink: (path) => settle((done) => fs.unlink(path, done)),
  create: (path) => result((done) => fs.open(path, CREATE, FILE_MODE, done)),
  write,
  // Each write to a file of ours returns when its bytes are durable (O_DSYNC), which is one trip
  // through the thread pool less than a write and an fdatasync. Where the flag is unknown, no less.
  datasync: DURABLE_WRITES
    ? () => Promise.resolve()
    : (handle) => settle((done) => fs.fdatasync(handle, done)),
  truncate: (handle, bytes) => settle((done) => fs.ftruncate(handle, bytes, done)),
  inode: async (handle) => (await result<fs.Stats>((done) => fs.fstat(handle, done))).ino,
  close: (handle) => settle((done) => fs.close(handle, done)),
};

/**
 * Not by mkdir's own `recursive`, which never ends where a parent exists and takes no folders, as
 * /proc does.
 */
async function makeFolder(path: string): Promise<void> {
  const parent = dirname(path);
  try {
    await settle((done) => fs.mkdir(path, FOLDER_MODE, done));
  } catch (error) {
    if (errorCode(error) === "EEXIST" && (await isFolder(path))) return;
    if (errorCode(error) !== "ENOENT" || parent === path || (await isFolder(parent))) throw error;
    await makeFolder(parent);
    await makeFolder(path);
    return;
  }
  await syncFolder(parent).catch(ignoreUnreadable);
}

async function isFolder(path: string): Promise<boolean> {
  const found = result<fs.Stats>((done) => fs.stat(path, done));
  return found.then(
    (state) => state.isDirectory(),
    () => false,
  );
}

/** The parent of the data folder may be closed to us; then its entry is as durable as it gets. */
function ignoreUnreadable(error: unknown): void {
  if (errorCode(error) !== "EACCES") throw error;
}

async function syncFolder(path: string): Promise<void> {
  const handle = await result<number>((done) => fs.open(path, "r", done));
  try {
    await settle((done) => fs.fsync(handle, done));
  } finally {
    await settle((done) => fs.close(handle, done));
  }
}

async function stat(path: string): Promise<FileState | null> {
  try {
    const state = await result<fs.Stats>((done) => fs.stat(path, done));
    return { bytes: state.size, modifiedMs: state.mtimeMs, inode: state.ino };
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}

async function read(path: string, bytesMax?: number): Promise<Uint8Array> {
  if (bytesMax === undefined) return result<Buffer>((done) => fs.readFile(path, done));
  const handle = await result<number>((done) => fs.open(path, "r", done));
  try {
    const bytes = Buffer.alloc(bytesMax);
    const count = await result<number>((done) => fs.read(handle, bytes, 0, bytesMax, 0, done));
    return bytes.subarray(0, count);
  } finally {
    await settle((done) => fs.close(handle, done));
  }
}

/** writev may write less than it was given, most of all when the disk is filling up. */
async function write(handle: number, chunks: Uint8Array[], position: number): Promise<void> {
  let rest = chunks;
  let offset = position;
  while (rest.length > 0) {
    const batch = rest;
    const written = await result<number>((done) => fs.writev(handle, batch, offset, done));
    offset += written;
    rest = remaining(batch, written);
    if (written === 0 && rest.length > 0) throw new Error("the file system wrote nothing");
  }
}

/** The chunks that remain after the first `count` bytes of them. */
export function remaining(chunks: Uint8Array[], count: number): Uint8Array[] {
  let skipped = 0;
  for (const [index, chunk] of chunks.entries()) {
    if (skipped + chunk.length > count) {
      return [chunk.subarray(count - skipped), ...chunks.slice(index + 1)];
    }
    skipped += chunk.length;
  }
  return [];
}

type Failure = NodeJS.ErrnoException | null;

function settle(call: (done: (error: Failure) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    call((error) => (error ? reject(error) : resolve()));
  });
}

function result<T>(call: (done: (error: Failure, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => (error ? reject(error) : resolve(value)));
  });
}
