// Whose network an address is in, by a file of the operator in the MaxMind DB format
// (https://maxmind.github.io/MaxMind-DB/), read again when it changes. A file that cannot be used is
// told, and the one before stays in use.

import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { type AsnResponse, Reader } from "mmdb-lib";
import { BOUNDS } from "../core/bounds.ts";
import type { Emit } from "../observe/events.ts";

/** The file of networks cannot be used; the message says why and names it. */
export class AsnDatabaseError extends Error {
  override readonly name = "AsnDatabaseError";
}

/** An autonomous system (RFC 1930): a network under one operator. */
export interface AutonomousSystem {
  asn: number;
  organization: string | null;
}

export interface AsnDatabase {
  /** null for an address that the file does not know, and without a file. Never throws. */
  find(address: string): AutonomousSystem | null;
  /** Looks at the file now, as is done every BOUNDS.asnDatabasePollMs anyhow; never rejects. */
  check(): Promise<void>;
  /** Uses another file from now on, or none, if it can be used. @throws AsnDatabaseError */
  prepare(path: string | null): Promise<() => void>;
  stop(): void;
}

export interface AsnDatabaseOptions {
  /** null is for none, and asks nothing of the file system. */
  path: string | null;
  emit: Emit;
  pollMs?: number;
}

interface Loaded {
  reader: Reader<AsnResponse>;
  /** Changes when the file does. */
  mark: string;
}

/**
 * Reads the file and watches it.
 * @throws AsnDatabaseError when it cannot be used
 */
export async function openAsnDatabase(options: AsnDatabaseOptions): Promise<AsnDatabase> {
  const { emit, pollMs = BOUNDS.asnDatabasePollMs } = options;
  let { path } = options;
  let current = path === null ? null : await load(path);
  /** The file that was looked at last, usable or not, and what was wrong with it, told once. */
  let seen = current?.mark ?? "";
  let fault: string | null = null;

  async function check(): Promise<void> {
    const looked = path;
    if (looked === null) return;
    try {
      const mark = await markOf(looked);
      if (mark === seen) return;
      seen = mark;
      const loaded = await load(looked);
      if (looked !== path) return;
      current = loaded;
      fault = null;
      emit("asn-database-loaded", { path: looked });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      // One that was away is looked at again even when it comes back as it was.
      if (isAway(error)) seen = "";
      if (looked === path && why !== fault) emit("asn-database-unusable", { path: looked, why });
      fault = why;
    }
  }

  const timer = setInterval(() => void check(), pollMs);
  timer.unref();
  return {
    find: (address) => (current === null ? null : findIn(current.reader, address)),
    check,
    prepare: async (next) => {
      const loaded = next === null ? null : await load(next);
      return () => {
        path = next;
        current = loaded;
        seen = loaded?.mark ?? "";
        fault = null;
      };
    },
    stop: () => clearInterval(timer),
  };
}

/** Reads one file whole. */
async function load(path: string): Promise<Loaded> {
  try {
    const mark = await markOf(path);
    const reader = new Reader<AsnResponse>(await readBounded(path));
    // A damaged tree shows at the first look into it, not only when somebody asks.
    for (const address of ["192.0.2.1", "2001:db8::1"]) {
      if (address.includes(":") && reader.metadata.ipVersion === 4) continue;
      reader.get(address);
    }
    return { reader, mark };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const message =
      `the file of networks cannot be used: ${why}; ` +
      `check asn_database, ${path}, which must be in the MaxMind DB format (.mmdb)`;
    throw new AsnDatabaseError(message, { cause });
  }
}

async function readBounded(path: string): Promise<Buffer> {
  // Without O_NONBLOCK a pipe is opened only when somebody opens its other end.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new Error("it is not a regular file");
    const { size } = stats;
    if (size > BOUNDS.asnDatabaseBytesMax) {
      throw new Error(`it is larger than ${BOUNDS.asnDatabaseBytesMax} bytes`);
    }
    return await readBytes(file, size);
  } finally {
    await file.close();
  }
}

/** As many bytes as the file had when it was opened: what comes behind them changes its mark. */
async function readBytes(file: FileHandle, size: number): Promise<Buffer> {
  const bytes = Buffer.alloc(size);
  let read = 0;
  while (read < size) {
    const { bytesRead } = await file.read(bytes, read, size - read, read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}

function isAway(error: unknown): boolean {
  return error instanceof Error && "code" in error;
}

async function markOf(path: string): Promise<string> {
  const { ino, size, mtimeMs, ctimeMs } = await stat(path);
  return `${ino} ${size} ${mtimeMs} ${ctimeMs}`;
}

/** Files of several publishers name the same things in two ways. */
interface OtherNames {
  asn?: unknown;
  as_name?: unknown;
  name?: unknown;
}

function findIn(reader: Reader<AsnResponse>, address: string): AutonomousSystem | null {
  let found: (Partial<AsnResponse> & OtherNames) | null = null;
  try {
    found = reader.get(address);
  } catch {
    // A damaged record is no record.
    return null;
  }
  if (found === null || typeof found !== "object") return null;
  const asn = numberOf(found.autonomous_system_number ?? found.asn);
  if (asn === null) return null;
  const name = found.autonomous_system_organization ?? found.as_name ?? found.name;
  const text = typeof name === "string" ? name.slice(0, BOUNDS.asOrganizationCharsMax) : "";
  return { asn, organization: text === "" ? null : text };
}

/** 64496, or "AS64496" as some write it; RFC 6793 gives it 32 bits. */
function numberOf(value: unknown): number | null {
  const text = /^(?:AS)?([0-9]{1,10})$/i.exec(String(value))?.[1];
  const asn = Number(text);
  return text !== undefined && asn > 0 && asn < 2 ** 32 ? asn : null;
}
