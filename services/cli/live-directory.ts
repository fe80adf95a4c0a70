// The directory of a running process: loaded at the start and again on SIGHUP, with the MX hosts that DNS
// gives meanwhile when it may be asked.

import { type MxHosts, startMxHosts } from "../authenticate/mx-hosts.ts";
import type { Config } from "../config/config.ts";
import { loadDirectory } from "../config/domains-file.ts";
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
  stop(): Promise<void>;
}

/**
 * Loads the directory and follows it.
 * @param asksDns false in a process that stores nothing
 * @throws CommandError with all mistakes
 */
export function openLiveDirectory(config: Config, asksDns: boolean, emit: Emit): LiveDirectory {
  const listeners: ((directory: Directory) => void)[] = [];
  let current = directoryFor(config);
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
      const directory = directoryOf(next, (problems) => new ReloadError(problems));
      return () => {
        change(directory);
        follow(directory, next);
      };
    },
    stop: async () => mxHosts?.stop(),
  };
}

/** The directory of a configuration. @throws CommandError with all mistakes */
export function directoryFor(config: Config): Directory {
  return directoryOf(config, (problems) => {
    const text = problemsText(problems)
      .replace(/^sealwatch: /, "")
      .trimEnd();
    return new CommandError(text, { exitCode: EXIT.configuration });
  });
}

function directoryOf(config: Config, fault: (problems: readonly Problem[]) => Error): Directory {
  const loaded = loadDirectory(config);
  if (!loaded.ok) throw fault(loaded.problems);
  return loaded.directory;
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
