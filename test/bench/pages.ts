// What the pages cost, as figures beside their budgets: bytes on the wire with and without charts, the longest
// task of the browser, a table of 5,000 rows that is scrolled, and how soon something is seen.

import type { Browser, CDPSession, Page } from "playwright-core";
import { type PagePath, pagePaths } from "../support/page-paths.ts";
import { startPostmasterServer } from "../support/postmaster-server.ts";
import type { Program } from "../support/program.ts";
import { launchChromium, openWatched } from "../support/watched-page.ts";
import { LARGE_DOMAIN, SMALL_DOMAIN } from "./query-fill.ts";
import { median, type Verdict } from "./report.ts";

const ROUNDS = 5;
const KB = 1000;
const BUDGET = { chartsKb: 450, plainKb: 40, paintMs: 1_000, taskMs: 200, frameMs: 50 };
const ROWS = 5_000;

interface Cost {
  bytes: number;
  /** Bytes of scripts among them. */
  scripts: number;
  hasChart: boolean;
  longestTaskMs: number;
  paintMs: number;
}

/** Observes long tasks and paints from the start of every page. */
const OBSERVE = `
  window.__tasks = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.__tasks.push(entry.duration);
  }).observe({ type: "longtask", buffered: true });`;

const PAINT = `performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN`;

async function costOf(browser: Browser, url: string, path: string): Promise<Cost> {
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
  await page.addInitScript(OBSERVE);
  await page.goto(`${url}${path}`, { waitUntil: "networkidle" });
  const tasks = await page.evaluate<number[]>("window.__tasks");
  const paintMs = await page.evaluate<number>(PAINT);
  const hasChart = (await page.locator("figure canvas, canvas").count()) > 0;
  await close();
  return { bytes, scripts, hasChart, longestTaskMs: Math.max(0, ...tasks), paintMs };
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
    const costs: { page: PagePath; cost: Cost }[] = [];
    for (const page of await pagePaths(server.url)) {
      await costOf(browser, server.url, page.path);
      costs.push({ page, cost: await costOf(browser, server.url, page.path) });
    }
    for (const { page, cost } of costs) {
      const { bytes, scripts, hasChart, longestTaskMs, paintMs } = cost;
      process.stdout.write(
        `${page.id.padEnd(14)} ${hasChart ? "chart" : "     "} ${kb(bytes).padStart(9)}, of it scripts ` +
          `${kb(scripts).padStart(9)}; first paint ${ms(paintMs)}; longest task ${ms(longestTaskMs)}\n`,
      );
    }
    const most = (few: typeof costs, of: (cost: Cost) => number) =>
      Math.max(0, ...few.map(({ cost }) => of(cost)));
    const withCharts = most(costs, ({ bytes }) => bytes);
    const withoutCharts = most(costs, ({ bytes, scripts }) => bytes - scripts);
    const task = most(costs, ({ longestTaskMs }) => longestTaskMs);
    return [
      verdict("transfer with charts", kb(withCharts), withCharts / KB, BUDGET.chartsKb),
      verdict("transfer without scripts", kb(withoutCharts), withoutCharts / KB, BUDGET.plainKb),
      verdict("longest task", ms(task), task, BUDGET.taskMs),
    ];
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** First paint of pages of a domain, and a table of 5,000 rows, over the rows of `npm run bench:query`. */
export async function benchPaint(program: Program, endDay: string): Promise<Verdict[]> {
  const browser = await launchChromium();
  const verdicts: Verdict[] = [];
  try {
    for (const domain of [LARGE_DOMAIN, SMALL_DOMAIN]) {
      const path = `/domains/${domain}?to=${endDay}&last=30d`;
      const paints: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        paints.push((await costOf(browser, program.http, path)).paintMs);
      }
      const paint = median(paints);
      verdicts.push(verdict(`first paint of ${domain}`, ms(paint), paint, BUDGET.paintMs));
    }
    const { page, goto, close } = await openWatched(browser, program.http);
    await page.addInitScript(OBSERVE);
    await goto(`/panels/domains?to=${endDay}&last=30d&limit=${ROWS}`);
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
