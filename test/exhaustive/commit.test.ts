// The exactly-once protocol of ingest/commit.ts on the real engine: repeated, crashed at every call of the
// store, and raced by two and three writers in many interleavings. What counts is read back as panels
// read it.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { printReceipt } from "../../services/core/receipt.ts";
import { commitBatch } from "../../services/ingest/commit.ts";
import { OPEN_CONTEXT } from "../../services/ingest/context.ts";
import type { Entry } from "../../services/ingest/entry.ts";
import { ingest } from "../../services/ingest/ingest.ts";
import { noOutcomes, storePart } from "../../services/ingest/store-batch.ts";
import { silent } from "../../services/observe/events.ts";
import { type Store, StoreError } from "../../services/store/port.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";
import { type ReportShape, reportJson } from "../support/reports.ts";

let engine: TestStore;
beforeAll(async () => {
  engine = await startTestStore();
});
afterAll(() => engine.stop());
beforeEach(() => engine.empty());

let clock = Date.parse("2026-11-02T03:00:00Z");

/** The entries of one received message; every call is another receipt. */
async function receive(bytes: string | Uint8Array, reprocessOf?: string): Promise<Entry[]> {
  clock += 1;
  const random = crypto.getRandomValues(new Uint8Array(16));
  const raw = {
    arrival: {
      receipt: reprocessOf ?? printReceipt(clock, random),
      receivedAtMs: clock,
      channel: "https" as const,
      peer: "192.0.2.1",
      helo: "",
      tls: "",
      mailFrom: "",
      rcptTo: [],
      contentType: "",
      fileName: "",
      key: "",
      reprocess: reprocessOf !== undefined,
    },
    bytes: Buffer.from(bytes),
  };
  const items = await ingest(raw, OPEN_CONTEXT);
  return items.map((item, index) => ({ raw, index, item }));
}

const report = (shape: ReportShape) => receive(reportJson(shape));

interface Sums {
  sessions: number;
  failed: number;
  details: number;
  outcomes: Record<string, number>;
}

async function sums(): Promise<Sums> {
  const [totals] = await engine.store.select<{ s: string; f: string }>(
    `SELECT sum(sessions_successful + sessions_failed) AS s, sum(sessions_failed) AS f
     FROM policy_summaries FINAL`,
  );
  const [details] = await engine.store.select<{ d: string }>(
    "SELECT sum(failed_sessions) AS d FROM failure_details FINAL",
  );
  const rows = await engine.store.select<{ outcome: string; n: string }>(
    "SELECT outcome, sum(items) AS n FROM receipts FINAL GROUP BY outcome",
  );
  return {
    sessions: Number(totals?.s),
    failed: Number(totals?.f),
    details: Number(details?.d),
    outcomes: Object.fromEntries(rows.map((row) => [row.outcome, Number(row.n)])),
  };
}

const at = () => {
  clock += 1;
  return clock;
};

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

/** A store whose n-th call fails, before or after it was carried out. */
function failAt(store: Store, nth: number, when: "before" | "after"): Store {
  let calls = 0;
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (calls === nth && when === "before") throw new Error("crashed before the call");
    const result = await work();
    if (calls === nth && when === "after") throw new Error("crashed after the call");
    return result;
  };
  return intercept(store, step);
}

/** Runs one commit per writer, with the order of their calls of the store decided by the seed. */
async function race(seed: number, writers: Entry[][]): Promise<void> {
  const queue: (() => void)[] = [];
  let running = writers.length;
  let state = seed * 2_654_435_761 + 1;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  const release = () => {
    if (queue.length < running || running === 0) return;
    queue.splice(Math.floor(random() * queue.length), 1)[0]?.();
  };
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    await new Promise<void>((resolve) => {
      queue.push(resolve);
      release();
    });
    return work();
  };
  await Promise.all(
    writers.map(async (entries) => {
      await commitBatch(intercept(engine.store, step), entries, at());
      running -= 1;
      release();
    }),
  );
}

function intercept(store: Store, step: <T>(work: () => Promise<T>) => Promise<T>): Store {
  return {
    insert: (...call) => step(() => store.insert(...call)),
    select: (...call) => step(() => store.select(...call)),
    command: (...call) => step(() => store.command(...call)),
    ping: () => store.ping(),
    close: () => store.close(),
  };
}
