// The MX hosts of the configured domains by DNS, looked up in the background: DANE reports name a domain
// by them (RFC 8460 section 4.4). What DNS does not answer stays as it was answered last.

import { Resolver } from "node:dns/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { BOUNDS } from "../core/bounds.ts";
import { type Directory, withMxHosts } from "../core/directory/directory.ts";
import { domainOrNone } from "../core/dns/name.ts";
import type { Emit } from "../observe/events.ts";

/** MX hosts by domain, in normal form and in order of name. */
export type MxAnswers = ReadonlyMap<string, readonly string[]>;

export interface MxHosts {
  /** What is known now; for the next one to begin with. */
  answers(): MxAnswers;
  stop(): Promise<void>;
}

export interface MxHostsOptions {
  directory: Directory;
  /** Addresses of resolvers, those of the system without any. */
  servers: readonly string[];
  /** Called with the directory and all MX hosts, when they are other ones than before. */
  changed(directory: Directory): void;
  emit: Emit;
  known?: MxAnswers;
  /** Milliseconds; BOUNDS by default. */
  lookupMsMax?: number;
  roundMs?: number;
  retryMs?: number;
}

/** Answers that say that there is no MX record. */
const NONE = new Set(["ENODATA", "ENOTFOUND"]);

/** Begins at once; the process does not wait for it. */
export function startMxHosts(options: MxHostsOptions): MxHosts {
  const { directory, changed, emit } = options;
  const { lookupMsMax = BOUNDS.mxLookupMsMax } = options;
  const { roundMs = BOUNDS.mxRoundMs, retryMs = BOUNDS.mxRetryMs } = options;
  const resolver = new Resolver({ timeout: Math.ceil(lookupMsMax / 2), tries: 2 });
  if (options.servers.length > 0) resolver.setServers(options.servers);
  const stopping = new AbortController();
  const { signal } = stopping;
  const answers = new Map(options.known);

  /** True when the answer is another one than before. @throws when there is none */
  async function lookUp(domain: string): Promise<boolean> {
    const hosts = await hostsOf(resolver, domain);
    const same = answers.get(domain)?.join() === hosts.join();
    answers.set(domain, hosts);
    return !same;
  }

  /** Returns the domains without an answer. */
  async function round(domains: readonly string[]): Promise<string[]> {
    const waiting = [...domains];
    const failed: string[] = [];
    let inRow = 0;
    let different = false;
    let fault: unknown = null;
    const lane = async (): Promise<void> => {
      while (!signal.aborted && inRow < BOUNDS.mxFailuresMax) {
        const domain = waiting.pop();
        if (domain === undefined) return;
        try {
          different = (await lookUp(domain)) || different;
          inRow = 0;
        } catch (error) {
          failed.push(domain);
          inRow += 1;
          fault = error;
        }
      }
    };
    await Promise.all(Array.from({ length: BOUNDS.mxLookupsMax }, lane));
    if (signal.aborted) return [];
    if (different) changed(withMxHosts(directory, answers));
    failed.push(...waiting);
    if (failed.length > 0) emit("mx-lookup-failed", { domains: failed.length, error: fault });
    emit("mx-looked-up", { domains: domains.length - failed.length });
    return failed;
  }

  async function run(): Promise<void> {
    // What was known of domains that are gone is not looked up again, and not kept.
    for (const domain of answers.keys()) if (!directory.domains.has(domain)) answers.delete(domain);
    if (answers.size > 0) changed(withMxHosts(directory, answers));
    while (!signal.aborted) {
      const dueAtMs = performance.now() + roundMs;
      let failed = await round([...directory.domains.keys()]);
      while (!signal.aborted && performance.now() < dueAtMs) {
        const restMs = Math.max(0, dueAtMs - performance.now());
        await pause(failed.length > 0 ? Math.min(retryMs, restMs) : restMs);
        if (failed.length > 0 && !signal.aborted) failed = await round(failed);
      }
    }
  }

  function pause(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal, ref: false }).catch(() => {});
  }

  const running = run();
  return {
    answers: () => answers,
    stop: async () => {
      stopping.abort();
      resolver.cancel();
      await running;
    },
  };
}

/** The null MX of RFC 7505 is no host. @throws when DNS does not answer */
async function hostsOf(resolver: Resolver, domain: string): Promise<string[]> {
  try {
    const records = await resolver.resolveMx(domain);
    const names = records.map(({ exchange }) => domainOrNone(exchange));
    return [...new Set(names)]
      .filter((name) => name !== "")
      .sort()
      .slice(0, BOUNDS.mxHostsMax);
  } catch (error) {
    if (error instanceof Error && "code" in error && NONE.has(String(error.code))) return [];
    throw error;
  }
}
