// The store as pages ask it. A page asks much at once: few of its questions run at a time, in the order of
// its sections, and few of all pages, so that the time of a question begins when it is sent and not while it
// waits. A page asks each question once, since it is of one moment; equal ones of several pages at the same
// moment are asked once too, and one that nobody waits for is ended.

import { BOUNDS } from "../core/bounds.ts";
import type { QueryBounds, QueryParameter, Store } from "./port.ts";

type Rows = Promise<unknown[]>;

/** A question that is on its way, and how many wait for its answer. */
interface Run {
  rows: Rows;
  waiting: number;
  stop: AbortController;
}

/** Makes what gives each request a store of its own, which asks no more once the request is aborted. */
export function pageReads(store: Store): (signal: AbortSignal) => Store {
  const all = places(BOUNDS.pagesReadsMax);
  const runs = new Map<string, Run>();

  /** Asks, or joins those who asked the same. */
  function shared(
    key: string,
    sql: string,
    parameters: Parameters,
    bounds: QueryBounds,
    gone: AbortSignal,
  ): Rows {
    let run = runs.get(key);
    if (run === undefined) {
      const stop = new AbortController();
      const { signal } = stop;
      const rows: Rows = all(signal, () => store.select(sql, parameters, { ...bounds, signal }));
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

  return (gone) => {
    const own = places(BOUNDS.pageReadsMax);
    const asked = new Map<string, Rows>();
    const select = (sql: string, parameters: Parameters = {}, bounds: QueryBounds = {}): Rows => {
      // Where several statements make one answer, the later ones must not be older than the first.
      if (store.oneState !== true) {
        const alone = () => store.select(sql, parameters, { ...bounds, signal: gone });
        return own(gone, () => all(gone, alone));
      }
      const key = JSON.stringify([sql, parameters, bounds]);
      const rows = asked.get(key) ?? own(gone, () => shared(key, sql, parameters, bounds, gone));
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
    leave = () => reject(gone.reason);
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

/** Lets at most so many run at a time, and others in the order in which they came. */
function places(max: number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  const free = () => {
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  };
  return async <T>(gone: AbortSignal, run: () => Promise<T>): Promise<T> => {
    if (running < max) running++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      gone.throwIfAborted();
      return await run();
    } finally {
      free();
    }
  };
}
