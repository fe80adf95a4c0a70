// `npm run fuzz -- --minutes N [--seed S] [--target report,mail] [--cases N] [--only K]`: runs every target for
// its share of the time, each in a process of its own, and ends with 1 when something was found.

import { fork } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { BOUNDS_OF_FUZZING as LIMIT } from "./limits.ts";
import { type Finding, makeCase, type Ran } from "./run.ts";
import type { AnyTarget } from "./target.ts";
import { TARGETS } from "./targets.ts";
import type { Said, Task } from "./worker.ts";

interface Chosen {
  targets: readonly AnyTarget[];
  seed: string;
  ms: number;
  first: number;
  cases: number;
}

interface Line {
  name: string;
  cases: number;
  seconds: number;
  slowestMs: number;
  rssMib: number;
  heapMib: readonly number[];
  findings: Finding[];
}

const WORKER = fileURLToPath(new URL("worker.ts", import.meta.url));
const MINUTES_DEFAULT = 5;

function choose(): Chosen {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string" },
      seed: { type: "string", default: new Date().toISOString().slice(0, 10) },
      target: { type: "string" },
      cases: { type: "string" },
      only: { type: "string" },
    },
  });
  const names = values.target?.split(",") ?? TARGETS.map(({ name }) => name);
  const targets = names.map((name) => {
    const found = TARGETS.find((one) => one.name === name);
    if (found !== undefined) return found;
    throw new Error(`no target ${name}; there are ${TARGETS.map((one) => one.name).join(", ")}`);
  });
  const [minutes, cases, only] = [values.minutes, values.cases, values.only].map(numberOf);
  const counted = only ?? cases;
  return {
    targets,
    seed: values.seed,
    ms:
      minutes === undefined && counted !== undefined
        ? 86_400_000
        : (minutes ?? MINUTES_DEFAULT) * 60_000,
    first: only ?? 0,
    cases: only === undefined ? (cases ?? Number.MAX_SAFE_INTEGER) : 1,
  };
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (Number.isFinite(number) && number >= 0) return number;
  throw new Error(`${text} is not a number; --minutes, --cases and --only take one`);
}

/** Runs a target, in a new process after each crash, until its share of the time is used up. */
async function runShare(target: AnyTarget, chosen: Chosen, ms: number): Promise<Line> {
  const startedMs = performance.now();
  const line: Line = {
    name: target.name,
    cases: 0,
    seconds: 0,
    slowestMs: 0,
    rssMib: 0,
    heapMib: [],
    findings: [],
  };
  let first = chosen.first;
  const end = chosen.first + chosen.cases;
  while (first < end && line.findings.length < LIMIT.findings) {
    const left = ms - (performance.now() - startedMs);
    if (left <= 0) break;
    const task = { target: target.name, seed: chosen.seed, first, cases: end - first, ms: left };
    const { ran, died } = await runProcess(task, line);
    if (ran !== null) {
      line.cases += ran.cases;
      line.slowestMs = Math.max(line.slowestMs, ran.slowestMs);
      line.heapMib = ran.heapMib;
      line.findings.push(...ran.findings);
      break;
    }
    line.cases += died.number - first;
    line.findings.push({ target: target.name, seed: chosen.seed, ...died });
    first = died.number + 1;
  }
  line.seconds = (performance.now() - startedMs) / 1_000;
  return line;
}

interface Ended {
  ran: Ran | null;
  died: { number: number; message: string };
}

function runProcess(task: Omit<Task, "casePath">, line: Line): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), "sealwatch-fuzz-case-"));
  const casePath = join(folder, "number");
  const child = fork(WORKER, [JSON.stringify({ ...task, casePath })], {
    execArgv: ["--expose-gc", "--max-old-space-size=1024", ...process.execArgv],
    serialization: "json",
  });
  return new Promise((resolve, reject) => {
    let ran: Ran | null = null;
    let silent = false;
    const hangs = () => {
      silent = true;
      child.kill("SIGKILL");
    };
    let silence = setTimeout(hangs, LIMIT.silenceMs);
    child.on("error", reject);
    child.on("message", (said: Said) => {
      clearTimeout(silence);
      silence = setTimeout(hangs, LIMIT.silenceMs);
      line.rssMib = Math.max(line.rssMib, said.rssMib);
      if (said.kind === "ran") ran = said.ran;
      else progress(task, said.done, said.rssMib);
    });
    child.on("exit", (code, signal) => {
      clearTimeout(silence);
      const number = ran === null ? caseAt(casePath, task.first) : 0;
      rmSync(folder, { recursive: true, force: true });
      const how = silent ? "it hangs" : `the process ended with ${signal ?? code}`;
      resolve({ ran, died: { number, message: `${how} at or shortly before this case` } });
    });
  });
}

function caseAt(path: string, first: number): number {
  try {
    return readFileSync(path).readDoubleLE(0);
  } catch {
    return first;
  }
}

const shown = { atMs: 0 };
const PROGRESS_MS = 10_000;

function progress(task: { target: string }, done: number, rssMib: number): void {
  if (performance.now() - shown.atMs < PROGRESS_MS) return;
  shown.atMs = performance.now();
  say(`  ${task.target}: ${done} cases, ${rssMib} MiB`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Writes the bytes of what was found, and says how to see it again. */
function keep(findings: readonly Finding[]): void {
  const folder = join(tmpdir(), "sealwatch-fuzz-findings");
  for (const { target: name, seed, number, message } of findings) {
    const of = TARGETS.find((one) => one.name === name);
    if (of === undefined) continue;
    mkdirSync(folder, { recursive: true });
    const path = join(folder, `${name}-${seed}-${number}`.replace(/[^\w-]/g, "_"));
    const again = `npm run fuzz -- --seed ${seed} --target ${name} --only ${number}`;
    writeFileSync(`${path}.bin`, of.print(makeCase(of, seed, number)));
    writeFileSync(`${path}.txt`, `${again}\n\n${message}\n`);
    say(`\nFOUND in ${name}: ${message}\n  bytes: ${path}.bin\n  again: ${again}`);
  }
}

function table(lines: readonly Line[]): void {
  say("\ntarget        cases   cases/s  slowest ms  RSS MiB  heap MiB first..last  findings");
  for (const { name, cases, seconds, slowestMs, rssMib, heapMib, findings } of lines) {
    const rate = Math.round(cases / seconds);
    const heap = heapMib.length === 0 ? "-" : `${heapMib[0]}..${heapMib.at(-1)}`;
    say(
      `${name.padEnd(10)}${String(cases).padStart(9)}${String(rate).padStart(10)}` +
        `${String(Math.round(slowestMs)).padStart(12)}${String(rssMib).padStart(9)}` +
        `${heap.padStart(22)}${String(findings.length).padStart(10)}`,
    );
  }
  const cases = lines.reduce((sum, line) => sum + line.cases, 0);
  const found = lines.reduce((sum, line) => sum + line.findings.length, 0);
  say(`${cases} cases, ${found} findings`);
}

async function main(): Promise<void> {
  const chosen = choose();
  const startedMs = performance.now();
  const lines: Line[] = [];
  say(`seed ${chosen.seed}, ${chosen.targets.length} targets`);
  for (const [i, target] of chosen.targets.entries()) {
    say(`${target.name}: ${target.about}`);
    const left = chosen.ms - (performance.now() - startedMs);
    lines.push(await runShare(target, chosen, left / (chosen.targets.length - i)));
  }
  keep(lines.flatMap(({ findings }) => findings));
  table(lines);
  process.exitCode = lines.some(({ findings }) => findings.length > 0) ? 1 : 0;
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
