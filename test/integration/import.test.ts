// How an import ends early: a store that refuses or is away, a spool that fails, a signal.

import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort, MAIN, runProgram, temporaryFolder, waitUntil } from "../support/program.ts";
import { reportMail } from "../support/reports.ts";
import { startStandaloneEngine, USER } from "../support/standalone-engine.ts";

let place: { folder: string; remove(): void };
let dataDir: string;
let mail: string;
beforeEach(() => {
  place = temporaryFolder();
  dataDir = join(place.folder, "data");
  mkdirSync(dataDir);
  mail = join(place.folder, "1.eml");
  writeFileSync(mail, reportMail({ number: 1 }));
});
afterEach(() => place.remove());

const importFrom = (url: string) =>
  runProgram(["import", "--json", mail], { dataDir, env: { SEALWATCH_CLICKHOUSE_URL: url } });

test("a wrong password of the store ends it with what to check, and nothing is taken", async () => {
  const engine = await startStandaloneEngine(join(place.folder, "clickhouse"));
  try {
    const url = `http://${USER}:wrong@127.0.0.1:${engine.port}/sealwatch`;
    const { code, stdout, stderr } = await importFrom(url);
    expect(stderr).toMatch(/refused: .*check user and password.*; nothing was imported/);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect((await importFrom(engine.url)).stdout).toContain('"received":1,"stored":1');
  } finally {
    await engine.stop();
  }
});

test("a store that is away ends it, to be tried again, and nothing is taken", async () => {
  const port = await freePort();
  const { code, stdout, stderr } = await importFrom(`http://a:b@127.0.0.1:${port}/sealwatch`);
  expect(stderr).toMatch(/the store at .* does not answer: .*; nothing was imported/);
  expect(code).toBe(75);
  expect(stdout).toBe("");
  expect(listed(join(dataDir, "spool", "ready"))).toEqual([]);
  expect(readdirSync(dataDir)).not.toContain("sealwatch.lock");
});

/** An import that reads standard input, which stays open; resolves when one message is stored. */
async function startReading(more: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN, "import", "--json", mail, "-"], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, SEALWATCH_DATA_DIR: dataDir, ...more },
  });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const done = join(dataDir, "spool", "done");
  await waitUntil("the first message in the store", 30_000, () => {
    if (child.exitCode !== null) throw new Error(`import ended: ${said.stderr}`);
    return listed(done).some((name) => name.endsWith(".json"));
  });
  return { child, said, ended };
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

test("a signal ends the reading; what was taken is stored and counted", async () => {
  const { child, said, ended } = await startReading();
  child.kill("SIGINT");
  expect(await ended).toBe(130);
  expect(said.stderr).toMatch(/interrupted: reads no more and waits for what was taken/);
  const counts = { received: 1, stored: 1, duplicate: 0, conflict: 0, quarantined: 0 };
  expect(JSON.parse(said.stdout)).toEqual(counts);
  expect(readdirSync(dataDir)).not.toContain("sealwatch.lock");
});

test("a second signal ends it at once, though the store is away", async () => {
  const engine = await startStandaloneEngine(join(place.folder, "clickhouse"));
  const { child, said, ended } = await startReading({ SEALWATCH_CLICKHOUSE_URL: engine.url });
  await engine.stop();
  // A whole message of an mbox is one that another follows.
  const mails = [2, 3].map((number) => `From x\n${reportMail({ number })}\n`);
  child.stdin.on("error", () => {}).write(mails.join(""));
  await waitUntil("the writer to meet the outage", 30_000, () =>
    said.stderr.includes("store does not answer"),
  );
  child.kill("SIGINT");
  await waitUntil("the answer to the first", 10_000, () => said.stderr.includes("interrupted:"));
  expect(child.exitCode).toBeNull();
  child.kill("SIGINT");
  expect(await ended).toBe(130);
  expect(said.stdout).toBe("");
});

test("another process that took the data folder ends it", async () => {
  const { said, ended } = await startReading();
  rmSync(join(dataDir, "sealwatch.lock"));
  expect(await ended).toBe(1);
  expect(said.stderr).toMatch(/another process took the data folder .* over/);
});

test("a spool that fails in the middle ends it with its message and lets the folder go", async () => {
  const { child, said, ended } = await startReading();
  const open = join(dataDir, "spool", "open");
  rmSync(open, { recursive: true });
  writeFileSync(open, "");
  child.stdin.end(reportMail({ number: 2 }));
  expect(await ended).toBe(1);
  expect(said.stderr).toMatch(/^sealwatch: .*spool/m);
  expect(said.stderr).not.toMatch(/unhandled|node:internal/i);
  expect(readdirSync(dataDir)).not.toContain("sealwatch.lock");
});
