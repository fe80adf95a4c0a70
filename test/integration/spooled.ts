// A real spool in a folder of its own, and what is in it, for the tests of the receivers.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Raw } from "../../services/core/raw.ts";
import { type EventFields, type EventName, silent } from "../../services/observe/events.ts";
import type { RefusalCount, SpoolWriter } from "../../services/spool/port.ts";
import { openSpoolReader } from "../../services/spool/spool-reader.ts";
import { openSpoolWriter } from "../../services/spool/spool-writer.ts";

export interface Spooled {
  spool: SpoolWriter;
  /** Closes the spool and reads it from the disk: what was kept, and what was refused. */
  read(): Promise<{ messages: Raw[]; refusals: Record<string, number> }>;
  remove(): Promise<void>;
}

export async function openSpooled(): Promise<Spooled> {
  const folder = await mkdtemp(join(tmpdir(), "sealwatch-receive-"));
  const spool = await openSpoolWriter({
    folder,
    diskFreeBytesMin: 0,
    emit: silent,
  });
  return {
    spool,
    async read() {
      await spool.close();
      const reader = await openSpoolReader({ folder, emit: silent });
      const messages: Raw[] = [];
      const counts: RefusalCount[] = [];
      for (const segment of await reader.list()) {
        for (const record of await reader.read(segment)) {
          if (record.kind === "message") messages.push(record.raw);
          if (record.kind === "refusals") counts.push(...record.refusals);
        }
      }
      return { messages, refusals: sumByReason(counts) };
    },
    async remove() {
      await spool.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function sumByReason(counts: RefusalCount[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { channel, reason, count } of counts) {
    const name = `${channel} ${reason}`;
    sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
}

/** Events as they are emitted. */
export function recordEvents() {
  const events: { name: EventName; fields: EventFields }[] = [];
  const emit = (name: EventName, fields: EventFields = {}) => void events.push({ name, fields });
  return { events, emit, names: () => events.map(({ name }) => name) };
}

/** Polls until the condition holds. */
export async function until(condition: () => boolean, what: string, msMax = 10_000): Promise<void> {
  const end = performance.now() + msMax;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
