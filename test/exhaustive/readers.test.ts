// What a reader sees while reports are written again: each once, whatever is merged in between and
// whatever the store said of an insert.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { commitBatch } from "../../services/ingest/commit.ts";
import type { QueryBounds, QueryParameter, Store } from "../../services/store/port.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";
import { at, intercept, report, seen, sums, verified } from "./committing.ts";

let engine: TestStore;
beforeAll(async () => {
  engine = await startTestStore();
});
afterAll(() => engine.stop());
beforeEach(() => engine.empty());

/** Long enough for a report to be written again and merged. */
const STATE_MS = 200;

const FACTS = ["policy_summaries", "failure_details"];

/** A store on which something happens once, right before the n-th SELECT of it. */
function meanwhile(store: Store, nth: number, happens: () => Promise<void>): Store {
  let calls = 0;
  return {
    ...intercept(store, (work) => work()),
    select: async (...call) => {
      calls += 1;
      if (calls === nth) await happens();
      return store.select(...call);
    },
  };
}

async function mergeAll(): Promise<void> {
  for (const table of FACTS) await engine.store.command(`OPTIMIZE TABLE ${table} FINAL`);
}

type Parameters = Record<string, QueryParameter>;

/**
 * A store whose every statement waits before it takes its state of a table, and what happens meanwhile,
 * until the statement has ended.
 */
function slowly(store: Store, happens: () => Promise<void>): Store {
  return {
    ...intercept(store, (work) => work()),
    oneState: true,
    select: async <Row>(sql: string, ...rest: [Parameters?, QueryBounds?]) => {
      let ended = false;
      const reading = store
        .select<Row>(`${sql}, merge_tree_storage_snapshot_sleep_ms = ${STATE_MS}`, ...rest)
        .finally(() => {
          ended = true;
        });
      // It may be refused while something happens.
      reading.catch(() => {});
      while (!ended) await happens();
      return reading;
    },
  };
}

describe("one statement", () => {
  test("sees each report once, whatever is written again and merged before it has ended", async () => {
    const shapes = Array.from({ length: 8 }, (_, number) => ({
      number,
      successful: 10,
      failures: 2,
    }));
    for (const shape of shapes) await commitBatch(engine.store, await report(shape), at());
    expect(engine.store.oneState).toBe(true);
    const left = [...shapes];
    const store = slowly(engine.store, async () => {
      const shape = left.pop();
      if (shape !== undefined) {
        await commitBatch(engine.store, verified(await report(shape)), at());
      }
      await mergeAll();
    });
    while (left.length > 0) {
      expect(await seen(store)).toEqual({ sessions: 96, failed: 16, details: 16 });
    }
    expect(await sums(engine.store)).toMatchObject({ sessions: 96, failed: 16, details: 16 });
  });
});

describe("a statement that supposes that nothing was written again", () => {
  /** Counts the answers and the refusals of a store. */
  function counted(store: Store) {
    const count = { answers: 0, refusals: 0 };
    const watched: Store = {
      ...intercept(store, (work) => work()),
      oneState: true,
      select: async <Row>(...call: [string, Parameters?, QueryBounds?]) => {
        try {
          const rows = await store.select<Row>(...call);
          count.answers += 1;
          return rows;
        } catch (error) {
          count.refusals += 1;
          throw error;
        }
      },
    };
    return { count, watched };
  }

  test("is refused once where something was, and then not made again", async () => {
    const shape = { number: 1, successful: 10, failures: 2 };
    const whole = { sessions: 12, failed: 2, details: 2 };
    // Other tests ask for all tenants, and what was refused to them is known.
    const scope = { tenants: ["default"] };
    await commitBatch(engine.store, await report(shape), at());
    const first = counted(engine.store);
    expect(await seen(first.watched, scope)).toEqual(whole);
    expect(first.count.refusals).toBe(0);
    await commitBatch(engine.store, verified(await report(shape)), at());
    const second = counted(engine.store);
    expect(await seen(second.watched, scope)).toEqual(whole);
    expect(second.count).toEqual({ ...first.count, refusals: first.count.answers });
    const third = counted(engine.store);
    expect(await seen(third.watched, scope)).toEqual(whole);
    expect(third.count).toEqual(first.count);
  });
});

describe("a report that is written again while somebody reads in rounds", () => {
  // Two small reads come first, one for each table, then the statement.
  for (const nth of [1, 2, 3, 4, 5]) {
    test(`and merged before the SELECT number ${nth} counts once`, async () => {
      const shape = { number: 1, successful: 10, failures: 2 };
      await commitBatch(engine.store, await report(shape), at());
      const store = meanwhile(engine.store, nth, async () => {
        await commitBatch(engine.store, verified(await report(shape)), at());
        await mergeAll();
      });
      expect(await seen(store)).toEqual({ sessions: 12, failed: 2, details: 2 });
    });
  }

  test("without an end is merged whole in the end", async () => {
    let number = 10;
    await commitBatch(engine.store, await report({ number, failures: 1 }), at());
    const restless: Store = {
      ...intercept(engine.store, (work) => work()),
      select: async (...call) => {
        const shape = { number, failures: 1 };
        await commitBatch(engine.store, verified(await report(shape)), at());
        number += 1;
        await commitBatch(engine.store, await report({ number, failures: 1 }), at());
        return engine.store.select(...call);
      },
    };
    const { failed, details } = await seen(restless);
    expect([failed, details]).toEqual([details, failed]);
    expect(failed).toBe((await seen(engine.store)).failed);
  });
});

test("a report that takes an identity over is never counted beside the other", async () => {
  await commitBatch(engine.store, await report({ number: 2, successful: 100, failures: 2 }), at());
  let most = 0;
  const watched = intercept(engine.store, async (work) => {
    const result = await work();
    most = Math.max(most, (await seen(engine.store)).sessions);
    return result;
  });
  const other = verified(await report({ number: 2, successful: 50, failures: 5 }));
  const [ended] = await commitBatch(watched, other, at());
  expect(ended?.outcome).toBe("stored");
  expect(most).toBe(102);
  expect(await sums(engine.store)).toMatchObject({ sessions: 55, failed: 5, details: 5 });
});

test("an insert that was told to have failed and comes later is not counted twice", async () => {
  const entries = await report({ number: 3, failures: 2 });
  for (const table of ["reports", ...FACTS]) {
    await engine.empty();
    const late: (() => Promise<void>)[] = [];
    const failing: Store = {
      ...intercept(engine.store, (work) => work()),
      insert: async (...call) => {
        if (call[0] !== table) return engine.store.insert(...call);
        late.push(() => engine.store.insert(...call));
        throw new Error("no answer in time");
      },
    };
    await expect(commitBatch(failing, entries, at())).rejects.toThrow("no answer");
    const landing: Store = {
      ...intercept(engine.store, (work) => work()),
      insert: async (...call) => {
        await late.pop()?.();
        return engine.store.insert(...call);
      },
    };
    // As the writer does: what was tried is told as perhaps there.
    const tried = new Set(entries.map((entry) => entry.raw.arrival.receipt));
    await commitBatch(landing, entries, at(), tried);
    expect(await sums(engine.store), table).toMatchObject({ sessions: 12, failed: 2, details: 2 });
  }
});
