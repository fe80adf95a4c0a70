// A message whose rows the store refuses goes to quarantine, found by halving; the others are stored. A
// store that is away is no fault of any message.

import { expect, test } from "vitest";
import { type Part, readSegments, takeSegments } from "../../../services/ingest/batch.ts";
import type { Item } from "../../../services/ingest/item.ts";
import { noOutcomes, storePart } from "../../../services/ingest/store-batch.ts";
import { silent } from "../../../services/observe/events.ts";
import { type Store, StoreError } from "../../../services/store/port.ts";

const segment = { name: "s", bytes: 1, notify: true };
const RECEIPT = "01K9ZZZZZZZZZZZZZZZZZZZZ";

async function storeAll(store: Store, names: string[]) {
  const outcomes = noOutcomes([segment]);
  await storePart(store, partOf(names), 5, outcomes, silent);
  return outcomes.get(segment);
}

function partOf(names: string[]): Part {
  const entries = names.map((name, i) => ({
    raw: {
      arrival: {
        receipt: `${RECEIPT}${String(i).padStart(2, "0")}`,
        receivedAtMs: 1,
        channel: "import" as const,
        peer: "",
        helo: "",
        tls: "",
        mailFrom: "",
        rcptTo: [],
        contentType: "",
        fileName: `${name}.json`,
        key: "",
        reprocess: false,
      },
      bytes: Buffer.from(name),
    },
    index: 0,
    item: reportItem(name),
  }));
  return { entries, segmentOf: entries.map(() => segment) };
}

function reportItem(name: string): Item {
  return {
    kind: "report",
    tenant: "default",
    trust: "posted",
    trustRank: 0,
    day: "2026-11-01",
    reportKey: `key-${name}`,
    contentHash: `content-${name}`,
    rowsHash: `rows-${name}`,
    organization: "Sender",
    reportCells: `"${name}"`,
    summaryLines: `["${name}"]\n`,
    detailLines: "",
  };
}

/** Remembers the rows of `reports` and refuses every insert that holds the word "bad". */
function storeThatRefuses(code: string): { store: Store; reports: string[] } {
  const reports: string[] = [];
  const store: Store = {
    insert: async (table, _columns, lines) => {
      if (table === "reports" && lines.includes("bad")) {
        throw new StoreError("cannot parse", { code, retryable: false });
      }
      if (table === "reports") reports.push(...lines.split("\n").filter(Boolean));
    },
    select: async () => [],
    command: async () => {},
    ping: async () => {},
    close: async () => {},
  };
  return { store, reports };
}

test("one bad message in a batch is quarantined, all others are stored", async () => {
  const { store, reports } = storeThatRefuses("27");
  const names = ["a", "b", "bad1", "c", "d", "e", "bad2"];
  expect(await storeAll(store, names)).toMatchObject({
    received: 7,
    stored: 5,
    quarantined: 2,
    reasons: { "store-refused": 2 },
    examples: [{ fileName: "bad1.json" }, { fileName: "bad2.json" }],
  });
  expect(reports.map((line) => JSON.parse(line)[0]).sort()).toEqual(["a", "b", "c", "d", "e"]);
});

test("a store that refuses for a reason of its own is not blamed on the messages", async () => {
  const { store } = storeThatRefuses("516");
  await expect(storeAll(store, ["a", "bad"])).rejects.toThrow(StoreError);
});

test("a batch has some segments, and always one", () => {
  const of = (bytes: number) => ({ name: String(bytes), bytes, notify: false });
  expect(takeSegments([of(900_000_000), of(1)])).toHaveLength(1);
  expect(takeSegments(Array.from({ length: 500 }, () => of(10)))).toHaveLength(64);
  expect(takeSegments([])).toEqual([]);
});

test("of a message that is there twice the last copy counts", async () => {
  const [one, two] = partOf(["a", "a"]).entries.map((entry) => entry.raw);
  if (one === undefined || two === undefined) throw new Error("two are needed");
  const again = { arrival: { ...two.arrival, receipt: one.arrival.receipt }, bytes: two.bytes };
  const records = [one, again].map((raw) => ({ kind: "message" as const, raw }));
  const spool = { list: async () => [], read: async () => records, done: async () => {} };
  const { messages } = await readSegments(spool, [segment], () => {});
  expect(messages.map((message) => message.raw)).toEqual([again]);
});
