// The whole way from acknowledgement to the store under a file system and a store that die or fail at
// their n-th call, for every n: the real spool on a file system in memory, the real writer and decoding,
// the real engine. After each crash a new process drains what is left, and everything must add up.

import { afterAll, beforeAll, expect, test } from "vitest";
import { OPEN_CONTEXT } from "../../services/ingest/context.ts";
import { ingest } from "../../services/ingest/ingest.ts";
import type { DecodePool } from "../../services/ingest/pool.ts";
import { startWriter } from "../../services/ingest/writer.ts";
import { silent } from "../../services/observe/events.ts";
import { openSpoolReader } from "../../services/spool/spool-reader.ts";
import { openSpoolWriter } from "../../services/spool/spool-writer.ts";
import { type Store, StoreError } from "../../services/store/port.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";
import { reportJson } from "../support/reports.ts";
import { type Crash, FakeDisk, type Fault } from "../unit/spool/fake-disk.ts";
import { ARRIVING, FOLDER } from "../unit/spool/sample.ts";

/** Runs side by side; each has an organisation and a time of arrival of its own to be told by. */
const RUNS_AT_ONCE = 6;
const DAY_MS = Date.parse("2026-11-02T03:00:00Z");
const PAIRS = 18;

let engine: TestStore;
beforeAll(async () => {
  engine = await startTestStore();
});
afterAll(() => engine.stop());

let runs = 0;

interface StoreFailure {
  call: number;
  when: "before" | "after";
  /** What follows: no further call either, or as if nothing had been. */
  next: "dies" | "goes on";
}

interface Failing {
  disk?: Fault & { crash: Crash };
  store?: StoreFailure;
}

/** Which of the faults were met before the run was at its end. */
interface Met {
  disk: boolean;
  store: boolean;
}

const decode: DecodePool = {
  decode: (records) => Promise.all(records.map((raw) => ingest(raw, OPEN_CONTEXT))),
  configure: () => {},
  close: async () => {},
};

/** Waves of messages: new, repeated, contradicted and no reports at all. */
function waves(organization: string): string[][] {
  const first = { number: 1, organization, successful: 10, failures: 2 };
  return [
    [reportJson(first), reportJson({ number: 2, organization }), "no report"],
    [reportJson(first), reportJson({ ...first, successful: 500 })],
  ];
}

/** One life and, after its crash, another one in good health. */
async function run(failing: Failing): Promise<Met> {
  runs += 1;
  const organization = `Sender ${runs}`;
  const receivedAtMs = DAY_MS + runs * 1_000;
  const disk = new FakeDisk();
  disk.fault = failing.disk ?? null;
  const store = failingStore(engine.store, failing.store);
  const acknowledged: string[] = [];
  const isDead = () => disk.dead || store.isDead();
  const life = live(disk, store, "alive", isDead, async (append, seal) => {
    for (const wave of waves(organization)) {
      const taken = wave.map((text) =>
        append(receivedAtMs, text).then((id) => acknowledged.push(id)),
      );
      await Promise.allSettled(taken);
      await seal();
    }
  });
  // A disk that is dead at once does not even open.
  await life.catch((error: unknown) => {
    if (!isDead() && disk.calls.length < (failing.disk?.call ?? 0)) throw error;
  });
  const left = disk.afterCrash(failing.disk?.crash ?? "process");
  await live(
    left,
    engine.store,
    "gone",
    () => false,
    async () => {},
  );
  const what = JSON.stringify(failing);
  await check(organization, receivedAtMs, acknowledged, what);
  return { disk: disk.calls.length >= (failing.disk?.call ?? 0), store: store.isMet() };
}

type Append = (receivedAtMs: number, text: string) => Promise<string>;

/** One process: a spool, its reader and the writer, until all is drained or something is dead. */
async function live(
  disk: FakeDisk,
  store: Store,
  owners: "alive" | "gone",
  isDead: () => boolean,
  receive: (append: Append, seal: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const options = { folder: FOLDER, emit: silent, disk };
  const spool = await openSpoolWriter(options);
  try {
    const reader = await openSpoolReader({ ...options, fateOf: () => owners });
    const writer = startWriter({ spool: reader, store, decode, emit: silent });
    try {
      const append: Append = (receivedAtMs, text) =>
        spool.append({ ...ARRIVING, receivedAtMs }, Buffer.from(text));
      await receive(append, () => spool.seal());
      do await writer.drained();
      while (!isDead() && writer.trouble() !== null);
    } finally {
      await writer.stop();
    }
  } finally {
    await spool.close();
  }
}

function failingStore(
  store: Store,
  failure: StoreFailure | undefined,
): Store & { isDead(): boolean; isMet(): boolean } {
  let calls = 0;
  let dead = false;
  const failed = () => new StoreError("made to fail", { retryable: true, fault: "away" });
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    if (dead) throw failed();
    calls += 1;
    if (calls !== failure?.call) return work();
    dead = failure.next === "dies";
    if (failure.when === "after") await work();
    throw failed();
  };
  return {
    insert: (...call) => step(() => store.insert(...call)),
    select: (...call) => step(() => store.select(...call)),
    command: (...call) => step(() => store.command(...call)),
    ping: () => store.ping(),
    close: async () => {},
    isDead: () => dead,
    isMet: () => failure === undefined || calls >= failure.call,
  };
}

interface LedgerRow {
  receipt: string;
  outcome: string;
  report_key: string;
  rows: string;
}

