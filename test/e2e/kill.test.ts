// kill -9 at random moments under SMTP, HTTP and import load: everything that was acknowledged is there
// exactly once (invariants 1 and 4).

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import {
  freePort,
  runProgram,
  startProgram,
  temporaryFolder,
  waitUntil,
} from "../support/program.ts";
import { reportMail } from "../support/reports.ts";
import { type Load, postReport, sendMail, startLoad } from "../support/senders.ts";
import { ingestTally, isDrained, overview, storedReportIds } from "../support/tally.ts";

const KILLS = Number(process.env["TEST_KILLS"] ?? 50);
const FILES_PER_IMPORT = 20;
const SESSIONS_PER_REPORT = 11;

test(`${KILLS} kills under load lose nothing and double nothing`, async () => {
  const { folder, remove } = temporaryFolder();
  const dataDir = join(folder, "data");
  mkdirSync(dataDir);
  const ports = { smtp: await freePort(), http: await freePort() };
  const acknowledged = new Set<number>();
  const rejected: number[] = [];
  let last = 0;
  const next = () => ++last;
  let program = await startProgram({ dataDir, ports });
  for (let kill = 0; kill < KILLS; kill++) {
    const loads: Load[] = [
      startLoad(4, 2, next, (number) => sendMail(ports.smtp, { number })),
      startLoad(4, 2, next, (number) => postReport(`http://127.0.0.1:${ports.http}`, { number })),
    ];
    const files = Array.from({ length: FILES_PER_IMPORT }, next);
    const imported = importFiles(join(folder, `import-${kill}`), dataDir, files);
    await sleep(50 + Math.random() * 1_200);
    await program.end("SIGKILL");
    await Promise.all(loads.map((load) => load.stop()));
    for (const load of loads) for (const number of load.acknowledged) acknowledged.add(number);
    program = await startProgram({ dataDir, ports });
    // The import waits for the writer, which came back; its files are durable at the latest now.
    if ((await imported) === 0) for (const number of files) acknowledged.add(number);
    else rejected.push(...files);
  }
  try {
    await waitUntil("the spool to drain", 60_000, () => isDrained(program));
    const stored = await storedReportIds(program);
    const numbers = new Map(
      [...stored].map(([id, count]) => [Number(id.split("_").at(-1)), count]),
    );
    const missing = [...acknowledged].filter((number) => !numbers.has(number));
    expect(missing, "acknowledged and not there").toEqual([]);
    expect([...numbers.values()].filter((count) => count !== 1)).toEqual([]);
    const totals = await overview(program);
    expect(totals.reports).toBe(stored.size);
    expect(totals.total_sessions).toBe(stored.size * SESSIONS_PER_REPORT);
    const tally = await ingestTally(program);
    expect(tally).toEqual({
      received: stored.size,
      stored: stored.size,
      duplicate: 0,
      conflict: 0,
      quarantined: 0,
    });
    expect(acknowledged.size).toBeGreaterThan(KILLS * 10);
    expect(rejected.length, "imports that a kill interrupted").toBeLessThan(last);
  } finally {
    await program.end();
    remove();
  }
});

async function importFiles(folder: string, dataDir: string, numbers: number[]): Promise<number> {
  mkdirSync(folder);
  for (const number of numbers) {
    writeFileSync(join(folder, `${number}.eml`), reportMail({ number }));
  }
  const { code } = await runProgram(["import", "--json", folder], { dataDir });
  return code ?? 1;
}
