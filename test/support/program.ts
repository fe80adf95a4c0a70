// Runs the real program from dist/ for tests and benchmarks: on a data folder of its own, on ports that
// the system chose, with its log kept for a failing test to show.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { assetPath } from "../../services/assets.ts";

export const MAIN = assetPath("dist", "services", "main.js");

export interface Program {
  pid: number;
  http: string;
  smtpPort: number;
  httpPort: number;
  dataDir: string;
  log(): string;
  /** Ends it by a signal and waits; resolves with the exit code, or the signal's name. */
  end(signal?: NodeJS.Signals): Promise<number | string>;
  get<T>(path: string): Promise<T>;
}

/** A folder for one test; removed by the returned function. */
export function temporaryFolder(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "sealwatch-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Starts `sealwatch serve` and resolves when /readyz answers (with any status, or 200 only). */
export async function startProgram(options: {
  dataDir: string;
  env?: Record<string, string>;
  ports?: { smtp: number; http: number };
  waitFor?: "ready" | "answers";
}): Promise<Program> {
  const ports = options.ports ?? { smtp: await freePort(), http: await freePort() };
  const child = spawn(process.execPath, [MAIN, "serve"], {
    cwd: options.dataDir,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      SEALWATCH_DATA_DIR: options.dataDir,
      SEALWATCH_SMTP_LISTEN: `127.0.0.1:${ports.smtp}`,
      SEALWATCH_HTTP_LISTEN: `127.0.0.1:${ports.http}`,
      SEALWATCH_LOG_FORMAT: "json",
      ...options.env,
    },
  });
  const program = wrap(child, ports, options.dataDir);
  await waitUntil(`the program to answer\n${"-".repeat(20)}\n`, 60_000, async () => {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`sealwatch ended with ${child.exitCode}:\n${program.log()}`);
    }
    const answer = await fetch(`${program.http}/readyz`).catch(() => null);
    return options.waitFor === "answers" ? answer !== null : answer?.status === 200;
  });
  return program;
}

function wrap(
  child: ChildProcess,
  ports: { smtp: number; http: number },
  dataDir: string,
): Program {
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      log = (log + text).slice(-200_000);
    });
  }
  const ended = new Promise<number | string>((resolve) => {
    child.once("exit", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  const http = `http://127.0.0.1:${ports.http}`;
  return {
    pid: child.pid ?? 0,
    http,
    smtpPort: ports.smtp,
    httpPort: ports.http,
    dataDir,
    log: () => log,
    end: (signal = "SIGTERM") => {
      child.kill(signal);
      return ended;
    },
    get: async <T>(path: string) => {
      const answer = await fetch(`${http}${path}`);
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
      return (await answer.json()) as T;
    },
  };
}

/** Runs a command of the program to its end. */
export function runProgram(
  args: readonly string[],
  options: { dataDir: string; env?: Record<string, string>; input?: Uint8Array },
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: options.dataDir,
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, SEALWATCH_DATA_DIR: options.dataDir, ...options.env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  return new Promise((resolve) => {
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** Polls until true; fails after `timeoutMs` naming what was waited for. */
export async function waitUntil(
  what: string,
  timeoutMs: number,
  check: () => Promise<boolean> | boolean,
): Promise<void> {
  const until = Date.now() + timeoutMs;
  while (!(await check())) {
    if (Date.now() > until) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
    await sleep(50);
  }
}
