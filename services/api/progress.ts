// Imports and reprocessings that callers look after: which messages each is about. How far they are is
// asked of the ledger (query/outcomes.ts), so that nothing is counted here.

import { randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import type { Caller } from "../access/caller.ts";
import { BOUNDS } from "../core/bounds.ts";
import { createShares } from "../core/limits/shares.ts";

export type TaskKind = "import" | "reprocess";

export interface Task {
  id: string;
  kind: TaskKind;
  receipts: readonly string[];
  /** What ended before is not meant: a message that is tried again has ended once. */
  sinceMs: number;
  /** What was not taken, and why. */
  refused: readonly { place: string; why: string }[];
}

export interface ProgressBoard {
  /** Notes what a caller started; the oldest is forgotten when there are too many. */
  begin(caller: Caller, task: Omit<Task, "id">): Task;
  /** A task of this caller; null for one that there is not, and for those of others. */
  find(caller: Caller, id: string): Task | null;
  /** Lets one more watch, or none; what it returns is called at the end. @param watcher see shareKeyOf */
  watch(watcher: string): (() => void) | null;
  /** Aborted when the process stops: watchers end then. */
  closed: AbortSignal;
  close(): void;
}

/** Random enough that nobody guesses it, and guessing would not help: the caller is looked at too. */
const ID_BYTES = 12;

/** Starts without any. */
export function createProgressBoard(): ProgressBoard {
  const tasks = new Map<string, { owner: string; task: Task }>();
  const closing = new AbortController();
  // As many listen as watch, which is bounded below.
  setMaxListeners(0, closing.signal);
  const watchers = createShares();
  return {
    begin: (caller, begun) => {
      const task = { ...begun, id: randomBytes(ID_BYTES).toString("hex") };
      tasks.set(task.id, { owner: ownerOf(caller), task });
      const [oldest] = tasks.keys();
      if (tasks.size > BOUNDS.progressTasksMax && oldest !== undefined) tasks.delete(oldest);
      return task;
    },
    find: (caller, id) => {
      const found = tasks.get(id);
      return found !== undefined && found.owner === ownerOf(caller) ? found.task : null;
    },
    watch: (watcher) => {
      const mine = [
        { key: `watcher ${watcher}`, max: BOUNDS.progressWatchersMaxEach },
        { key: "all", max: BOUNDS.progressWatchersMax },
      ];
      if (closing.signal.aborted || !watchers.take(mine, 1)) return null;
      let over = false;
      return () => {
        if (!over) watchers.give(mine, 1);
        over = true;
      };
    },
    closed: closing.signal,
    close: () => closing.abort(),
  };
}

function ownerOf({ kind, name, id = name }: Caller): string {
  return JSON.stringify([kind, id]);
}
