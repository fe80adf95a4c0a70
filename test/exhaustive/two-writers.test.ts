// Two servers with spools of their own over one ClickHouse, the same reports sent to both at once by mail and
// over HTTP: every report counts once, and the ledger adds up (invariants 3 and 4).

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Program, startProgram, temporaryFolder, waitUntil } from "../support/program.ts";
import { postReport, sendMail } from "../support/senders.ts";
import { type StandaloneEngine, startStandaloneEngine } from "../support/standalone-engine.ts";
import { ingestTally, isDrained, overview, storedReportIds } from "../support/tally.ts";

const REPORTS = 240;
const SESSIONS_PER_REPORT = 11;
/** Reports on their way at a time; each is two messages. */
const LANES = 12;

let place: { folder: string; remove(): void };
let clickhouse: StandaloneEngine;
let programs: Program[] = [];

beforeEach(async () => {
  place = temporaryFolder();
  clickhouse = await startStandaloneEngine(join(place.folder, "clickhouse"));
  programs = await Promise.all(["one", "two"].map(start));
});

afterEach(async () => {
  await Promise.all(programs.map((program) => program.end()));
  await clickhouse.stop();
  place.remove();
});

function start(name: string): Promise<Program> {
  const dataDir = join(place.folder, name);
  mkdirSync(dataDir);
  return startProgram({ dataDir, env: { SEALWATCH_CLICKHOUSE_URL: clickhouse.url } });
}

/** The two messages of one report: by mail and over HTTP, to one server each, in all the mixtures. */
function sendBoth(number: number): Promise<boolean[]> {
  const [one, two] = programs;
  if (one === undefined || two === undefined) throw new Error("two programs are needed");
  const shape = { number };
  switch (number % 4) {
    case 0:
      return Promise.all([sendMail(one.smtpPort, shape), postReport(two.http, shape)]);
    case 1:
      return Promise.all([postReport(one.http, shape), sendMail(two.smtpPort, shape)]);
    case 2:
      return Promise.all([postReport(one.http, shape), postReport(two.http, shape)]);
    default:
      return Promise.all([sendMail(one.smtpPort, shape), sendMail(two.smtpPort, shape)]);
  }
}

test("the same reports at both, over different channels, count once", async () => {
  let next = 1;
  const answers: boolean[] = [];
  const lane = async () => {
    while (next <= REPORTS) answers.push(...(await sendBoth(next++)));
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  expect(answers).toEqual(new Array(2 * REPORTS).fill(true));
  for (const program of programs) {
    await waitUntil("the spools to drain", 30_000, () => isDrained(program));
  }
  for (const program of programs) {
    const stored = await storedReportIds(program);
    expect(stored.size).toBe(REPORTS);
    expect(new Set(stored.values())).toEqual(new Set([1]));
    expect(await overview(program)).toMatchObject({
      reports: REPORTS,
      total_sessions: REPORTS * SESSIONS_PER_REPORT,
      failed_sessions: REPORTS,
    });
    expect(await ingestTally(program)).toEqual({
      received: 2 * REPORTS,
      stored: REPORTS,
      duplicate: REPORTS,
      conflict: 0,
      quarantined: 0,
    });
  }
});
