// Each panel for a large domain, a small one and all domains: median and 95 of 100 through the API and as
// bare SQL, turn by turn.

import { PANELS } from "../../services/query/index.ts";
import type { Panel } from "../../services/query/panel.ts";
import { readParameters } from "../../services/query/parameters.ts";
import { runPanel } from "../../services/query/run.ts";
import type { QueryBounds, QueryParameter, Store } from "../../services/store/port.ts";
import type { Program } from "../support/program.ts";
import { LARGE_DOMAIN, SMALL_DOMAIN } from "./query-fill.ts";
import { median, type Verdict } from "./report.ts";

const RUNS = 21;
const WARM_UP = 2;
/** A slow panel is asked fewer times, and five at least. */
const RUNS_MIN = 5;
const MEASURE_MS_MAX = 12_000;
const DAY_MS = 86_400_000;
const RANGE_DAYS = 30;
/** Milliseconds that 95 of 100 answers may take. */
const BARS = { domain: 100, all: 300 } as const;
const OVERHEAD = { times: 1.5, plusMs: 5 } as const;

export interface Place {
  store: Store;
  program: Program;
  /** Day after the last one with reports, YYYY-MM-DD. */
  endDay: string;
  /** Panels to be measured; null for all. */
  only: readonly string[] | null;
}

interface Statement {
  sql: string;
  parameters: Record<string, QueryParameter>;
  bounds: QueryBounds;
}

interface Measured {
  api: number[];
  bare: number[];
}

const SCOPES = { large: LARGE_DOMAIN, small: SMALL_DOMAIN, all: null } as const;

/** The parameters of the last thirty days, for one domain or all. */
export function rangeOf(endDay: string, domain: string | null): Record<string, string> {
  const from = new Date(Date.parse(endDay) - RANGE_DAYS * DAY_MS).toISOString().slice(0, 10);
  return { from, to: endDay, ...(domain === null ? {} : { domain }) };
}

/** The value that this share of the values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** Asks one question of the API and reads the answer to its end. */
export async function ask(program: Program, path: string): Promise<number> {
  const before = performance.now();
  const answer = await fetch(program.http + path);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return performance.now() - before;
}

/** Prints a line per panel and scope, and says whether each met its bars. */
export async function benchPanels(place: Place): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const panels = PANELS.filter(({ id }) => place.only === null || place.only.includes(id));
  for (const panel of panels) {
    for (const [scope, domain] of Object.entries(SCOPES)) {
      if (domain !== null && !panel.parameters.includes("domain")) continue;
      const measured = benchPanel(place, panel, scope, rangeOf(place.endDay, domain));
      verdicts.push(
        ...(await measured.catch((error: unknown) => [unanswered(panel, scope, error)])),
      );
    }
  }
  return verdicts.filter(({ met }) => !met).length === 0
    ? [allMet(verdicts)]
    : verdicts.filter(({ met }) => !met);
}

/** A panel that gives no answer within its bounds misses its bar. */
function unanswered(panel: Panel, scope: string, error: unknown): Verdict {
  const figures = error instanceof Error ? error.message.slice(0, 200) : String(error);
  process.stdout.write(`${panel.id.padEnd(26)}${scope.padEnd(6)} ${figures}\n`);
  return verdict(`query: ${panel.id}, ${scope}`, figures, Number.POSITIVE_INFINITY, "an answer");
}

function allMet(verdicts: readonly Verdict[]): Verdict {
  const most = Math.max(...verdicts.map(({ ratio }) => ratio));
  const figures = `${verdicts.length} bars of time and overhead, the nearest at ${most.toFixed(2)}`;
  return { name: "query: every panel", figures, ratio: most, bar: "at most 1", met: true };
}

async function benchPanel(
  place: Place,
  panel: Panel,
  scope: string,
  given: Record<string, string>,
): Promise<Verdict[]> {
  const path = `/api/v1/${panel.id}?${new URLSearchParams(given)}`;
  const rounds = await roundsOf(place.store, panel, given);
  const { api, bare } = await measure(place, path, rounds);
  const bar = scope === "all" ? BARS.all : BARS.domain;
  const ms = (values: readonly number[], share: number) => quantile(values, share).toFixed(0);
  process.stdout.write(
    `${panel.id.padEnd(26)}${scope.padEnd(6)} api ${ms(api, 0.5).padStart(5)} ms, 95 of 100 ` +
      `${ms(api, 0.95).padStart(5)}   sql ${ms(bare, 0.5).padStart(5)}, ${ms(bare, 0.95).padStart(5)}\n`,
  );
  const allowed = OVERHEAD.times * median(bare) + OVERHEAD.plusMs;
  const figures = `${ms(api, 0.95)} ms at 95 of 100, median ${ms(api, 0.5)}, bare SQL ${ms(bare, 0.5)}`;
  return [
    verdict(`query: ${panel.id}, ${scope}`, figures, quantile(api, 0.95) / bar, `${bar} ms`),
    verdict(
      `query: ${panel.id}, ${scope}, overhead`,
      figures,
      median(api) / allowed,
      `${OVERHEAD.times} times the bare SQL and ${OVERHEAD.plusMs} ms`,
    ),
  ];
}

function verdict(name: string, figures: string, ratio: number, bar: string): Verdict {
  return { name, figures, ratio, bar: `at most 1, of ${bar}`, met: ratio <= 1 };
}

async function measure(place: Place, path: string, rounds: Statement[][]): Promise<Measured> {
  const measured: Measured = { api: [], bare: [] };
  const endsAt = performance.now() + MEASURE_MS_MAX;
  for (let run = -WARM_UP; run < RUNS; run++) {
    if (run >= RUNS_MIN && performance.now() > endsAt) break;
    const api = await ask(place.program, path);
    const before = performance.now();
    for (const statements of rounds) {
      await Promise.all(
        statements.map(({ sql, parameters, bounds }) =>
          place.store.select(sql, parameters, bounds),
        ),
      );
    }
    if (run < 0) continue;
    measured.api.push(api);
    measured.bare.push(performance.now() - before);
  }
  return measured;
}

/** What the panel sends to the store for these parameters, and is answered: rounds of statements that run side by side. */
async function roundsOf(
  store: Store,
  panel: Panel,
  given: Record<string, string>,
): Promise<Statement[][]> {
  const lists = Object.entries(given).map(([name, value]) => [name, [value]] as const);
  const read = readParameters(panel, Object.fromEntries(lists), Date.now());
  if (!read.ok) throw new Error(`${panel.id}: ${read.problem.detail}`);
  const rounds: Statement[][] = [];
  let running = 0;
  const recording: Store = {
    oneState: store.oneState ?? false,
    insert: (...row) => store.insert(...row),
    select: async (sql, parameters = {}, bounds = {}) => {
      if (running === 0) rounds.push([]);
      const round = rounds.at(-1);
      running += 1;
      try {
        const rows = await store.select<never>(sql, parameters, bounds);
        // One that was refused is made in another way, and not made again (query/once.ts).
        round?.push({ sql, parameters, bounds });
        return rows;
      } finally {
        running -= 1;
      }
    },
    command: (sql) => store.command(sql),
    ping: () => store.ping(),
    close: () => store.close(),
  };
  await runPanel(recording, panel, read.parameters, { tenants: "all" });
  return rounds;
}
