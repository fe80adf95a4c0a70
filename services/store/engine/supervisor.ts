// Starts the embedded engine's process, starts it again when it ends by itself, and ends it with
// the program. The address stays the same over restarts wherever the system allows it.

import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { assetPath } from "../../assets.ts";
import { BOUNDS } from "../../core/bounds.ts";
import type { Emit } from "../../observe/events.ts";
import { StoreError } from "../port.ts";
import { type EngineMessage, PORT_TAKEN_EXIT, printEnvironment, readMessage } from "./child.ts";

export interface EngineOptions {
  /** The engine's own folder; made when it is not there. */
  folder: string;
  memoryBytesMax?: number;
  emit: Emit;
}

export interface Engine {
  /** http://user:password@127.0.0.1:port/sealwatch; asked for per call, since it may change. */
  url(): string;
  /** Ends running operations, bounded, and then the process. */
  stop(): Promise<void>;
  /** Process id of the running engine, 0 between two. */
  pid(): number;
}

const USER = "sealwatch";
const DATABASE = "sealwatch";
const STDERR_CHARS_MAX = 4_096;
const STDERR_MS_MAX = 500;
const OWN_SERVER = "or set SEALWATCH_CLICKHOUSE_URL to use a ClickHouse server";

interface Running {
  child: ChildProcess;
  port: number;
  version: string;
  /** Resolves with a sentence on how it ended. */
  ended: Promise<string>;
}

/**
 * Starts the engine and waits until it serves.
 * @throws StoreError, not retryable: the folder is in use, the platform has no engine, no build
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const folder = resolve(options.folder);
  const memoryBytesMax = options.memoryBytesMax ?? BOUNDS.engineMemoryBytesMax;
  const password = randomBytes(24).toString("hex");
  const stopping = new AbortController();
  const start = (port: number) => {
    const environment = { folder, user: USER, password, port, memoryBytesMax, configFile: "" };
    return launch(printEnvironment(environment), folder, stopping.signal);
  };
  let port = 0;
  let running: Running | null = null;

  async function startOnce(): Promise<void> {
    const started = await start(port).catch((cause: unknown) => {
      // Another program took the port while the engine was away.
      if (!(cause instanceof PortTakenError)) throw cause;
      return start(0);
    });
    running = started;
    port = started.port;
    options.emit("engine-started", { pid: started.child.pid, version: started.version, folder });
  }

  async function keepRunning(): Promise<void> {
    let waitMs: number = BOUNDS.engineRestartMsFirst;
    while (!stopping.signal.aborted) {
      if (running !== null) {
        const startMs = performance.now();
        const how = await running.ended;
        running = null;
        if (stopping.signal.aborted) return;
        options.emit("engine-died", { detail: how, folder });
        if (performance.now() - startMs > BOUNDS.engineRestartMsMax) {
          waitMs = BOUNDS.engineRestartMsFirst;
        }
      }
      await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => {});
      waitMs = Math.min(waitMs * 2, BOUNDS.engineRestartMsMax);
      if (stopping.signal.aborted) return;
      await startOnce().catch((cause: unknown) => {
        if (stopping.signal.aborted) return;
        const detail = cause instanceof Error ? cause.message : String(cause);
        options.emit("engine-died", { detail, folder });
      });
    }
  }

  await startOnce();
  const kept = keepRunning();
  return {
    url: () => `http://${USER}:${password}@127.0.0.1:${port}/${DATABASE}`,
    pid: () => running?.child.pid ?? 0,
    async stop() {
      stopping.abort();
      if (running !== null) await end(running);
      await kept;
      // A start that was under way when the stop came.
      if (running !== null) await end(running);
    },
  };
}

/** The port of before is another program's now. */
class PortTakenError extends Error {
  override readonly name = "PortTakenError";
}

async function launch(
  env: NodeJS.ProcessEnv,
  folder: string,
  stopping: AbortSignal,
): Promise<Running> {
  const entry = assetPath("dist", "services", "store", "engine", "main.js");
  if (!existsSync(entry)) {
    throw new StoreError(`${entry} is not there: run npm run build first`, { retryable: false });
  }
  const stdio = ["ignore", "ignore", "pipe", "ipc"] as const;
  const child = fork(entry, [], { env, execArgv: [], stdio: [...stdio] });
  const ended = endOf(child);
  // Nothing is lost with an engine that has not served yet.
  const abandon = () => void child.kill("SIGKILL");
  stopping.addEventListener("abort", abandon);
  const message = await firstMessage(child, ended);
  stopping.removeEventListener("abort", abandon);
  if (message?.kind === "ready") {
    return { child, ended, port: message.port, version: message.version };
  }
  if (message === null && child.exitCode === null) child.kill("SIGKILL");
  const how = await ended;
  if (child.exitCode === PORT_TAKEN_EXIT) throw new PortTakenError(how);
  throw startFailure(message, how, folder);
}

// Resolves with how it ended and the last of what it said. Not by the event "close", which does not
// come when the parent closes the channel.
async function endOf(child: ChildProcess): Promise<string> {
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-STDERR_CHARS_MAX);
  });
  const drained = new Promise<void>((done) => child.stderr?.once("close", done));
  const how = await new Promise<string>((done) => {
    child.once("error", (cause) => done(cause.message));
    child.once("exit", (code, signal) => done(signal ?? `exit status ${code}`));
  });
  await Promise.race([drained, sleep(STDERR_MS_MAX, undefined, { ref: false })]);
  return [how, said.trim()].filter((part) => part !== "").join(": ");
}

// null when it ended or was silent for too long.
async function firstMessage(child: ChildProcess, ended: Promise<string>) {
  const settled = new AbortController();
  const first = new Promise<EngineMessage | null>((done) => {
    child.once("message", (message) => done(readMessage(message)));
  });
  const late = sleep(BOUNDS.engineOpenMsMax, null, { signal: settled.signal }).catch(() => null);
  const message = await Promise.race([first, late, ended.then(() => null)]);
  settled.abort();
  return message;
}

/** The error of an engine that did not start, with the way out. */
export function startFailure(
  message: EngineMessage | null,
  how: string,
  folder: string,
): StoreError {
  const detail = message?.kind === "failed" ? message.detail : "it did not answer";
  const text =
    message?.kind === "failed" && message.reason === "unsupported"
      ? `the embedded engine does not run on this system (${detail}): ` +
        "use Linux with glibc or macOS, run npm ci again if it did before, " +
        OWN_SERVER
      : how.includes("Cannot lock file")
        ? `the store folder ${folder} is in use by another process: stop that one, ` +
          `give this one another SEALWATCH_DATA_DIR, ${OWN_SERVER}`
        : `the embedded engine could not open ${folder} (${detail}; ${how}): ` +
          `look at the folder's permissions and free space, ${OWN_SERVER}`;
  return new StoreError(text, { retryable: false });
}

// The end of the channel tells the engine to finish; see engine/main.ts.
async function end(running: Running): Promise<void> {
  if (running.child.connected) running.child.disconnect();
  const late = new AbortController();
  const kill = sleep(BOUNDS.engineStopMsMax + 2_000, null, { signal: late.signal }).then(
    () => running.child.kill("SIGKILL"),
    () => false,
  );
  await running.ended;
  late.abort();
  await kill;
}
