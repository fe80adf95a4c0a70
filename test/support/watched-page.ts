// Pages in Chromium that are watched: whatever a browser says against a page, or asks of anybody but its own
// server, is kept for a test to find nothing in.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Result } from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export type Theme = "light" | "dark";

/** Widths that pages are looked at in: a desk and a phone. */
export const SIZES = {
  desk: { width: 1440, height: 1000 },
  phone: { width: 390, height: 844 },
} as const;

export interface Look {
  size?: keyof typeof SIZES;
  theme?: Theme;
  /** Without script when false. */
  script?: boolean;
}

export interface Watched {
  page: Page;
  context: BrowserContext;
  /** Errors of the console, violations of the policy, requests to others, answers that are failures. */
  wrongs: string[];
  /** Goes to a path; returns the status when everything has come. */
  goto(path: string): Promise<number>;
  close(): Promise<void>;
}

/** Debian's Chromium; close it in afterAll. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
}

/** A page of a browser profile of its own. */
export async function openWatched(
  browser: Browser,
  url: string,
  look: Look = {},
): Promise<Watched> {
  const context = await browser.newContext({
    viewport: SIZES[look.size ?? "desk"],
    colorScheme: look.theme ?? "light",
    javaScriptEnabled: look.script ?? true,
    timezoneId: "Europe/Berlin",
    locale: "en-GB",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  const wrongs: string[] = [];
  const add = (what: string, words: string) => wrongs.push(`${page.url()}: ${what}: ${words}`);
  page.on("console", (message) => {
    // Violations of the policy are errors of the console as well.
    if (["error", "warning"].includes(message.type())) add(message.type(), message.text());
  });
  page.on("pageerror", (error) => add("not caught", error.message));
  page.on("dialog", (dialog) => {
    add("dialog", dialog.message());
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    const own = request.url().startsWith(`${url}/`) || request.url().startsWith("data:");
    if (!own) add("request to another", request.url());
  });
  page.on("response", (answer) => {
    if (answer.status() >= 400) add(`status ${answer.status()}`, answer.url());
  });
  return {
    page,
    context,
    wrongs,
    goto: async (path) => (await page.goto(`${url}${path}`))?.status() ?? 0,
    close: () => context.close(),
  };
}

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds against a page as it is now, a line for each element; it needs script. */
export function axeFindings(page: Page): Promise<string[]> {
  return findings(page, RULES);
}

/** The same of the contrast of texts alone, which is what another theme can change. */
export function contrastFindings(page: Page): Promise<string[]> {
  return findings(page, ["color-contrast"]);
}

async function findings(page: Page, runOnly: readonly string[]): Promise<string[]> {
  // What has been scrolled under the bar at the top is not too small to hit.
  await page.evaluate("window.scrollTo(0, 0)");
  // Run in the page by the debugger, so that the policy of the page does not concern it.
  await page.evaluate(AXE);
  const options = JSON.stringify({ runOnly, resultTypes: ["violations"] });
  const found = await page.evaluate<Result[]>(
    `axe.run(document, ${options}).then((results) => results.violations)`,
  );
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)}: ${node.failureSummary ?? ""}`),
  );
}

/** How many pixels of the page are to the right of its edge. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate<number>("document.documentElement.scrollWidth - window.innerWidth");
}
