// What the embedded engine's process and its parent know of each other: the variables it is started
// with and the messages it sends. The password goes by environment, never by arguments.

import { resolve } from "node:path";
import { BOUNDS } from "../../core/bounds.ts";

/** Sent once: the engine serves, or could not be started. */
export type EngineMessage =
  | { kind: "ready"; port: number; version: string }
  | { kind: "failed"; reason: "unsupported" | "folder"; detail: string };

/** Exit status when the wanted port is taken. */
export const PORT_TAKEN_EXIT = 3;

export interface EngineEnvironment {
  folder: string;
  user: string;
  password: string;
  /** 0 for any free port. */
  port: number;
  memoryBytesMax: number;
  /** A ClickHouse configuration file (clusters, storage), or "". */
  configFile: string;
}

/** @throws Error when what must be given is not */
export function readEnvironment(variables: NodeJS.ProcessEnv): EngineEnvironment {
  const folder = variables["SEALWATCH_ENGINE_FOLDER"] ?? "";
  const password = variables["SEALWATCH_ENGINE_PASSWORD"] ?? "";
  if (folder === "" || password === "") {
    throw new Error("SEALWATCH_ENGINE_FOLDER and SEALWATCH_ENGINE_PASSWORD must be set");
  }
  return {
    folder: resolve(folder),
    password,
    user: variables["SEALWATCH_ENGINE_USER"] ?? "sealwatch",
    port: Number(variables["SEALWATCH_ENGINE_PORT"] ?? 0),
    memoryBytesMax: Number(
      variables["SEALWATCH_ENGINE_MEMORY_BYTES"] ?? BOUNDS.engineMemoryBytesMax,
    ),
    configFile: variables["SEALWATCH_ENGINE_CONFIG_FILE"] ?? "",
  };
}

// The engine gets what its process needs, and none of the parent's secrets.
const INHERITED = ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "LANG"] as const;

/** The variables of a child process with this environment. */
export function printEnvironment(environment: EngineEnvironment): NodeJS.ProcessEnv {
  const inherited = INHERITED.map((name) => [name, process.env[name]] as const);
  return {
    ...Object.fromEntries(inherited.filter(([, value]) => value !== undefined)),
    TZ: "UTC",
    UV_THREADPOOL_SIZE: String(BOUNDS.engineThreads),
    SEALWATCH_ENGINE_FOLDER: environment.folder,
    SEALWATCH_ENGINE_USER: environment.user,
    SEALWATCH_ENGINE_PASSWORD: environment.password,
    SEALWATCH_ENGINE_PORT: String(environment.port),
    SEALWATCH_ENGINE_MEMORY_BYTES: String(environment.memoryBytesMax),
    SEALWATCH_ENGINE_CONFIG_FILE: environment.configFile,
  };
}

/** Reads a message of the engine; null when it is none. */
export function readMessage(message: unknown): EngineMessage | null {
  if (typeof message !== "object" || message === null || !("kind" in message)) return null;
  if (message.kind === "ready" && "port" in message && "version" in message) {
    return { kind: "ready", port: Number(message.port), version: String(message.version) };
  }
  if (message.kind === "failed" && "reason" in message && "detail" in message) {
    const reason = message.reason === "unsupported" ? "unsupported" : "folder";
    return { kind: "failed", reason, detail: String(message.detail) };
  }
  return null;
}
