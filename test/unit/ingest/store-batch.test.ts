// A message whose rows the store refuses goes to quarantine, found by halving; the others are stored. A
// store that is away is no fault of any message.

import { expect, test } from "vitest";
import type { Batch } from "../../../services/ingest/batch.ts";
import { takeSegments } from "../../../services/ingest/batch.ts";
import type { Item } from "../../../services/ingest/item.ts";
import { storeBatch } from "../../../services/ingest/store-batch.ts";
import { silent } from "../../../services/observe/events.ts";
import { type Store, StoreError } from "../../../services/store/port.ts";

const segment = { name: "s", bytes: 1, notify: true };
const RECEIPT = "01K9ZZZZZZZZZZZZZZZZZZZZ";

function batchOf(names: string[]): Batch {
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
  return {
    segments: [segment],
    messages: names.length,
    entries,
    segmentOf: entries.map(() => segment),
    refusals: [],
  };
}

function reportItem(name: string): Item {
  return {
    kind: "report",
    tenant: "default",
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
  const outcomes = await storeBatch(store, batchOf(names), 5, silent);
  expect(outcomes.get(segment)).toMatchObject({
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
  await expect(storeBatch(store, batchOf(["a", "bad"]), 5, silent)).rejects.toThrow(StoreError);
});

test("a batch has some segments, and always one", () => {
  const of = (bytes: number) => ({ name: String(bytes), bytes, notify: false });
  expect(takeSegments([of(900_000_000), of(1)])).toHaveLength(1);
  expect(takeSegments(Array.from({ length: 500 }, () => of(10)))).toHaveLength(64);
  expect(takeSegments([])).toEqual([]);
});
