// Notices that the system's clock was set back. Nothing is lost or counted twice by it (versions of rows
// grow all the same), but days and ages are wrong until somebody mends it, so the operator is told.

import { stat } from "node:fs/promises";
import { BOUNDS } from "../core/bounds.ts";
import type { Emit } from "../observe/events.ts";

export interface ClockWatch {
  /** Milliseconds that the clock is behind where it has been before; 0 when it is not. */
  behindMs(): number;
  stop(): void;
}

/**
 * Compares the clock with a timer that nobody can set and, once, with the last change of a folder, which
 * tells of the time before this process.
 * @param folder one that changes with every batch
 */
export function watchClock(folder: string, emit: Emit): ClockWatch {
  let highestMs = Date.now();
  let lastMs = highestMs;
  let measuredMs = performance.now();

  function noteHigher(ms: number): void {
    const before = highestMs;
    highestMs = Math.max(highestMs, ms);
    const byMs = highestMs - Date.now();
    if (highestMs > before && byMs > BOUNDS.clockBackMsMin) emit("clock-set-back", { byMs });
  }

  function look(): void {
    const nowMs = Date.now();
    const elapsedMs = performance.now() - measuredMs;
    const byMs = lastMs + elapsedMs - nowMs;
    if (byMs > BOUNDS.clockBackMsMin) emit("clock-set-back", { byMs: Math.round(byMs) });
    highestMs = Math.max(highestMs, lastMs, nowMs);
    lastMs = nowMs;
    measuredMs = performance.now();
  }

  const timer = setInterval(look, BOUNDS.clockCheckMs).unref();
  // A folder that cannot be looked at is told of by those who use it.
  stat(folder).then(
    ({ mtimeMs }) => noteHigher(mtimeMs),
    () => {},
  );
  return {
    behindMs: () => {
      const byMs = highestMs - Date.now();
      return byMs > BOUNDS.clockBackMsMin ? Math.round(byMs) : 0;
    },
    stop: () => clearInterval(timer),
  };
}
