// Which deferred messages are tried again, on the real engine: each signing organization in its turn, and
// without looking through everything that is in quarantine.

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { BOUNDS } from "../../services/core/bounds.ts";
import { createRetry, startDeferred } from "../../services/ingest/deferred.ts";
import { silent } from "../../services/observe/events.ts";
import type { Store } from "../../services/store/port.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";

let engine: TestStore;
let taken: string[] = [];
const spool = {
  append: async ({ receipt }: { receipt?: string }) => {
    taken.push(receipt ?? "");
    return receipt ?? "";
  },
};

beforeAll(async () => {
  engine = await startTestStore();
});
beforeEach(async () => {
  taken = [];
  await engine.empty();
});
afterAll(() => engine.stop());

const HOUR_MS = 3_600_000;

/** Messages that arrived some time ago and were tried then alone. */
async function defer(name: string, domain: string, count: number, agoMs: number): Promise<void> {
  const atMs = Date.now() - agoMs;
  await engine.store.command(
    `INSERT INTO quarantine (tenant, receipt, item, received_at, channel, dkim_domain, reason,
       raw_base64, raw_bytes, version, is_deleted)
     SELECT '', concat('${name}', toString(number)), 0, fromUnixTimestamp64Milli(${atMs}), 'smtp',
       ${domain}, 'dkim-deferred', base64Encode('x'), 1, ${atMs}, 0 FROM numbers(${count})`,
  );
}

const retry = () => createRetry({ store: engine.store, spool, emit: silent });

test("many of one organization, under many names, do not hold up one of another", async () => {
  await defer("evil", "concat('x', toString(number), '.evil.example')", 5_000, 10 * HOUR_MS);
  await defer("good", "'sender.example'", 3, HOUR_MS);
  expect(await retry()()).toBe(BOUNDS.dkimRetriesMax);
  expect(taken.filter((receipt) => receipt.startsWith("good"))).toHaveLength(3);
  expect(taken.indexOf("good0")).toBeLessThan(6);
});

test("nor do many organizations hold up one whose reports were verified lately", async () => {
  const count = BOUNDS.dkimRetriesSeenMax + 10;
  await defer("evil", "concat('evil', toString(number), '.example')", count, 10 * HOUR_MS);
  await defer("good", "'sender.example'", 1, HOUR_MS);
  await engine.store.command(
    `INSERT INTO reports (tenant, day, receipt, trust, dkim_domain, status, version)
     SELECT '', today(), 'r', 'verified', 'sender.example', 'stored', 1`,
  );
  await retry()();
  expect(taken[0]).toBe("good0");
});

test("after a long absence the oldest are found, too", async () => {
  await defer("old", "'sender.example'", BOUNDS.dkimRetriesMax + 5, 40 * 24 * HOUR_MS);
  const round = retry();
  expect(await round()).toBe(BOUNDS.dkimRetriesMax);
  expect(await round()).toBe(5);
  expect(new Set(taken).size).toBe(BOUNDS.dkimRetriesMax + 5);
});

test("what was decided since is not tried again", async () => {
  await defer("a", "'sender.example'", 2, HOUR_MS);
  await engine.store.command(
    `INSERT INTO quarantine SELECT * REPLACE(version + 1 AS version,
       if(receipt = 'a0', 'dkim-unverified', reason) AS reason, receipt = 'a1' AS is_deleted)
     FROM quarantine`,
  );
  expect(await retry()()).toBe(0);
});

test("the loop looks less often while there is nothing to do, and often when there is", async () => {
  let looks = 0;
  const store: Store = {
    ...engine.store,
    select: (...args) => {
      looks += 1;
      return engine.store.select(...args);
    },
    insert: (...args) => engine.store.insert(...args),
    command: (...args) => engine.store.command(...args),
    ping: () => engine.store.ping(),
    close: () => engine.store.close(),
  };
  const loop = startDeferred({ store, spool, emit: silent, pollMs: 10, pollMsMax: 100_000 });
  const startedAt = performance.now();
  await expect.poll(() => looks, { timeout: 20_000 }).toBe(6);
  // 10, 20, 40, 80, 160 and 320 ms.
  expect(performance.now() - startedAt).toBeGreaterThan(600);
  await loop.stop();
});
