// Bytes of messages that are held in memory and not yet durable, and the buffer that collects one.
// Collecting copies each byte a bounded number of times however small its pieces are.

import { BOUNDS } from "../core/bounds.ts";
import { createShares } from "../core/limits/shares.ts";
import type { Edge } from "./edge.ts";

/** What one message holds of it. */
export interface Hold {
  /** Holds so many bytes from now on; false, and no change, when a bound would be passed. */
  resize(bytes: number): boolean;
}

/** A count of bytes that all receivers share. */
export interface InFlight {
  /** Opens a hold of nothing for a message of up to so many bytes from an address. */
  open(edge: Pick<Edge, "shares">, ip: string, messageBytesMax: number): Hold;
  /** Bytes held now. */
  held(): number;
}

/** Makes a count of its own; small messages have a reserve beyond its bound. */
export function createInFlight(bytesMax: number = BOUNDS.inFlightBytesMax): InFlight {
  const addressMax = bytesMax * BOUNDS.inFlightAddressShare;
  const smallMax = bytesMax + bytesMax * BOUNDS.inFlightReserveShare;
  const shares = createShares();
  let held = 0;
  return {
    open(edge, ip, messageBytesMax) {
      const owned = edge.shares(ip, Math.max(addressMax, messageBytesMax));
      let mine = 0;
      return {
        resize(bytes) {
          const more = bytes - mine;
          const max = bytes <= BOUNDS.httpSmallBodyBytesMax ? smallMax : bytesMax;
          if (more > 0 && (held + more > max || !shares.take(owned, more))) return false;
          if (more < 0) shares.give(owned, -more);
          held += more;
          mine = bytes;
          return true;
        },
      };
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
  readonly #hold: Hold;
  readonly #bytesMax: number;
  #buffer: Uint8Array = new Uint8Array(0);
  #length = 0;
  #received = 0;
  #refusal: BodyRefusal | null = null;

  constructor(hold: Hold, bytesMax: number) {
    this.#hold = hold;
    this.#bytesMax = bytesMax;
  }

  /** Bytes seen so far, kept or not. */
  get received(): number {
    return this.#received;
  }

  get refusal(): BodyRefusal | null {
    return this.#refusal;
  }

  /** True while it has memory that others may need. */
  get holding(): boolean {
    return this.#buffer.length > 0;
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
    this.#hold.resize(0);
    this.#buffer = new Uint8Array(0);
    this.#length = 0;
  }

  #keepFirst(piece: Uint8Array): void {
    if (!this.#hold.resize(piece.length)) {
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
    if (!this.#hold.resize(capacity)) return false;
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
