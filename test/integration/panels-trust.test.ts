// The filter by trust on every panel of the real engine: whatever is counted has one level, so the levels
// add up to the whole.

import { afterAll, beforeAll, expect, test } from "vitest";
import { TRUST_LEVELS } from "../../services/core/trust.ts";
import { PANELS, panelOf } from "../../services/query/index.ts";
import type { Row } from "../../services/query/panel.ts";
import { readParameters } from "../../services/query/parameters.ts";
import { type PanelResult, runPanel } from "../../services/query/run.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";
import { MX1, seedLedger, seedPanels } from "./seed-panels.ts";

const NOW = Date.parse("2026-03-20T10:00:00Z");
let stored: TestStore;

beforeAll(async () => {
  stored = await startTestStore();
  await seedPanels(stored.store);
  await seedLedger(stored.store);
});
afterAll(() => stored?.stop());

async function run(
  id: string,
  given: Record<string, string | string[]> = {},
  tenants = ["default"],
): Promise<PanelResult> {
  const panel = panelOf(id);
  if (!panel) throw new Error(`no panel ${id}`);
  const lists = Object.entries(given).map(([name, value]) => [name, [value].flat()] as const);
  const read = readParameters(panel, Object.fromEntries(lists), NOW);
  if (!read.ok) throw new Error(JSON.stringify(read.problem));
  return runPanel(stored.store, panel, read.parameters, { tenants });
}

const only = (rows: readonly Row[], ...names: string[]) =>
  rows.map((row) => names.map((name) => row[name]));

// The numbers of an answer that add up over the levels of trust: each thing has one level.
const SUMS: Record<string, (result: PanelResult) => Record<string, number>> = {
  overview: ({ rows }) => pick(rows[0] ?? {}, "reports", "conflicts", "total_sessions"),
  deviations: ({ meta }) => pick(meta.totals, "reports", "deviating_reports"),
  ingest: ({ meta }) => pick(meta.totals, "received", "stored", "duplicate", "quarantined"),
  "ingest-trend": ({ meta }) => pick(meta.totals, "received", "stored", "quarantined"),
  quarantine: ({ meta }) => pick(meta.totals, "quarantined"),
  reports: ({ meta }) => pick(meta.totals, "reports", "conflicts", "duplicates"),
};
const pick = (row: Row, ...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, Number(row[name])]));
const ofSessions = ({ rows, meta }: PanelResult): Record<string, number> => ({
  ...pick(meta.totals, "successful_sessions", "failed_sessions", "reports"),
  shown: rows.reduce((sum, row) => sum + Number(row["failed_sessions"]), 0),
});

test("trust filters every panel, and the levels add up to the whole", async () => {
  for (const panel of PANELS) {
    expect(panel.parameters, panel.id).toContain("trust");
    const sums = SUMS[panel.id] ?? ofSessions;
    const whole = sums(await run(panel.id));
    const added = Object.fromEntries(Object.keys(whole).map((name) => [name, 0]));
    let levels = 0;
    for (const level of TRUST_LEVELS) {
      const part = sums(await run(panel.id, { trust: level }));
      if (Object.values(part).some((count) => count > 0)) levels += 1;
      for (const name of Object.keys(whole)) added[name] = (added[name] ?? 0) + (part[name] ?? 0);
    }
    expect([panel.id, added]).toEqual([panel.id, whole]);
    const all = sums(await run(panel.id, { trust: [...TRUST_LEVELS] }));
    expect([panel.id, all]).toEqual([panel.id, whole]);
    expect(levels, `${panel.id} has one level only`).toBeGreaterThan(
      panel.id === "quarantine" ? 0 : 1,
    );
  }
});

test("trust is a panel with a row per level, and a series of the trend", async () => {
  const { rows } = await run("trust");
  const names = ["trust", "reports", "total_sessions", "failed_sessions", "session_share"];
  expect(only(rows, ...names)).toEqual([
    ["verified", 2, 200, 10, 0.696864],
    ["unverified", 1, 76, 6, 0.264808],
    ["posted", 1, 11, 4, 0.038328],
    ["imported", 0, 0, 0, 0],
    ["keyed", 0, 0, 0, 0],
  ]);
  expect(rows[0]).toMatchObject({ title: "Verified", meaning: expect.stringMatching(/DKIM/) });
  const none = await run("trust", {}, ["nobody"]);
  expect(none.rows.map((row) => row["session_share"])).toEqual([null, null, null, null, null]);
  const sts = await run("trust", { policy_type: "sts", trust: "verified" });
  expect(only(sts.rows, ...names)).toEqual([["verified", 2, 200, 10, 1]]);
  const trend = await run("trend", { step: "month", by: "trust" });
  expect(only(trend.rows, "series", "successful_sessions", "failed_sessions")).toEqual([
    ["posted", 7, 4],
    ["unverified", 70, 6],
    ["verified", 190, 10],
  ]);
});

test("trust of policy types and of details counts as without it", async () => {
  const verified = { policy_type: ["sts", "tlsa"], trust: "verified" };
  const { rows } = await run("overview", verified);
  expect(only(rows, "reports", "total_sessions", "verified_reports", "verified_rate")).toEqual([
    [2, 200, 2, 1],
  ]);
  const mx = await run("failures-by-mx", { trust: "verified" });
  expect(only(mx.rows, "mx", "failed_sessions")).toEqual([[MX1, 10]]);
});
