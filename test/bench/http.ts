// Durable HTTP acceptance of gzip reports over 32 connections by the whole program with all its roles,
// against a bare Hono route on the same server library that reads the body and answers.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { assetPath } from "../../services/assets.ts";
import { startProgram, temporaryFolder, waitUntil } from "../support/program.ts";
import { reportJson } from "../support/reports.ts";
import { isDrained } from "../support/tally.ts";
import { median, type Verdict } from "./report.ts";

const ROUNDS = 5;
const REQUESTS = 15_000;
const CONNECTIONS = 32;

/** Bar: at least half of the bare route. */
export async function benchHttp(): Promise<Verdict> {
  const { folder, remove } = temporaryFolder();
  const file = join(folder, "report.json.gz");
  writeFileSync(file, gzipSync(reportJson({ number: 1, failures: 10 })));
  const bare = await startBare();
  const program = await startProgram({ dataDir: folder, env: { SEALWATCH_LOG_LEVEL: "warn" } });
  try {
    const ours: number[] = [];
    const peers: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      peers.push(await load(bare.port, "/", file));
      ours.push(await load(program.httpPort, "/v1/tlsrpt", file));
      // The peer is measured alone: what we took in is stored before.
      await waitUntil("the spool to drain", 120_000, () => isDrained(program));
    }
    const ratio = median(ours.map((own, i) => own / (peers[i] ?? Number.NaN)));
    return {
      name: "http: durable acceptance of gzip reports, 32 connections",
      figures: `${median(ours).toFixed(0)} a second, bare route ${median(peers).toFixed(0)}`,
      ratio,
      bar: "at least 0.5 of the bare route",
      met: ratio >= 0.5,
    };
  } finally {
    bare.child.kill();
    await program.end();
    remove();
  }
}

async function startBare(): Promise<{ port: number; child: ChildProcess }> {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", assetPath("test", "bench", "bare-hono.ts")],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { port: Number(line.toString()), child };
}

async function load(port: number, path: string, file: string): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...["--import", "tsx", assetPath("test", "bench", "http-load.ts")],
    ...[String(port), path, String(CONNECTIONS), String(REQUESTS), file],
  ]);
  const result = JSON.parse(stdout) as { failed: number; perSecond: number };
  if (result.failed > 0) throw new Error(`${result.failed} of ${REQUESTS} requests failed`);
  return result.perSecond;
}
