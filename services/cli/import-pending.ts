// The appends of an import that are on their way to the disk at a time: so many that they share fsyncs,
// and no more than memory has room for.

import { BOUNDS } from "../core/bounds.ts";

export interface Pending {
  /**
   * Starts one more append as soon as there is room for its bytes.
   * @throws what an earlier append was rejected with
   */
  add(bytes: number, append: () => Promise<void>): Promise<void>;
  /** Waits for all of them. @throws what the first of them was rejected with */
  end(): Promise<void>;
}

/** A failed append is kept for the next call, so that no rejection is ever without a handler. */
export function createPending(): Pending {
  const running = new Set<Promise<void>>();
  let runningBytes = 0;
  let failure: { error: unknown } | null = null;

  const check = () => {
    if (failure !== null) throw failure.error;
  };
  const full = (more: number) =>
    running.size >= BOUNDS.importPendingMax || runningBytes + more > BOUNDS.importPendingBytesMax;

  function start(bytes: number, append: () => Promise<void>): void {
    runningBytes += bytes;
    const settled = append()
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .then(() => {
        runningBytes -= bytes;
        running.delete(settled);
      });
    running.add(settled);
  }

  return {
    async add(bytes, append) {
      // One message alone has room, however large it is.
      while (running.size > 0 && full(bytes)) await Promise.race(running);
      check();
      start(bytes, append);
    },
    async end() {
      await Promise.all(running);
      check();
    },
  };
}
