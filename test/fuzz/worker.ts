// The process that runs the cases of one target for main.ts. It writes the number of the case at hand to a file
// before each, so that whoever finds it dead or silent knows which one it was.

import { openSync, writeSync } from "node:fs";
import { type Ran, runTarget } from "./run.ts";
import { TARGETS } from "./targets.ts";

/** What the process is told, as JSON in its first argument. */
export interface Task {
  target: string;
  seed: string;
  first: number;
  cases: number;
  /** For so long no longer. */
  ms: number;
  /** The file with the number of the case at hand. */
  casePath: string;
}

/** What it says. */
export type Said =
  | { kind: "progress"; done: number; rssMib: number }
  | { kind: "ran"; ran: Ran; rssMib: number };

const PROGRESS_MS = 1_000;

async function work(task: Task): Promise<void> {
  const target = TARGETS.find(({ name }) => name === task.target);
  if (target === undefined) throw new Error(`no target ${task.target}`);
  const file = openSync(task.casePath, "w");
  const number = Buffer.alloc(8);
  let toldMs = 0;
  const ran = await runTarget(target, {
    seed: task.seed,
    first: task.first,
    cases: task.cases,
    endMs: performance.now() + task.ms,
    begins(at) {
      number.writeDoubleLE(at);
      writeSync(file, number, 0, number.length, 0);
    },
    progress(done) {
      const nowMs = performance.now();
      if (nowMs - toldMs < PROGRESS_MS) return;
      toldMs = nowMs;
      say({ kind: "progress", done, rssMib: rssMib() });
    },
  });
  say({ kind: "ran", ran, rssMib: rssMib() });
}

function rssMib(): number {
  return Math.round(process.memoryUsage.rss() / 2 ** 20);
}

function say(said: Said): void {
  process.send?.(said);
}

await work(JSON.parse(process.argv[2] ?? "{}"));
process.disconnect();
