// Whose file is read next: callers take turns, one file each, so that neither many uploads nor large ones of
// one caller keep others waiting.

import { createShares } from "../core/limits/shares.ts";

export interface UploadTurns {
  /** A seat for one upload; null when all are taken, or all that one caller may have. */
  sit(caller: string): Seat | null;
}

export interface Seat {
  /** Waits for a turn and does something in it. */
  turn<T>(work: () => Promise<T>): Promise<T>;
  leave(): void;
}

export interface TurnBounds {
  runningMax: number;
  seatsMax: number;
  seatsMaxEach: number;
}

/** Nobody waits yet. */
export function createUploadTurns({ runningMax, seatsMax, seatsMaxEach }: TurnBounds): UploadTurns {
  const shares = createShares();
  /** In the order of their turns: who had one goes behind all others. */
  const waiting = new Map<string, readonly (() => void)[]>();
  let running = 0;
  const next = () => {
    const [first] = waiting;
    if (first === undefined || running >= runningMax) return;
    const [caller, [go, ...rest]] = first;
    waiting.delete(caller);
    if (rest.length > 0) waiting.set(caller, rest);
    running += 1;
    go?.();
  };
  return {
    sit: (caller) => {
      const mine = [
        { key: `caller ${caller}`, max: seatsMaxEach },
        { key: "all", max: seatsMax },
      ];
      if (!shares.take(mine, 1)) return null;
      return {
        turn: async (work) => {
          await new Promise<void>((go) => {
            waiting.set(caller, [...(waiting.get(caller) ?? []), go]);
            next();
          });
          try {
            return await work();
          } finally {
            running -= 1;
            next();
          }
        },
        leave: () => shares.give(mine, 1),
      };
    },
  };
}
