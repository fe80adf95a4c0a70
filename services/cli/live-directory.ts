// The directory of a running process: loaded at the start and again on SIGHUP, with the MX hosts that DNS
// gives meanwhile when it may be asked.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type MxHosts, startMxHosts } from "../authenticate/mx-hosts.ts";
import type { Config } from "../config/config.ts";
import { loadDirectory } from "../config/domains-file.ts";
import type { OptionKey } from "../config/options.ts";
import type { Problem } from "../config/sources.ts";
import type { Directory } from "../core/directory/directory.ts";
import type { Emit } from "../observe/events.ts";
import { problemsText } from "./config-check.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { ReloadError } from "./reload.ts";

export interface LiveDirectory {
  /** As it holds now. */
  current(): Directory;
  /** Calls when it has changed. */
  onChange(changed: (directory: Directory) => void): void;
  /** Reads the domains of a configuration and returns what puts them in force. @throws ReloadError */
  prepare(next: Config): () => void;
  /** See LivePart. */
  changedFiles(): readonly OptionKey[];
  stop(): Promise<void>;
}

/**
 * Loads the directory and follows it.
 * @param asksDns false in a process that stores nothing
 * @throws CommandError with all mistakes
 */
export function openLiveDirectory(config: Config, asksDns: boolean, emit: Emit): LiveDirectory {
  const listeners: ((directory: Directory) => void)[] = [];
  let { directory: current, digest } = directoryOf(config, configurationError);
  let changedFiles: readonly OptionKey[] = [];
  let mxHosts: MxHosts | null = null;

  function change(directory: Directory): void {
    current = directory;
    for (const changed of listeners) changed(directory);
  }

  function follow(directory: Directory, { dns }: Config): void {
    tell(directory, emit);
    const known = mxHosts?.answers();
    void mxHosts?.stop();
    mxHosts = null;
    if (!asksDns || !dns.mxLookup || directory.open) return;
    const { servers } = dns;
    mxHosts = startMxHosts({ directory, servers, changed: change, emit, ...(known && { known }) });
  }

  follow(current, config);
  return {
    current: () => current,
    onChange: (changed) => void listeners.push(changed),
    prepare: (next) => {
      const read = directoryOf(next, (problems) => new ReloadError(problems));
      return () => {
        changedFiles = read.digest === digest ? [] : ["domains_file"];
        digest = read.digest;
        change(read.directory);
        follow(read.directory, next);
      };
    },
    changedFiles: () => changedFiles,
    stop: async () => mxHosts?.stop(),
  };
}

/** The directory of a configuration. @throws CommandError with all mistakes */
export function directoryFor(config: Config): Directory {
  return directoryOf(config, configurationError).directory;
}

function configurationError(problems: readonly Problem[]): CommandError {
  const text = problemsText(problems)
    .replace(/^sealwatch: /, "")
    .trimEnd();
  return new CommandError(text, { exitCode: EXIT.configuration });
}

/** With a digest of the file, by which another content is told; "" without one. */
function directoryOf(
  config: Config,
  fault: (problems: readonly Problem[]) => Error,
): { directory: Directory; digest: string } {
  let digest = "";
  const readFile = (path: string) => {
    const text = readFileSync(path, "utf8");
    digest = createHash("sha256").update(text).digest("hex");
    return text;
  };
  const loaded = loadDirectory(config, readFile);
  if (!loaded.ok) throw fault(loaded.problems);
  return { directory: loaded.directory, digest };
}

function tell(directory: Directory, emit: Emit): void {
  if (directory.open) emit("directory-open", {});
  else emit("directory-loaded", countsOf(directory));
}

/** What /readyz says of it. */
export function describeDirectory(directory: Directory): string {
  if (directory.open) return "open: takes reports for every domain, none is configured";
  const { domains, tenants } = countsOf(directory);
  return `${domains} domains and aliases of ${tenants} tenants`;
}

function countsOf({ domains }: Directory): { domains: number; tenants: number } {
  const tenants = new Set([...domains.values()].map(({ tenant }) => tenant));
  return { domains: domains.size, tenants: tenants.size };
}
