// Runs cases of one target: in batches, some at a time, with an eye on the time of each and on the memory
// of all. It finds; what is done with a finding is for others.

import { availableParallelism, loadavg } from "node:os";
import { chanceOf } from "./chance.ts";
import { BOUNDS_OF_FUZZING as LIMIT } from "./limits.ts";
import { type AnyTarget, type Bench, Broken } from "./target.ts";

export interface Finding {
  target: string;
  seed: string;
  number: number;
  message: string;
}

export interface Run {
  seed: string;
  /** First case, and how many at most. */
  first: number;
  cases: number;
  /** No new batch begins after this, as performance.now has it. */
  endMs: number;
  /** Told before each case, for the case that ends the process. */
  begins?: (number: number) => void;
  progress?: (done: number) => void;
}

export interface Ran {
  cases: number;
  slowestMs: number;
  findings: Finding[];
  /** Heap and buffers after each collection, MiB; empty without --expose-gc. */
  heapMib: number[];
}

/** The case of a number. */
export function makeCase(target: AnyTarget, seed: string, number: number): unknown {
  return target.make(chanceOf(`${seed}/${target.name}/${number}`), number);
}

/** Runs a target until its cases or its time are used up, or it has too many findings. */
export async function runTarget(target: AnyTarget, run: Run): Promise<Ran> {
  const ran: Ran = { cases: 0, slowestMs: 0, findings: [], heapMib: [] };
  const bench = await target.open();
  const found = (number: number, error: unknown) => {
    const { seed } = run;
    ran.findings.push({ target: target.name, seed, number, message: describe(error) });
  };
  const startedMs = performance.now();
  let sampleMs = startedMs;
  let size: number = LIMIT.batchFirst;
  try {
    for (let at = run.first; at < run.first + run.cases; ) {
      const end = Math.min(at + size, run.first + run.cases);
      await batch({ target, bench, run, ran, found }, at, end);
      await bench.settle?.().catch((error: unknown) => found(end - 1, error));
      ran.cases = end - run.first;
      run.progress?.(ran.cases);
      at = end;
      size = LIMIT.batch;
      const nowMs = performance.now();
      if (nowMs > run.endMs || ran.findings.length >= LIMIT.findings) break;
      if (nowMs < sampleMs) continue;
      ran.heapMib.push(...(await heapNow()));
      sampleMs = nowMs + Math.min(run.endMs - startedMs, LIMIT.sampleMs * 20) / 20;
    }
  } finally {
    await bench.close?.();
  }
  const grown = growth(ran.heapMib);
  if (grown > LIMIT.growthMib) {
    found(
      run.first + ran.cases,
      `memory grew by ${grown.toFixed(1)} MiB: ${ran.heapMib.join(" ")}`,
    );
  }
  return ran;
}

interface Batch {
  target: AnyTarget;
  bench: Bench<unknown>;
  run: Run;
  ran: Ran;
  found: (number: number, error: unknown) => void;
}

async function batch(of: Batch, first: number, end: number): Promise<void> {
  const { target, bench, run, ran, found } = of;
  const slow: number[] = [];
  let next = first;
  const lane = async () => {
    while (next < end) {
      const number = next++;
      run.begins?.(number);
      try {
        const ms = await timed(bench, makeCase(target, run.seed, number), number);
        if (ms > LIMIT.caseMs) slow.push(number);
        else ran.slowestMs = Math.max(ran.slowestMs, ms);
      } catch (error) {
        found(number, error);
        if (ran.findings.length >= LIMIT.findings) return;
      }
    }
  };
  await Promise.all(Array.from({ length: target.lanes }, lane));
  for (const number of slow) await alone(of, number).catch((error) => found(number, error));
}

/** Tries a slow case again by itself: others may have been in its way, and the quickest try counts. */
async function alone({ target, bench, run, ran }: Batch, number: number): Promise<void> {
  let ms = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < LIMIT.slowTries && ms > LIMIT.caseMs; tries++) {
    const before = process.cpuUsage();
    const wallMs = await timed(bench, makeCase(target, run.seed, number), number);
    const { user, system } = process.cpuUsage(before);
    // On a machine that has much else to do only the work itself can be judged.
    const busy = (loadavg()[0] ?? 0) > LIMIT.busyLoad * availableParallelism();
    ms = Math.min(ms, busy ? (user + system) / 1_000 : wallMs);
  }
  ran.slowestMs = Math.max(ran.slowestMs, ms);
  if (ms > LIMIT.caseMs) throw new Broken(`it took ${Math.round(ms)} ms`);
}

async function timed(bench: Bench<unknown>, one: unknown, number: number): Promise<number> {
  const startedMs = performance.now();
  const waits = bench.check(one, number);
  if (waits !== undefined) await waits;
  return performance.now() - startedMs;
}

/** What is held after a collection. */
async function heapNow(): Promise<number[]> {
  if (globalThis.gc === undefined) return [];
  // Twice, with a turn between: finalizers of the first free buffers in the second.
  globalThis.gc();
  await new Promise((resolve) => setImmediate(resolve));
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return [Math.round((heapUsed + external) / 2 ** 18) / 4];
}

/** By how much the last quarter of the samples lies above the second one: caches fill in the first. */
function growth(samples: readonly number[]): number {
  if (samples.length < 8) return 0;
  const quarter = Math.floor(samples.length / 4);
  return median(samples.slice(-quarter)) - median(samples.slice(quarter, 2 * quarter));
}

function median(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)] ?? 0;
}

function describe(error: unknown): string {
  if (error instanceof Broken || typeof error === "string") return String(error);
  return error instanceof Error ? (error.stack ?? String(error)) : String(error);
}
