// Bytes of messages that are held in memory and not yet durable, and the buffer that collects one.
// Collecting copies each byte a bounded number of times however small its pieces are.

import { BOUNDS } from "../core/bounds.ts";

/** A count of bytes that all receivers share. */
export interface InFlight {
  /** Counts bytes in, or answers false when the bound would be passed. */
  take(bytes: number): boolean;
  give(bytes: number): void;
  /** Bytes held now. */
  held(): number;
}

/** Makes a count of its own. */
export function createInFlight(bytesMax: number = BOUNDS.inFlightBytesMax): InFlight {
  let held = 0;
  return {
    take(bytes) {
      if (held + bytes > bytesMax) return false;
      held += bytes;
      return true;
    },
    give(bytes) {
      held -= bytes;
    },
    held: () => held,
  };
}

/** The count that all receivers of this process share unless they are given another. */
export const processInFlight: InFlight = createInFlight();

/** Why a body was given up while it arrived. */
export type BodyRefusal = "too-large" | "too-busy";

const GROWTH_BYTES_MIN = 16 * 1024;

/** Collects one message. After a refusal it only counts, so that a sender can be read to its end. */
export class Body {
  readonly #inFlight: InFlight;
  readonly #bytesMax: number;
  #buffer: Uint8Array = new Uint8Array(0);
  #length = 0;
  #received = 0;
  #refusal: BodyRefusal | null = null;

  constructor(inFlight: InFlight, bytesMax: number) {
    this.#inFlight = inFlight;
    this.#bytesMax = bytesMax;
  }

  /** Bytes seen so far, kept or not. */
  get received(): number {
    return this.#received;
  }

  get refusal(): BodyRefusal | null {
    return this.#refusal;
  }

  /** Adds a piece, whose memory belongs to the body from now on. */
  add(piece: Uint8Array): void {
    this.#received += piece.length;
    if (this.#refusal !== null) return;
    if (this.#received > this.#bytesMax) this.#refuse("too-large");
    else if (this.#length === 0) this.#keepFirst(piece);
    else this.#append(piece);
  }

  /** The bytes collected so far, without a copy. */
  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Gives the memory back; the bytes must not be used after it. Harmless when repeated. */
  release(): void {
    this.#inFlight.give(this.#buffer.length);
    this.#buffer = new Uint8Array(0);
    this.#length = 0;
  }

  #keepFirst(piece: Uint8Array): void {
    if (!this.#inFlight.take(piece.length)) {
      this.#refuse("too-busy");
      return;
    }
    this.#buffer = piece;
    this.#length = piece.length;
  }

  #append(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#buffer.length && !this.#grow(length)) {
      this.#refuse("too-busy");
      return;
    }
    this.#buffer.set(piece, this.#length);
    this.#length = length;
  }

  /** Doubles while memory lasts, so that all copies together cost at most twice the length. */
  #grow(length: number): boolean {
    const wanted = Math.max(GROWTH_BYTES_MIN, this.#buffer.length * 2, length);
    const doubled = Math.max(length, Math.min(wanted, this.#bytesMax));
    return this.#reserve(doubled) || this.#reserve(length);
  }

  #reserve(capacity: number): boolean {
    if (!this.#inFlight.take(capacity - this.#buffer.length)) return false;
    const grown = Buffer.allocUnsafeSlow(capacity);
    grown.set(this.bytes());
    this.#buffer = grown;
    return true;
  }

  #refuse(refusal: BodyRefusal): void {
    this.release();
    this.#refusal = refusal;
  }
}
