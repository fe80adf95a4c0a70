// Splits an mbox stream into messages (RFC 4155, with the quoting of the mboxrd variant), holding one
// message in memory at a time. A stream that is no mbox comes out as one message.

import type { Readable } from "node:stream";

export interface MboxMessage {
  /** Null when the message is larger than the bound; its bytes were passed over. */
  bytes: Uint8Array | null;
  size: number;
  /** False when the stream is one message and no mbox. */
  mbox: boolean;
}

const FROM = Buffer.from("From ");
const LINE_FEED = 0x0a;
const GREATER = 0x3e;

/**
 * Messages of the stream in order; one longer than `bytesMax` comes without its bytes. What is no mbox is
 * read no further than that.
 */
export async function* splitMbox(stream: Readable, bytesMax: number): AsyncGenerator<MboxMessage> {
  let mbox: boolean | null = null;
  let message = new Gathering(bytesMax);
  let lastBlank = true;
  for await (const line of lines(stream)) {
    mbox ??= startsWithFrom(line);
    if (mbox && lastBlank && startsWithFrom(line)) {
      if (message.started) yield message.finish(true);
      message = new Gathering(bytesMax);
      message.started = true;
    } else {
      message.add(mbox ? unquote(line) : line);
      if (!mbox && message.size > bytesMax) break;
    }
    lastBlank = isBlank(line);
  }
  if (mbox === null || message.started || message.size > 0) yield message.finish(mbox ?? false);
}

/** One message in the making; past the bound only its size is kept. */
class Gathering {
  started = false;
  size = 0;
  readonly #bytesMax: number;
  #chunks: Buffer[] = [];

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  add(line: Buffer): void {
    this.size += line.length;
    if (this.size <= this.#bytesMax) this.#chunks.push(line);
    else this.#chunks = [];
  }

  finish(mbox: boolean): MboxMessage {
    const bytes = this.size <= this.#bytesMax ? Buffer.concat(this.#chunks) : null;
    return { bytes, size: this.size, mbox };
  }
}

/** Lines with their line feeds. A line longer than the bound of a chunk comes in pieces. */
async function* lines(stream: Readable): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    const bytes: Buffer = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let start = 0;
    for (;;) {
      const end = bytes.indexOf(LINE_FEED, start);
      if (end < 0) break;
      yield bytes.subarray(start, end + 1);
      start = end + 1;
    }
    rest = bytes.subarray(start);
    if (rest.length > PIECE_BYTES_MAX) {
      yield rest;
      rest = Buffer.alloc(0);
    }
  }
  if (rest.length > 0) yield rest;
}

/** A line without end must not make the search for its end quadratic. */
const PIECE_BYTES_MAX = 1024 * 1024;

function startsWithFrom(line: Buffer): boolean {
  return line.subarray(0, FROM.length).equals(FROM);
}

/** mboxrd: ">From " is "From ", ">>From " is ">From ". */
function unquote(line: Buffer): Buffer {
  let at = 0;
  while (line[at] === GREATER) at += 1;
  return at > 0 && startsWithFrom(line.subarray(at)) ? line.subarray(1) : line;
}

function isBlank(line: Buffer): boolean {
  return line.length === 1 || (line.length === 2 && line[0] === 0x0d);
}
