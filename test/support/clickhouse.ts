// A ClickHouse server of our own for a test: the engine run by hand on a port, started and stopped as an
// operator would a server.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { assetPath } from "../../services/assets.ts";
import { waitUntil } from "./program.ts";

export interface ClickHouse {
  url: string;
  stop(signal?: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
}

/** Starts the server; its folder survives stop and start. */
export async function startClickHouse(folder: string, port: number): Promise<ClickHouse> {
  let child: ChildProcess;
  async function start(): Promise<void> {
    child = spawn(process.execPath, [assetPath("dist", "services", "store", "engine", "main.js")], {
      stdio: ["ignore", "ignore", "inherit"],
      env: {
        ...process.env,
        UV_THREADPOOL_SIZE: "16",
        SEALWATCH_ENGINE_FOLDER: folder,
        SEALWATCH_ENGINE_PASSWORD: "a password/with?signs",
        SEALWATCH_ENGINE_PORT: String(port),
      },
    });
    await waitUntil("the ClickHouse server to answer", 30_000, async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/ping`).catch(() => null);
      return answer?.status === 200;
    });
  }
  await start();
  return {
    url: `http://default:${encodeURIComponent("a password/with?signs")}@127.0.0.1:${port}/sealwatch`,
    start,
    stop: async (signal = "SIGTERM") => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
    },
  };
}
