// The disk of the data folder is full, becomes read-only, or changes bytes. What cannot be kept is refused
// and never acknowledged, the state has its name in log, /readyz and metrics, and all is well by itself when
// the disk is. Mounts small file systems of its own, so it needs to be root.

import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Program, startProgram, temporaryFolder, waitUntil } from "../support/program.ts";
import { postReport, sendMail, startLoad } from "../support/senders.ts";
import { eventsOf, expectOnce, metric, readiness, waitForCheck } from "../support/sights.ts";
import { type StandaloneEngine, startStandaloneEngine } from "../support/standalone-engine.ts";
import { type StoreProxy, startStoreProxy } from "../support/store-proxy.ts";
import { ingestTally } from "../support/tally.ts";

let place: { folder: string; remove(): void };
let dataDir: string;
let clickhouse: StandaloneEngine;
let proxy: StoreProxy;
let programs: Program[];
let mounted: boolean;

beforeEach(async () => {
  place = temporaryFolder();
  dataDir = join(place.folder, "data");
  mkdirSync(dataDir);
  mounted = false;
  programs = [];
  clickhouse = await startStandaloneEngine(join(place.folder, "clickhouse"));
  proxy = await startStoreProxy(clickhouse.url);
});

afterEach(async () => {
  for (const program of programs) await program.end("SIGKILL");
  await proxy.stop();
  await clickhouse.stop();
  if (mounted) execFileSync("umount", ["--lazy", dataDir]);
  place.remove();
});

function mountDisk(): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m", "sealwatch-test", dataDir]);
  mounted = true;
}

async function start(): Promise<Program> {
  const program = await startProgram({
    dataDir,
    waitFor: "answers",
    env: { SEALWATCH_CLICKHOUSE_URL: proxy.url, SEALWATCH_SPOOL_DISK_FREE_BYTES_MIN: "0" },
  });
  programs.push(program);
  return program;
}

/** Fills what is left, to the last byte. */
function fillDisk(file: string): void {
  const piece = Buffer.alloc(64 * 1024, "x");
  for (let size = piece.length; size > 0; size >>= 1) {
    try {
      for (;;) writeFileSync(file, piece.subarray(0, size), { flag: "a" });
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
    }
  }
}

/**
 * Fills the disk until /readyz says so and a report is refused then; gives the numbers of those that were
 * not. What the writer stores meanwhile leaves the spool and makes room, as does a segment that is sealed.
 */
async function fillUntilRefused(program: Program, next: () => number): Promise<number[]> {
  const taken: number[] = [];
  await waitUntil("a report to be refused", 30_000, async () => {
    fillDisk(join(dataDir, "filler"));
    await waitForCheck(program, "spool", false, /^refuses messages: disk-full/);
    const number = next();
    const accepted = await postReport(program.http, { number });
    if (accepted) taken.push(number);
    return !accepted;
  });
  return taken;
}

test("full: what is acknowledged is kept, the rest is refused until there is room", async () => {
  mountDisk();
  const program = await start();
  let last = 0;
  const next = () => ++last;
  const loads = [
    startLoad(2, 10, next, (number) => sendMail(program.smtpPort, { number })),
    startLoad(2, 10, next, (number) => postReport(program.http, { number })),
  ];
  const taken: number[] = [];
  const acknowledged = () => [...taken, ...loads.flatMap((load) => load.acknowledged)];
  const more = async (count: number) => {
    const before = acknowledged().length;
    await waitUntil("reports", 30_000, () => acknowledged().length >= before + count);
  };
  await more(30);
  for (let round = 0; round < 3; round++) {
    taken.push(...(await fillUntilRefused(program, next)));
    expect(eventsOf(program, "spool-refusing").length).toBeGreaterThan(round);
    expect(
      await metric(program, "sealwatch_spool_refusing_total", 'reason="disk-full"'),
    ).toBeGreaterThan(round);
    rmSync(join(dataDir, "filler"));
    await waitForCheck(program, "spool", true, /bytes wait/);
    expect(eventsOf(program, "spool-recovered").length).toBeGreaterThan(round);
    await more(20);
  }
  await Promise.all(loads.map((load) => load.stop()));
  expect(acknowledged().length).toBeLessThan(last);
  await expectOnce(program, acknowledged());
  // What was refused is none of it: nothing that was answered with an error counts.
  expect((await ingestTally(program)).stored).toBe(acknowledged().length);
});

