// A message that was on its way into the store when the writer died, and whose domains belong to somebody
// else when it starts again: whatever was stored before, it counts once and under the new tenant alone.

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { buildDirectory } from "../../services/core/directory/directory.ts";
import { printReceipt } from "../../services/core/receipt.ts";
import { commitBatch } from "../../services/ingest/commit.ts";
import { OPEN_CONTEXT } from "../../services/ingest/context.ts";
import type { Entry } from "../../services/ingest/entry.ts";
import { ingest } from "../../services/ingest/ingest.ts";
import type { Store } from "../../services/store/port.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";
import { reportJson } from "../support/reports.ts";

let engine: TestStore;
beforeAll(async () => {
  engine = await startTestStore();
});
afterAll(() => engine.stop());
beforeEach(() => engine.empty());

let clock = Date.parse("2026-11-02T03:00:00Z");
const at = () => {
  clock += 1;
  return clock;
};

type Tenants = Readonly<Record<string, string>>;

const RECEIVED_AT_MS = Date.parse("2026-11-02T02:00:00Z");
const RECEIPTS = [1, 2, 3].map((n) => printReceipt(RECEIVED_AT_MS, new Uint8Array(16).fill(n)));

/** The same three messages under a directory: two reports, one of them twice. */
async function batch(tenants: Tenants): Promise<Entry[]> {
  const directory = buildDirectory(
    Object.entries(tenants).map(([domain, tenant]) => {
      return { domain, tenant, aliases: [], mx: [], addresses: [], keys: [] };
    }),
  );
  const shapes = [
    { number: 1, domain: "a.example", failures: 2 },
    { number: 1, domain: "a.example", failures: 2 },
    { number: 2, domain: "b.example", failures: 1 },
  ];
  const entries: Entry[] = [];
  for (const [i, shape] of shapes.entries()) {
    const arrival = {
      receipt: RECEIPTS[i] ?? "",
      receivedAtMs: RECEIVED_AT_MS,
      channel: "https" as const,
      peer: "192.0.2.1",
      helo: "",
      tls: "",
      mailFrom: "",
      rcptTo: [],
      contentType: "",
      fileName: "",
      key: "",
      reprocess: false,
    };
    const raw = { arrival, bytes: Buffer.from(reportJson(shape)) };
    const items = await ingest(raw, { ...OPEN_CONTEXT, directory });
    items.forEach((item, index) => {
      entries.push({ raw, index, item });
    });
  }
  return entries;
}

/** What is alive in each table, as panels read it. */
async function state(): Promise<Record<string, string[]>> {
  const lines = async (sql: string) =>
    (await engine.store.select<{ line: string }>(sql)).map(({ line }) => line).sort();
  return {
    facts: await lines(
      `SELECT concat(tenant, ' ', domain, ' ',
         toString(sum(sessions_successful + sessions_failed))) AS line
       FROM policy_summaries FINAL GROUP BY tenant, domain`,
    ),
    details: await lines(
      `SELECT concat(tenant, ' ', toString(sum(failed_sessions))) AS line
       FROM failure_details FINAL GROUP BY tenant`,
    ),
    claims: await lines("SELECT concat(tenant, ' ', status) AS line FROM reports FINAL"),
    ledger: await lines("SELECT concat(tenant, ' ', outcome) AS line FROM receipts FINAL"),
    quarantine: await lines("SELECT concat(tenant, ' ', reason) AS line FROM quarantine FINAL"),
  };
}

/** A store that is gone after its n-th call. */
function dying(store: Store, calls: number): Store {
  let left = calls;
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    if (left === 0) throw new Error("killed");
    left -= 1;
    return work();
  };
  return {
    insert: (...call) => step(() => store.insert(...call)),
    select: (...call) => step(() => store.select(...call)),
    command: (...call) => step(() => store.command(...call)),
    ping: () => store.ping(),
    close: () => store.close(),
  };
}

const BEFORE: Tenants[] = [
  { "a.example": "red", "b.example": "red" },
  { "b.example": "red" }, // a.example was unknown, and in quarantine
];
const AFTER: Tenants = { "a.example": "blue", "b.example": "red" };
const LEFT = new Set(RECEIPTS);

test("killed at every call, then another configuration", { timeout: 120_000 }, async () => {
  await commitBatch(engine.store, await batch(AFTER), at());
  const expected = await state();
  expect(expected).toMatchObject({
    facts: ["blue a.example 12", "red b.example 11"],
    ledger: ["blue duplicate", "blue stored", "red stored"],
    quarantine: [],
  });
  let killed = true;
  let calls = 0;
  for (; killed; calls++) {
    await engine.empty();
    const before = await batch(BEFORE[calls % 2] ?? {});
    killed = await commitBatch(dying(engine.store, calls), before, at()).then(
      () => false,
      () => true,
    );
    await commitBatch(engine.store, await batch(AFTER), at(), LEFT);
    expect(await state(), `${calls} calls`).toEqual(expected);
  }
  expect(calls).toBeGreaterThan(5);
});

test("the clearing itself may be killed at every call", { timeout: 120_000 }, async () => {
  const first = async (tenants: Tenants) => (await batch(tenants)).slice(0, 1);
  await commitBatch(engine.store, await first(AFTER), at());
  const expected = await state();
  let killed = true;
  for (let calls = 0; killed; calls++) {
    await engine.empty();
    await commitBatch(engine.store, await first(BEFORE[calls % 2] ?? {}), at());
    const second = commitBatch(dying(engine.store, calls), await first(AFTER), at(), LEFT);
    killed = await second.then(
      () => false,
      () => true,
    );
    await commitBatch(engine.store, await first(AFTER), at(), LEFT);
    expect(await state(), `${calls} calls`).toEqual(expected);
  }
});

test("a domain that is not configured any more goes to quarantine, and its rows go", async () => {
  await commitBatch(engine.store, await batch(AFTER), at());
  await commitBatch(engine.store, await batch({ "b.example": "red" }), at(), LEFT);
  expect(await state()).toEqual({
    facts: ["red b.example 11"],
    details: ["red 1"],
    claims: ["red stored"],
    ledger: ["default quarantined", "default quarantined", "red stored"],
    quarantine: ["default unknown-domain", "default unknown-domain"],
  });
});

test("what is as it was is left alone", async () => {
  const entries = await batch(AFTER);
  await commitBatch(engine.store, entries, at());
  const commands: string[] = [];
  const watched: Store = {
    insert: (...call) => engine.store.insert(...call),
    select: (...call) => engine.store.select(...call),
    command: (sql, ...rest) => {
      commands.push(sql);
      return engine.store.command(sql, ...rest);
    },
    ping: () => engine.store.ping(),
    close: () => engine.store.close(),
  };
  await commitBatch(watched, entries, at(), LEFT);
  expect(commands).toEqual([]);
});
