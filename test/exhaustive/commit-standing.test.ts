// What was acknowledged and stored stays: while DNS is silent, when the copy that counted goes, and however
// many contents or items anybody sends. On the real engine.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { BOUNDS } from "../../services/core/bounds.ts";
import { NOT_LOOKED_AT } from "../../services/core/dkim/verdict.ts";
import type { QuarantineReason } from "../../services/core/outcome.ts";
import { commitBatch } from "../../services/ingest/commit.ts";
import type { Entry } from "../../services/ingest/entry.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";
import {
  at,
  failAt,
  report,
  sums as sumsOf,
  trusts as trustsOf,
  VERIFIED_EVERYWHERE,
  verified,
} from "./committing.ts";

let engine: TestStore;
beforeAll(async () => {
  engine = await startTestStore();
});
afterAll(() => engine.stop());
beforeEach(() => engine.empty());

const sums = () => sumsOf(engine.store);
const trusts = () => trustsOf(engine.store);
const real = async () => verified(await report({ number: 3, successful: 10, failures: 2 }));

describe("what was acknowledged stays", () => {
  const deferred = (
    entries: readonly Entry[],
    reason: QuarantineReason = "dkim-deferred",
  ): Entry[] =>
    entries.map(({ raw, index }) => ({
      raw,
      index,
      item: {
        kind: "quarantine",
        tenant: "default",
        trust: "unverified",
        dkim: NOT_LOOKED_AT,
        reason,
        message: "DNS did not answer",
        place: "",
        delivery: { media: "", subject: "", messageId: "", headerFrom: "" },
        deviations: [],
      },
    }));
  const triedAgain = (entries: readonly Entry[]): Entry[] =>
    entries.map((entry) => ({
      ...entry,
      raw: { ...entry.raw, arrival: { ...entry.raw.arrival, reprocess: true } },
    }));
  const receiptsOf = (entries: readonly Entry[]) =>
    new Set(entries.map((one) => one.raw.arrival.receipt));

  test("a report that is stored is not given back because DNS is silent today", async () => {
    const entries = await real();
    await commitBatch(engine.store, entries, at());
    const before = await sums();
    const again = await commitBatch(engine.store, deferred(entries), at(), receiptsOf(entries));
    expect(again.map((one) => one.outcome)).toEqual(["stored"]);
    expect(await sums()).toEqual(before);
    expect(await trusts()).toEqual(VERIFIED_EVERYWHERE);
  });

  test("a report that was stored in part, when the writer died, counts whole in the end", async () => {
    let crashes = 0;
    for (let nth = 1; ; nth++) {
      await engine.empty();
      const entries = await real();
      const crashed = await commitBatch(failAt(engine.store, nth, "after"), entries, at()).then(
        () => false,
        () => true,
      );
      // Started again while DNS is silent; what is deferred then is tried again when it answers.
      const left = receiptsOf(entries);
      const [second] = await commitBatch(engine.store, deferred(entries), at(), left);
      if (second?.outcome === "quarantined") {
        await commitBatch(engine.store, triedAgain(entries), at());
      }
      const told = `crash after call ${nth}`;
      expect(await sums(), told).toMatchObject({ sessions: 12, outcomes: { stored: 1 } });
      const rows = await engine.store.select("SELECT 1 FROM quarantine FINAL");
      expect(rows, told).toEqual([]);
      if (!crashed) break;
      crashes += 1;
    }
    expect(crashes).toBeGreaterThan(4);
  });

  test("when the copy that counted is taken back, the one that was its duplicate counts", async () => {
    const first = await real();
    await commitBatch(engine.store, first, at());
    const [copy] = await commitBatch(engine.store, await real(), at());
    expect(copy?.outcome).toBe("duplicate");
    const again = triedAgain(deferred(first, "dkim-unverified"));
    for (let nth = 1; ; nth++) {
      // Died at the n-th call, then repeated: the same end every time.
      const crashed = await commitBatch(failAt(engine.store, nth, "after"), again, at()).then(
        () => false,
        () => true,
      );
      if (!crashed) break;
    }
    expect(await sums()).toMatchObject({ sessions: 12, outcomes: { stored: 1, quarantined: 1 } });
    expect(await trusts()).toEqual(VERIFIED_EVERYWHERE);
    await commitBatch(engine.store, await real(), at());
    expect(await sums()).toMatchObject({ sessions: 12, outcomes: { stored: 1, duplicate: 1 } });
  });

  test("contents without end under one identity stop nothing", async () => {
    await commitBatch(engine.store, await real(), at());
    const many = await Promise.all(
      Array.from({ length: 130 }, (_, i) => report({ number: 3, successful: 1_000 + i })),
    );
    const ended = await commitBatch(engine.store, many.flat(), at());
    expect(new Set(ended.map((one) => one.outcome))).toEqual(new Set(["conflict"]));
    const [kept] = await engine.store.select<{ n: string }>(
      "SELECT count() AS n FROM reports FINAL",
    );
    expect(Number(kept?.n)).toBe(BOUNDS.conflictsKeptMax);
    expect(await sums()).toMatchObject({ sessions: 12, outcomes: { stored: 1, conflict: 130 } });
  });

  test("very many items that are tried again take no statement that is too long", async () => {
    const messages = await Promise.all(Array.from({ length: 60 }, () => report({ number: 1 })));
    const entries = messages.flatMap(([one]) => {
      if (one === undefined) throw new Error("no entry");
      const raw = { ...one.raw, arrival: { ...one.raw.arrival, reprocess: true } };
      const [item] = deferred([one]).map((entry) => entry.item);
      if (item === undefined) throw new Error("no item");
      return Array.from({ length: 51 }, (_, index) => ({ raw, index, item }));
    });
    await commitBatch(engine.store, entries, at());
    await commitBatch(engine.store, entries, at());
    expect((await sums()).outcomes).toEqual({ quarantined: 60 * 51 });
  });
});
