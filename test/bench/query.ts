// `npm run bench:query`: how fast panels answer through the API on a year of made-up reports, beside the bare
// SQL of the same panels in the same run, and pages in a browser.

import { join } from "node:path";
import { parseArgs } from "node:util";
import { silent } from "../../services/observe/events.ts";
import { migrate } from "../../services/store/migrate.ts";
import { openStore } from "../../services/store/open.ts";
import type { Store } from "../../services/store/port.ts";
import { startProgram, temporaryFolder } from "../support/program.ts";
import { startStandaloneEngine } from "../support/standalone-engine.ts";
import { benchPaint } from "./pages.ts";
import { DAYS, fill } from "./query-fill.ts";
import { benchPanels } from "./query-panels.ts";
import { benchReadsBesideAcceptance, benchUsers } from "./query-users.ts";
import { printVerdict } from "./report.ts";

const TOPOLOGY = { kind: "single" } as const;
const SINGLE_ENGINE = { database: "sealwatch" };
const DAY_MS = 86_400_000;
const MIB = 1024 * 1024;

const USAGE = `npm run bench:query [-- --details COUNT] [--folder PATH] [--only NAME,...]

How fast panels answer through the API on a year of made-up reports, beside the bare SQL of the same panels
in the same run, many users at once, and pages in a browser. Ends with 1 when a bar is missed.

  --details COUNT   failure details to make, such as 10m for ten million, which is the default, or 50000
  --folder PATH     keeps the rows there, and uses those that are there
  --only NAME,...   only these panels; users for many users at once, pages for the browser

  npm run bench:query
  npm run bench:query -- --details 100m --folder /var/tmp/bench
  npm run bench:query -- --folder /var/tmp/bench --only overview,problems
  npm run bench:query -- --details 1m --only pages
`;

const { values } = parseArgs({
  options: {
    details: { type: "string", default: "10m" },
    folder: { type: "string" },
    only: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (values.help) {
  process.stdout.write(USAGE);
  process.exit();
}

const temporary = temporaryFolder();
const folder = values.folder ?? temporary.folder;
const engine = await startStandaloneEngine(join(folder, "store"));
const opened = await openStore({
  dataFolder: temporary.folder,
  clickhouseUrl: engine.url,
  topology: TOPOLOGY,
  emit: silent,
});
try {
  await migrate(opened.store, TOPOLOGY);
  const endDay = await prepare(opened.store, readCount(values.details));
  await printSizes(opened.store);
  const program = await startProgram({
    dataDir: temporary.folder,
    env: {
      SEALWATCH_CLICKHOUSE_URL: engine.url,
      SEALWATCH_LOG_LEVEL: "warn",
      // An answer may wait for DNS, up to a bound of its own, and there is none here.
      SEALWATCH_DNS_REVERSE_NAMES: "false",
    },
  });
  try {
    const only = values.only?.split(",") ?? null;
    const place = { store: opened.store, program, endDay, only };
    const verdicts = [
      ...(await benchPanels(place)),
      ...(only === null || only.includes("users")
        ? [await benchUsers(place), await benchReadsBesideAcceptance(place)]
        : []),
      ...(only === null || only.includes("pages") ? await benchPaint(program, endDay) : []),
    ];
    for (const verdict of verdicts) printVerdict(verdict);
    process.exitCode = verdicts.every(({ met }) => met) ? 0 : 1;
  } finally {
    await program.end();
  }
} finally {
  await opened.stop();
  await engine.stop();
  temporary.remove();
}

/** 10m is ten million. */
function readCount(text: string): number {
  const match = /^(\d+)(m?)$/.exec(text);
  if (match === null) throw new Error(`--details wants a number such as 10m, not ${text}`);
  return Number(match[1]) * (match[2] === "m" ? 1_000_000 : 1);
}

/** Fills an empty store; gives the day after the last one, YYYY-MM-DD. */
async function prepare(store: Store, details: number): Promise<string> {
  const today = new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS).toISOString().slice(0, 10);
  const [row] = await store.select<{ rows: string; end: string }>(
    "SELECT count() AS rows, toString(max(day) + 1) AS end FROM failure_details",
  );
  if (Number(row?.rows) > 0) return row?.end ?? today;
  const shape = { details, domains: 20_000, tenants: 2_000, endDay: today };
  process.stdout.write(`making ${details} failure details of ${DAYS} days\n`);
  await fill(store, shape, (text) => process.stdout.write(`  ${text}\r`));
  return today;
}

async function printSizes(store: Store): Promise<void> {
  const rows = await store.select<{ table: string; rows: string; bytes: string; parts: string }>(
    `SELECT table, sum(p.rows) AS rows, sum(p.bytes_on_disk) AS bytes, count() AS parts
     FROM system.parts AS p WHERE p.active AND p.database = '${SINGLE_ENGINE.database}'
     GROUP BY table HAVING rows > 1000 ORDER BY table`,
  );
  for (const { table, rows: count, bytes, parts } of rows) {
    const size = Math.round(Number(bytes) / MIB);
    process.stdout.write(`${table}: ${count} rows, ${size} MiB, ${parts} parts\n`);
  }
}