test("read-only: nothing is accepted, what waits is stored once and removed when it can be", async () => {
  mountDisk();
  const program = await start();
  await waitForCheck(program, "store", true, /./);
  proxy.choose = () => ({ kind: "answer", status: 503, body: "away" });
  const numbers = Array.from({ length: 40 }, (_, i) => i + 1);
  const taken = await Promise.all(numbers.map((number) => postReport(program.http, { number })));
  expect(taken.every(Boolean)).toBe(true);
  await remount("ro");
  expect(await postReport(program.http, { number: 41 })).toBe(false);
  expect(await sendMail(program.smtpPort, { number: 42 })).toBe(false);
  await waitForCheck(program, "spool", false, /^refuses messages: spool-failed/);
  expect(
    await metric(program, "sealwatch_spool_refusing_total", 'reason="spool-failed"'),
  ).toBeGreaterThan(0);
  proxy.choose = () => ({ kind: "through" });
  // Their rows are stored, their segments cannot be removed.
  await waitForCheck(program, "writer", false, /^spool-unreadable: .*cannot be removed: EROFS/);
  expect(eventsOf(program, "spool-unreadable")).not.toEqual([]);
  expect(await metric(program, "sealwatch_spool_drain_failures_total")).toBeGreaterThan(0);
  expect((await ingestTally(program)).stored).toBe(numbers.length);
  await remount("rw");
  await waitForCheck(program, "spool", true, /bytes wait/);
  await waitForCheck(program, "writer", true, /^stores what is in the spool/);
  expect(eventsOf(program, "writer-recovered")).not.toEqual([]);
  expect(await postReport(program.http, { number: 43 })).toBe(true);
  expect(await sendMail(program.smtpPort, { number: 44 })).toBe(true);
  await expectOnce(program, [...numbers, 43, 44]);
  expect((await ingestTally(program)).stored).toBe(numbers.length + 2);
});

/** A file that is open for writing holds a remount up, and a segment is for a quarter of a second. */
async function remount(mode: "ro" | "rw"): Promise<void> {
  await waitUntil(`the disk to become ${mode}`, 20_000, () => {
    try {
      execFileSync("mount", ["-o", `remount,${mode}`, dataDir], { stdio: "pipe" });
      return true;
    } catch (error) {
      if (String(error).includes("busy")) return false;
      throw error;
    }
  });
}

test("flipped and cut: damage is counted and kept, everything else is stored once", async () => {
  const before = await start();
  await waitForCheck(before, "store", true, /./);
  proxy.choose = () => ({ kind: "answer", status: 503, body: "away" });
  const numbers = Array.from({ length: 60 }, (_, i) => i + 1);
  // One after the other, so that there is more than one segment, and each knows its own.
  for (let at = 0; at < numbers.length; at += 10) {
    const part = numbers.slice(at, at + 10);
    const taken = await Promise.all(part.map((number) => postReport(before.http, { number })));
    expect(taken.every(Boolean)).toBe(true);
    await waitUntil("the segment to be sealed", 5_000, () => segments("open").length === 0);
  }
  // The last ones are in an open segment when it dies.
  const open = [61, 62, 63, 64];
  const taken = await Promise.all(open.map((number) => postReport(before.http, { number })));
  expect(taken.every(Boolean)).toBe(true);
  await before.end("SIGKILL");

  const [flipped = "", truncated = ""] = segments("ready");
  const lostFlipped = flipFirstRecord(flipped);
  const lostCut = cutLastRecord(truncated);
  const lost = [...lostFlipped, ...lostCut];
  expect(lost).toHaveLength(2);

  proxy.choose = () => ({ kind: "through" });
  const after = await start();
  const left = [...numbers, ...open].filter((number) => !lost.includes(number));
  await expectOnce(after, left, { quarantined: 1 });
  expect((await ingestTally(after)).stored).toBe(left.length);
  expect(eventsOf(after, "segment-damaged")).toHaveLength(1);
  expect(eventsOf(after, "segment-cut")).toHaveLength(1);
  expect(await metric(after, "sealwatch_segments_damaged_total")).toBe(1);
  expect(await metric(after, "sealwatch_segments_cut_total")).toBe(1);
  const { ready, checks } = await readiness(after);
  expect(ready).toBe(true);
  expect(checks["writer"]?.detail).toMatch(/segment-damaged: one stretch of the spool/);
  const { data } = await after.get<{ data: { reason: string; receipt: string }[] }>(
    "/api/v1/quarantine?from=2016-01-01",
  );
  expect(data).toMatchObject([{ reason: "spool-damaged", channel: "spool" }]);
  const raw = await fetch(`${after.http}/api/v1/quarantine/${data[0]?.receipt}/raw`);
  expect(await raw.text()).toContain(`example.com_${lostFlipped[0]}`.slice(0, 9));
  expect(readdirSync(join(dataDir, "spool", "damaged"))).toHaveLength(2);
});

function segments(folder: "open" | "ready"): string[] {
  const path = join(dataDir, "spool", folder);
  return readdirSync(path)
    .filter((name) => name.endsWith(".seg"))
    .sort()
    .map((name) => join(path, name));
}

/** Turns one bit in the body of the first record; gives the number of its report. */
function flipFirstRecord(path: string): number[] {
  const bytes = readFileSync(path);
  const at = bytes.indexOf('"report-id"');
  const number = numberAt(bytes, at);
  bytes[at + 2] = (bytes[at + 2] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  return [number];
}

/** Cuts the file in the middle of its last record. */
function cutLastRecord(path: string): number[] {
  const bytes = readFileSync(path);
  const at = bytes.lastIndexOf('"report-id"');
  const number = numberAt(bytes, at);
  truncateSync(path, at + 5);
  return [number];
}

function numberAt(bytes: Buffer, at: number): number {
  const text = bytes.subarray(at, at + 200).toString("latin1");
  const [, number] = /_(\d+)"/.exec(text) ?? [];
  return Number(number);
}
