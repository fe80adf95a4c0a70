// What came in, by channel, outcome and reason and over time, and what is in quarantine, on the real engine.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHANNELS } from "../../services/core/raw.ts";
import type { Panel, Row } from "../../services/query/panel.ts";
import { ingest } from "../../services/query/panels/ingest.ts";
import { ingestTrend } from "../../services/query/panels/ingest-trend.ts";
import { quarantine } from "../../services/query/panels/quarantine.ts";
import { reports } from "../../services/query/panels/reports.ts";
import { startTestStore, type TestStore } from "../support/engine.ts";
import { askPanel, only } from "./panel-asking.ts";
import { receipt, seedQuarantine, seedReceipt, seedReport } from "./seed.ts";

let stored: TestStore;

const ask = (panel: Panel, given?: Parameters<typeof askPanel>[2]) =>
  askPanel(stored.store, panel, given);

beforeAll(async () => {
  stored = await startTestStore();
  await seedLedger();
  const policies = [{ domain: "example.com", type: "sts", successful: 1, failed: 0 }];
  for (const [index, channel] of ["smtp", "https", "import"].entries()) {
    const day = `2026-03-0${index + 2}`;
    const seed = { n: index + 1, day, organization: "Sender", policies };
    await seedReport(stored.store, { ...seed, report: { channel } });
  }
});
afterAll(() => stored?.stop());

async function seedLedger(): Promise<void> {
  const delays = [100, 200, 300, 400, 5_000];
  for (const [index, delay] of delays.entries()) {
    const receivedMs = Date.parse(`2026-03-0${index < 4 ? 2 : 3}T08:${10 + index}:00Z`);
    const at = (ms: number) => new Date(ms).toISOString().replace("T", " ").slice(0, 23);
    await seedReceipt(stored.store, {
      receipt: receipt(500 + index),
      outcome: "stored",
      received_at: at(receivedMs),
      processed_at: at(receivedMs + delay),
    });
  }
  const held = { receipt: receipt(510), received_at: "2026-03-02 09:00:00.000" };
  const bad = { ...held, channel: "https", reason: "not-json" };
  await seedReceipt(stored.store, {
    ...bad,
    outcome: "quarantined",
    processed_at: "2026-03-02 09:00:01.000",
  });
  await seedQuarantine(stored.store, bad);
  await seedQuarantine(stored.store, { ...held, receipt: receipt(511), reason: "no-report" });
  const refused = { outcome: "refused", reason: "too-large", items: 7, channel: "https" };
  const refusedAt = "2026-03-02 09:30:00.000";
  await seedReceipt(stored.store, {
    ...refused,
    receipt: receipt(512),
    received_at: refusedAt,
    processed_at: refusedAt,
  });
}

