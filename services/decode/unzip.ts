// zip files with bounds on entries and bytes, through yauzl and nothing else. Names of entries are
// labels: they are never used as a path, and nothing is written anywhere.

import type { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { type Entry, fromBuffer, type ZipFile } from "yauzl";
import { BOUNDS } from "../core/bounds.ts";
import { type Failure, tooLarge } from "./inflate.ts";
import { bufferOf } from "./media.ts";

export interface ZipEntry {
  /** Last segment of the name in the archive. */
  name: string;
  bytes: Buffer;
}

/** `unread` counts the entries beyond BOUNDS.zipEntriesMax. */
export type Unzipped = { ok: true; entries: ZipEntry[]; unread: number } | Failure;

/**
 * Reads the files of a zip archive, first ones first.
 * @param bytesMax most bytes of all entries together; more is "decoded-too-large"
 */
export async function unzip(bytes: Uint8Array, bytesMax: number): Promise<Unzipped> {
  try {
    return await readEntries(await open(bytes), bytesMax);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const reason = /truncated|EOF|overflows/i.test(message)
      ? "compressed-truncated"
      : "compressed-corrupt";
    return { ok: false, reason, message: `the zip file cannot be read: ${message}` };
  }
}

function open(bytes: Uint8Array): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    // decodeStrings off: yauzl would refuse a whole archive for one odd name, which we never use
    const options = { lazyEntries: true, decodeStrings: false };
    fromBuffer(bufferOf(bytes), options, (error, file) => {
      if (error) return reject(error);
      // An error event that nobody listens to would end the worker.
      file.on("error", () => {});
      resolve(file);
    });
  });
}

async function readEntries(file: ZipFile, bytesMax: number): Promise<Unzipped> {
  const entries: ZipEntry[] = [];
  let left = bytesMax;
  for (let seen = 0; seen < BOUNDS.zipEntriesMax; seen++) {
    const entry = await nextEntry(file);
    if (entry === null) break;
    const name = entry.fileNameRaw.toString("utf8");
    if (name.endsWith("/")) continue;
    if (entry.uncompressedSize > left) return tooLarge(bytesMax);
    const bytes = await readEntry(file, entry, left);
    if (bytes === null) return tooLarge(bytesMax);
    left -= bytes.length;
    entries.push({ name: name.slice(name.lastIndexOf("/") + 1), bytes });
  }
  return { ok: true, entries, unread: file.entryCount - file.entriesRead };
}

function nextEntry(file: ZipFile): Promise<Entry | null> {
  return new Promise((resolve, reject) => {
    const ended = () => settle(() => resolve(null));
    const failed = (error: Error) => settle(() => reject(error));
    const found = (entry: Entry) => settle(() => resolve(entry));
    const settle = (then: () => void) => {
      file.off("entry", found).off("end", ended).off("error", failed);
      then();
    };
    file.on("entry", found).on("end", ended).on("error", failed);
    file.readEntry();
  });
}

/** Bytes of one entry; null when they are more than `bytesMax`. */
function readEntry(file: ZipFile, entry: Entry, bytesMax: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    file.openReadStream(entry, (error, stream) => {
      if (error) reject(error);
      else collect(stream, entry.crc32, bytesMax).then(resolve, reject);
    });
  });
}

/** yauzl leaves the checksum to its caller. */
async function collect(stream: Readable, checksum: number, bytesMax: number) {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of stream) {
    size += piece.length;
    if (size > bytesMax) return null;
    pieces.push(piece);
  }
  const bytes = Buffer.concat(pieces, size);
  if (crc32(bytes) !== checksum) throw new Error("the checksum of an entry is wrong");
  return bytes;
}
