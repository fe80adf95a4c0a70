// Log-in, tenants apart and expiry as people see them: the real program in Chromium, with two tenants who have
// a report each.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createToken } from "../../services/access/token-file.ts";
import {
  freePort,
  type Program,
  runProgram,
  startProgram,
  temporaryFolder,
  waitUntil,
} from "../support/program.ts";
import { reportJson } from "../support/reports.ts";
import { axeFindings, launchChromium, openWatched, type Watched } from "../support/watched-page.ts";

const DAYS = "from=2026-11-01&to=2026-11-02";
const TENANTS = [
  { tenant: "red", domain: "red.example", organization: "Red Sender" },
  { tenant: "blue", domain: "blue.example", organization: "Blue Sender" },
];
const MENU = [
  "/",
  "/problems",
  "/organizations",
  "/policies",
  "/reports",
  "/quarantine",
  "/ingest",
];

const { folder, remove } = temporaryFolder();
let program: Program;
let browser: Browser;

beforeAll(async () => {
  const domainsFile = join(folder, "domains.json");
  const domains = TENANTS.map(({ tenant, domain }) => ({ domain, tenant }));
  writeFileSync(domainsFile, JSON.stringify({ domains }));
  const ports = { smtp: await freePort(), http: await freePort() };
  const env = {
    SEALWATCH_DOMAINS_FILE: domainsFile,
    SEALWATCH_AUTH_LOOPBACK_OPEN: "no",
    SEALWATCH_PUBLIC_URL: `http://127.0.0.1:${ports.http}`,
    SEALWATCH_LIMITS_EXEMPT: "127.0.0.1",
  };
  [program, browser] = await Promise.all([
    startProgram({ dataDir: folder, env, ports }),
    launchChromium(),
  ]);
  for (const [number, { domain, organization }] of TENANTS.entries()) {
    const file = join(folder, `${domain}.json`);
    writeFileSync(file, reportJson({ number, domain, organization, failures: 3 }));
    const imported = await runProgram(["import", file], { dataDir: folder, env });
    expect(imported.code, imported.stderr).toBe(0);
  }
  const request = { name: "tally", tenants: "all", scopes: ["admin"], expiresMs: null } as const;
  const { text } = await createToken(folder, request, Date.now());
  const headers = { Authorization: `Bearer ${text}` };
  await waitUntil("the reports", 60_000, async () => {
    const answer = await fetch(`${program.http}/api/v1/reports?${DAYS}`, { headers });
    return ((await answer.json()) as { data: unknown[] }).data.length === TENANTS.length;
  });
});
afterAll(async () => {
  await browser?.close();
  await program?.end();
  remove();
});

const newToken = (name: string, tenants: string[], expiresMs: number | null = null) =>
  createToken(folder, { name, tenants, scopes: ["read"], expiresMs }, Date.now());

/** Goes to a path as a stranger, and logs in where that leads. */
async function logIn(token: string, path: string): Promise<Watched> {
  const watched = await openWatched(browser, program.http);
  await watched.goto(path);
  expect(new URL(watched.page.url()).pathname).toBe("/login");
  await watched.page.locator("input[name=token]").fill(token);
  await watched.page.locator("button[type=submit]").first().click();
  return watched;
}

test("a stranger is shown the log-in page, which axe has nothing against", async () => {
  for (const theme of ["light", "dark"] as const) {
    const watched = await openWatched(browser, program.http, { theme });
    await watched.goto(`/problems?${DAYS}`);
    expect(await axeFindings(watched.page)).toEqual([]);
    expect(await watched.page.locator("body").textContent()).not.toMatch(/red|blue/i);
    expect(watched.wrongs).toEqual([]);
    await watched.close();
  }
});

test.each(TENANTS)(
  "$tenant sees its own on every page, and is led there by log-in",
  async (own) => {
    const others = TENANTS.filter(({ tenant }) => tenant !== own.tenant);
    const { text: token } = await newToken(`desk of ${own.tenant}`, [own.tenant]);
    const watched = await logIn(token, `/?${DAYS}`);
    await watched.page.waitForURL(`${program.http}/?${DAYS}`);
    expect(await watched.page.locator("main").textContent()).toContain(own.domain);
    for (const path of MENU) {
      expect(await watched.goto(`${path}?${DAYS}`), path).toBe(200);
      const page = (await watched.page.content()).toLowerCase();
      for (const { tenant, domain } of others) {
        expect(page, path).not.toContain(domain);
        expect(page, path).not.toContain(`${tenant} sender`);
      }
    }
    await watched.goto(`/domains/${others[0]?.domain}?${DAYS}`);
    const told = (await watched.page.locator("main").textContent()) ?? "";
    expect(told).not.toContain(others[0]?.organization);
    await watched.close();
  },
);

test("whoever logs out, or whose token ends, is asked again", async () => {
  const { text: token } = await newToken("leaving", ["red"]);
  const watched = await logIn(token, `/?${DAYS}`);
  await watched.page.getByRole("button", { name: "Log out" }).click();
  await watched.page.waitForURL(/\/login/);
  await watched.goto(`/?${DAYS}`);
  expect(new URL(watched.page.url()).pathname).toBe("/login");
  expect(watched.wrongs).toEqual([]);
  await watched.close();

  const short = await newToken("short", ["red"], Date.now() + 6_000);
  const late = await logIn(short.text, `/reports?${DAYS}`);
  await late.page.waitForURL(`${program.http}/reports?${DAYS}`);
  await waitUntil("the session to end", 30_000, async () => {
    await late.goto(`/reports?${DAYS}`);
    return new URL(late.page.url()).pathname === "/login";
  });
  expect(await late.page.locator("body").textContent()).toContain("expired");
  await late.close();
});
