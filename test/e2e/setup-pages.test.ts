// The page Set-up of the real program in Chromium: files are explained where they are chosen or dropped, and
// imported with their progress; what came in is then found on every page, down to its bytes.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../services/assets.ts";
import { type Program, startProgram, temporaryFolder } from "../support/program.ts";
import { axeFindings, launchChromium, openWatched, type Watched } from "../support/watched-page.ts";

const FIXTURES = join(packageRoot(), "test", "fixtures", "reports");
const FILES = readdirSync(FIXTURES)
  .filter((name) => !name.includes(".expected."))
  .map((name) => join(FIXTURES, name));
const GOOGLE = join(FIXTURES, "google.json");
/** Days of all fixtures. */
const RANGE = "from=2016-01-01&to=2026-12-31";

const place = temporaryFolder();
let program: Program;
let browser: Browser;
let watched: Watched;

beforeAll(async () => {
  [program, browser] = await Promise.all([
    startProgram({ dataDir: place.folder }),
    launchChromium(),
  ]);
  watched = await openWatched(browser, program.http);
});
afterAll(async () => {
  await browser?.close();
  await program?.end();
  place.remove();
});

interface Report {
  id: string;
  organization: string;
}

async function reports(): Promise<Report[]> {
  const { data } = await program.get<{ data: Report[] }>(`/api/v1/reports?${RANGE}`);
  return data;
}

test("a new installation says what to do first", async () => {
  await watched.goto("/");
  expect(await watched.page.locator("main a[href^='/setup']").count()).toBeGreaterThan(0);
  expect(await axeFindings(watched.page)).toEqual([]);
});

test("a chosen file is explained in its place, and not stored", async () => {
  const { page } = watched;
  await watched.goto("/setup");
  await page.locator("form.upload input[type=file]").setInputFiles(GOOGLE);
  await page.locator("form.upload button[type=submit]", { hasText: "Explain" }).click();
  await page.locator("#explained .reading").waitFor();
  expect(await page.locator("#explained").textContent()).toContain("3 of 1,224 sessions failed");
  expect(await page.locator("[data-upload-state]").textContent()).toContain("1 file explained");
  expect(new URL(page.url()).pathname).toBe("/setup");
  expect(await axeFindings(page)).toEqual([]);
  expect(await reports()).toEqual([]);
});

test("so is one that is dropped, and what is no report says why", async () => {
  const { page } = watched;
  await watched.goto("/setup");
  const files = [
    { name: "google.json", text: readFileSync(GOOGLE, "utf8") },
    { name: "<b>x</b>.json", text: "{" },
  ];
  const dropped = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    for (const { name, text } of ${JSON.stringify(files)}) transfer.items.add(new File([text], name));
    return transfer;
  })()`);
  await page.locator("[data-drop]").dispatchEvent("drop", { dataTransfer: dropped });
  await page.locator("#explained .reading").nth(1).waitFor();
  const told = await page.locator("#explained").textContent();
  expect(told).toContain("3 of 1,224 sessions failed");
  expect(told).toContain("No use");
  expect(await page.locator("#explained b").count()).toBe(0);
});

test("every fixture is imported, its progress followed, and its report found down to its bytes", async () => {
  const { page } = watched;
  await watched.goto("/setup");
  await page.locator("form.upload input[type=file]").setInputFiles(FILES);
  await page.locator("form.upload button", { hasText: "Import for real" }).click();
  await page.waitForURL(/import=/);
  await page.locator("[data-progress-words]", { hasText: "All done" }).waitFor();
  const bar = page.locator(".task progress");
  expect(await bar.getAttribute("max")).toBe(String(FILES.length));
  expect(await page.evaluate("document.querySelector('.task progress').value")).toBe(FILES.length);

  const stored = await reports();
  expect(stored.length).toBe(FILES.length);
  await watched.goto(`/reports?${RANGE}`);
  const list = await page.locator("main table").textContent();
  for (const { organization } of stored) expect(list).toContain(organization);
  for (const { id, organization } of stored) {
    expect(await watched.goto(`/reports/${id}`)).toBe(200);
    expect(await page.locator("h1").textContent()).toContain(organization);
    expect(await page.locator("main pre").count()).toBeGreaterThan(0);
    expect(await page.locator(".card.failure").count()).toBe(0);
  }
});

test("without script a file is explained on a page of its own", async () => {
  const plain = await openWatched(browser, program.http, { script: false });
  await plain.goto("/setup");
  await plain.page.locator("form.upload input[type=file]").setInputFiles(GOOGLE);
  await plain.page.locator("form.upload button", { hasText: "Explain" }).click();
  await plain.page.waitForURL(/\/explain/);
  expect(await plain.page.locator("main").textContent()).toContain("3 of 1,224 sessions failed");
  expect(plain.wrongs).toEqual([]);
});

test("nothing was said against any of it", () => expect(watched.wrongs).toEqual([]));
