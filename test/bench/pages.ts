// What the pages cost, as figures beside their budgets: bytes on the wire with and without charts, the longest
// task of the browser, a table of 5,000 rows that is scrolled, and how soon the answer of a page is seen.

import type { Browser, CDPSession, Page } from "playwright-core";
import { readDefinitions } from "../../services/api/pages/definition.ts";
import { type PagePath, pagePaths } from "../support/page-paths.ts";
import { startPostmasterServer } from "../support/postmaster-server.ts";
import type { Program } from "../support/program.ts";
import { launchChromium, openWatched } from "../support/watched-page.ts";
import { LARGE_DOMAIN, SMALL_DOMAIN } from "./query-fill.ts";
import { rangeOf } from "./query-panels.ts";
import { median, type Verdict } from "./report.ts";

const ROUNDS = 5;
const KB = 1000;
const BUDGET = { chartsKb: 450, plainKb: 40, seenMs: 1_000, taskMs: 200, frameMs: 50 };
const ROWS = 5_000;

interface Cost {
  bytes: number;
  /** Bytes of scripts among them. */
  scripts: number;
  hasChart: boolean;
  longestTaskMs: number;
  /** Until all that was to be seen was drawn; NaN where some of it never came. */
  seenMs: number;
}

/** Observes long tasks from the start of every page. */
const OBSERVE = `
  window.__tasks = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.__tasks.push(entry.duration);
  }).observe({ type: "longtask", buffered: true });`;

/** Notes when all of these are drawn: the frame comes at once, and says nothing yet. */
const watchFor = (selectors: readonly string[]) => `
  window.__seen = NaN;
  const watching = new MutationObserver(() => {
    if (!${JSON.stringify(selectors)}.every((one) => document.querySelector(one))) return;
    watching.disconnect();
    requestAnimationFrame((now) => { window.__seen = now; });
  });
  watching.observe(document, { childList: true, subtree: true });`;

async function costOf(
  browser: Browser,
  url: string,
  path: string,
  seen: readonly string[] = ["main"],
): Promise<Cost> {
  const { page, context, close } = await openWatched(browser, url);
  const session: CDPSession = await context.newCDPSession(page);
  const kinds = new Map<string, string>();
  let [bytes, scripts] = [0, 0];
  session.on("Network.responseReceived", ({ requestId, type }) => kinds.set(requestId, type));
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    bytes += encodedDataLength;
    if (kinds.get(requestId) === "Script") scripts += encodedDataLength;
  });
  await session.send("Network.enable");
  await page.addInitScript(OBSERVE + watchFor(seen));
  await page.goto(`${url}${path}`, { waitUntil: "networkidle" });
  const tasks = await page.evaluate<number[]>("window.__tasks");
  const seenMs = await page.evaluate<number>("window.__seen");
  const hasChart = (await page.locator("figure canvas, canvas").count()) > 0;
  await close();
  return { bytes, scripts, hasChart, longestTaskMs: Math.max(0, ...tasks), seenMs };
}

/** Scrolls to the end in steps of a frame; the longest time between two frames. */
const SCROLL = `new Promise((resolve) => {
  const steps = 60;
  const height = document.documentElement.scrollHeight;
  let [step, last, longest] = [0, performance.now(), 0];
  const next = (now) => {
    longest = Math.max(longest, now - last);
    last = now;
    if (step++ === steps) return resolve(longest);
    window.scrollTo(0, height * step / steps);
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
})`;

async function slowestFrameMs(page: Page): Promise<number> {
  const rows = await page.locator("main table tbody tr").count();
  if (rows < ROWS) throw new Error(`the table has ${rows} rows, not ${ROWS}`);
  return page.evaluate<number>(SCROLL);
}

function verdict(name: string, figures: string, measured: number, budget: number): Verdict {
  const ratio = measured / budget;
  return { name: `pages: ${name}`, figures, ratio, bar: `at most 1 (${budget})`, met: ratio <= 1 };
}

const kb = (bytes: number) => `${(bytes / KB).toFixed(1)} kB`;
const ms = (time: number) => `${time.toFixed(0)} ms`;

/** Every page over the seeded set. */
export async function benchPages(): Promise<Verdict[]> {
  const server = await startPostmasterServer();
  const browser = await launchChromium();
  try {
    return await benchTransfer(browser, server.url, await pagePaths(server.url), "");
  } finally {
    await browser.close();
    await server.stop();
  }
}

/**
 * A line for each page, and what the dearest of them cost, each loaded once before.
 * @param over what the pages tell of, for the names of the verdicts
 */
