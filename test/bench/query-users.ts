// Many users at once, and reports that come in while they read.

import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { assetPath } from "../../services/assets.ts";
import { temporaryFolder, waitUntil } from "../support/program.ts";
import { reportJson } from "../support/reports.ts";
import { isDrained } from "../support/tally.ts";
import { ask, type Place, quantile, rangeOf } from "./query-panels.ts";
import { median, type Verdict } from "./report.ts";

const USERS = 20;
/** A person looks at a page for this long before the next click, on average. */
const THINK_MS = 2_000;
const LASTS_MS = 40_000;
/** What a page of one domain asks for. */
const PANELS_OF_A_PAGE = ["overview", "trend", "failures-by-mx", "problems"];
const DOMAINS = 20_000;

/** Bar: 95 of 100 answers of twenty users take at most three times as long as those of one. */
export async function benchUsers(place: Place): Promise<Verdict> {
  const alone = await use(place, 1);
  const together = await use(place, USERS);
  const [one, many] = [quantile(alone, 0.95), quantile(together, 0.95)];
  return {
    name: `query: ${USERS} users, ${THINK_MS / 1000} s between clicks, ${together.length} answers`,
    figures: `95 of 100 within ${many.toFixed(0)} ms, one user alone ${one.toFixed(0)} ms`,
    ratio: many / one,
    bar: "at most 3",
    met: many / one <= 3,
  };
}

async function use(place: Place, users: number): Promise<number[]> {
  const endsAt = Date.now() + LASTS_MS;
  const taken: number[] = [];
  const one = async (number: number) => {
    await sleep((THINK_MS * number) / users);
    for (let click = 0; Date.now() < endsAt; click++) {
      const domain = `d${(number * 7919 + click * 104_729) % DOMAINS}.example`;
      const panel = PANELS_OF_A_PAGE[click % PANELS_OF_A_PAGE.length] ?? "overview";
      const search = new URLSearchParams(rangeOf(place.endDay, domain));
      taken.push(await ask(place.program, `/api/v1/${panel}?${search}`));
      await sleep(THINK_MS * (0.5 + Math.random()));
    }
  };
  await Promise.all(Array.from({ length: users }, (_, number) => one(number)));
  return taken;
}

const ROUNDS = 3;
const POSTS = 10_000;
const CONNECTIONS = 32;
const READERS = 2;

/** Bar: with readers that ask without pause, at least three quarters of the reports a second. */
export async function benchReadsBesideAcceptance(place: Place): Promise<Verdict> {
  const { folder, remove } = temporaryFolder();
  const file = join(folder, "report.json.gz");
  writeFileSync(file, gzipSync(reportJson({ number: 1, failures: 3 })));
  try {
    const quiet: number[] = [];
    const beside: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      quiet.push(await accept(place, file));
      const reading = new AbortController();
      const readers = Array.from({ length: READERS }, () => readOn(place, reading.signal));
      beside.push(await accept(place, file));
      reading.abort();
      await Promise.all(readers);
    }
    const ratio = median(beside.map((rate, i) => rate / (quiet[i] ?? Number.NaN)));
    return {
      name: `query: acceptance beside ${READERS} readers without pause, ${CONNECTIONS} connections`,
      figures: `${median(beside).toFixed(0)} reports a second, ${median(quiet).toFixed(0)} without`,
      ratio,
      bar: "at least 0.75",
      met: ratio >= 0.75,
    };
  } finally {
    remove();
  }
}

async function readOn(place: Place, signal: AbortSignal): Promise<void> {
  for (let turn = 0; !signal.aborted; turn++) {
    const domain = turn % 2 === 0 ? null : `d${turn % DOMAINS}.example`;
    const panel = PANELS_OF_A_PAGE[turn % PANELS_OF_A_PAGE.length] ?? "overview";
    const search = new URLSearchParams(rangeOf(place.endDay, domain));
    await ask(place.program, `/api/v1/${panel}?${search}`);
  }
}

async function accept(place: Place, file: string): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...["--import", "tsx", assetPath("test", "bench", "http-load.ts")],
    ...[String(place.program.httpPort), "/v1/tlsrpt", String(CONNECTIONS), String(POSTS), file],
  ]);
  const { failed, perSecond } = JSON.parse(stdout) as { failed: number; perSecond: number };
  if (failed > 0) throw new Error(`${failed} of ${POSTS} reports were refused`);
  await waitUntil("the spool to drain", 120_000, () => isDrained(place.program));
  return perSecond;
}
