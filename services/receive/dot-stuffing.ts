// Takes a mail out of the DATA phase: finds its end and undoes dot-stuffing (RFC 5321 section 4.5.2).
// Only CR LF ends a line: bare CR or LF are content, so no second mail can be smuggled in with them.

const CR = 13;
const LF = 10;
const DOT = 46;

/** Where the last byte left us. */
type State = "inside" | "cr" | "start" | "dot" | "dot-cr";

/** What one chunk of DATA holds. */
export interface Unstuffed {
  content: Buffer;
  /** What follows the end of the mail, or null while the end has not come. */
  rest: Buffer | null;
}

/** Reads one mail, chunk by chunk. Chunks are changed in place: they must not be shared. */
export class DotStuffing {
  #state: State = "start";

  feed(chunk: Buffer): Unstuffed {
    let owed = false;
    let read = 0;
    let written = 0;
    const keep = (end: number) => {
      if (written !== read) chunk.copyWithin(written, read, end);
      written += end - read;
      read = end;
    };
    while (read < chunk.length) {
      const byte = chunk[read];
      if (this.#state === "inside") {
        const found = chunk.indexOf(CR, read);
        keep(found === -1 ? chunk.length : found + 1);
        if (found !== -1) this.#state = "cr";
      } else if (this.#state === "cr") {
        if (byte === LF || byte === CR) keep(read + 1);
        this.#state = byte === LF ? "start" : byte === CR ? "cr" : "inside";
      } else if (this.#state === "start") {
        // The first dot of a line is never content.
        if (byte === DOT) read += 1;
        this.#state = byte === DOT ? "dot" : "inside";
      } else if (this.#state === "dot") {
        if (byte === CR) read += 1;
        this.#state = byte === CR ? "dot-cr" : "inside";
      } else if (byte === LF) {
        return { content: prepend(owed, chunk, written), rest: chunk.subarray(read + 1) };
      } else {
        // The CR behind the dot was content after all. Its place is free unless it came before.
        if (read > written) chunk[written++] = CR;
        else owed = true;
        this.#state = "cr";
      }
    }
    return { content: prepend(owed, chunk, written), rest: null };
  }
}

const OWED = Buffer.of(CR);

function prepend(owed: boolean, chunk: Buffer, written: number): Buffer {
  const content = chunk.subarray(0, written);
  return owed ? Buffer.concat([OWED, content]) : content;
}
