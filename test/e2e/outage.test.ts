// The store is away under load: reports keep being accepted, readiness says what is wrong, and everything
// arrives once after it returns (invariant 1).

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { startProgram, temporaryFolder, waitUntil } from "../support/program.ts";
import { postReport, sendMail, startLoad } from "../support/senders.ts";
import { startStandaloneEngine } from "../support/standalone-engine.ts";
import { ingestTally, isDrained, overview, storedReportIds } from "../support/tally.ts";

const OUTAGE_MS = Number(process.env["TEST_OUTAGE_MS"] ?? 60_000);
/** Messages of each load before the outage, and after it. */
const LOAD_MESSAGES_MIN = 20;

test(`ClickHouse stopped for ${OUTAGE_MS / 1000} seconds under load`, async () => {
  const { folder, remove } = temporaryFolder();
  const place = join(folder, "clickhouse");
  let clickhouse = await startStandaloneEngine(place);
  const program = await startProgram({
    dataDir: folder,
    env: { SEALWATCH_CLICKHOUSE_URL: clickhouse.url },
  });
  try {
    let last = 0;
    const next = () => ++last;
    const loads = [
      startLoad(4, 20, next, (number) => sendMail(program.smtpPort, { number })),
      startLoad(4, 20, next, (number) => postReport(program.http, { number })),
    ];
    const acknowledgedByAll = (from: readonly number[]) =>
      loads.every((load, i) => load.acknowledged.length - (from[i] ?? 0) >= LOAD_MESSAGES_MIN);
    await waitUntil("the load to run", 30_000, () => acknowledgedByAll([]));
    const before = loads.map((load) => load.acknowledged.length);
    await clickhouse.stop();
    // The length of the outage is what this test is about: nothing to poll for.
    await sleep(OUTAGE_MS);
    const during = loads.map((load, i) => load.acknowledged.length - (before[i] ?? 0));
    const readiness = await fetch(`${program.http}/readyz`);
    expect(readiness.status).toBe(503);
    expect(await readiness.text()).toMatch(/does not answer/);
    clickhouse = await startStandaloneEngine(place, clickhouse.port);
    const atReturn = loads.map((load) => load.acknowledged.length);
    await waitUntil("the load to go on", 30_000, () => acknowledgedByAll(atReturn));
    await Promise.all(loads.map((load) => load.stop()));
    await waitUntil("the spool to drain", 60_000, () => isDrained(program));
    const acknowledged = loads.flatMap((load) => load.acknowledged);
    expect(Math.min(...during), "accepted while the store was away").toBeGreaterThan(100);
    expect(acknowledged.length, "every message was accepted").toBe(last);
    expect((await storedReportIds(program)).size).toBe(last);
    expect((await overview(program)).reports).toBe(last);
    const counts = { received: last, stored: last, duplicate: 0, conflict: 0, quarantined: 0 };
    expect(await ingestTally(program)).toEqual(counts);
  } finally {
    await program.end();
    await clickhouse.stop();
    remove();
  }
});
