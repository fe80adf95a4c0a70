// A file system in memory that can fail or die at any call and tells what a power cut leaves of it:
// bytes only after datasync, folder entries only after syncFolder. A rename between
// folders is two entries, of which either may be durable first: file systems promise more.

import { dirname } from "node:path";
import type { Disk } from "../../../services/spool/disk.ts";

interface FakeFile {
  inode: number;
  /** What running processes see. */
  seen: Buffer;
  /** What a power cut leaves. */
  durable: Buffer;
  modifiedMs: number;
}

/** A change of folder entries that a power cut may undo. */
interface EntryChange {
  folder: string;
  apply(entries: Map<string, FakeFile>): void;
}

/** What becomes of the n-th call: `half` has an effect on a write only, and then on half of it. */
export interface Fault {
  call: number;
  kind: "dies-before" | "dies-after" | "dies-half" | "fails";
  code?: string;
}

export type Crash = "process" | "power" | "torn";

export class FakeError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(`${code}: fake`);
    this.code = code;
  }
}

export class FakeDisk implements Disk {
  readonly calls: string[] = [];
  free = 1e12;
  fault: Fault | null = null;
  /** Codes with which every call of that name fails, for as long as it stands here. */
  readonly failing = new Map<string, string>();
  dead = false;
  /** Runs before every call: a test interferes here. */
  before: (call: string) => void = () => {};
  #entries = new Map<string, FakeFile>();
  #durableEntries = new Map<string, FakeFile>();
  #changes: EntryChange[] = [];
  #handles = new Map<number, FakeFile>();
  #next = 1;

  makeFolder(): Promise<void> {
    return Promise.resolve();
  }

  checkFolder(): Promise<void> {
    return Promise.resolve();
  }

  syncFolder(path: string): Promise<void> {
    return this.#call("syncFolder", () => {
      const kept: EntryChange[] = [];
      for (const change of this.#changes) {
        if (change.folder === path) change.apply(this.#durableEntries);
        else kept.push(change);
      }
      this.#changes = kept;
    });
  }

  list(path: string): Promise<string[]> {
    const names = () =>
      [...this.#entries.keys()]
        .filter((entry) => dirname(entry) === path)
        .map((entry) => entry.slice(path.length + 1));
    return this.#call("list", names);
  }

  freeBytes(): Promise<number> {
    return this.#call("freeBytes", () => this.free);
  }

  stat(path: string): ReturnType<Disk["stat"]> {
    return this.#call("stat", () => {
      const file = this.#entries.get(path);
      if (file === undefined) return null;
      return { bytes: file.seen.length, modifiedMs: file.modifiedMs, inode: file.inode };
    });
  }

  read(path: string, bytesMax?: number): Promise<Uint8Array> {
    return this.#call("read", () => Buffer.from(this.#file(path).seen.subarray(0, bytesMax)));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#call("rename", () => {
      const file = this.#file(from);
      this.#change(dirname(to), (entries) => entries.set(to, file));
      this.#change(dirname(from), (entries) => entries.delete(from));
    });
  }

  unlink(path: string): Promise<void> {
    return this.#call("unlink", () => {
      this.#file(path);
      this.#change(dirname(path), (entries) => entries.delete(path));
    });
  }

  create(path: string): Promise<number> {
    return this.#call("create", () => {
      if (this.#entries.has(path)) throw new FakeError("EEXIST");
      const inode = this.#next++;
      const none = Buffer.alloc(0);
      const file = { inode, seen: none, durable: none, modifiedMs: Date.now() };
      this.#change(dirname(path), (entries) => entries.set(path, file));
      const handle = this.#next++;
      this.#handles.set(handle, file);
      return handle;
    });
  }

  write(handle: number, chunks: Uint8Array[], position: number): Promise<void> {
    const put = (share: number) => {
      const bytes = Buffer.concat(chunks);
      const part = bytes.subarray(0, Math.floor(bytes.length * share));
      const file = this.#open(handle);
      const end = Math.max(file.seen.length, position + part.length);
      const next = Buffer.alloc(end);
      file.seen.copy(next);
      part.copy(next, position);
      file.seen = next;
      file.modifiedMs = Date.now();
    };
    return this.#call(
      "write",
      () => put(1),
      () => put(0.5),
    );
  }

  datasync(handle: number): Promise<void> {
    return this.#call("datasync", () => {
      const file = this.#open(handle);
      file.durable = file.seen;
    });
  }

  truncate(handle: number, bytes: number): Promise<void> {
    return this.#call("truncate", () => {
      const file = this.#open(handle);
      file.seen = Buffer.from(file.seen.subarray(0, bytes));
    });
  }

  inode(handle: number): Promise<number> {
    return this.#call("inode", () => this.#open(handle).inode);
  }

  close(handle: number): Promise<void> {
    return this.#call("close", () => {
      this.#handles.delete(handle);
    });
  }

  /** The disk as the next process finds it. */
  afterCrash(crash: Crash): FakeDisk {
    const next = new FakeDisk();
    const entries = crash === "power" ? this.#durableEntries : this.#entries;
    for (const [path, file] of entries) {
      const bytes = bytesAfter(file, crash);
      const copy = { ...file, inode: next.#next++, seen: bytes, durable: bytes };
      next.#entries.set(path, copy);
      next.#durableEntries.set(path, copy);
    }
    return next;
  }

  /** Paths of all files, sorted. */
  paths(): string[] {
    return [...this.#entries.keys()].sort();
  }

  /** Bytes of a file, to be damaged in place. */
  bytesOf(path: string): Buffer {
    return this.#file(path).seen;
  }

  /** Puts a file there without counting as a call. */
  put(path: string, bytes: Uint8Array, modifiedMs = Date.now()): void {
    const seen = Buffer.from(bytes);
    this.#entries.set(path, { inode: this.#next++, seen, durable: seen, modifiedMs });
  }

  /** Renames as another process would, without counting as a call. */
  move(from: string, to: string): void {
    const file = this.#file(from);
    this.#entries.delete(from);
    this.#entries.set(to, file);
  }

  #change(folder: string, apply: EntryChange["apply"]): void {
    apply(this.#entries);
    this.#changes.push({ folder, apply });
  }

  #file(path: string): FakeFile {
    const file = this.#entries.get(path);
    if (file === undefined) throw new FakeError("ENOENT");
    return file;
  }

  #open(handle: number): FakeFile {
    const file = this.#handles.get(handle);
    if (file === undefined) throw new FakeError("EBADF");
    return file;
  }

  async #call<T>(name: string, effect: () => T, half: () => void = () => {}): Promise<T> {
    await Promise.resolve();
    this.before(name);
    if (this.dead) throw new FakeError("EDEAD");
    this.calls.push(name);
    const code = this.failing.get(name);
    if (code !== undefined) throw new FakeError(code);
    if (this.fault?.call !== this.calls.length) return effect();
    const { kind } = this.fault;
    this.dead = kind !== "fails";
    if (kind === "dies-after") effect();
    if (kind === "dies-half" || kind === "fails") half();
    throw new FakeError(this.fault.code ?? "EIO");
  }
}

/** `torn`: the size got to the disk, half of the bytes that were not synced did not. */
function bytesAfter(file: FakeFile, crash: Crash): Buffer {
  if (crash === "process") return Buffer.from(file.seen);
  if (crash === "power") return Buffer.from(file.durable);
  const torn = Buffer.from(file.seen);
  const synced = Math.min(file.durable.length, torn.length);
  torn.fill(0, synced + ((torn.length - synced) >> 1));
  return torn;
}
