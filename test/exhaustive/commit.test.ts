// The exactly-once protocol of ingest/commit.ts on the real engine: repeated, crashed at every call of the
// store, and raced by two and three writers in many interleavings. What counts is read back as panels
// read it.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { commitBatch } from "../../services/ingest/commit.ts";
import type { Entry } from "../../services/ingest/entry.ts";
import { noOutcomes, storePart } from "../../services/ingest/store-batch.ts";
import { silent } from "../../services/observe/events.ts";
import { type Store, StoreError } from "../../services/store/port.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";
import { reportJson } from "../support/reports.ts";

import {
  at,
  failAt,
  intercept,
  race as raceOn,
  receive,
  report,
  seen,
  sums as sumsOf,
} from "./committing.ts";

let engine: TestStore;
beforeAll(async () => {
  engine = await startTestStore();
});
afterAll(() => engine.stop());
beforeEach(() => engine.empty());

const sums = () => sumsOf(engine.store);
const race = (seed: number, writers: Entry[][]) => raceOn(engine.store, seed, writers);

describe("one writer", () => {
  test("new, repeated and contradicted reports end as stored, duplicate and conflict", async () => {
    const first = await report({ number: 1, successful: 10, failures: 2 });
    const again = await report({ number: 1, successful: 10, failures: 2 });
    const other = await report({ number: 1, successful: 99, failures: 0 });
    const ended = await commitBatch(engine.store, [...first, ...again, ...other], at());
    expect(ended.map((one) => one.outcome)).toEqual(["stored", "duplicate", "conflict"]);
    const later = await commitBatch(
      engine.store,
      await report({ number: 1, successful: 99, failures: 0 }),
      at(),
    );
    expect(later.map((one) => one.outcome)).toEqual(["duplicate"]);
    expect(await sums()).toEqual({
      sessions: 12,
      failed: 2,
      details: 2,
      outcomes: { stored: 1, duplicate: 2, conflict: 1 },
    });
  });

  test("a batch that is repeated after its end changes nothing", async () => {
    const batch = [
      ...(await report({ number: 1 })),
      ...(await report({ number: 1 })),
      ...(await report({ number: 1, successful: 4 })),
      ...(await receive("no report")),
    ];
    const ended = await commitBatch(engine.store, batch, at());
    const before = await sums();
    const repeated = await commitBatch(engine.store, batch, at());
    expect(repeated.map((one) => one.outcome)).toEqual(ended.map((one) => one.outcome));
    expect(await sums()).toEqual(before);
    expect(before.outcomes).toEqual({ stored: 1, duplicate: 1, conflict: 1, quarantined: 1 });
  });

  test("a crash at any call of the store is repaired by repeating the batch", async () => {
    let crashes = 0;
    for (let nth = 1; ; nth++) {
      await engine.empty();
      const batch = [
        ...(await report({ number: 1, failures: 3 })),
        ...(await report({ number: 1, failures: 3 })),
        ...(await report({ number: 2, failures: 0 })),
        ...(await report({ number: 2, successful: 3 })),
        ...(await receive("rubbish")),
      ];
      const crashed = await commitBatch(failAt(engine.store, nth, "before"), batch, at()).then(
        () => false,
        () => true,
      );
      await commitBatch(failAt(engine.store, nth, "after"), batch, at()).catch(() => {});
      await commitBatch(engine.store, batch, at());
      expect(await sums(), `crash at call ${nth}`).toEqual({
        sessions: 23,
        failed: 3,
        details: 3,
        outcomes: { stored: 2, duplicate: 1, conflict: 1, quarantined: 1 },
      });
      if (!crashed) break;
      crashes += 1;
    }
    expect(crashes).toBeGreaterThan(6);
  });
});

describe("reprocessing", () => {
  test("a message that is understood now leaves the quarantine and is counted once", async () => {
    const [old] = await receive("not yet understood");
    if (old === undefined) throw new Error("no entry");
    await commitBatch(engine.store, [old], at());
    const again = await receive(reportJson({ number: 5 }), old.raw.arrival.receipt);
    await commitBatch(engine.store, again, at());
    const left = await engine.store.select("SELECT receipt FROM quarantine FINAL");
    expect(left).toEqual([]);
    expect((await sums()).outcomes).toEqual({ stored: 1 });
  });

  test("a message that fails again stays in quarantine with its bytes", async () => {
    const [old] = await receive("never understood");
    if (old === undefined) throw new Error("no entry");
    await commitBatch(engine.store, [old], at());
    await commitBatch(
      engine.store,
      await receive("never understood", old.raw.arrival.receipt),
      at(),
    );
    const rows = await engine.store.select<{ raw: string }>("SELECT raw FROM quarantine FINAL");
    expect(rows).toEqual([{ raw: "never understood" }]);
    expect((await sums()).outcomes).toEqual({ quarantined: 1 });
  });
});

