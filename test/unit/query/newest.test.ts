// How long the newest report is remembered; that it is found is tested on the real engine.

import { expect, test } from "vitest";
import { BOUNDS } from "../../../services/core/bounds.ts";
import { rememberNewest } from "../../../services/query/newest.ts";
import { type Store, StoreError } from "../../../services/store/port.ts";
import { answerAgain } from "../../support/reads.ts";

const unused = () => Promise.reject(new Error("a panel reads"));
const scope = { tenants: ["default"] };

/** A store that counts its reads, and fails the first of them when asked to. */
function counting(failures = 0) {
  const state = { reads: 0 };
  const store: Store = {
    async select<Row>(sql: string) {
      // The small read of what was written again goes before and after each.
      if (answerAgain(sql, []).length > 0) return answerAgain(sql, []) as Row[];
      state.reads += 1;
      if (state.reads <= failures) throw new StoreError("away", { retryable: true });
      return [
        { newest_report_day: "2026-03-10", newest_report_at: "2026-03-10 12:00:00" },
      ] as Row[];
    },
    insert: unused,
    command: unused,
    ping: async () => {},
    close: async () => {},
  };
  return { state, store };
}

test("is read once for those who ask within seconds, and again after", async () => {
  const { state, store } = counting();
  const newest = rememberNewest(store);
  await Promise.all([newest(scope, 1_000), newest(scope, 1_000)]);
  await newest(scope, 999 + BOUNDS.newestReportKeptMs);
  expect(state.reads).toBe(1);
  await newest(scope, 1_000 + BOUNDS.newestReportKeptMs);
  expect(state.reads).toBe(2);
});

test("is of the tenants who ask", async () => {
  const { state, store } = counting();
  const newest = rememberNewest(store);
  await newest(scope, 0);
  await newest({ tenants: ["other"] }, 0);
  expect(state.reads).toBe(2);
});

test("a failure is not remembered", async () => {
  const { store } = counting(1);
  const newest = rememberNewest(store);
  await expect(newest(scope, 0)).rejects.toThrow("away");
  expect(await newest(scope, 0)).toMatchObject({ newest_report_day: "2026-03-10" });
});

test("scopes are bounded", async () => {
  const { state, store } = counting();
  const newest = rememberNewest(store);
  const scopes = BOUNDS.newestReportScopesMax + 1;
  for (let i = 0; i < scopes; i++) await newest({ tenants: [`t${i}`] }, 0);
  await newest({ tenants: ["t0"] }, 0);
  expect(state.reads).toBe(scopes + 1);
});
