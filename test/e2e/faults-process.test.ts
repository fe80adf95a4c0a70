// Faults of the process and of what is around it: the embedded engine is killed, descriptors run out, the
// clock is set back, a second server comes, a decoding thread hangs. What was acknowledged counts once, and
// each state has its name in log, /readyz and metrics.

import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { assetPath } from "../../services/assets.ts";
import {
  type Program,
  runProgram,
  startProgram,
  temporaryFolder,
  waitUntil,
} from "../support/program.ts";
import { reportJson } from "../support/reports.ts";
import { type Load, postReport, sendMail, startLoad } from "../support/senders.ts";
import {
  eventsOf,
  expectOnce,
  keptConnection,
  metric,
  type Readiness,
  readiness,
  waitForCheck,
  waitForEvent,
} from "../support/sights.ts";
import { type StandaloneEngine, startStandaloneEngine } from "../support/standalone-engine.ts";

const PRELOAD = { NODE_OPTIONS: `--import=file://${assetPath("test", "support", "preload.mjs")}` };
const HOUR_MS = 3_600_000;

let place: { folder: string; remove(): void };
let dataDir: string;
let programs: Program[];
let clickhouse: StandaloneEngine | null;

beforeEach(() => {
  place = temporaryFolder();
  dataDir = join(place.folder, "data");
  mkdirSync(dataDir);
  programs = [];
  clickhouse = null;
});

afterEach(async () => {
  for (const program of programs) await program.end("SIGKILL");
  await clickhouse?.stop();
  place.remove();
});

async function start(options: Partial<Parameters<typeof startProgram>[0]> = {}): Promise<Program> {
  const program = await startProgram({ dataDir, ...options });
  programs.push(program);
  return program;
}

function underLoad(program: Program): { loads: Load[]; acknowledged(): number[]; sent(): number } {
  let last = 0;
  const next = () => ++last;
  const loads = [
    startLoad(2, 10, next, (number) => sendMail(program.smtpPort, { number })),
    startLoad(2, 10, next, (number) => postReport(program.http, { number })),
  ];
  const acknowledged = () => loads.flatMap((load) => load.acknowledged);
  return { loads, acknowledged, sent: () => last };
}

test("the embedded engine is killed, again and again, under load", async () => {
  const program = await start();
  const { loads, acknowledged, sent } = underLoad(program);
  for (let kill = 1; kill <= 3; kill++) {
    const before = acknowledged().length;
    await waitUntil("reports", 30_000, () => acknowledged().length >= before + 30);
    const pid = Number(eventsOf(program, "engine-started").at(-1)?.["pid"]);
    process.kill(pid, "SIGKILL");
    await waitForCheck(program, "store", false, /^store-unavailable: /);
    await waitUntil("another one", 30_000, () => eventsOf(program, "engine-started").length > kill);
    await waitForCheck(program, "store", true, /./);
    expect(await metric(program, "sealwatch_engine_deaths_total")).toBe(kill);
  }
  expect(eventsOf(program, "engine-died")).toHaveLength(3);
  await Promise.all(loads.map((load) => load.stop()));
  expect(acknowledged()).toHaveLength(sent());
  await expectOnce(program, acknowledged());
});

test("no descriptors left: refused, never lost, and well again when there are some", async () => {
  clickhouse = await startStandaloneEngine(join(place.folder, "clickhouse"));
  const env = { SEALWATCH_CLICKHOUSE_URL: clickhouse.url };
  const program = await start({ env });
  const numbers = [1, 2, 3, 4, 5, 6];
  for (const number of numbers) expect(await postReport(program.http, { number })).toBe(true);
  const kept = keptConnection(program);
  expect((await kept.ask("GET", "/healthz")).status).toBe(200);
  const sockets: Socket[] = [];
  leaveDescriptors(program, 60);
  try {
    let refused = 0;
    await waitUntil("a refusal", 30_000, async () => {
      for (let i = 0; i < 20; i++) {
        const port = i % 2 === 0 ? program.smtpPort : program.httpPort;
        sockets.push(connect(port, "127.0.0.1").on("error", () => {}));
      }
      const { status } = await kept.ask(
        "POST",
        "/v1/tlsrpt",
        reportJson({ number: 1_000 + refused }),
      );
      refused += 1;
      if (status === 201) numbers.push(1_000 + refused - 1);
      return status === 503;
    });
    const { status, text } = await kept.ask("GET", "/readyz");
    const told: Readiness = JSON.parse(text);
    expect(status).toBe(503);
    expect(told.checks["spool"]).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/spool-failed/),
    });
    const [event] = eventsOf(program, "spool-refusing");
    expect(JSON.stringify(event)).toContain("EMFILE");
    const metrics = await kept.ask("GET", "/metrics");
    expect(metrics.text).toMatch(/sealwatch_spool_refusing_total\{reason="spool-failed"\} [1-9]/);
  } finally {
    for (const socket of sockets) socket.destroy();
    kept.close();
  }
  await waitForCheck(program, "spool", true, /bytes wait/);
  await waitForCheck(program, "writer", true, /^stores what is in the spool/);
  expect(await postReport(program.http, { number: 7 })).toBe(true);
  expect(await sendMail(program.smtpPort, { number: 8 })).toBe(true);
  await expectOnce(program, [...numbers, 7, 8]);
});

