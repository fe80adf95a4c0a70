// Gathers records into groups and commits them. Each lane has an open segment of its own and commits
// one group at a time; while one waits for the disk the other takes the next group. Knows nothing of
// what a record says.

import { setImmediate as nextTurn } from "node:timers/promises";
import { BOUNDS } from "../core/bounds.ts";
import type { Emit } from "../observe/events.ts";
import type { Capacity, RefusingReason } from "./capacity.ts";
import { errorCode } from "./disk.ts";
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
  /** One per lane. A second one is used only while the first is committing. */
  series: readonly SegmentSeries[];
  capacity: Pick<Capacity, "grow" | "committed">;
  emit: Emit;
}

/** The steps that touch one open segment, one after the other. */
interface Lane {
  series: SegmentSeries;
  last: Promise<void>;
  /** True until it has taken its next group: what arrives before shares it. */
  scheduled: boolean;
  committing: boolean;
}

/** A queue without records. */
export function createGroupCommit({ series, capacity, emit }: GroupCommitOptions): GroupCommit {
  const waiting: Waiting[] = [];
  const lanes: Lane[] = series.map((one) => ({
    series: one,
    last: Promise.resolve(),
    scheduled: false,
    committing: false,
  }));

  /** Steps do not reject, so that one turn cannot keep the next from coming. */
  function inTurn(lane: Lane, step: () => Promise<void>): Promise<void> {
    lane.last = lane.last.then(step);
    return lane.last;
  }

  function schedule(): void {
    if (lanes.some((lane) => lane.scheduled)) return;
    const lane = lanes.find((one) => !one.committing);
    if (lane !== undefined) run(lane);
  }

  function run(lane: Lane): void {
    lane.scheduled = true;
    void inTurn(lane, async () => {
      // Whatever arrives in this turn of the event loop shares the group.
      await nextTurn();
      lane.scheduled = false;
      await commit(lane, nextGroup(waiting));
      if (waiting.length > 0) schedule();
      await lane.series.sealWhenFull();
    });
  }

  async function commit(lane: Lane, group: Waiting[]): Promise<void> {
    if (group.length === 0) return;
    lane.committing = true;
    const refusal = await refusalOf(lane, group);
    lane.committing = false;
    for (const record of group) record.end(refusal);
  }

  async function refusalOf(lane: Lane, group: UnprintedRecord[]): Promise<SpoolRefusal | null> {
    const startMs = performance.now();
    try {
      const bytes = await lane.series.commit(group);
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

  async function seal(lane: Lane): Promise<void> {
    for (let left = waiting.length; left > 0; ) {
      const group = nextGroup(waiting);
      left -= group.length;
      await commit(lane, group);
    }
    await lane.series.seal();
  }

  async function probe(lane: Lane): Promise<void> {
    await lane.series.seal();
    await refusalOf(lane, []);
    await lane.series.seal();
  }

  function allInTurn(step: (lane: Lane) => Promise<void>): Promise<void> {
    return Promise.all(lanes.map((lane) => inTurn(lane, () => step(lane)))).then(() => {});
  }

  return {
    add: (record) =>
      new Promise((resolve, reject) => {
        const end = (refusal: SpoolRefusal | null) => (refusal ? reject(refusal) : resolve());
        waiting.push({ ...record, end });
        schedule();
      }),
    seal: () => allInTurn(seal),
    probe: () => allInTurn(probe),
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
