// zip files with bounds on entries and bytes, through yauzl and nothing else. Names of entries are
// labels: they are never used as a path, and nothing is written anywhere.

import type { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { type Entry, fromBuffer, type ZipFile } from "yauzl";
import { BOUNDS } from "../core/bounds.ts";
import { cutText } from "../core/text.ts";
import { type Failure, tooLarge } from "./inflate.ts";
import { bufferOf } from "./media.ts";

export interface ZipEntry {
  /** Last segment of the name in the archive. */
  name: string;
  bytes: Buffer;
}

/**
 * `failure` is why reading ended or an entry was left out, the first such; null when all is well.
 * `unread` counts the entries beyond BOUNDS.zipEntriesMax.
 */
export interface Unzipped {
  entries: ZipEntry[];
  failure: Failure | null;
  unread: number;
}

/**
 * Reads the files of a zip archive, first ones first. What was read before an entry that is damaged
 * or too large is kept, and so are the entries after it.
 * @param bytesMax most bytes of all entries together; more is "decoded-too-large"
 */
export async function unzip(bytes: Uint8Array, bytesMax: number): Promise<Unzipped> {
  const unzipped: Unzipped = { entries: [], failure: null, unread: 0 };
  try {
    await readEntries(await open(bytes), bytesMax, unzipped);
  } catch (error) {
    unzipped.failure ??= damaged(error);
  }
  return unzipped;
}

function damaged(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  const reason = /truncated|EOF|overflows/i.test(message)
    ? "compressed-truncated"
    : "compressed-corrupt";
  return { ok: false, reason, message: `the zip file cannot be read: ${message}` };
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

async function readEntries(file: ZipFile, bytesMax: number, into: Unzipped): Promise<void> {
  let left = bytesMax;
  for (let seen = 0; seen < BOUNDS.zipEntriesMax; seen++) {
    const entry = await nextEntry(file);
    if (entry === null) break;
    const name = entry.fileNameRaw.toString("utf8");
    if (name.endsWith("/")) continue;
    if (entry.uncompressedSize > left) {
      into.failure ??= tooLarge(bytesMax);
      continue;
    }
    // A damaged entry is charged as well: its bytes are unfolded before it shows.
    left -= entry.uncompressedSize;
    try {
      const fileName = cutText(name.slice(name.lastIndexOf("/") + 1), BOUNDS.textCharsMax);
      into.entries.push({ name: fileName, bytes: await readEntry(file, entry) });
    } catch (error) {
      into.failure ??= damaged(error);
    }
  }
  into.unread = file.entryCount - file.entriesRead;
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

/** Bytes of one entry. yauzl holds it to the size that it announces. */
function readEntry(file: ZipFile, entry: Entry): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    file.openReadStream(entry, (error, stream) => {
      if (error) reject(error);
      else collect(stream, entry.crc32).then(resolve, reject);
    });
  });
}

/** yauzl leaves the checksum to its caller. */
async function collect(stream: Readable, checksum: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  if (crc32(bytes) !== checksum) throw new Error("the checksum of an entry is wrong");
  return bytes;
}