/** Bounds the descriptors of a running program to those that it has and some. */
function leaveDescriptors(program: Program, more: number): void {
  const open = readdirSync(`/proc/${program.pid}/fd`).length;
  execFileSync("prlimit", ["--pid", String(program.pid), `--nofile=${open + more}:`]);
}

describe("the clock is set back", () => {
  test("while it runs", async () => {
    const program = await start({ env: { ...PRELOAD, TEST_CLOCK_STEP_MS: String(-3 * HOUR_MS) } });
    const { loads, acknowledged, sent } = underLoad(program);
    await waitUntil("reports", 30_000, () => acknowledged().length >= 40);
    process.kill(program.pid, "SIGUSR2");
    await waitForEvent(program, "clock-set-back");
    await waitForCheck(program, "clock", true, /^clock-set-back: .* 10\d\d\d s behind/);
    expect(await metric(program, "sealwatch_clock_set_back_total")).toBe(1);
    const before = acknowledged().length;
    await waitUntil("more reports", 30_000, () => acknowledged().length >= before + 40);
    await Promise.all(loads.map((load) => load.stop()));
    expect(acknowledged()).toHaveLength(sent());
    for (const number of acknowledged().slice(0, 10)) {
      expect(await postReport(program.http, { number })).toBe(true);
    }
    await expectOnce(program, acknowledged(), { duplicate: 10 });
  });

  test("between two runs, with a message that is tried again", async () => {
    const first = await start();
    for (const number of [1, 2, 3]) expect(await postReport(first.http, { number })).toBe(true);
    await fetch(`${first.http}/v1/tlsrpt`, { method: "POST", body: "no report" });
    await expectOnce(first, [1, 2, 3], { quarantined: 1 });
    expect(await first.end()).toBe(0);
    const env = { ...PRELOAD, TEST_CLOCK_OFFSET_MS: String(-5 * HOUR_MS) };
    const second = await start({ env });
    await waitForEvent(second, "clock-set-back");
    await waitForCheck(second, "clock", true, /^clock-set-back: /);
    for (const number of [2, 4, 5]) expect(await postReport(second.http, { number })).toBe(true);
    const { data } = await second.get<{ data: { receipt: string }[] }>(
      "/api/v1/quarantine?from=2016-01-01",
    );
    const again = `${second.http}/api/v1/quarantine/${data[0]?.receipt}/reprocess`;
    expect((await fetch(again, { method: "POST" })).status).toBe(202);
    await expectOnce(second, [1, 2, 3, 4, 5], { duplicate: 1, quarantined: 1 });
  });
});

test("a second server on the same data folder ends with a word, and the first goes on", async () => {
  const program = await start();
  const { loads, acknowledged, sent } = underLoad(program);
  await waitUntil("reports", 30_000, () => acknowledged().length >= 20);
  const env = { SEALWATCH_SMTP_LISTEN: "127.0.0.1:0", SEALWATCH_HTTP_LISTEN: "127.0.0.1:0" };
  for (let attempt = 0; attempt < 2; attempt++) {
    const { code, stderr } = await runProgram(["serve"], { dataDir, env });
    expect(code).not.toBe(0);
    expect(stderr).toMatch(new RegExp(`in use by process ${program.pid} .*SEALWATCH_DATA_DIR`));
  }
  expect((await readiness(program)).ready).toBe(true);
  await Promise.all(loads.map((load) => load.stop()));
  expect(acknowledged()).toHaveLength(sent());
  await expectOnce(program, acknowledged());
});

test("a decoding thread that hangs costs its message alone", async () => {
  const marker = "hang-here-on-purpose";
  const program = await start({ env: { ...PRELOAD, TEST_HANG_MARKER: marker } });
  expect(await postReport(program.http, { number: 1 })).toBe(true);
  const hanging = await fetch(`${program.http}/v1/tlsrpt`, { method: "POST", body: marker });
  expect(hanging.status).toBe(201);
  const { loads, acknowledged, sent } = underLoad(program);
  await waitForEvent(program, "decode-worker-ended");
  expect(
    await metric(program, "sealwatch_decode_worker_ends_total", 'reason="decode-timeout"'),
  ).toBeGreaterThan(0);
  await Promise.all(loads.map((load) => load.stop()));
  expect(acknowledged()).toHaveLength(sent());
  // Number 1 is sent by the load as well.
  await expectOnce(program, acknowledged(), { quarantined: 1, duplicate: 1 });
  const { data } = await program.get<{ data: { reason: string }[] }>(
    "/api/v1/quarantine?from=2016-01-01",
  );
  expect(data).toMatchObject([{ reason: "decode-timeout" }]);
});
