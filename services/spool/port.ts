// What receivers and the writer know of the spool. The spool folder is the only place where they
// meet, so that they can be one process or many (design section 3).

import type { RefusalReason } from "../core/outcome.ts";
import type { Arrival, Channel, Raw } from "../core/raw.ts";

/** Arrival before the spool has given it a receipt and a time. */
export type Arriving = Omit<Arrival, "receipt" | "receivedAtMs"> &
  Partial<Pick<Arrival, "receipt" | "receivedAtMs">>;

/** Thrown by append: nothing was kept, and the sender must be told so. */
export class SpoolRefusal extends Error {
  override readonly name = "SpoolRefusal";
  readonly reason: RefusalReason;
  constructor(reason: RefusalReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** The receiving end of the spool. */
export interface SpoolWriter {
  /**
   * Makes one message durable and returns its receipt. Resolves only after fsync of the bytes and of
   * the folder entry (invariant 1). Concurrent calls share one fsync.
   * @throws SpoolRefusal when it is full or cannot be written; then nothing was kept
   */
  append(arriving: Arriving, bytes: Uint8Array): Promise<string>;
  /** Counts something refused before acknowledgement; written to the spool from time to time. */
  refuse(channel: Channel, reason: RefusalReason, count?: number): void;
  /** Hands what is open over to the writer now, without waiting for the age bound. */
  seal(): Promise<void>;
  /** Seals, flushes the counts of refusals, and closes. */
  close(): Promise<void>;
}

/** Counts of refusals since the last flush, as they travel through the spool. */
export interface RefusalCount {
  channel: Channel;
  reason: RefusalReason;
  count: number;
}

/**
 * A stretch of a segment that is no record any more. The same stretch gives the same receipt, which no
 * message has.
 */
export interface DamagedRecord {
  kind: "damaged";
  receipt: string;
  /** When the segment was begun. */
  receivedAtMs: number;
  segment: string;
  /** Place in the segment, bytes from `start` to before `end`. */
  start: number;
  end: number;
  /** What is there, up to BOUNDS.messageBytesMax; the whole stretch is in damaged/. */
  bytes: Uint8Array;
}

/** One record read back: a received message, counts of refusals, or what is left of some record. */
export type SpoolRecord =
  | DamagedRecord
  | { kind: "message"; raw: Raw }
  | { kind: "refusals"; receipt: string; receivedAtMs: number; refusals: RefusalCount[] };

/** A sealed segment: immutable until the writer removes it. */
export interface Segment {
  name: string;
  bytes: number;
  /** Set when somebody (an import) waits for the outcomes of this segment. */
  notify: boolean;
}

/** How the items of one segment ended; what an import reads when it waits. */
export interface SegmentOutcome {
  received: number;
  stored: number;
  duplicate: number;
  conflict: number;
  quarantined: number;
  /** The quarantined ones by reason, and up to 100 of them with file name and message. */
  reasons: Record<string, number>;
  examples: { receipt: string; fileName: string; reason: string; message: string }[];
}

/** The draining end of the spool; one per data folder. */
export interface SpoolReader {
  /** Sealed segments, oldest first; takes over segments whose owner is gone. */
  list(): Promise<Segment[]>;
  /** Reads a segment; damaged stretches are set aside in damaged/ and reported, never fatal. */
  read(segment: Segment): Promise<SpoolRecord[]>;
  /** Removes a segment whose records are all in the store; leaves the outcome when asked for. */
  done(segment: Segment, outcome: SegmentOutcome): Promise<void>;
}
