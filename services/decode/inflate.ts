// gzip (RFC 1952) with a bound on the output. node-gzip does the normal case; what it cannot do or
// explain is done here over raw deflate: bytes after the last member, and why a file is broken.

import { crc32, createInflateRaw, gunzipSync } from "node:zlib";
import nodeGzip from "node-gzip";
import { BOUNDS } from "../core/bounds.ts";
import type { QuarantineReason } from "../core/outcome.ts";
import { bufferOf } from "./media.ts";

export interface Failure {
  ok: false;
  reason: QuarantineReason;
  message: string;
}

export type Inflated = { ok: true; bytes: Buffer; trailingBytes: number } | Failure;

const HEADER_BYTES = 10;
const TRAILER_BYTES = 8;
const FLAG_HEADER_CRC = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;

/**
 * Unfolds gzip bytes, all members joined. Memory stays within about `limit`. What is small is
 * there at once, so that a report of the usual size waits for nothing.
 * @param limit most bytes of output; more is "decoded-too-large", and so is an unlikely ratio
 */
export function inflate(compressed: Uint8Array, limit: number): Inflated | Promise<Inflated> {
  const bytes = bufferOf(compressed);
  const ratioBytes = Math.max(BOUNDS.inflateRatioBytesMin, bytes.length * BOUNDS.inflateRatioMax);
  const bytesMax = Math.min(limit, ratioBytes);
  if (bytesMax < 1) return tooLarge(bytesMax);
  const small = inflateSmall(bytes, bytesMax);
  if (small !== null) return { ok: true, bytes: small, trailingBytes: 0 };
  return inflateLarge(bytes, bytesMax);
}

async function inflateLarge(bytes: Buffer, bytesMax: number): Promise<Inflated> {
  try {
    const options = { maxOutputLength: bytesMax, chunkSize: chunkSize(bytes, bytesMax) };
    return { ok: true, bytes: await nodeGzip.ungzip(bytes, options), trailingBytes: 0 };
  } catch (error) {
    // node-gzip wraps zlib's error and loses its code, the text is what is left of it.
    if (String(error).includes("ERR_BUFFER_TOO_LARGE")) return tooLarge(bytesMax);
    return walkMembers(bytes, bytesMax);
  }
}

export function tooLarge(bytesMax: number): Failure {
  const message = `it unfolds to more than ${bytesMax} bytes`;
  return { ok: false, reason: "decoded-too-large", message };
}

/**
 * Reports are a few kilobytes, for which a turn through the thread pool costs five times what the
 * work does. Null when it is not small, or not sound.
 */
function inflateSmall(bytes: Buffer, bytesMax: number): Buffer | null {
  if (bytes.length > BOUNDS.inflateSyncBytesMax || bytesMax < BOUNDS.inflateSyncBytesMax)
    return null;
  const chunk = chunkSize(bytes, bytesMax);
  if (chunk > BOUNDS.inflateSyncBytesMax) return null;
  try {
    return gunzipSync(bytes, { maxOutputLength: BOUNDS.inflateSyncBytesMax, chunkSize: chunk });
  } catch {
    return null;
  }
}

/** The size that the last member announces, so that one piece of output holds it; bounded. */
function chunkSize(bytes: Buffer, bytesMax: number): number {
  const announced = bytes.length < 4 ? 0 : bytes.readUInt32LE(bytes.length - 4);
  return Math.max(1024, Math.min(announced + 64, bytesMax, BOUNDS.inflateChunkBytesMax));
}

/** Unfolds member by member, checking each, and tells how many bytes follow the last one. */
async function walkMembers(bytes: Buffer, bytesMax: number): Promise<Inflated> {
  const pieces: Buffer[] = [];
  let at = 0;
  let size = 0;
  for (let members = 0; members < BOUNDS.gzipMembersMax; members++) {
    const member = await readMember(bytes.subarray(at), bytesMax - size);
    if (!member.ok) return member;
    pieces.push(member.bytes);
    size += member.bytes.length;
    at += member.length;
    const rest = bytes.subarray(at);
    if (rest[0] === 0x1f && rest[1] === 0x8b) continue;
    // gzip pads with zeros on some media (RFC 1952 says nothing of them, gzip(1) skips them)
    const trailingBytes = rest.every((byte) => byte === 0) ? 0 : rest.length;
    return { ok: true, bytes: Buffer.concat(pieces, size), trailingBytes };
  }
  return corrupt(`it has more than ${BOUNDS.gzipMembersMax} members`);
}

type Member = { ok: true; bytes: Buffer; length: number } | Failure;

async function readMember(bytes: Buffer, bytesMax: number): Promise<Member> {
  const start = headerLength(bytes);
  if (start === null) return truncated("within the gzip header");
  if (bytes[2] !== 8) return corrupt(`compression method ${bytes[2]} is not deflate`);
  const body = await inflateRaw(bytes.subarray(start), bytesMax);
  if (!body.ok) return body;
  const trailer = start + body.length;
  const length = trailer + TRAILER_BYTES;
  if (length > bytes.length) return truncated("within the gzip trailer");
  if (bytes.readUInt32LE(trailer) !== crc32(body.bytes)) return corrupt("its checksum is wrong");
  if (bytes.readUInt32LE(trailer + 4) !== body.bytes.length % 2 ** 32) {
    return corrupt("its length is not the one it announces");
  }
  return { ok: true, bytes: body.bytes, length };
}

/** Length of a member's header (RFC 1952 section 2.3), null when the bytes end within it. */
function headerLength(bytes: Buffer): number | null {
  const flags = bytes[3] ?? 0;
  let at = HEADER_BYTES;
  if (flags & FLAG_EXTRA) {
    if (bytes.length < at + 2) return null;
    at += 2 + bytes.readUInt16LE(at);
  }
  for (const flag of [FLAG_NAME, FLAG_COMMENT]) {
    if ((flags & flag) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0) return null;
    at = end + 1;
  }
  if (flags & FLAG_HEADER_CRC) at += 2;
  return at < bytes.length ? at : null;
}

/** One raw deflate stream; `length` is how many bytes of input it had. */
function inflateRaw(bytes: Buffer, bytesMax: number): Promise<Member> {
  return new Promise((resolve) => {
    const stream = createInflateRaw();
    const pieces: Buffer[] = [];
    let size = 0;
    stream.on("data", (piece: Buffer) => {
      pieces.push(piece);
      size += piece.length;
      if (size <= bytesMax) return;
      resolve(tooLarge(bytesMax));
      stream.destroy();
    });
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "Z_BUF_ERROR") resolve(truncated("within the compressed bytes"));
      else resolve(corrupt(error.message));
    });
    stream.on("end", () => {
      resolve({ ok: true, bytes: Buffer.concat(pieces, size), length: stream.bytesWritten });
    });
    stream.end(bytes);
  });
}

function truncated(where: string): Failure {
  return { ok: false, reason: "compressed-truncated", message: `the gzip bytes end ${where}` };
}

function corrupt(what: string): Failure {
  const message = `the gzip bytes are damaged: ${what}`;
  return { ok: false, reason: "compressed-corrupt", message };
}
