// Whether the resolver as a whole is silent. A domain whose DNS does not answer says nothing about it, and
// neither do many of them, which anybody can have: then the resolver is asked for the root.

import type { Resolver } from "node:dns/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { BOUNDS } from "../core/bounds.ts";
import type { Emit } from "../observe/events.ts";

export interface Silence {
  /** True when nobody should wait for the resolver. */
  isOn(): boolean;
  /** A question about a domain was answered, even if by a failure. */
  answered(name: string): void;
  /** It was not. */
  unanswered(domain: string, name: string): void;
  close(): void;
}

export interface SilenceOptions {
  resolver: Resolver;
  emit: Emit;
  /** Called when the resolver answers again. */
  over(): void;
}

/** Begins with a resolver that answers, and asks nothing before there is reason to doubt it. */
export function watchSilence({ resolver, emit, over }: SilenceOptions): Silence {
  /** Domains without an answer since the last answer to anything. */
  const domains = new Set<string>();
  const closing = new AbortController();
  let on = false;
  let probing = false;

  function end(name: string): void {
    domains.clear();
    if (!on) return;
    on = false;
    emit("dns-answers", { name });
    over();
  }

  /** Asks for the root until it is answered, or until something else is. */
  async function probe(name: string): Promise<void> {
    while (domains.size > 0 && !closing.signal.aborted) {
      const alive = await answersRoot(resolver);
      if (closing.signal.aborted) return;
      if (alive) return end(ROOT);
      if (!on && domains.size > 0) {
        on = true;
        emit("dns-silent", { name });
      }
      const { signal } = closing;
      await sleep(BOUNDS.dnsProbeMs, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  return {
    isOn: () => on,
    answered: end,
    unanswered: (domain, name) => {
      // Beyond the bound another one changes nothing.
      if (domains.size < BOUNDS.dnsSilencesMax) domains.add(domain);
      if (domains.size < BOUNDS.dnsSilencesMax || probing || closing.signal.aborted) return;
      probing = true;
      void probe(name).finally(() => {
        probing = false;
      });
    },
    close: () => closing.abort(),
  };
}

const ROOT = ".";
/** Nobody was heard; anything else, such as SERVFAIL, says at least that the resolver is alive. */
const SILENT = ["ETIMEOUT", "ECONNREFUSED", "ECANCELLED", "EAI_AGAIN"];

/** Whether an error of node:dns means that nobody answered. */
export function isSilence(error: unknown): boolean {
  return SILENT.includes(codeOf(error));
}

/** The code of an error of node:dns; "" for other errors. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** Any resolver has the root at hand, whatever becomes of the domains below it. */
async function answersRoot(resolver: Resolver): Promise<boolean> {
  try {
    await resolver.resolveNs(ROOT);
    return true;
  } catch (error) {
    return !isSilence(error);
  }
}
