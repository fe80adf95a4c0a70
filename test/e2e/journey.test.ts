// What a postmaster does with the pages: from the overview down to one raw report and back, narrowed by
// filters, with the numbers that the API gives.

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DAYS } from "../support/page-paths.ts";
import {
  type PostmasterServer,
  startPostmasterServer,
  TENANT_COOKIE,
} from "../support/postmaster-server.ts";
import { launchChromium, openWatched, type Watched } from "../support/watched-page.ts";

type Row = Record<string, string | number>;

let server: PostmasterServer;
let browser: Browser;
let watched: Watched;
let page: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([startPostmasterServer(), launchChromium()]);
  watched = await openWatched(browser, server.url);
  page = watched.page;
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function ask(path: string): Promise<Row[]> {
  const answer = await fetch(`${server.url}/api/v1/${path}`);
  expect(answer.status, path).toBe(200);
  return ((await answer.json()) as { data: Row[] }).data;
}

const pathNow = () => decodeURIComponent(new URL(page.url()).pathname);

/** Follows the first link whose address begins so. */
async function follow(start: string, within = "main"): Promise<void> {
  const link = page.locator(`${within} a[href^="${start}"]`).first();
  await link.click();
  await page.waitForURL((url) => url.pathname.startsWith(start));
}

/** A number as the pages write it. */
const written = (number: unknown) => Number(number).toLocaleString("en-US");

test("from the overview to the bytes of one report, and back by the browser", async () => {
  const addresses: string[] = [];
  const arrived = () => addresses.push(page.url());
  await watched.goto(`/?${DAYS}`);
  arrived();
  await follow("/domains/example.com", "#domains");
  expect(await page.locator("h1").textContent()).toContain("example.com");
  arrived();
  await follow("/problems/");
  arrived();
  await follow("/reports/");
  arrived();
  const raw = page.locator("main pre", { hasText: "organization-name" }).first();
  expect(await raw.count()).toBe(1);
  const [id = ""] = pathNow().split("/").slice(-1);
  const answer = await fetch(`${server.url}/api/v1/reports/${id}`);
  const { data } = (await answer.json()) as { data: Row };
  expect(await page.locator("main").textContent()).toContain(data["organization"]);
  // The days that were chosen are kept on the whole way.
  for (const address of addresses) expect(new URL(address).search).toContain("from=2026-01-01");
  for (const address of addresses.reverse().slice(1)) {
    await page.goBack();
    expect(page.url()).toBe(address);
    expect(await page.locator(".card.failure").count()).toBe(0);
  }
});

test("the tiles of the overview are the API's numbers", async () => {
  await watched.goto(`/?${DAYS}`);
  const [row] = await ask(`overview?${DAYS}`);
  const text = (await page.locator("#overview").textContent()) ?? "";
  for (const name of ["total_sessions", "failed_sessions", "reports"]) {
    expect(text).toContain(written(row?.[name]));
  }
});

/** Sums of the columns of numbers of the table beside a chart. */
async function sumsBeside(chart: string): Promise<number[]> {
  const rows = await page.locator(`${chart} table tbody tr`).all();
  const cells = await Promise.all(rows.map((row) => row.locator("td").allTextContents()));
  const numbers = cells.map((row) => row.map((cell) => Number(cell.replaceAll(",", ""))));
  return (numbers[0] ?? []).map((_, i) => numbers.reduce((sum, row) => sum + (row[i] ?? 0), 0));
}

test("the table beside the chart of the overview adds up to the API's numbers", async () => {
  await watched.goto(`/?${DAYS}`);
  const rows = await ask(`trend?${DAYS}`);
  const sum = (name: string) => rows.reduce((all, row) => all + Number(row[name]), 0);
  const sums = await sumsBeside("#trend");
  expect(sum("failed_sessions")).toBeGreaterThan(0);
  expect(sums).toEqual(
    expect.arrayContaining([sum("successful_sessions"), sum("failed_sessions")]),
  );
});

test("a filter narrows the whole page, stands in the address, and can be taken back", async () => {
  await watched.goto(`/?${DAYS}`);
  const before = page.url();
  const filters = page.locator("form[role=search], form.filters").first();
  const folded = filters.locator("xpath=ancestor::details[not(@open)]/summary");
  // Where there is room the form is open without its summary.
  if (await folded.isVisible()) await folded.click();
  await filters.locator("[name=organization]").fill("Postbox Ltd");
  await filters.locator("button[type=submit]").click();
  await page.waitForURL(/organization=Postbox/);
  const [row] = await ask(`overview?${DAYS}&organization=Postbox+Ltd`);
  const text = (await page.locator("#overview").textContent()) ?? "";
  expect(text).toContain(written(row?.["total_sessions"]));
  expect(new URL(page.url()).searchParams.get("from")).toBe("2026-01-01");
  await page.goBack();
  expect(page.url()).toBe(before);
  await page.goForward();
  await page.locator(".chips a", { hasText: "Postbox" }).first().click();
  await page.waitForURL((url) => !url.searchParams.has("organization"));
});

test("days that nobody changes go on moving, and those that are changed are meant", async () => {
  const days = page.locator("form.filters").first();
  const send = async (name: string, value: string) => {
    await watched.goto("/?last=365d");
    const summary = page.locator("details.filter:not([open]) > summary");
    if (await summary.isVisible()) await summary.click();
    const from = await days.locator("[name=from]").inputValue();
    await days.locator(`[name=${name}]`).fill(value);
    await days.locator("button[type=submit]").click();
    await page.waitForURL(new RegExp(`${name}=`));
    return { from, search: new URL(page.url()).search };
  };
  expect((await send("organization", "Postbox")).search).toBe("?last=365d&organization=Postbox");
  const { from, search } = await send("until", "2026-03-01");
  expect(search).toBe(`?from=${from}&until=2026-03-01`);
  expect(await page.locator(".range").textContent()).toBe(`${from} to 2026-03-01`);
});

test("a table is sorted by its head", async () => {
  await watched.goto(`/?${DAYS}`);
  const table = page.locator("#failures-by-mx");
  const before = await ask(`failures-by-mx?${DAYS}&limit=1`);
  await table.locator("thead th a", { hasText: /^MX/ }).click();
  await page.waitForURL(/sort\.failures-by-mx=/);
  const sort = new URL(page.url()).searchParams.get("sort.failures-by-mx");
  const [asked] = await ask(`failures-by-mx?${DAYS}&sort=${sort}&limit=1`);
  expect(asked).not.toEqual(before[0]);
  expect(await table.locator("tbody th").first().textContent()).toContain(asked?.["mx"]);
});

test("a tenant sees its own on every page of the way, and nothing of another", async () => {
  const own = await openWatched(browser, server.url);
  const cookie = { name: TENANT_COOKIE, value: "blue", url: server.url };
  await own.context.addCookies([cookie]);
  for (const path of ["/", "/problems", "/organizations", "/policies", "/reports", "/quarantine"]) {
    expect(await own.goto(`${path}?${DAYS}`)).toBe(200);
    const text = (await own.page.locator("body").textContent()) ?? "";
    expect(text, path).not.toMatch(/example\.(?:com|net)(?!["/])/);
  }
  expect(await own.page.locator("body").textContent()).not.toContain("red");
  await own.goto(`/?${DAYS}`);
  expect(await own.page.locator("#domains tbody").textContent()).toContain("cheese.example");
  expect(own.wrongs).toEqual([]);
  await own.close();
});

test("nothing was said against any of it", () => {
  expect(watched.wrongs).toEqual([]);
  expect(server.failures).toEqual([]);
});
