// One body on its way in: the buffer that collects it within what may be held in memory. Collecting copies
// each byte a bounded number of times however small its pieces are.

/** What one body holds of the memory that all of them share. */
export interface Hold {
  /** Holds so many bytes from now on; false, and no change, when a bound would be passed. */
  resize(bytes: number): boolean;
}

/** Why a body was given up while it arrived. */
export type BodyRefusal = "too-large" | "too-busy";

const GROWTH_BYTES_MIN = 16 * 1024;

/** Collects one body. After a refusal it only counts, so that a sender can be read to its end. */
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
    const grown = new Uint8Array(capacity);
    grown.set(this.bytes());
    this.#buffer = grown;
    return true;
  }

  #refuse(refusal: BodyRefusal): void {
    this.release();
    this.#refusal = refusal;
  }
}

/** The stream ended before the body did; everything else that fails is a mistake of ours. */
export class BodyAborted extends Error {
  override readonly name = "BodyAborted";

  constructor(cause: unknown) {
    super("the body ended early", { cause });
  }
}

/**
 * Collects what a stream brings, up to so many bytes. Read on even when it is refused, or the sender would
 * not see the answer; never cancelled, which would cut the connection.
 * @throws BodyAborted
 */
export async function fillBody(
  body: Body,
  stream: ReadableStream<Uint8Array>,
  receivedBytesMax: number,
): Promise<void> {
  const reader = stream.getReader();
  while (body.received <= receivedBytesMax) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw new BodyAborted(error);
    });
    if (done) return;
    body.add(value);
  }
}
