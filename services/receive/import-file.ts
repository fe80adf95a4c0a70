// Opens a path that somebody gave on a command line: a file is read up to a bound, whatever size it says it
// has; a pipe comes as a stream; and what could block or never end, such as a device, is refused.

import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { Socket } from "node:net";
import { Readable } from "node:stream";

/** The path is nothing to read from; the message goes behind its name. */
export class ImportFileError extends Error {
  override readonly name = "ImportFileError";
}

export type ImportFile =
  /** Null is for more bytes than the bound. */
  { kind: "file"; bytes: Buffer | null } | { kind: "pipe"; stream: Readable };

/** How much is read at a time of a file that does not say its size, such as one of /proc. */
const PIECE_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);

/**
 * Opens a path. Synchronously: an import reads one small file after the other, and a trip through the thread
 * pool for each step costs ten times the reading.
 * @throws ImportFileError for a device, a socket, and a pipe without a writer; also errors of the file system
 */
export function openImportFile(path: string, bytesMax: number): ImportFile {
  // Without O_NONBLOCK a pipe is opened only when somebody opens its other end.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let kept = false;
  try {
    const stats = fstatSync(file);
    if (stats.isFile()) return { kind: "file", bytes: readBounded(file, stats.size, bytesMax) };
    if (!stats.isFIFO()) throw new ImportFileError(`is ${nameOf(stats)}, not a file`);
    const stream = openPipe(file);
    kept = true;
    return { kind: "pipe", stream };
  } finally {
    if (!kept) closeSync(file);
  }
}

function nameOf(stats: Stats): string {
  if (stats.isDirectory()) return "a folder";
  return stats.isSocket() ? "a socket" : "a device";
}

function readBounded(file: number, size: number, bytesMax: number): Buffer | null {
  if (size > bytesMax) return null;
  const pieces: Buffer[] = [];
  for (let read = 0; ; ) {
    // One byte more than is expected, to see the end.
    const expected = size > read ? size - read + 1 : PIECE_BYTES;
    const piece = Buffer.allocUnsafeSlow(Math.min(expected, bytesMax - read + 1));
    const count = readSync(file, piece, 0, piece.length, null);
    if (count === 0) return pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
    read += count;
    if (read > bytesMax) return null;
    pieces.push(piece.subarray(0, count));
  }
}

/** @throws ImportFileError when nobody writes to it: that would be waited for without end */
function openPipe(file: number): Readable {
  const first = firstBytes(file);
  return Readable.from(bytesOf(first, new Socket({ fd: file, writable: false })));
}

function firstBytes(pipe: number): Buffer {
  const piece = Buffer.alloc(PIECE_BYTES);
  try {
    const count = readSync(pipe, piece, 0, piece.length, null);
    if (count === 0) throw new ImportFileError("is a pipe that nobody writes to");
    return piece.subarray(0, count);
  } catch (error) {
    // There is a writer, who has not written yet.
    if (error instanceof Error && "code" in error && error.code === "EAGAIN") return NOTHING;
    throw error;
  }
}

async function* bytesOf(first: Buffer, pipe: Socket): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  yield* pipe;
}
