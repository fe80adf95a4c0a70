// Who counts when senders of different trust claim one identity, and that versions of rows grow although the
// clock does not, on the real engine: repeated, crashed at every call of the store, raced.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { commitBatch } from "../../services/ingest/commit.ts";
import type { Entry } from "../../services/ingest/entry.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";
import { type ReportShape, reportJson } from "../support/reports.ts";
import {
  at,
  failAt,
  race as raceOn,
  receive,
  report,
  type Sums,
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
const race = (seed: number, writers: Entry[][]) => raceOn(engine.store, seed, writers);

describe("a sender that is known better", () => {
  const posted = (shape: Partial<ReportShape> = {}) =>
    report({ number: 3, successful: 10, failures: 2, ...shape });
  const real = async () => verified(await posted());
  const forged = () => posted({ successful: 999, failures: 1 });
  const totals = { sessions: 12, failed: 2, details: 2 };
  const SAME: Sums = { ...totals, outcomes: { stored: 1, duplicate: 1 } };
  const OTHER: Sums = { ...totals, outcomes: { stored: 1, conflict: 1 } };

  test.each([
    ["the same", posted, SAME],
    ["another", forged, OTHER],
  ])("counts where somebody posted %s content before", async (_, earlier, expected) => {
    await commitBatch(engine.store, await earlier(), at());
    const [ended] = await commitBatch(engine.store, await real(), at());
    expect(ended?.outcome).toBe("stored");
    expect(await sums()).toEqual(expected);
    expect(await trusts()).toEqual(VERIFIED_EVERYWHERE);
    const [again] = await commitBatch(engine.store, await earlier(), at());
    expect(again?.outcome).toBe("duplicate");
    expect(await sums()).toEqual({
      ...expected,
      outcomes: { ...expected.outcomes, duplicate: (expected.outcomes["duplicate"] ?? 0) + 1 },
    });
  });

  test.each([
    ["the same", posted, "duplicate"],
    ["another", forged, "conflict"],
  ])("is not touched by %s content that is posted later", async (_, later, outcome) => {
    await commitBatch(engine.store, await real(), at());
    const [ended] = await commitBatch(engine.store, await later(), at());
    expect(ended?.outcome).toBe(outcome);
    expect((await sums()).sessions).toBe(12);
    expect(await trusts()).toEqual(VERIFIED_EVERYWHERE);
  });

  test("counts when both are in one batch, in either order", async () => {
    for (const order of [0, 1]) {
      for (const [other, expected] of [
        [posted, SAME],
        [forged, OTHER],
      ] as const) {
        await engine.empty();
        const batch = [...(await other()), ...(await real())];
        if (order === 1) batch.reverse();
        await commitBatch(engine.store, batch, at());
        expect(await sums()).toEqual(expected);
        expect(await trusts()).toEqual(VERIFIED_EVERYWHERE);
      }
    }
  });

  test("counts in every interleaving of two writers", async () => {
    for (let seed = 0; seed < 5; seed++) {
      for (const [other, expected] of [
        [posted, SAME],
        [forged, OTHER],
      ] as const) {
        await engine.empty();
        await race(seed, [await other(), await real()]);
        expect(await sums(), `seed ${seed}`).toEqual(expected);
        expect(await trusts(), `seed ${seed}`).toEqual(VERIFIED_EVERYWHERE);
      }
    }
  });

  test.each([
    ["the same", posted, SAME],
    ["another", forged, OTHER],
  ])(
    "counts whichever call of the store a writer dies at, over %s content",
    async (_, other, expected) => {
      let crashes = 0;
      for (let nth = 1; ; nth++) {
        await engine.empty();
        await commitBatch(engine.store, await other(), at());
        const entries = await real();
        const when = nth % 2 === 0 ? "before" : "after";
        const crashed = await commitBatch(failAt(engine.store, nth, when), entries, at()).then(
          () => false,
          () => true,
        );
        // What another writer does before the dead one comes back.
        await commitBatch(engine.store, await other(), at());
        await commitBatch(engine.store, entries, at());
        const { outcomes, ...totals } = await sums();
        const { outcomes: before, ...wanted } = expected;
        expect(totals, `crash at call ${nth}`).toEqual(wanted);
        expect(outcomes, `crash at call ${nth}`).toEqual({
          ...before,
          duplicate: (before["duplicate"] ?? 0) + 1,
        });
        expect(await trusts(), `crash at call ${nth}`).toEqual(VERIFIED_EVERYWHERE);
        if (!crashed) break;
        crashes += 1;
      }
      expect(crashes).toBeGreaterThan(8);
    },
  );

  test("that is taken back leaves room for the next who sends the same", async () => {
    await commitBatch(engine.store, await forged(), at());
    const entries = await real();
    await commitBatch(engine.store, entries, at());
    const receipt = entries[0]?.raw.arrival.receipt ?? "";
    await commitBatch(engine.store, await receive("no report any more", receipt), at());
    expect((await sums()).sessions).toBe(0);
    const [ended] = await commitBatch(engine.store, await real(), at());
    expect(ended?.outcome).toBe("stored");
    expect((await sums()).sessions).toBe(12);
    expect(await trusts()).toEqual(VERIFIED_EVERYWHERE);
  });
});

describe("a clock that was set back", () => {
  const HOURS = 3_600_000;

  test("what is tried again replaces what was there before", async () => {
    const [old] = await receive("not yet understood");
    if (old === undefined) throw new Error("no entry");
    await commitBatch(engine.store, [old], at());
    const receipt = old.raw.arrival.receipt;
    const earlier = at() - 5 * HOURS;
    await commitBatch(engine.store, await receive(reportJson({ number: 5 }), receipt), earlier);
    expect(await engine.store.select("SELECT receipt FROM quarantine FINAL")).toEqual([]);
    expect(await sums()).toEqual({ sessions: 11, failed: 1, details: 1, outcomes: { stored: 1 } });
    await commitBatch(engine.store, await receive("forgotten again", receipt), earlier - HOURS);
    expect(await sums()).toEqual({
      sessions: 0,
      failed: 0,
      details: 0,
      outcomes: { quarantined: 1 },
    });
    const rows = await engine.store.select<{ raw: string }>("SELECT raw FROM quarantine FINAL");
    expect(rows).toEqual([{ raw: "forgotten again" }]);
  });

  test("a report moves from one identity to another, forth and back, in a falling time", async () => {
    const first = await report({ number: 8, failures: 2 });
    let now = at();
    await commitBatch(engine.store, first, now);
    const receipt = first[0]?.raw.arrival.receipt ?? "";
    for (const number of [9, 8, 9, 8]) {
      now -= HOURS;
      const moved = await receive(reportJson({ number, failures: number }), receipt);
      expect((await commitBatch(engine.store, moved, now))[0]?.outcome).toBe("stored");
      expect(await sums()).toEqual({
        sessions: 10 + number,
        failed: number,
        details: number,
        outcomes: { stored: 1 },
      });
    }
  });

  test("one writer's clock is hours behind the other's", async () => {
    const behind = () => at() - 7 * HOURS;
    await commitBatch(engine.store, await report({ number: 4, successful: 1, failures: 0 }), at());
    const better = verified(await report({ number: 4, successful: 6, failures: 3 }));
    await commitBatch(engine.store, better, behind());
    expect(await sums()).toEqual({
      sessions: 9,
      failed: 3,
      details: 3,
      outcomes: { stored: 1, conflict: 1 },
    });
    expect(await trusts()).toEqual(VERIFIED_EVERYWHERE);
  });
});