describe("a message that is understood otherwise than before", () => {
  test("an upgrade in mid-air replaces the old claim, and resends are duplicates", async () => {
    const first = await report({ number: 7, successful: 10, failures: 2 });
    await commitBatch(engine.store, first, at());
    const receipt = first[0]?.raw.arrival.receipt ?? "";
    const other = await receive(reportJson({ number: 7, successful: 30, failures: 1 }), receipt);
    for (const entry of other) entry.raw.arrival.reprocess = false;
    expect((await commitBatch(engine.store, other, at())).map((one) => one.outcome)).toEqual([
      "stored",
    ]);
    expect(await sums()).toEqual({ sessions: 31, failed: 1, details: 1, outcomes: { stored: 1 } });
    const resend = await report({ number: 7, successful: 30, failures: 1 });
    expect((await commitBatch(engine.store, resend, at()))[0]?.outcome).toBe("duplicate");
  });

  test("reprocessing that gives another identity moves the report, forth and back", async () => {
    const first = await report({ number: 8, failures: 2 });
    await commitBatch(engine.store, first, at());
    const receipt = first[0]?.raw.arrival.receipt ?? "";
    for (const number of [9, 8, 9]) {
      const moved = await receive(reportJson({ number, failures: number }), receipt);
      expect((await commitBatch(engine.store, moved, at()))[0]?.outcome).toBe("stored");
      expect(await sums()).toEqual({
        sessions: 10 + number,
        failed: number,
        details: number,
        outcomes: { stored: 1 },
      });
    }
  });
});

test("a message whose rows the store refuses in the middle leaves no claim behind", async () => {
  for (const table of ["policy_summaries", "failure_details"]) {
    await engine.empty();
    const entries = await report({ number: 11, failures: 2 });
    const refusing: Store = {
      ...intercept(engine.store, (work) => work()),
      insert: async (into, ...rest) => {
        if (into === table) throw new StoreError("refused", { code: "117", retryable: false });
        return engine.store.insert(into, ...rest);
      },
    };
    const segment = { name: "s", bytes: 1, notify: false };
    const part = { entries, segmentOf: entries.map(() => segment) };
    await storePart(refusing, part, at(), noOutcomes([segment]), silent);
    expect(await sums()).toEqual({
      sessions: 0,
      failed: 0,
      details: 0,
      outcomes: { quarantined: 1 },
    });
    const resend = await report({ number: 11, failures: 2 });
    expect((await commitBatch(engine.store, resend, at()))[0]?.outcome).toBe("stored");
    expect((await sums()).sessions).toBe(12);
  }
});

test("outside text with half a character is stored like any other", async () => {
  const entries = await receive('{"organization-name":"x","report-id":"1"}');
  for (const { raw } of entries) raw.arrival.key = "half \ud83d";
  const [ended] = await commitBatch(engine.store, entries, at());
  expect(ended).toMatchObject({ outcome: "quarantined", reason: "policies-missing" });
  const rows = await engine.store.select<{ url_key: string }>(
    "SELECT url_key FROM quarantine FINAL",
  );
  expect(rows).toEqual([{ url_key: "half \ufffd" }]);
});

describe("writers at once", () => {
  test("the same report by two writers counts once in every interleaving", async () => {
    for (let seed = 0; seed < 6; seed++) {
      await engine.empty();
      const number = 1000 + seed;
      const a = await report({ number, failures: 2 });
      const b = await report({ number, failures: 2 });
      await race(seed, [a, b]);
      expect(await sums(), `seed ${seed}`).toEqual({
        sessions: 12,
        failed: 2,
        details: 2,
        outcomes: { stored: 1, duplicate: 1 },
      });
    }
  });

  test("a reader never sees it twice, not even between two calls", async () => {
    for (let seed = 0; seed < 6; seed++) {
      await engine.empty();
      const number = 1500 + seed;
      const writers = [
        await report({ number, failures: 2 }),
        await report({ number, failures: 2 }),
      ];
      const most = { sessions: 0, failed: 0, details: 0 };
      await raceOn(engine.store, seed, writers, async () => {
        const now = await seen(engine.store);
        most.sessions = Math.max(most.sessions, now.sessions);
        most.failed = Math.max(most.failed, now.failed);
        most.details = Math.max(most.details, now.details);
      });
      expect(most, `seed ${seed}`).toEqual({ sessions: 12, failed: 2, details: 2 });
    }
  });

  test("different contents for one identity by three writers: one counts", async () => {
    for (let seed = 0; seed < 8; seed++) {
      await engine.empty();
      const number = 2000 + seed;
      const contents = [
        { number, successful: 100, failures: 2 },
        { number, successful: 200, failures: 5 },
        { number, successful: 200, failures: 5 },
      ];
      const entries = await Promise.all(contents.map((shape) => report(shape)));
      await race(seed, entries);
      const { sessions, failed, details, outcomes } = await sums();
      expect([102, 205], `seed ${seed}`).toContain(sessions);
      expect(failed).toBe(sessions === 102 ? 2 : 5);
      expect(details).toBe(failed);
      expect(outcomes["stored"]).toBe(1);
      expect((outcomes["conflict"] ?? 0) + (outcomes["duplicate"] ?? 0)).toBe(2);
      expect(outcomes["conflict"] ?? 0).toBeGreaterThan(0);
    }
  });
});
