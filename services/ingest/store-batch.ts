// Commits one part of a batch and adds up its outcomes. A message whose rows cannot be stored is found by
// halving and goes to quarantine, so that it never holds up the rest.

import { BOUNDS } from "../core/bounds.ts";
import { NOT_LOOKED_AT } from "../core/dkim/verdict.ts";
import { cutText } from "../core/text.ts";
import { RECEIPT_COLUMNS } from "../core/tlsrpt/columns.ts";
import type { Emit } from "../observe/events.ts";
import type { Segment, SegmentOutcome } from "../spool/port.ts";
import { type Store, StoreError } from "../store/port.ts";
import type { Part, Reading } from "./batch.ts";
import { commitBatch } from "./commit.ts";
import type { Ended, Entry } from "./entry.ts";
import { refusalLines } from "./lines.ts";
import { retireClaims } from "./retire.ts";

/**
 * ClickHouse codes that speak of the rows, not of the server: values that it cannot read, and (62, 396)
 * more of them than a statement or an answer may have.
 */
const CODES_OF_ROWS = new Set(
  [
    6, 25, 26, 27, 28, 32, 33, 38, 41, 53, 62, 69, 70, 72, 117, 130, 131, 190, 321, 349, 376, 396,
    467,
  ].map(String),
);

const EXAMPLES_MAX = 100;

/** Outcomes of the segments of a batch, to be added to part by part. */
export type Outcomes = Map<Segment, SegmentOutcome>;

/** Zero for each segment. */
export function noOutcomes(segments: readonly Segment[]): Outcomes {
  return new Map(segments.map((segment) => [segment, emptyOutcome()]));
}

/**
 * Stores one part and adds how its items ended to the outcomes.
 * @param isLeft tells segments whose messages may be in the store already
 * @throws StoreError while the store is away; the call may then be repeated
 */
export async function storePart(
  store: Store,
  part: Part,
  nowMs: number,
  outcomes: Outcomes,
  emit: Emit,
  isLeft: (segment: Segment) => boolean = () => false,
): Promise<void> {
  const left = part.entries.filter((_, at) => part.segmentOf.slice(at, at + 1).some(isLeft));
  const receipts = new Set(left.map((entry) => entry.raw.arrival.receipt));
  const ended = await commitOrHalve(store, part.entries, nowMs, receipts);
  tell(ended, emit);
  addUp(part, ended, outcomes);
}

/** Stores the counts of what was refused before acknowledgement. @throws StoreError */
export async function storeRefusals(
  store: Store,
  refusals: Reading["refusals"],
  nowMs: number,
): Promise<void> {
  const lines = refusals.map((record) => refusalLines(record, nowMs)).join("");
  if (lines !== "") await store.insert("receipts", RECEIPT_COLUMNS, lines);
}

async function commitOrHalve(
  store: Store,
  entries: readonly Entry[],
  nowMs: number,
  left: ReadonlySet<string>,
): Promise<Ended[]> {
  if (entries.length === 0) return [];
  try {
    return await commitBatch(store, entries, nowMs, left);
  } catch (error) {
    // An error of the store that does not speak of the rows is no fault of any message.
    if (error instanceof StoreError && !CODES_OF_ROWS.has(error.code)) throw error;
    const tried = new Set([...left, ...entries.map((entry) => entry.raw.arrival.receipt)]);
    const half = middleMessage(entries);
    if (half === entries.length) return quarantineAll(store, entries, nowMs, tried, error);
    const first = await commitOrHalve(store, entries.slice(0, half), nowMs, tried);
    return [...first, ...(await commitOrHalve(store, entries.slice(half), nowMs, tried))];
  }
}

/** One message that cannot be stored: what was stored of it is taken back. */
async function quarantineAll(
  store: Store,
  entries: readonly Entry[],
  nowMs: number,
  left: ReadonlySet<string>,
  error: unknown,
): Promise<Ended[]> {
  const receipt = entries[0]?.raw.arrival.receipt;
  if (receipt !== undefined)
    await retireClaims(store, new Map([[receipt, new Set()]]), new Set(), nowMs);
  return commitBatch(
    store,
    entries.map((entry) => refused(entry, error)),
    nowMs,
    left,
  );
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

/** Without any outside text, which may be what the store refuses; the bytes are kept. */
function refused(entry: Entry, error: unknown): Entry {
  const delivery = { media: "", subject: "", messageId: "", headerFrom: "" };
  const none = { helo: "", mailFrom: "", rcptTo: [], contentType: "", fileName: "", key: "" };
  return {
    ...entry,
    raw: { ...entry.raw, arrival: { ...entry.raw.arrival, ...none } },
    item: {
      kind: "quarantine",
      tenant: entry.item.tenant,
      trust: entry.item.trust,
      dkim: NOT_LOOKED_AT,
      reason: "store-refused",
      message: error instanceof Error ? cutText(error.message, BOUNDS.textCharsMax) : "",
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

function addUp(part: Part, ended: readonly Ended[], outcomes: Outcomes): void {
  ended.forEach(({ entry, outcome, reason }, at) => {
    const segment = part.segmentOf[at];
    const sum = segment === undefined ? undefined : outcomes.get(segment);
    if (sum === undefined) throw new Error("an entry of the batch has no segment");
    sum.received += 1;
    sum[outcome] += 1;
    if (entry.item.kind !== "quarantine") return;
    sum.reasons[reason] = (sum.reasons[reason] ?? 0) + 1;
    if (sum.examples.length >= EXAMPLES_MAX) return;
    const { receipt, fileName } = part.entries[at]?.raw.arrival ?? entry.raw.arrival;
    sum.examples.push({ receipt, fileName, reason, message: entry.item.message });
  });
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
