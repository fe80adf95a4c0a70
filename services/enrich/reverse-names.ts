// Names of IP addresses by reverse DNS, for whoever looks at a page: an answer waits a moment for them at
// most, and what comes later is there for the next one. The address is all that DNS is told.

import { Resolver } from "node:dns/promises";
import { BOUNDS } from "../core/bounds.ts";
import { domainOrNone } from "../core/dns/name.ts";
import { reverseName } from "../core/dns/reverse.ts";

export interface ReverseNames {
  /** The names that are known by the time that anybody waits; null for an address without one. */
  namesOf(addresses: readonly string[]): Promise<ReadonlyMap<string, string | null>>;
  /** Gives up what is on its way. */
  close(): void;
}

export interface ReverseNamesOptions {
  /** Addresses of resolvers as node:dns takes them; the system's when empty. */
  servers: readonly string[];
  /** Milliseconds of a clock that only goes forward. */
  now?: () => number;
  /** For one answer; BOUNDS.reverseWaitMsMax by default. */
  waitMsMax?: number;
  /** For one question; BOUNDS.reverseTryMsMax by default. */
  tryMsMax?: number;
}

interface Remembered {
  name: string | null;
  untilMs: number;
}

/** What a question came to: a name, surely none, a failure of the other side, or nothing at all. */
type Told = { name: string } | "none" | "failed" | "silent";

const NONE = ["ENOTFOUND", "ENODATA"];
const SILENT = ["ETIMEOUT", "ECONNREFUSED", "ECANCELLED"];

/** Asks nothing before it is told addresses. */
export function createReverseNames(options: ReverseNamesOptions): ReverseNames {
  const { servers, now = performance.now.bind(performance) } = options;
  const { waitMsMax = BOUNDS.reverseWaitMsMax, tryMsMax = BOUNDS.reverseTryMsMax } = options;
  const resolver = new Resolver({ timeout: tryMsMax, tries: 1 });
  if (servers.length > 0) resolver.setServers([...servers]);
  /** In the order of their coming, so that the first is the one to forget. */
  const memo = new Map<string, Remembered>();
  const waiting: string[] = [];
  /** Each question that is asked or waits, and those who wait for it. */
  const asked = new Map<string, { done: Promise<void>; over: () => void }>();
  let running = 0;
  /** Questions so far that were answered, even if by a failure. */
  let answers = 0;
  /** False while nobody answers: then nobody waits, and one question at a time finds out. */
  let answering = true;
  let closed = false;

  function recall(address: string): Remembered | null {
    const found = memo.get(address);
    return found !== undefined && found.untilMs > now() ? found : null;
  }

  function remember(address: string, told: Told): void {
    memo.delete(address);
    const name = typeof told === "object" ? told.name : null;
    memo.set(address, { name, untilMs: now() + rememberedMs(told) });
    for (const [oldest] of memo) {
      if (memo.size <= BOUNDS.reverseMemoMax) break;
      memo.delete(oldest);
    }
  }

  function drop(address: string): void {
    asked.get(address)?.over();
    asked.delete(address);
  }

  function ask(address: string): void {
    if (closed || asked.has(address) || asked.size >= BOUNDS.reverseWaitingMax) return;
    let over = () => {};
    const done = new Promise<void>((resolve) => {
      over = resolve;
    });
    asked.set(address, { done, over });
    waiting.push(address);
    pump();
  }

  function pump(): void {
    const most = answering ? BOUNDS.reverseConcurrencyMax : 1;
    while (running < most) {
      const address = waiting.shift();
      if (address === undefined) return;
      running += 1;
      void lookUp(resolver, address).then((told) => {
        running -= 1;
        if (closed) return;
        if (told !== "silent") {
          answers += 1;
          answering = true;
        }
        remember(address, told);
        drop(address);
        pump();
      });
    }
  }

  /** Nobody answered in all the time that somebody waited: what waits is given up. */
  function despair(): void {
    answering = false;
    for (const address of waiting.splice(0)) drop(address);
  }

  async function wait(addresses: readonly string[]): Promise<void> {
    const pending = addresses.flatMap((address) => asked.get(address)?.done ?? []);
    if (pending.length === 0 || !answering) return;
    const before = answers;
    await atMost(waitMsMax, Promise.all(pending));
    if (answers === before && !closed) despair();
  }

  return {
    namesOf: async (addresses) => {
      const wanted = [...new Set(addresses)].slice(0, BOUNDS.reverseWaitingMax);
      for (const address of wanted) if (recall(address) === null) ask(address);
      await wait(wanted);
      return new Map(
        wanted.flatMap((address) => {
          const known = recall(address);
          return known === null ? [] : [[address, known.name] as const];
        }),
      );
    },
    close: () => {
      closed = true;
      resolver.cancel();
      waiting.length = 0;
      for (const address of asked.keys()) drop(address);
    },
  };
}

function rememberedMs(told: Told): number {
  if (typeof told === "object") return BOUNDS.reverseFoundMs;
  return told === "none" ? BOUNDS.reverseNoneMs : BOUNDS.reverseFailedMs;
}

/** The first in order of the names that are names: who has the address writes what they like there. */
async function lookUp(resolver: Resolver, address: string): Promise<Told> {
  try {
    // Unlike resolver.reverse(), it tells a failure from a name that is not there.
    const names = (await resolver.resolvePtr(reverseName(address))).map(domainOrNone);
    const [name] = names.filter((one) => one !== "").sort();
    return name === undefined ? "none" : { name };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (NONE.includes(code)) return "none";
    return SILENT.includes(code) ? "silent" : "failed";
  }
}

async function atMost(msMax: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, msMax);
  });
  await Promise.race([work, over]);
  clearTimeout(timer);
}