/** What was acknowledged is in the ledger once, each identity counts once, and the tables agree. */
async function check(
  organization: string,
  receivedAtMs: number,
  acknowledged: readonly string[],
  what: string,
): Promise<void> {
  const ledger = await engine.store.select<LedgerRow>(
    `SELECT receipt, outcome, report_key, count() AS rows FROM receipts FINAL
     WHERE received_at = fromUnixTimestamp64Milli(toInt64(${receivedAtMs}), 'UTC')
     GROUP BY receipt, outcome, report_key`,
  );
  const receipts = ledger.map((row) => row.receipt);
  expect(new Set(receipts).size, `${what}: one row each`).toBe(receipts.length);
  for (const row of ledger) expect(row.rows, what).toBe("1");
  expect(receipts, `${what}: acknowledged`).toEqual(expect.arrayContaining([...acknowledged]));
  const ofReports = ledger.filter((row) => row.outcome !== "quarantined");
  const identities = new Set(ofReports.map((row) => row.report_key));
  const stored = ofReports.filter((row) => row.outcome === "stored");
  expect(stored.map((row) => row.report_key).sort(), what).toEqual([...identities].sort());
  const [reports, summaries, details] = await Promise.all([
    one(
      "count() AS n, sum(successful_sessions + failed_sessions) AS s, sum(failed_sessions) AS f",
      `reports FINAL WHERE status = 'stored' AND organization = '${organization}'`,
    ),
    one(
      "uniqExact(report_key) AS n, sum(policy_successful + policy_failed) AS s, " +
        "sum(policy_failed) AS f",
      `policy_summaries FINAL WHERE organization = '${organization}'`,
    ),
    one(
      "sum(failed_sessions) AS f",
      `failure_details FINAL WHERE organization = '${organization}'`,
    ),
  ]);
  expect(reports?.n, `${what}: claims`).toBe(String(identities.size));
  expect(summaries, `${what}: facts`).toEqual(reports);
  expect(details?.f, `${what}: details`).toBe(reports?.f);
  const quarantined = ledger.filter((row) => row.outcome === "quarantined").length;
  const kept = await one(
    "count() AS n",
    `quarantine FINAL WHERE received_at = fromUnixTimestamp64Milli(toInt64(${receivedAtMs}), 'UTC')`,
  );
  expect(kept?.n, `${what}: quarantine`).toBe(String(quarantined));
}

interface Sums {
  n?: string;
  s?: string;
  f?: string;
}

async function one(columns: string, rest: string): Promise<Sums | undefined> {
  const [row] = await engine.store.select<Sums>(`SELECT ${columns} FROM ${rest}`);
  return row;
}

/** Runs n = 1, 2, 3, ... side by side until a run ends without having met its fault. */
async function forEvery(failingAt: (n: number) => Failing): Promise<number> {
  let next = 1;
  let last = Number.POSITIVE_INFINITY;
  const lane = async () => {
    while (next < last) {
      const n = next++;
      const met = await run(failingAt(n));
      if (!met.disk || !met.store) last = Math.min(last, n);
    }
  };
  await Promise.all(Array.from({ length: RUNS_AT_ONCE }, lane));
  return last - 1;
}

const KINDS: Fault["kind"][] = ["dies-before", "dies-half", "dies-after", "fails"];
const CRASHES: Crash[] = ["process", "power", "torn"];

test("without a fault the model ends as it should", async () => {
  const before = runs;
  await run({});
  const rows = await engine.store.select<{ outcome: string; n: string }>(
    `SELECT outcome, count() AS n FROM receipts FINAL
     WHERE received_at = fromUnixTimestamp64Milli(toInt64(${DAY_MS + (before + 1) * 1_000}), 'UTC')
     GROUP BY outcome ORDER BY outcome`,
  );
  expect(rows).toEqual([
    { outcome: "conflict", n: "1" },
    { outcome: "duplicate", n: "1" },
    { outcome: "quarantined", n: "1" },
    { outcome: "stored", n: "2" },
  ]);
});

test("the file system dies or fails at its n-th call, for every n", async () => {
  const calls = await forEvery((call) => {
    const kind = KINDS[call % KINDS.length] ?? "dies-before";
    const crash = CRASHES[call % CRASHES.length] ?? "process";
    return { disk: { call, kind, code: "EIO", crash: kind === "fails" ? "process" : crash } };
  });
  expect(calls).toBeGreaterThan(30);
});

test.each(["before", "after"] as const)(
  "the store fails %s its n-th call took effect, for every n, with the process and without",
  async (when) => {
    for (const next of ["dies", "goes on"] as const) {
      const calls = await forEvery((call) => ({ store: { call, when, next } }));
      expect(calls).toBeGreaterThan(8);
    }
  },
);

test("both at once, at places that a fixed seed chose", async () => {
  let state = 20_261_102;
  const random = (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
  const pairs = Array.from(
    { length: PAIRS },
    (): Failing => ({
      disk: {
        call: 20 + random(40),
        kind: KINDS[random(KINDS.length)] ?? "fails",
        code: "EIO",
        crash: CRASHES[random(CRASHES.length)] ?? "process",
      },
      store: { call: 1 + random(12), when: random(2) === 0 ? "before" : "after", next: "goes on" },
    }),
  );
  const lane = async () => {
    for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) await run(pair);
  };
  await Promise.all(Array.from({ length: RUNS_AT_ONCE }, lane));
  expect(pairs).toEqual([]);
});
