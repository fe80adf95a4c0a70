// Lets a bounded number of operations run at a time and a bounded number wait, first come first
// served. One that is aborted while it waits never runs.

import { EngineFault } from "./fault.ts";

export interface Slots {
  /** Runs `work` when a slot is free. @throws EngineFault when too many wait or on abort */
  run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T>;
  /** Operations that run or wait. */
  busy(): number;
}

export function createSlots(runningMax: number, waitingMax: number): Slots {
  let running = 0;
  const waiting: Array<() => void> = [];

  async function enter(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw new EngineFault("QUERY_WAS_CANCELLED", "The caller went away.");
    if (running < runningMax) {
      running += 1;
      return;
    }
    if (waiting.length >= waitingMax) {
      const advice = `${waitingMax} operations wait already: try again later.`;
      throw new EngineFault("TOO_MANY_SIMULTANEOUS_QUERIES", advice, 503);
    }
    await new Promise<void>((resolve, reject) => {
      const turn = () => {
        signal.removeEventListener("abort", drop);
        resolve();
      };
      const drop = () => {
        waiting.splice(waiting.indexOf(turn), 1);
        reject(new EngineFault("QUERY_WAS_CANCELLED", "The caller went away."));
      };
      signal.addEventListener("abort", drop, { once: true });
      waiting.push(turn);
    });
  }

  // A slot passes on to the next in line without becoming free in between.
  function leave(): void {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }

  return {
    async run(signal, work) {
      await enter(signal);
      try {
        return await work();
      } finally {
        leave();
      }
    },
    busy: () => running + waiting.length,
  };
}
