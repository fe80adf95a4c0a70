// A real spool on a folder of its own under the receivers that are fuzzed: what each batch left in it, and the
// counts of what was refused.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silent } from "../../services/observe/events.ts";
import type { SpoolWriter } from "../../services/spool/port.ts";
import { openSpoolReader } from "../../services/spool/spool-reader.ts";
import { openSpoolWriter } from "../../services/spool/spool-writer.ts";
import { hold } from "./target.ts";

/** What a dialogue promised: which records there are, and which there may be. */
export interface Promised {
  /** Bodies by the receipt that was answered; null where only the receipt is sure. */
  kept: Map<string, Buffer | null>;
  /** Bodies of messages whose answer the sender did not wait for. */
  perhaps: Buffer[];
  /** Streams of which so many messages may be kept that nobody acknowledged. */
  within: { sent: Buffer; most: number }[];
  /** Refusals that the answers tell of, by reason. */
  refused: Map<string, number>;
  /** True when more may have been refused than the answers tell. */
  unsure: boolean;
}

export function promised(): Promised {
  return { kept: new Map(), perhaps: [], within: [], refused: new Map(), unsure: false };
}

/** Of a dialogue that failed, so that the look at its batch finds nothing more than that. */
export function anything(sent: Buffer): Promised {
  return { ...promised(), within: [{ sent, most: sent.length }], unsure: true };
}

/** Counts one up. */
export function countUp(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

export interface FuzzSpool {
  /** For the receiver. */
  writer: SpoolWriter;
  /** Takes part in the next look at the spool. */
  add(one: Promised): void;
  /** Holds all that was promised since the last time against the spool and the counts; empties it. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

const WAIT_MS = 20_000;

export async function openFuzzSpool(): Promise<FuzzSpool> {
  const folder = await mkdtemp(join(tmpdir(), "sealwatch-fuzz-spool-"));
  const spool = await openSpoolWriter({ folder, diskFreeBytesMin: 0, emit: silent });
  const reader = await openSpoolReader({ folder, emit: silent });
  let all: Promised[] = [];
  const refused = new Map<string, number>();
  const writer: SpoolWriter = {
    ...spool,
    refuse(channel, reason, count) {
      countUp(refused, reason);
      spool.refuse(channel, reason, count);
    },
  };
  const found = async () => {
    await spool.seal();
    const records = new Map<string, Uint8Array>();
    for (const segment of await reader.list()) {
      for (const one of await reader.read(segment)) {
        if (one.kind === "message") records.set(one.raw.arrival.receipt, one.raw.bytes);
      }
      await reader.done(segment, NO_OUTCOME);
    }
    return records;
  };
  return {
    writer,
    add: (one) => void all.push(one),
    async settle() {
      const batch = all;
      all = [];
      await until(() => isCounted(batch, refused));
      const counted = new Map(refused);
      refused.clear();
      const records = await found();
      checkKept(batch, records);
      checkRefused(batch, counted);
    },
    async close() {
      await spool.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const NO_OUTCOME = {
  received: 0,
  stored: 0,
  duplicate: 0,
  conflict: 0,
  quarantined: 0,
  reasons: {},
  examples: [],
};

/** Polls until the condition holds or its time is up; who asks looks again. */
export async function until(condition: () => boolean): Promise<void> {
  const endMs = performance.now() + WAIT_MS;
  while (!condition() && performance.now() < endMs) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function told(batch: readonly Promised[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { refused } of batch) {
    for (const [reason, count] of refused) sums.set(reason, (sums.get(reason) ?? 0) + count);
  }
  return sums;
}

function isCounted(batch: readonly Promised[], refused: ReadonlyMap<string, number>): boolean {
  return [...told(batch)].every(([reason, count]) => (refused.get(reason) ?? 0) >= count);
}

function checkRefused(batch: readonly Promised[], refused: ReadonlyMap<string, number>): void {
  const expected = told(batch);
  const shown = () => ({ told: [...expected], counted: [...refused] });
  hold(isCounted(batch, refused), "every refusal is counted", shown);
  if (batch.some(({ unsure }) => unsure)) return;
  const same = [...refused].every(([reason, count]) => (expected.get(reason) ?? 0) === count);
  hold(same, "no refusal is counted that was not told", shown);
}

function checkKept(batch: readonly Promised[], records: Map<string, Uint8Array>): void {
  for (const { kept } of batch) {
    for (const [receipt, body] of kept) {
      const bytes = records.get(receipt);
      hold(bytes !== undefined, "what was acknowledged is in the spool", () => receipt);
      const same = body === null || (bytes !== undefined && body.equals(bytes));
      hold(same, "it has the bytes that were sent", () => ({
        sent: body?.toString("latin1"),
        kept: Buffer.from(bytes ?? []).toString("latin1"),
      }));
      records.delete(receipt);
    }
  }
  const perhaps = batch.flatMap((one) => one.perhaps);
  const within = batch.flatMap((one) => one.within);
  for (const bytes of records.values()) {
    const at = perhaps.findIndex((body) => body.equals(bytes));
    const stream = within.find(({ sent, most }) => most > 0 && isWithin(bytes, sent));
    const text = () => Buffer.from(bytes).toString("latin1");
    hold(at >= 0 || stream !== undefined, "nothing is in the spool that nobody sent", text);
    if (at >= 0) perhaps.splice(at, 1);
    else if (stream !== undefined) stream.most -= 1;
  }
}

/** True when the bytes are among those that were sent, in their order: chunks have others between them. */
function isWithin(bytes: Uint8Array, sent: Buffer): boolean {
  let at = 0;
  for (const byte of bytes) {
    at = sent.indexOf(byte, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