describe("what came in", () => {
  test("each outcome has its delays and its peaks, and all add up", async () => {
    const { rows, meta } = await ask(ingest);
    expect(rows).toMatchObject([
      { outcome: "quarantined", channel: "https", items: 1, delay_median_ms: 1_000 },
      {
        outcome: "refused",
        items: 7,
        delay_average_ms: null,
        delay_median_ms: null,
        delay_p95_ms: null,
        delay_max_ms: null,
        peak_hour_items: 7,
      },
      {
        outcome: "stored",
        items: 5,
        first_received_at: "2026-03-02T08:10:00.000Z",
        last_received_at: "2026-03-03T08:14:00.000Z",
        delay_average_ms: 1_200,
        delay_median_ms: 300,
        delay_p95_ms: 5_000,
        delay_max_ms: 5_000,
        items_per_day: 1, // 5 in the 20 days up to now
        peak_day_items: 4,
        peak_hour_items: 4,
      },
    ]);
    const { received, stored: counted, duplicate, conflict, quarantined, refused } = meta.totals;
    expect([received, counted, duplicate, conflict, quarantined]).toEqual([6, 5, 0, 0, 1]);
    expect(refused).toBe(7);
    const short = await ask(ingest, { from: "2026-03-02", to: "2026-03-04" });
    expect(only(short.rows, "items_per_day")).toEqual([[1], [4], [3]]); // 0.5, 3.5 and 2.5 a day
  });

  test("over time it is the same, in every step", async () => {
    const range = { from: "2026-03-02", to: "2026-03-10" };
    const whole = await ask(ingest, range);
    for (const step of ["hour", "day", "week", "month"]) {
      const { rows, meta } = await ask(ingestTrend, { ...range, step });
      const items = (outcome: string, of: readonly Row[]) =>
        of
          .filter((row) => row["outcome"] === outcome)
          .reduce((all, row) => all + Number(row["items"]), 0);
      for (const outcome of ["stored", "quarantined", "refused"]) {
        expect(items(outcome, rows), `${step} ${outcome}`).toBe(items(outcome, whole.rows));
      }
      expect(meta.totals).toEqual(whole.meta.totals);
    }
    const { rows } = await ask(ingestTrend, { step: "day" });
    expect(only(rows, "bucket", "outcome", "items", "delay_p95_ms")).toEqual([
      ["2026-03-02T00:00:00Z", "quarantined", 1, 1_000],
      ["2026-03-02T00:00:00Z", "refused", 7, null],
      ["2026-03-02T00:00:00Z", "stored", 4, 400],
      ["2026-03-03T00:00:00Z", "stored", 1, 5_000],
    ]);
  });

  test("days are those of the time zone asked for", async () => {
    const { rows } = await ask(ingestTrend, {
      step: "day",
      timezone: "Asia/Tokyo", // where 2 March ends at 15:00 UTC
      from: "2026-03-02",
      to: "2026-03-03",
    });
    expect(only(rows, "bucket", "outcome", "items")).toEqual([
      ["2026-03-01T15:00:00Z", "quarantined", 1],
      ["2026-03-01T15:00:00Z", "refused", 7],
      ["2026-03-01T15:00:00Z", "stored", 4],
    ]);
  });

  test("the channels together are the whole", async () => {
    const whole = (await ask(ingest)).meta.totals;
    const parts = await Promise.all(
      CHANNELS.map(async (channel) => (await ask(ingest, { channel })).meta.totals),
    );
    for (const [outcome, items] of Object.entries(whole)) {
      expect(
        parts.reduce((all, part) => all + Number(part[outcome]), 0),
        outcome,
      ).toBe(items);
    }
  });

  test("can be asked for by reason and by channel", async () => {
    expect(only((await ask(ingest, { reason: "too-large" })).rows, "items")).toEqual([[7]]);
    const https = await ask(ingest, { channel: "https" });
    expect(only(https.rows, "outcome")).toEqual([["quarantined"], ["refused"]]);
    const held = await ask(quarantine, { reason: "not-json" });
    expect(only(held.rows, "receipt")).toEqual([[receipt(510)]]);
    expect(held.meta.totals).toEqual({ quarantined: 1 });
    const smtp = await ask(quarantine, { channel: "smtp" });
    expect(only(smtp.rows, "reason")).toEqual([["no-report"]]);
    const posted = await ask(reports, { channel: ["https", "import"] });
    expect(only(posted.rows, "channel")).toEqual([["import"], ["https"]]);
  });
});

test("reports of one arrival are listed newest day first, page by page too", async () => {
  const policies = [{ domain: "tied.example", type: "sts", successful: 1, failed: 0 }];
  const report = { received_at: "2026-03-08 09:00:00.000" };
  for (const [n, date] of [5, 7, 6].entries()) {
    const day = `2026-03-0${date}`;
    await seedReport(stored.store, { n: 560 + n, day, organization: "Tied", policies, report });
  }
  const given = { domain: "tied.example" };
  const { rows } = await ask(reports, given);
  expect(only(rows, "day").flat()).toEqual(["2026-03-07", "2026-03-06", "2026-03-05"]);
  const first = await ask(reports, { ...given, limit: "2" });
  const rest = await ask(reports, { ...given, limit: "2", cursor: first.meta.next_cursor ?? "" });
  expect([...first.rows, ...rest.rows]).toEqual(rows);
});
