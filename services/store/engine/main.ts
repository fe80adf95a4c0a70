// The embedded engine's process: owns one folder and serves it on loopback. Started by
// supervisor.ts it lives and dies with its parent; started by hand it is a small ClickHouse server:
//   SEALWATCH_ENGINE_FOLDER=... SEALWATCH_ENGINE_PASSWORD=... SEALWATCH_ENGINE_PORT=8123 node main.js

import { readdirSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { constants, setPriority } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { BOUNDS } from "../../core/bounds.ts";
import { type EngineMessage, PORT_TAKEN_EXIT, readEnvironment } from "./child.ts";
import type { Executor } from "./executor.ts";
import { createEngineServer, type EngineServer } from "./http.ts";

const environment = readEnvironment(process.env);
const owned = process.send !== undefined;
const scratch = `${environment.folder}-tmp`;

async function main(): Promise<void> {
  lowerPriority();
  const executor = await openFolder();
  if (executor === null) return;
  const { user, password } = environment;
  const served = createEngineServer({ executor, credentials: { user, password }, scratch });
  listenForTheEnd(served, executor);
  const port = await listen(served.server);
  tell({ kind: "ready", port, version: executor.version });
}

// Taking reports in comes before storing them, and before reading. On Linux each thread has a priority of its
// own, which those that it starts take over (setpriority(2)): some are there before this runs.
const PRIORITY = constants.priority.PRIORITY_BELOW_NORMAL;

function lowerPriority(): void {
  try {
    setPriority(PRIORITY);
    const threads = process.platform === "linux" ? readdirSync("/proc/self/task") : [];
    for (const thread of threads) {
      setPriority(Number(thread), PRIORITY);
    }
  } catch {
    // Some containers forbid it; the engine works as well without.
  }
}

// The native library is missing on some platforms; that is told apart from a folder in use, which
// is tried again for a while because a predecessor may be on its way out.
async function openFolder(): Promise<Executor | null> {
  const adapter = await import("./executor.ts").catch((cause: unknown) => {
    fail("unsupported", cause);
    return null;
  });
  if (adapter === null) return null;
  await mkdir(environment.folder, { recursive: true, mode: 0o700 });
  const startMs = performance.now();
  for (;;) {
    try {
      const executor = await adapter.openExecutor(environment);
      // Only the owner of the folder may clean up after its predecessor.
      await rm(scratch, { recursive: true, force: true });
      await mkdir(scratch, { recursive: true, mode: 0o700 });
      return executor;
    } catch (cause) {
      if (performance.now() - startMs > BOUNDS.engineLockMsMax) {
        fail("folder", cause);
        return null;
      }
      await sleep(250);
    }
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.once("error", (cause) => {
      process.stderr.write(`${cause.message}\n`);
      process.exit(PORT_TAKEN_EXIT);
    });
    server.listen(environment.port, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

// With a parent only the parent decides: a signal to the whole process group (Ctrl-C, systemd)
// must not take the store away while the parent still drains into it.
function listenForTheEnd({ server, busy: calls }: EngineServer, executor: Executor): void {
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    server.close();
    const startMs = performance.now();
    const busy = () => calls() + executor.busy() > 0;
    while (busy() && performance.now() - startMs < BOUNDS.engineStopMsMax) await sleep(10);
    // What still runs is not waited for: the folder stands a hard end, and an orderly one would
    // take the engine down under a running query.
    if (executor.busy() > 0) process.kill(process.pid, "SIGKILL");
    await executor.close();
    process.exit(0);
  };
  if (owned) {
    process.on("disconnect", () => void stop());
    process.on("SIGINT", () => {});
    process.on("SIGTERM", () => {});
    if (!process.connected) void stop();
  } else {
    process.on("SIGINT", () => void stop());
    process.on("SIGTERM", () => void stop());
  }
}

function fail(reason: "unsupported" | "folder", cause: unknown): void {
  const detail = cause instanceof Error ? cause.message : String(cause);
  tell({ kind: "failed", reason, detail });
  process.exitCode = 1;
  if (owned && process.connected) process.disconnect();
}

function tell(message: EngineMessage): void {
  if (process.send !== undefined) process.send(message);
  else process.stdout.write(`${JSON.stringify(message)}\n`);
}

await main();