async function benchTransfer(
  browser: Browser,
  url: string,
  pages: readonly Pick<PagePath, "id" | "path">[],
  over: string,
): Promise<Verdict[]> {
  const costs: Cost[] = [];
  for (const { id, path } of pages) {
    await costOf(browser, url, path);
    const cost = await costOf(browser, url, path);
    costs.push(cost);
    const { bytes, scripts, hasChart, longestTaskMs, seenMs } = cost;
    process.stdout.write(
      `${id.padEnd(26)} ${hasChart ? "chart" : "     "} ${kb(bytes).padStart(9)}, of it scripts ` +
        `${kb(scripts).padStart(9)}; seen after ${ms(seenMs)}; longest task ${ms(longestTaskMs)}\n`,
    );
  }
  const most = (of: (cost: Cost) => number) => Math.max(0, ...costs.map(of));
  const withCharts = most(({ bytes }) => bytes);
  const withoutCharts = most(({ bytes, scripts }) => bytes - scripts);
  const task = most(({ longestTaskMs }) => longestTaskMs);
  return [
    verdict(`transfer with charts${over}`, kb(withCharts), withCharts / KB, BUDGET.chartsKb),
    verdict(
      `transfer without scripts${over}`,
      kb(withoutCharts),
      withoutCharts / KB,
      BUDGET.plainKb,
    ),
    verdict(`longest task${over}`, ms(task), task, BUDGET.taskMs),
  ];
}

/** Pages over the rows of `npm run bench:query`, of all domains and of the largest one where they can be. */
function largePages(endDay: string, answered: readonly string[]): Pick<PagePath, "id" | "path">[] {
  const listed = readDefinitions().flatMap(({ id, path, controls }) => {
    if (path.includes(":")) return [];
    const all = { id, path: `${path}?${new URLSearchParams(rangeOf(endDay, null))}` };
    const large = `${path}?${new URLSearchParams(rangeOf(endDay, LARGE_DOMAIN))}`;
    return controls.includes("domain")
      ? [all, { id: `${id}, ${LARGE_DOMAIN}`, path: large }]
      : [all];
  });
  const named = answered.filter((path) => /^\/\w+\//.test(path));
  return [...listed, ...named.map((path) => ({ id: path.replace(/\?.*/, ""), path }))];
}

/** Pages over the rows of `npm run bench:query`, with what answers the question of each. */
async function answers(program: Program, endDay: string): Promise<[string, readonly string[]][]> {
  const range = new URLSearchParams(rangeOf(endDay, null));
  const ofDomain = new URLSearchParams(rangeOf(endDay, LARGE_DOMAIN));
  const { data } = await program.get<{ data: { id: string; tenant: string }[] }>(
    `/api/v1/problems?${ofDomain}&limit=1`,
  );
  const [problem] = data;
  if (problem === undefined) throw new Error(`${LARGE_DOMAIN} has no problem`);
  return [
    [`/?${range}`, ["#verdict", "#trend"]],
    [`/problems?${range}`, ["#problems"]],
    [`/problems/${problem.id}?${ofDomain}&tenant=${problem.tenant}`, ["#problem", "#timeline"]],
    [`/domains/${LARGE_DOMAIN}?${range}`, ["#verdict", "#timeline"]],
    [`/domains/${SMALL_DOMAIN}?${range}`, ["#verdict", "#timeline"]],
  ];
}

/** How soon pages answer, what they cost, and a table of 5,000 rows, over the rows of `npm run bench:query`. */
export async function benchPaint(program: Program, endDay: string): Promise<Verdict[]> {
  const browser = await launchChromium();
  const verdicts: Verdict[] = [];
  try {
    const answered = await answers(program, endDay);
    for (const [path, seen] of answered) {
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        times.push((await costOf(browser, program.http, path, seen)).seenMs);
      }
      const time = median(times);
      const name = `${seen.join(" and ")} of ${path.replace(/\?.*/, "")}`;
      process.stdout.write(`${name}: ${ms(time)}\n`);
      verdicts.push(verdict(name, ms(time), time, BUDGET.seenMs));
    }
    const large = largePages(
      endDay,
      answered.map(([path]) => path),
    );
    verdicts.push(...(await benchTransfer(browser, program.http, large, ", large fill")));
    const { page, goto, close } = await openWatched(browser, program.http);
    await page.addInitScript(OBSERVE);
    const range = new URLSearchParams(rangeOf(endDay, null));
    await goto(`/panels/domains?${range}&limit.domains=${ROWS}`);
    const frame = await slowestFrameMs(page);
    const task = Math.max(0, ...(await page.evaluate<number[]>("window.__tasks")));
    await close();
    verdicts.push(
      verdict(`slowest frame of ${ROWS} rows`, ms(frame), frame, BUDGET.frameMs),
      verdict(`longest task with ${ROWS} rows`, ms(task), task, BUDGET.taskMs),
    );
    return verdicts;
  } finally {
    await browser.close();
  }
}
