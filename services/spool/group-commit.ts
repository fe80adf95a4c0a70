// Gathers records into groups and commits one group at a time; every step that touches the open
// segment takes its turn here. Knows nothing of capacity or of what a record says.

import { setImmediate as nextTurn } from "node:timers/promises";
import { BOUNDS } from "../core/bounds.ts";
import { errorCode } from "../core/error-code.ts";
import type { Emit } from "../observe/events.ts";
import type { Capacity, RefusingReason } from "./capacity.ts";
import { SpoolRefusal } from "./port.ts";
import type { SegmentSeries, UnprintedRecord } from "./segment-series.ts";

export interface GroupCommit {
  /** Resolves when the record is durable. @throws SpoolRefusal */
  add(record: UnprintedRecord): Promise<void>;
  /** Commits what was added before, then seals. Never rejects. */
  seal(): Promise<void>;
  /** Tries whether the disk takes writes again, without keeping anything. Never rejects. */
  probe(): Promise<void>;
}

interface Waiting extends UnprintedRecord {
  end(refusal: SpoolRefusal | null): void;
}

export interface GroupCommitOptions {
  series: SegmentSeries;
  capacity: Pick<Capacity, "grow" | "committed">;
  emit: Emit;
}

/** A queue without records. */
export function createGroupCommit({ series, capacity, emit }: GroupCommitOptions): GroupCommit {
  const waiting: Waiting[] = [];
  let last: Promise<void> = Promise.resolve();
  let scheduled = false;

  /** Steps do not reject, so that one turn cannot keep the next from coming. */
  function inTurn(step: () => Promise<void>): Promise<void> {
    last = last.then(step);
    return last;
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    void inTurn(async () => {
      // Whatever arrives in this turn of the event loop shares the group.
      await nextTurn();
      scheduled = false;
      await commit(nextGroup(waiting));
      if (waiting.length > 0) schedule();
      await series.sealWhenFull();
    });
  }

  async function commit(group: Waiting[]): Promise<void> {
    if (group.length === 0) return;
    const refusal = await refusalOf(group);
    for (const record of group) record.end(refusal);
  }

  async function refusalOf(group: UnprintedRecord[]): Promise<SpoolRefusal | null> {
    const startMs = performance.now();
    try {
      const bytes = await series.commit(group);
      capacity.grow(bytes);
      capacity.committed(null);
      const seconds = (performance.now() - startMs) / 1000;
      emit("spool-committed", { seconds, records: group.length, bytes });
      return null;
    } catch (cause) {
      const reason = reasonOf(cause);
      capacity.committed(reason, cause);
      return new SpoolRefusal(reason, refusalText(reason, cause), { cause });
    }
  }

  async function seal(): Promise<void> {
    for (let left = waiting.length; left > 0; ) {
      const group = nextGroup(waiting);
      left -= group.length;
      await commit(group);
    }
    await series.seal();
  }

  async function probe(): Promise<void> {
    await series.seal();
    await refusalOf([]);
    await series.seal();
  }

  return {
    add: (record) =>
      new Promise((resolve, reject) => {
        const end = (refusal: SpoolRefusal | null) => (refusal ? reject(refusal) : resolve());
        waiting.push({ ...record, end });
        schedule();
      }),
    seal: () => inTurn(seal),
    probe: () => inTurn(probe),
  };
}

/** Takes the first records off the queue: one at least, then as many as the bounds allow. */
function nextGroup(waiting: Waiting[]): Waiting[] {
  let count = 0;
  let bytes = 0;
  for (const { body } of waiting) {
    bytes += body.length;
    const over = count >= BOUNDS.commitRecordsMax || bytes > BOUNDS.commitBytesMax;
    if (count > 0 && over) break;
    count += 1;
  }
  return waiting.splice(0, count);
}

function reasonOf(cause: unknown): RefusingReason {
  const code = errorCode(cause);
  return code === "ENOSPC" || code === "EDQUOT" ? "disk-full" : "spool-failed";
}

function refusalText(reason: RefusingReason, cause: unknown): string {
  const code = errorCode(cause) || "no code";
  return reason === "disk-full"
    ? `the disk of the spool is full (${code}): free some space`
    : `the spool cannot be written (${code}): see the log for the cause`;
}
