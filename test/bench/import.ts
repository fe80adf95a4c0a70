// Import of distinct report mails to queryable rows by a running server: rate, memory of the main
// process, and the rate of the last quarter against the first.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram, startProgram, temporaryFolder } from "../support/program.ts";
import { reportMail } from "../support/reports.ts";
import type { Verdict } from "./report.ts";

const MAILS = 20_000;
const PARTS = 4;

/** Bars: 1,500 a second, main process under 400 MB, no slower at the end. */
export async function benchImport(): Promise<Verdict[]> {
  const { folder, remove } = temporaryFolder();
  const dataDir = join(folder, "data");
  mkdirSync(dataDir);
  const program = await startProgram({ dataDir, env: { SEALWATCH_LOG_LEVEL: "warn" } });
  try {
    const whole = writeMails(join(folder, "whole"), 0, MAILS);
    const wholeRate = await importRate(whole, dataDir, MAILS);
    const memoryMb = peakMemoryMb(program.pid);
    const rates: number[] = [];
    for (let part = 0; part < PARTS; part++) {
      const from = MAILS + part * (MAILS / PARTS);
      const mails = writeMails(join(folder, `part-${part}`), from, MAILS / PARTS);
      rates.push(await importRate(mails, dataDir, MAILS / PARTS));
    }
    const first = rates[0] ?? Number.NaN;
    const last = rates.at(-1) ?? Number.NaN;
    return [
      {
        name: `import: ${MAILS} distinct report mails to queryable rows`,
        figures: `${wholeRate.toFixed(0)} a second`,
        ratio: wholeRate / 1500,
        bar: "at least 1,500 a second",
        met: wholeRate >= 1500,
      },
      {
        name: "import: peak memory of the server's main process",
        figures: `${memoryMb.toFixed(0)} MB`,
        ratio: memoryMb / 400,
        bar: "under 400 MB",
        met: memoryMb < 400,
      },
      {
        name: `import: rate over ${MAILS / PARTS} more mails, the fourth time against the first`,
        figures: rates.map((rate) => rate.toFixed(0)).join(", "),
        ratio: last / first,
        bar: "no lower at the end (within a tenth, the noise of this measure)",
        met: last >= first * 0.9,
      },
    ];
  } finally {
    await program.end();
    remove();
  }
}

function writeMails(folder: string, from: number, count: number): string {
  mkdirSync(folder);
  for (let i = from; i < from + count; i++) {
    const day = `2026-${String(1 + (i % 10)).padStart(2, "0")}-${String(1 + (i % 28)).padStart(2, "0")}`;
    const shape = { number: i, day, domain: `d${i % 500}.example.com`, failures: i % 4 };
    writeFileSync(join(folder, `${i}.eml`), reportMail(shape));
  }
  return folder;
}

async function importRate(folder: string, dataDir: string, expected: number): Promise<number> {
  const startedAt = process.hrtime.bigint();
  const { code, stdout, stderr } = await runProgram(["import", "--json", folder], { dataDir });
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
  const counts = JSON.parse(stdout) as { stored: number };
  if (code !== 0 || counts.stored !== expected) throw new Error(`import: ${stdout}${stderr}`);
  return expected / seconds;
}

/** VmHWM of /proc: the most that the process ever held resident. */
function peakMemoryMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024;
}
