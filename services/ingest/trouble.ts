// What keeps the writer from draining, each state by the name under which it is logged, counted and shown
// by /readyz, so that an operator knows what to mend.

import type { Emit, EventFields } from "../observe/events.ts";
import { StoreError, type StoreFault } from "../store/port.ts";

const STORE_EVENTS = {
  away: "store-unavailable",
  slow: "store-slow",
  denied: "store-denied",
  refusing: "store-refusing",
} as const satisfies Record<StoreFault, string>;

/** Where the cause is to be looked for; one trouble of each is remembered. */
export type TroubleSource = "store" | "spool" | "writer";

export interface Trouble {
  source: TroubleSource;
  /** The event that told of it. */
  event: (typeof STORE_EVENTS)[StoreFault] | "spool-unreadable" | "writer-failed";
  /** What was found, for the reader. */
  message: string;
}

/** The spool could not be listed, read or emptied; the cause says why. */
export class SpoolUnreadable extends Error {
  override readonly name = "SpoolUnreadable";
}

export interface Troubles {
  /** Tells of a failure and remembers it. */
  met(error: unknown, fields?: EventFields): void;
  /** Tells that what had failed works again, if it had. */
  over(source: TroubleSource): void;
  /** The one to show: the store's before the spool's before any other. */
  now(): Trouble | null;
}

/** Without any. */
export function createTroubles(emit: Emit): Troubles {
  const known = new Map<TroubleSource, Trouble>();
  return {
    met: (error, fields = {}) => {
      const trouble = troubleOf(error);
      known.set(trouble.source, trouble);
      const fault = error instanceof StoreError ? { fault: error.fault } : {};
      emit(trouble.event, { ...fields, ...fault, error });
    },
    over: (source) => {
      if (!known.delete(source)) return;
      emit(source === "store" ? "store-available" : "writer-recovered", { source });
    },
    now: () => known.get("store") ?? known.get("spool") ?? known.get("writer") ?? null,
  };
}

/** Names a failure. */
export function troubleOf(error: unknown): Trouble {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof StoreError) {
    return { source: "store", event: STORE_EVENTS[error.fault], message };
  }
  if (error instanceof SpoolUnreadable) {
    return { source: "spool", event: "spool-unreadable", message };
  }
  return { source: "writer", event: "writer-failed", message };
}

/** Names the spool in whatever fails there. @throws SpoolUnreadable */
export async function ofSpool<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SpoolUnreadable(`${what}: ${why}`, { cause });
  }
}
