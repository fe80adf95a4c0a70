// Commits one batch and adds up its outcomes. Rows that the store refuses for what is in them are
// found by halving and go to quarantine, so that one message never holds up the rest.

import { RECEIPT_COLUMNS } from "../core/tlsrpt/columns.ts";
import type { Emit } from "../observe/events.ts";
import type { Segment, SegmentOutcome } from "../spool/port.ts";
import { type Store, StoreError } from "../store/port.ts";
import type { Batch } from "./batch.ts";
import { commitBatch } from "./commit.ts";
import type { Ended, Entry } from "./entry.ts";
import { refusalLines } from "./lines.ts";

/** ClickHouse codes that speak of the rows, not of the server: values that it cannot parse. */
const CODES_OF_ROWS = new Set(["6", "26", "27", "38", "41", "53", "70", "72", "117", "131", "376"]);

const EXAMPLES_MAX = 100;

/**
 * Stores a whole batch and tells per segment how its items ended.
 * @throws StoreError while the store is away; the call may then be repeated
 */
export async function storeBatch(
  store: Store,
  batch: Batch,
  nowMs: number,
  emit: Emit,
): Promise<Map<Segment, SegmentOutcome>> {
  const ended = await commitOrHalve(store, batch.entries, nowMs);
  const refusals = batch.refusals.map((record) => refusalLines(record, nowMs)).join("");
  if (refusals !== "") await store.insert("receipts", RECEIPT_COLUMNS, refusals);
  tell(ended, emit);
  return addUp(batch, ended);
}

async function commitOrHalve(
  store: Store,
  entries: readonly Entry[],
  nowMs: number,
): Promise<Ended[]> {
  if (entries.length === 0) return [];
  try {
    return await commitBatch(store, entries, nowMs);
  } catch (error) {
    if (!(error instanceof StoreError) || !CODES_OF_ROWS.has(error.code)) throw error;
    const half = middleMessage(entries);
    if (half === entries.length) {
      return commitBatch(
        store,
        entries.map((entry) => refused(entry, error)),
        nowMs,
      );
    }
    const first = await commitOrHalve(store, entries.slice(0, half), nowMs);
    return [...first, ...(await commitOrHalve(store, entries.slice(half), nowMs))];
  }
}

/** Where the second half begins; the items of one message stay together. */
function middleMessage(entries: readonly Entry[]): number {
  const receiptAt = (at: number) => entries[at]?.raw.arrival.receipt;
  let at = Math.floor(entries.length / 2);
  while (at > 0 && receiptAt(at) === receiptAt(at - 1)) at -= 1;
  if (at > 0) return at;
  at = 1;
  while (at < entries.length && receiptAt(at) === receiptAt(at - 1)) at += 1;
  return at;
}

function refused(entry: Entry, error: StoreError): Entry {
  const delivery = { media: "", subject: "", messageId: "", headerFrom: "" };
  return {
    ...entry,
    item: {
      kind: "quarantine",
      tenant: entry.item.tenant,
      reason: "store-refused",
      message: error.message,
      place: "",
      delivery,
      deviations: [],
    },
  };
}

function tell(ended: readonly Ended[], emit: Emit): void {
  const counts = new Map<
    string,
    { channel: string; outcome: string; reason: string; count: number }
  >();
  for (const { entry, outcome, reason } of ended) {
    const { channel } = entry.raw.arrival;
    const key = `${channel} ${outcome} ${reason}`;
    const count = counts.get(key) ?? { channel, outcome, reason, count: 0 };
    count.count += 1;
    counts.set(key, count);
  }
  for (const fields of counts.values()) emit("items-ended", fields);
}

function addUp(batch: Batch, ended: readonly Ended[]): Map<Segment, SegmentOutcome> {
  const outcomes = new Map<Segment, SegmentOutcome>();
  for (const segment of batch.segments) outcomes.set(segment, emptyOutcome());
  ended.forEach(({ entry, outcome, reason }, at) => {
    const segment = batch.segmentOf[at];
    const sum = segment === undefined ? undefined : outcomes.get(segment);
    if (sum === undefined) throw new Error("an entry of the batch has no segment");
    sum.received += 1;
    sum[outcome] += 1;
    if (entry.item.kind !== "quarantine") return;
    sum.reasons[reason] = (sum.reasons[reason] ?? 0) + 1;
    if (sum.examples.length >= EXAMPLES_MAX) return;
    const { receipt, fileName } = entry.raw.arrival;
    sum.examples.push({ receipt, fileName, reason, message: entry.item.message });
  });
  return outcomes;
}

/** An outcome of nothing, to add to. */
export function emptyOutcome(): SegmentOutcome {
  return {
    received: 0,
    stored: 0,
    duplicate: 0,
    conflict: 0,
    quarantined: 0,
    reasons: {},
    examples: [],
  };
}
