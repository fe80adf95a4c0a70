// The bound on bytes of messages that give no report.

import { expect, test } from "vitest";
import { NOT_LOOKED_AT } from "../../../services/core/dkim/verdict.ts";
import { QUARANTINE_REASONS, type QuarantineReason } from "../../../services/core/outcome.ts";
import type { Entry } from "../../../services/ingest/entry.ts";
import { createKeptBytes } from "../../../services/ingest/kept-bytes.ts";

interface More {
  again?: boolean;
  channel?: "https" | "import";
  bytes?: number;
}

function entry(receipt: string, reason: QuarantineReason, more: More = {}): Entry {
  const arrival = {
    receipt,
    receivedAtMs: 0,
    channel: more.channel ?? ("smtp" as const),
    peer: "192.0.2.1",
    helo: "",
    tls: "",
    mailFrom: "",
    rcptTo: [],
    contentType: "",
    fileName: "",
    key: "",
    reprocess: more.again ?? false,
  };
  return {
    raw: { arrival, bytes: new Uint8Array(more.bytes ?? 100) },
    index: 0,
    item: {
      kind: "quarantine",
      tenant: "default",
      trust: "unverified",
      dkim: NOT_LOOKED_AT,
      reason,
      message: "found",
      place: "",
      delivery: { media: "", subject: "", messageId: "", headerFrom: "" },
      deviations: [],
    },
  };
}

const sizes = (entries: Entry[]) => entries.map(({ raw }) => raw.bytes.length);
/** Nothing is small. */
const upTo = (bytesMax: number) => ({ bytesMax, smallsBytesMax: 0, smallBytesMax: 0 });
const unknown = (receipt: string) => entry(receipt, "unknown-domain");

test("above the bound rows stay, without bytes, and say so; an hour later it begins anew", () => {
  let nowMs = 1_000_000;
  const kept = createKeptBytes(() => nowMs, upTo(250));
  const [a, b, c] = kept.within([unknown("a"), unknown("b"), unknown("c")]);
  expect(sizes([a, b, c].flatMap((one) => one ?? []))).toEqual([100, 100, 0]);
  expect(a?.item).toMatchObject({ message: "found" });
  expect(c?.item).toMatchObject({
    message: expect.stringMatching(/^found; its bytes were not kept/),
  });
  nowMs += 3_599_999;
  expect(sizes(kept.within([unknown("d")]))).toEqual([0]);
  nowMs += 1;
  expect(sizes(kept.within([unknown("e")]))).toEqual([100]);
});

const ALWAYS = [
  "decode-crashed",
  "decode-timeout",
  "dkim-deferred",
  "dkim-unverified",
  "key-required",
  "several-tenants",
  "spool-damaged",
  "store-refused",
];

test("by mail and post every reason is bounded but those that wait for us or are ours", () => {
  const kept = createKeptBytes(() => 1_000_000, upTo(0));
  const reasons = Object.keys(QUARANTINE_REASONS).filter(isReason);
  for (const channel of [undefined, "https" as const]) {
    const more = channel === undefined ? {} : { channel };
    const entries = reasons.map((reason) => entry(reason, reason, more));
    const whole = kept.within(entries).filter(({ raw }) => raw.bytes.length > 0);
    expect(whole.map(({ raw }) => raw.arrival.receipt).sort()).toEqual(ALWAYS);
  }
  const imported = reasons.map((reason) => entry(reason, reason, { channel: "import" }));
  expect(new Set(sizes(kept.within(imported)))).toEqual(new Set([100]));
});

function isReason(text: string): text is QuarantineReason {
  return Object.hasOwn(QUARANTINE_REASONS, text);
}

test("what is tried again keeps its bytes, and what somebody else needs of a message", () => {
  const kept = createKeptBytes(() => 1_000_000, upTo(0));
  expect(sizes(kept.within([entry("c", "unknown-domain", { again: true })]))).toEqual([100]);
  expect(sizes(kept.within([unknown("d"), entry("d", "dkim-unverified")]))).toEqual([100, 100]);
  expect(sizes(kept.within([unknown("e"), entry("e", "not-json")]))).toEqual([0, 0]);
});

test("a few huge ones leave room for many small ones, which may use all", () => {
  const bounds = { bytesMax: 1_000, smallsBytesMax: 300, smallBytesMax: 100 };
  const kept = createKeptBytes(() => 1_000_000, bounds);
  const huge = ["a", "b"].map((receipt) => entry(receipt, "not-json", { bytes: 950 }));
  expect(sizes(kept.within(huge))).toEqual([950, 0]);
  const small = ["c", "d", "e", "f"].map((receipt) => entry(receipt, "empty"));
  expect(sizes(kept.within(small))).toEqual([100, 100, 100, 0]);
  const alone = createKeptBytes(() => 1_000_000, bounds);
  const many = Array.from({ length: 14 }, (_, i) => unknown(`${i}`));
  expect(sizes(alone.within(many)).filter((size) => size > 0)).toHaveLength(13);
});

test("a clock that was set back does not hold the hour for ever", () => {
  let nowMs = 100_000_000;
  const kept = createKeptBytes(() => nowMs, upTo(100));
  kept.within([unknown("a")]);
  nowMs = 1_000;
  expect(sizes(kept.within([unknown("b")]))).toEqual([100]);
});
