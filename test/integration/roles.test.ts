// What a process serves by its roles: one that only receives still tells whether it is well, and nothing
// else. And the end of one that lost its data folder.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  freePort,
  type Program,
  startProgram,
  temporaryFolder,
  waitUntil,
} from "../support/program.ts";
import { postReport } from "../support/senders.ts";

let place: { folder: string; remove(): void };
beforeEach(() => {
  place = temporaryFolder();
});
afterEach(() => place.remove());

async function startReceiver(env: Record<string, string>): Promise<Program> {
  return startProgram({
    dataDir: place.folder,
    env: {
      SEALWATCH_CLICKHOUSE_URL: "http://nobody:nothing@127.0.0.1:1/none",
      ...env,
    },
  });
}

async function status(program: Program, path: string): Promise<number> {
  return (await fetch(`${program.http}${path}`)).status;
}

test.each([["smtp"], ["smtp,https"]])("roles %s: health, no API", async (roles) => {
  const program = await startReceiver({ SEALWATCH_ROLES: roles });
  try {
    expect(await (await fetch(`${program.http}/healthz`)).text()).toBe("ok\n");
    const ready = await program.get<{ ready: boolean; checks: object }>("/readyz");
    expect(ready.ready).toBe(true);
    expect(Object.keys(ready.checks)).toEqual(["spool", "domains", "access"]);
    expect(await (await fetch(`${program.http}/metrics`)).text()).toMatch(/^sealwatch_/m);
    expect(await status(program, "/api/v1/overview")).toBe(404);
    expect(await status(program, "/")).toBe(404);
    expect(await status(program, "/v1/tlsrpt")).toBe(roles === "smtp" ? 404 : 405);
  } finally {
    await program.end();
  }
});

test("a server whose data folder another process took ends with 1", async () => {
  const program = await startProgram({ dataDir: place.folder });
  const lock = join(place.folder, "sealwatch.lock");
  const theirs = readFileSync(lock, "utf8").replace(/"startedMs":\d+/, '"startedMs":1');
  writeFileSync(lock, theirs);
  await waitUntil("the server to notice", 20_000, () => program.log().includes("lock-lost"));
  await waitUntil("its end", 20_000, () => program.log().includes('"stopped"'));
  expect(await program.end("SIGCONT")).toBe(1);
  expect(readFileSync(lock, "utf8")).toBe(theirs);
});

test("a report listener of its own has nothing but reports", async () => {
  const port = await freePort();
  const program = await startReceiver({
    SEALWATCH_ROLES: "https",
    SEALWATCH_REPORT_LISTEN: `127.0.0.1:${port}`,
  });
  try {
    const reports = `http://127.0.0.1:${port}`;
    expect(await postReport(reports, { number: 1 })).toBe(true);
    for (const path of ["/healthz", "/readyz", "/metrics"]) {
      expect(await status(program, path)).toBe(200);
      expect((await fetch(`${reports}${path}`)).status).toBe(404);
    }
    expect(await status(program, "/v1/tlsrpt")).toBe(404);
  } finally {
    await program.end();
  }
});
