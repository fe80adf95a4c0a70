// Every page of the definitions in Chromium, over the seeded set: in light and dark, on a desk and on a phone,
// with script and without, and on paper.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readDefinitions } from "../../services/api/pages/definition.ts";
import { type PagePath, pagePaths } from "../support/page-paths.ts";
import { type PostmasterServer, startPostmasterServer } from "../support/postmaster-server.ts";
import {
  axeFindings,
  type Look,
  launchChromium,
  openWatched,
  overflowOf,
  type Watched,
} from "../support/watched-page.ts";

const IDS = readDefinitions().map(({ id }) => id);
const LOOKS: Look[] = [
  { size: "desk", theme: "light" },
  { size: "desk", theme: "dark" },
  { size: "phone", theme: "light" },
  { size: "phone", theme: "dark" },
];

let server: PostmasterServer;
let browser: Browser;
let pages: PagePath[] = [];

beforeAll(async () => {
  [server, browser] = await Promise.all([startPostmasterServer(), launchChromium()]);
  pages = await pagePaths(server.url);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const open = (look: Look) => openWatched(browser, server.url, look);

function pathOf(id: string): string {
  const found = pages.find((page) => page.id === id);
  if (found === undefined) throw new Error(`no page ${id}`);
  return found.path;
}

describe.each(LOOKS)("on a $size in $theme", (look) => {
  let watched: Watched;
  beforeAll(async () => {
    watched = await open(look);
  });

  test.each(IDS)("%s", async (id) => {
    const { page, goto } = watched;
    expect(await goto(pathOf(id))).toBe(200);
    expect(await page.title()).toMatch(/^.+ – Sealwatch$/);
    expect(await page.locator("h1").count()).toBe(1);
    expect(await page.locator(".card.failure").allTextContents()).toEqual([]);
    expect(await page.locator("main").textContent()).toMatch(/\S(?:.|\s){100}/);
    expect(await axeFindings(page)).toEqual([]);
    expect(await overflowOf(page), "pixels at the right").toBeLessThanOrEqual(0);
  });

  test("nothing was said against any of them", () => {
    expect(watched.wrongs).toEqual([]);
    expect(server.failures).toEqual([]);
  });
});

describe("without script", () => {
  let watched: Watched;
  beforeAll(async () => {
    watched = await open({ script: false });
  });

  test.each(IDS)("%s says the same", async (id) => {
    const scripted = await open({});
    const titles = async ({ page }: Watched) => page.locator("main h2").allTextContents();
    await scripted.goto(pathOf(id));
    await watched.goto(pathOf(id));
    expect(await titles(watched)).toEqual(await titles(scripted));
    // What a chart shows stands in a table, which is open then.
    for (const table of await watched.page.locator("figure table").all()) {
      expect(await table.isVisible()).toBe(true);
    }
    expect([...watched.wrongs, ...scripted.wrongs]).toEqual([]);
    await scripted.close();
  });
});

describe("on paper", () => {
  test.each(IDS)("%s has what it says and no controls", async (id) => {
    const { page, goto, close } = await open({});
    await goto(pathOf(id));
    await page.emulateMedia({ media: "print" });
    expect(await page.locator("h1").isVisible()).toBe(true);
    for (const control of await page.locator(".top nav, button, .actions").all()) {
      expect(await control.isVisible()).toBe(false);
    }
    expect((await page.pdf({ format: "A4" })).byteLength).toBeGreaterThan(1_000);
    await close();
  });
});
