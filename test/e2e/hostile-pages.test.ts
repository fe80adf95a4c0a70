// Every page over reports whose every field is harmful: the texts are read as text, nothing in them runs, and
// the browser has nothing to say (invariant 6).

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readDefinitions } from "../../services/api/pages/definition.ts";
import { BOUNDS } from "../../services/core/bounds.ts";
import { printable } from "../../services/core/printable.ts";
import { HOSTILE_TEXTS, seedHostile } from "../support/hostile-set.ts";
import { DAYS } from "../support/page-paths.ts";
import { type PostmasterServer, startPostmasterServer } from "../support/postmaster-server.ts";
import { launchChromium, openWatched, overflowOf, type Watched } from "../support/watched-page.ts";

type Row = Record<string, string>;

let server: PostmasterServer;
let browser: Browser;
let watched: Watched;

beforeAll(async () => {
  [server, browser] = await Promise.all([startPostmasterServer(0, seedHostile), launchChromium()]);
  watched = await openWatched(browser, server.url);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function rowsOf(panel: string): Promise<Row[]> {
  const answer = await fetch(`${server.url}/api/v1/${panel}?${DAYS}&limit=1000`);
  return ((await answer.json()) as { data: Row[] }).data;
}

/** Goes there and expects that nothing of what it shows has run, or made the page wide. */
async function look(path: string): Promise<string> {
  const { page, goto } = watched;
  expect(await goto(path), path).toBe(200);
  expect(await page.evaluate("window.pwned"), path).toBeUndefined();
  const foreign = "iframe,object,embed,base,meta[http-equiv],main img,[onload],[onerror],[onfocus]";
  expect(await page.locator(foreign).count(), path).toBe(0);
  expect(await page.locator("script:not([src]):not([type='application/json'])").count()).toBe(0);
  expect(await page.locator(".card.failure").allTextContents(), path).toEqual([]);
  expect(await overflowOf(page), path).toBeLessThanOrEqual(0);
  return seen((await page.locator("body").textContent()) ?? "");
}

async function expectNothing(path: string, name: string): Promise<void> {
  const answer = await fetch(`${server.url}${path}`, { headers: { Accept: "text/html" } });
  expect(answer.status, path).toBe(404);
  expect(await answer.text(), path).not.toContain(name);
}

/** Text as a reader sees it: runs of white space are one blank. */
const seen = (text: string) => text.replaceAll(/\s+/g, " ").trim();
/** How the text must be readable on a page that shows it, as far as every field keeps it. */
const written = (text: string) => seen(printable(text)).slice(0, 60);

test("there is a report for each text, and a message in quarantine", async () => {
  const organizations = (await rowsOf("reports")).map(({ organization = "" }) => organization);
  for (const text of HOSTILE_TEXTS) {
    // A name is folded to one line before it is stored, and is well-formed text then.
    const told = written(seen(text.toWellFormed()));
    const found = organizations.filter((name) => written(seen(name)) === told);
    expect(found.length, text.slice(0, 80)).toBeGreaterThan(0);
  }
  expect((await rowsOf("quarantine")).length).toBeGreaterThanOrEqual(HOSTILE_TEXTS.length);
});

describe("pages of many", () => {
  const plain = readDefinitions().filter(({ path }) => !path.includes(":"));
  test.each(plain.map(({ path }) => path))("%s", async (path) => {
    await look(`${path}?${DAYS}`);
    expect(watched.wrongs).toEqual([]);
  });

  test("the reports are told by their senders' names", async () => {
    const text = await look(`/reports?${DAYS}&limit.reports=1000`);
    for (const { organization = "" } of await rowsOf("reports")) {
      expect(text).toContain(written(organization));
    }
  });
});

describe("pages of one", () => {
  const pages = [
    { panel: "reports", path: "/reports/", column: "id" },
    { panel: "domains", path: "/domains/", column: "domain" },
    { panel: "problems", path: "/problems/", column: "id" },
    { panel: "quarantine", path: "/quarantine/", column: "receipt" },
  ];
  test.each(pages)("$path", async ({ panel, path, column }) => {
    const values = new Set((await rowsOf(panel)).map((row) => row[column] ?? ""));
    expect(values.size).toBeGreaterThan(0);
    for (const value of values) {
      const address = `${path}${encodeURIComponent(value.toWellFormed())}?${DAYS}`;
      // Nothing has so long a name; the answer does not repeat it as markup.
      if (value.length > BOUNDS.pageNameCharsMax) await expectNothing(address, value);
      else await look(address);
    }
    expect(watched.wrongs).toEqual([]);
  });
});

test("what is asked for is kept as text", async () => {
  for (const [i, text] of HOSTILE_TEXTS.entries()) {
    const value = encodeURIComponent(text.toWellFormed().slice(0, 200));
    await look(`${i === 0 ? "/" : "/reports"}?${DAYS}&organization=${value}&${value}=1`);
  }
  expect(watched.wrongs).toEqual([]);
  expect(server.failures).toEqual([]);
});
