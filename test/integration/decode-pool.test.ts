// Decoding in threads: the compiled thread with real messages, and a thread that misbehaves.

import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { BOUNDS } from "../../services/core/bounds.ts";
import type { Raw } from "../../services/core/raw.ts";
import { OPEN_CONTEXT } from "../../services/ingest/context.ts";
import { ingest } from "../../services/ingest/ingest.ts";
import type { Item } from "../../services/ingest/item.ts";
import { createDecodePool, type DecodePool } from "../../services/ingest/pool.ts";
import { type EventFields, type EventName, silent } from "../../services/observe/events.ts";
import { received } from "../support/mails.ts";
import { reportJson, reportMail } from "../support/reports.ts";

const ODD_WORKER = resolve("test/support/odd-worker.mjs");
const pools: DecodePool[] = [];

afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});

function opened(pool: DecodePool): DecodePool {
  pools.push(pool);
  return pool;
}

describe("the compiled thread", () => {
  const real = () => opened(createDecodePool({ workers: 2, emit: silent }));

  it("gives the items that the same thread would have given, in order", async () => {
    const raws: Raw[] = [];
    for (let number = 0; number < 3 * BOUNDS.decodeChunkRecordsMax; number++) {
      const bytes = number % 3 === 0 ? reportMail({ number }) : gzipSync(reportJson({ number }));
      raws.push(received(number % 7 === 0 ? "not a report" : bytes, { fileName: `${number}` }));
    }
    const expected = await Promise.all(raws.map((raw) => ingest(raw, OPEN_CONTEXT)));
    expect(await real().decode(raws)).toEqual(expected);
  });

  it("takes a message larger than a chunk, and none at all", async () => {
    const large = received(Buffer.alloc(2 * BOUNDS.decodeChunkBytesMax, "x"));
    const items = await real().decode([large, received(reportMail({ number: 1 }))]);
    expect(items.map(([item]) => item?.kind)).toEqual(["quarantine", "report"]);
    expect(await real().decode([])).toEqual([]);
  });

  it("leaves the bytes with their owner", async () => {
    const shared = Buffer.concat([reportMail({ number: 1 }), reportMail({ number: 2 })]);
    const half = shared.length / 2;
    const raws = [received(shared.subarray(0, half)), received(shared.subarray(half))];
    const pool = real();
    expect(await pool.decode(raws)).toEqual(await pool.decode(raws));
  });
});

describe("a thread that misbehaves", () => {
  const events: [EventName, EventFields | undefined][] = [];
  const odd = (workers = 1) => {
    events.length = 0;
    const emit = (event: EventName, fields?: EventFields) => void events.push([event, fields]);
    return opened(createDecodePool({ workers, emit, workerFile: ODD_WORKER, chunkMsMax: 500 }));
  };
  const said = (items: Item[][]) =>
    items.map(([item]) => (item?.kind === "report" ? item.organization : item?.reason));
  const decode = async (pool: DecodePool, ...texts: string[]) =>
    said(await pool.decode(texts.map((text) => received(text, { receipt: text }))));

  it("is ended when it hangs, and only its message suffers", async () => {
    const answers = await decode(odd(), "a", "hang", "b", "c");
    expect(answers).toEqual(["a", "decode-timeout", "b", "c"]);
    expect(events).toMatchObject([
      ["decode-worker-ended", { reason: "decode-timeout", receipts: ["a", "hang", "b", "c"] }],
      ["decode-worker-ended", { reason: "decode-timeout", receipts: ["hang"] }],
    ]);
  });

  it("is replaced when it dies, and only its message suffers", async () => {
    const pool = odd(2);
    const answers = await decode(pool, "a", "throw", "leave", "b", "throw");
    const gone = "decode-crashed";
    expect(answers).toEqual(["a", gone, gone, "b", gone]);
    expect(await decode(pool, "after")).toEqual(["after"]);
  });

  it("does not hold up the calls of others", async () => {
    const pool = odd(2);
    await decode(pool, "both", "warm");
    const order: unknown[] = [];
    await Promise.all(
      ["hang", "quick"].map(async (text) => order.push(...(await decode(pool, text)))),
    );
    expect(order).toEqual(["quick", "decode-timeout"]);
  });

  it("says nothing of messages when it cannot start", async () => {
    const pool = opened(createDecodePool({ workers: 1, emit: silent, workerFile: "/nowhere.mjs" }));
    await expect(decode(pool, "a")).rejects.toThrow("cannot start");
  });

  it("is ended by close, and work in hand is rejected", async () => {
    const pool = odd();
    const working = expect(decode(pool, "hang")).rejects.toThrow("closed");
    const waiting = expect(decode(pool, "a")).rejects.toThrow("closed");
    await pool.close();
    await working;
    await waiting;
    await expect(decode(pool, "b")).rejects.toThrow("closed");
  });
});
