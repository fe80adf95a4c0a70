// The panel `problems` where more organizations and MX hosts fail than are looked at: what is counted stays
// exact, what is cut is the same with each read, and the row says so. The bounds are made small for it.

import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { problems } from "../../services/query/panels/problems.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";
import { askPanel } from "./panel-asking.ts";
import { seedReport } from "./seed.ts";

vi.mock(import("../../services/core/bounds.ts"), async (original) => {
  const { BOUNDS } = await original();
  const small = { problemOrganizationsMax: 2, problemReportersMax: 3, problemHostsMax: 3 };
  return { BOUNDS: { ...BOUNDS, ...small } as unknown as typeof BOUNDS };
});

let stored: TestStore;

beforeAll(async () => {
  stored = await startTestStore();
  for (const n of [1, 2, 3, 4, 5, 6]) {
    const failing =
      n < 6 ? [{ type: "certificate-expired", mx: "mx1.example.net", failed: n }] : [];
    const others = [2, 3, 4].map((host) => {
      return { type: "starttls-not-supported", mx: `mx${host}.example.net`, failed: 1 };
    });
    const details = n === 1 ? [...failing, ...others] : failing;
    const failed = details.reduce((sum, detail) => sum + detail.failed, 0);
    const policy = { domain: "many.example", type: "sts", mode: "testing", successful: 10, failed };
    const organization = `Sender ${n}`;
    const policies = [{ ...policy, details }];
    await seedReport(stored.store, { n, day: "2026-03-18", organization, policies });
  }
}, 180_000);
afterAll(() => stored?.stop());

test("counts are exact, the rest is of the largest, and it is said", async () => {
  const ask = () => askPanel(stored.store, problems, { result_type: "certificate-expired" });
  const { rows } = await ask();
  expect(rows).toMatchObject([
    {
      failed_sessions: 15,
      organizations: 5,
      organizations_anywhere: 5,
      organizations_reporting: 6,
      mx_hosts: 1,
      mx_hosts_known: 4,
      evidence_cut: true,
      distribution: "at-mx",
    },
  ]);
  expect(rows[0]?.["distribution_words"]).toMatch(/^5 of 6 .* of the largest\.$/);
  expect((await ask()).rows).toEqual(rows);
});
