// Loads a configuration from made-up flags, variables and files, without touching the real ones.

import { type LoadedConfig, loadConfig } from "../../../services/config/config.ts";
import type { Command } from "../../../services/config/options.ts";

export interface World {
  flags?: Record<string, string>;
  env?: Record<string, string>;
  /** Files by absolute path; ./sealwatch.yaml is /work-dir/sealwatch.yaml. */
  files?: Record<string, string>;
  command?: Command;
}

export const CWD = "/work-dir";

export function load(world: World): LoadedConfig {
  const { files = {}, flags = {}, env = {}, command = "serve" } = world;
  return loadConfig({
    argvValues: flags,
    env,
    cwd: CWD,
    command,
    readFile: (path) => {
      const text = files[path];
      if (text === undefined) throw Object.assign(new Error(`no ${path}`), { code: "ENOENT" });
      return text;
    },
    machine: { hostname: "machine.example", cpus: 16, terminal: false },
  });
}

/** The configuration, or an error with all problems. */
export function loaded(world: World) {
  const result = load(world);
  if (result.ok) return result;
  throw new Error(result.problems.map(({ place, message }) => `${place}: ${message}`).join("; "));
}

/** The problems as one line each: place, message, hint. */
export function problems(world: World): string[] {
  const result = load(world);
  if (result.ok) return [];
  return result.problems.map(({ place, message, hint }) => `${place} | ${message} | ${hint}`);
}
