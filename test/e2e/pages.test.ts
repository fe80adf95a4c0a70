// Every page of the definitions in Chromium, over the seeded set: in light and dark, on a desk and on a phone,
// with script and without, and on paper.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readDefinitions } from "../../services/api/pages/definition.ts";
import { type PagePath, pagePaths } from "../support/page-paths.ts";
import { type PostmasterServer, startPostmasterServer } from "../support/postmaster-server.ts";
import {
  axeFindings,
  contrastFindings,
  launchChromium,
  openWatched,
  overflowOf,
  type Theme,
  type Watched,
} from "../support/watched-page.ts";

const IDS = readDefinitions().map(({ id }) => id);

let server: PostmasterServer;
let browser: Browser;
let pages: PagePath[] = [];
let desk: Watched;
let phone: Watched;
let plain: Watched;

beforeAll(async () => {
  [server, browser] = await Promise.all([startPostmasterServer(), launchChromium()]);
  pages = await pagePaths(server.url);
  desk = await openWatched(browser, server.url, { size: "desk", theme: "light" });
  phone = await openWatched(browser, server.url, { size: "phone", theme: "dark" });
  plain = await openWatched(browser, server.url, { script: false });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

function pathOf(id: string): string {
  const found = pages.find((page) => page.id === id);
  if (found === undefined) throw new Error(`no page ${id}`);
  return found.path;
}

const titlesOf = ({ page }: Watched) => page.locator("main h2").allTextContents();

/** Goes there and expects a whole page that is not wider than the window, in its theme and the other. */
async function look({ page, goto }: Watched, id: string, other: Theme): Promise<void> {
  expect(await goto(pathOf(id))).toBe(200);
  expect(await page.title()).toMatch(/^.+ – Sealwatch$/);
  expect(await page.locator("h1").count()).toBe(1);
  expect(await page.locator(".card.failure").allTextContents()).toEqual([]);
  expect(await page.locator("main").textContent()).toMatch(/\S(?:.|\s){100}/);
  expect(await overflowOf(page), "pixels at the right").toBeLessThanOrEqual(0);
  expect(await axeFindings(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: other });
  expect(await contrastFindings(page), other).toEqual([]);
  await page.emulateMedia({ colorScheme: other === "dark" ? "light" : "dark" });
}

describe.each(IDS)("%s", (id) => {
  test("on a desk and on paper, and without script the same", async () => {
    await look(desk, id, "dark");
    const titles = await titlesOf(desk);

    await desk.page.emulateMedia({ media: "print" });
    expect(await desk.page.locator("h1").isVisible()).toBe(true);
    for (const control of await desk.page.locator(".top nav, main button, .actions").all()) {
      expect(await control.isVisible()).toBe(false);
    }
    expect((await desk.page.pdf({ format: "A4" })).byteLength).toBeGreaterThan(1_000);
    await desk.page.emulateMedia({ media: "screen" });

    await plain.goto(pathOf(id));
    expect(await titlesOf(plain)).toEqual(titles);
    // What a chart shows stands in a table, which is open then.
    for (const table of await plain.page.locator("figure table").all()) {
      expect(await table.isVisible()).toBe(true);
    }
  });

  test("on a phone", () => look(phone, id, "light"));
});

test("the verdict on a domain is seen without scrolling", async () => {
  await desk.page.setViewportSize({ width: 1440, height: 900 });
  await desk.goto(pathOf("domain"));
  const box = await desk.page.locator(".verdict").first().boundingBox();
  expect((box?.y ?? Number.NaN) + (box?.height ?? 0)).toBeLessThan(450);
});

test("in forced colours every mark keeps its word, and what has focus its outline", async () => {
  await desk.page.emulateMedia({ forcedColors: "active" });
  await desk.goto(pathOf("problems"));
  for (const mark of await desk.page.locator("main .mark").all()) {
    expect(await mark.textContent()).toMatch(/[A-Za-z]{3}/);
  }
  await desk.page.keyboard.press("Tab");
  const outline = "getComputedStyle(document.activeElement).outlineStyle";
  expect(await desk.page.evaluate(outline)).not.toBe("none");
  await desk.page.emulateMedia({ forcedColors: "none" });
});

test("nothing was said against any of them", () => {
  expect([...desk.wrongs, ...phone.wrongs, ...plain.wrongs]).toEqual([]);
  expect(server.failures).toEqual([]);
});

test("until all sections have come it is said that they are loading, without script too", async () => {
  const text = await (await fetch(`${server.url}/`)).text();
  const { page } = plain;
  await plain.goto("/");
  const loading = page.locator("main > .loading");
  expect(await loading.isVisible()).toBe(false);
  // The page as far as it has come after its first section: without its end.
  const styles = await page.locator("link[rel=stylesheet]").getAttribute("href");
  const css = await (await fetch(`${server.url}${styles}`)).text();
  const [head = ""] = text.split("</section>", 1);
  await page.goto("about:blank");
  await page.setContent(`<style>${css}</style>${head.slice(head.indexOf("<main"))}</section>`);
  expect(await loading.isVisible()).toBe(true);
});
