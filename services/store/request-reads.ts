// The store as requests ask it. A page asks much at once: few of its questions run at a time, in the order
// of its sections, few of one who asks much, and few of all, so that the time of a question begins when it
// is sent and not while it waits. Those who wait take turns. A request asks each question once, since its
// answer is of one moment; equal ones of several requests at the same moment are asked once too, and one
// that nobody waits for is ended.

import { BOUNDS } from "../core/bounds.ts";
import { type QueryBounds, type QueryParameter, ReaderGone, type Store } from "./port.ts";

type Rows = Promise<unknown[]>;

/** A question that is on its way, and how many wait for its answer. */
interface Run {
  rows: Rows;
  waiting: number;
  stop: AbortController;
}

/**
 * Makes what gives each request a store of its own, which asks no more once the request is aborted. `who` is
 * who asks and what for: no one of them has all places.
 */
export function requestReads(store: Store): (signal: AbortSignal, who?: string) => Store {
  const all = places(BOUNDS.readsMax, BOUNDS.callerReadsMax);
  const runs = new Map<string, Run>();

  /** Asks, or joins those who asked the same. */
  function shared(
    key: string,
    sql: string,
    parameters: Parameters,
    bounds: QueryBounds,
    gone: AbortSignal,
    who: string,
  ): Rows {
    let run = runs.get(key);
    if (run === undefined) {
      const stop = new AbortController();
      const { signal } = stop;
      const rows: Rows = all(signal, who, () =>
        store.select(sql, parameters, { ...bounds, signal }),
      );
      const made: Run = { rows, waiting: 0, stop };
      const forget = () => {
        if (runs.get(key) === made) runs.delete(key);
      };
      rows.then(forget, forget);
      runs.set(key, made);
      run = made;
    }
    return awaited(run, gone, () => runs.delete(key));
  }

  return (gone, who = "") => {
    const own = places(BOUNDS.requestReadsMax, BOUNDS.requestReadsMax);
    const asked = new Map<string, Rows>();
    const select = (sql: string, parameters: Parameters = {}, bounds: QueryBounds = {}): Rows => {
      // Where several statements make one answer, the later ones must not be older than the first.
      if (store.oneState !== true) {
        const alone = () => store.select(sql, parameters, { ...bounds, signal: gone });
        return own(gone, "", () => all(gone, who, alone));
      }
      const key = JSON.stringify([sql, parameters, bounds]);
      const rows =
        asked.get(key) ?? own(gone, "", () => shared(key, sql, parameters, bounds, gone, who));
      asked.set(key, rows);
      return rows;
    };
    return {
      ...(store.oneState === undefined ? {} : { oneState: store.oneState }),
      // The rows are of the type that the statement has, whoever asked it first.
      select: select as Store["select"],
      insert: (...call) => store.insert(...call),
      command: (sql) => store.command(sql),
      ping: () => store.ping(),
      close: () => store.close(),
    };
  };
}

type Parameters = Record<string, QueryParameter>;

/** Waits with others; the last one to go away ends it, and whoever comes after that asks anew. */
async function awaited(run: Run, gone: AbortSignal, forget: () => void): Rows {
  run.waiting++;
  let leave = () => {};
  const left = new Promise<never>((_, reject) => {
    leave = () => reject(new ReaderGone());
  });
  gone.addEventListener("abort", leave);
  try {
    return await Promise.race([run.rows, left]);
  } finally {
    gone.removeEventListener("abort", leave);
    run.waiting--;
    if (run.waiting === 0 && gone.aborted) {
      forget();
      run.stop.abort();
    }
  }
}

/**
 * Lets at most so many run at a time, and of each who asks at most `ofOneMax`. Those who wait take turns, and
 * of one who asks, what came first is first.
 */
function places(max: number, ofOneMax: number) {
  const waiting = new Map<string, (() => void)[]>();
  const running = new Map<string, number>();
  let all = 0;
  const ofOne = (who: string) => running.get(who) ?? 0;
  const enter = (who: string) => {
    all++;
    running.set(who, ofOne(who) + 1);
  };
  const leave = (who: string) => {
    all--;
    if (ofOne(who) === 1) running.delete(who);
    else running.set(who, ofOne(who) - 1);
  };
  /** Lets in the first of whoever waited longest for a turn and may have one. */
  const admit = () => {
    for (const [who, turns] of waiting) {
      if (all >= max) return;
      if (ofOne(who) >= ofOneMax) continue;
      const turn = turns.shift();
      waiting.delete(who);
      if (turns.length > 0) waiting.set(who, turns);
      enter(who);
      turn?.();
    }
  };
  return async <T>(gone: AbortSignal, who: string, run: () => Promise<T>): Promise<T> => {
    if (all < max && ofOne(who) < ofOneMax && !waiting.has(who)) enter(who);
    else {
      await new Promise<void>((turn) => {
        const turns = waiting.get(who);
        if (turns === undefined) waiting.set(who, [turn]);
        else turns.push(turn);
      });
    }
    try {
      if (gone.aborted) throw new ReaderGone();
      return await run();
    } finally {
      leave(who);
      admit();
    }
  };
}
