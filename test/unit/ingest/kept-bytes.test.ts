// The bound on bytes of messages about unknown domains.

import { expect, test } from "vitest";
import { NOT_LOOKED_AT } from "../../../services/core/dkim/verdict.ts";
import type { QuarantineReason } from "../../../services/core/outcome.ts";
import type { Entry } from "../../../services/ingest/entry.ts";
import { createKeptBytes } from "../../../services/ingest/kept-bytes.ts";

function entry(receipt: string, reason: QuarantineReason, more: { again?: boolean } = {}): Entry {
  const arrival = {
    receipt,
    receivedAtMs: 0,
    channel: "smtp" as const,
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
    raw: { arrival, bytes: new Uint8Array(100) },
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
const unknown = (receipt: string) => entry(receipt, "unknown-domain");

test("above the bound rows stay, without bytes, and say so; an hour later it begins anew", () => {
  let nowMs = 1_000_000;
  const kept = createKeptBytes(() => nowMs, 250);
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

test("what is no report about an unknown domain, or is tried again, keeps its bytes", () => {
  const kept = createKeptBytes(() => 1_000_000, 0);
  expect(sizes(kept.within([entry("a", "no-report"), entry("b", "dkim-unverified")]))).toEqual([
    100, 100,
  ]);
  expect(sizes(kept.within([entry("c", "unknown-domain", { again: true })]))).toEqual([100]);
  // One message with both: its bytes are needed for the other.
  expect(sizes(kept.within([unknown("d"), entry("d", "not-json")]))).toEqual([100, 100]);
  expect(sizes(kept.within([unknown("e"), unknown("e")]))).toEqual([0, 0]);
});

test("a clock that was set back does not hold the hour for ever", () => {
  let nowMs = 100_000_000;
  const kept = createKeptBytes(() => nowMs, 100);
  kept.within([unknown("a")]);
  nowMs = 1_000;
  expect(sizes(kept.within([unknown("b")]))).toEqual([100]);
});
