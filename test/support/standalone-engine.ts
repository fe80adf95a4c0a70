// Runs the embedded engine by itself as a small ClickHouse server, for tests of the way by
// SEALWATCH_CLICKHOUSE_URL: on a port of its own, stopped and started as a test likes.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { assetPath } from "../../services/assets.ts";

export interface StandaloneEngine {
  port: number;
  pid: number;
  /** http://user:password@127.0.0.1:port/sealwatch */
  url: string;
  /** The same without credentials and database. */
  origin: string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export const USER = "reports";
export const PASSWORD = "p@ss:w/ord";

/** Starts it and waits until it serves; `port` 0 takes any. */
export async function startStandaloneEngine(
  folder: string,
  port = 0,
  configFile = "",
): Promise<StandaloneEngine> {
  const entry = assetPath("dist", "services", "store", "engine", "main.js");
  const child = spawn(process.execPath, [entry], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      PATH: process.env["PATH"],
      UV_THREADPOOL_SIZE: "16",
      SEALWATCH_ENGINE_FOLDER: folder,
      SEALWATCH_ENGINE_USER: USER,
      SEALWATCH_ENGINE_PASSWORD: PASSWORD,
      SEALWATCH_ENGINE_PORT: String(port),
      SEALWATCH_ENGINE_CONFIG_FILE: configFile,
    },
  });
  const ready: { kind: string; port: number } = JSON.parse(await firstLine(child));
  if (ready.kind !== "ready") throw new Error(`engine did not start: ${JSON.stringify(ready)}`);
  return {
    port: ready.port,
    pid: child.pid ?? 0,
    url: `http://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${ready.port}/sealwatch`,
    origin: `http://127.0.0.1:${ready.port}`,
    async stop(signal = "SIGTERM") {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await once(child, "exit");
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("no standard output");
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error("the engine ended before it said anything");
}
