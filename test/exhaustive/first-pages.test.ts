// First pages that are made in another way than all that follow: out of a larger answer, and of the problems
// whose reporters need not be read.

import { afterAll, beforeAll, expect, test } from "vitest";
import { OPEN_STATES, PROBLEM_STATES } from "../../services/core/problems/state.ts";
import { PANELS } from "../../services/query/index.ts";
import type { Row } from "../../services/query/panel.ts";
import { firstRows } from "../../services/query/run.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";
import { seedPostmaster } from "../support/postmaster.ts";
import { answerOf, parametersFor, rowsOf } from "../support/postmaster-questions.ts";

let at: TestStore;
beforeAll(async () => {
  at = await startTestStore();
  await seedPostmaster(at.store);
});
afterAll(() => at.stop());

/** All problems in these states, so many at a time. */
async function inPages(limit: number, state: readonly string[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (let cursor = ""; ; ) {
    const page = await answerOf(at.store, "problems", { state, limit: String(limit), cursor });
    rows.push(...page.rows);
    if (page.meta.next_cursor === null) return rows;
    cursor = page.meta.next_cursor;
  }
}

test("a smaller limit gives the first rows of a larger one, and the same cursor", async () => {
  const told: string[] = [];
  for (const panel of PANELS.filter(({ parameters }) => parameters.includes("cursor"))) {
    const whole = await answerOf(at.store, panel.id);
    const limit = Math.ceil(whole.rows.length / 2);
    const smaller = await answerOf(at.store, panel.id, { limit: String(limit) });
    const asked = parametersFor(panel, { limit: String(limit) });
    const first = firstRows(panel, asked, whole);
    if (first === null) continue;
    expect(first, panel.id).toEqual(smaller);
    told.push(panel.id);
  }
  expect(told).toEqual(expect.arrayContaining(["problems", "policies", "reports"]));
});

test("problems that are open are those of all that are not resolved, whatever the page", async () => {
  const all = await rowsOf(at.store, "problems");
  const open = all.filter(({ state }) => state !== "resolved");
  expect(open.length).toBeLessThan(all.length);
  for (const limit of [1, 3, Math.ceil(open.length / 2), all.length]) {
    expect(await inPages(limit, OPEN_STATES), `${limit}`).toEqual(open);
    expect(await inPages(limit, PROBLEM_STATES)).toEqual(all);
  }
});
