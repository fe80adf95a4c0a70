// What a page asks of the store: each question once, and a smaller one with the larger.

import { expect, test } from "vitest";
import type { Panel } from "../../../../services/query/panel.ts";
import { domains } from "../../../../services/query/panels/domains.ts";
import { failuresByMx } from "../../../../services/query/panels/failures-by-mx.ts";
import { viewAt } from "../../../support/view.ts";

/** A store with so many MX hosts; `limits` has the rows that each statement of the panel may give. */
function storeOf(hosts: number, limits: number[]) {
  return {
    select: async <Row>(_: string, bound: Record<string, unknown> = {}) => {
      if (!("rows" in bound)) return [] as Row[];
      const rows = Number(bound["rows"]);
      limits.push(rows);
      return Array.from({ length: Math.min(hosts, rows) }, (_, i) => ({
        ...{ mx: `mx${i}.example.com`, result_type: "certificate-expired" },
        ...{ failed_sessions: String(hosts - i), policy_types: ["sts"], trust_levels: [] },
      })) as Row[];
    },
    insert: () => Promise.reject(new Error("not here")),
    command: () => Promise.reject(new Error("not here")),
    ping: async () => {},
    close: async () => {},
  };
}

async function viewOf(hosts: number) {
  const limits: number[] = [];
  const view = await viewAt("/", { options: { store: storeOf(hosts, limits) } });
  const run = (limit: number, more = {}, panel: Panel = failuresByMx) =>
    view.run(panel, { limit: [String(limit)], ...more });
  return { run, limits };
}

test("fewer rows are the first of those that were asked for", async () => {
  const { run, limits } = await viewOf(50);
  const large = await run(20);
  const small = await run(5);
  expect(limits).toEqual([21]);
  expect(small.rows).toEqual(large.rows.slice(0, 5));
  expect(small.meta).toMatchObject({ limit: 5, rows: 5 });
  expect(small.meta.next_cursor).not.toBe(large.meta.next_cursor);
  expect((await run(20, { cursor: [small.meta.next_cursor ?? ""] })).rows).toHaveLength(20);
  expect(limits).toEqual([21, 21]);
});

test("all rows are all that a larger question would have", async () => {
  const { run, limits } = await viewOf(3);
  await run(20);
  expect((await run(5)).meta).toMatchObject({ limit: 5, rows: 3, next_cursor: null });
  expect(limits).toEqual([21]);
});

test("where the larger question failed, the smaller one is asked", async () => {
  const limits: number[] = [];
  const store = storeOf(50, limits);
  const select: typeof store.select = async (sql, bound = {}) => {
    if (Number(bound["rows"]) > 10) throw new Error("too much");
    return store.select(sql, bound);
  };
  const view = await viewAt("/", { options: { store: { ...store, select } } });
  const large = view.run(failuresByMx, { limit: ["20"] });
  const small = view.run(failuresByMx, { limit: ["5"] });
  await expect(large).rejects.toThrow("too much");
  expect((await small).rows).toHaveLength(5);
});

test("what is larger, or in another order, is asked for", async () => {
  const { run, limits } = await viewOf(50);
  await run(5);
  await run(20);
  await run(5, { sort: ["mx"] });
  expect(limits).toEqual([6, 21, 6]);
});

test("an order by a ratio is asked for: a cursor has all digits, and an answer few", async () => {
  const { run, limits } = await viewOf(50);
  const sort = { sort: ["success_rate"] };
  await run(20, sort, domains);
  await run(5, sort, domains);
  await run(5, sort, domains);
  expect(limits).toEqual([21, 6]);
});
