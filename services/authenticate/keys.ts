// Looks DKIM keys up in DNS, ahead of the threads that need them, and remembers what it was told. A DNS
// that is slow, dead or a sender's own must not hold up anybody's reports, so waiting has bounds.

import { Resolver } from "node:dns/promises";
import { BOUNDS } from "../core/bounds.ts";
import type { KeyAnswer } from "../core/dkim/signature.ts";
import type { Emit } from "../observe/events.ts";

export interface KeyResolver {
  /** Begins to look names up; returns at once. */
  prepare(names: Iterable<string>): void;
  /**
   * What is known of the names, after waiting for a bounded time. What has not been answered by then is
   * "unknown"; its look-up goes on, and a later call finds it.
   * @param patient true for an import, which may wait longer
   */
  answers(names: Iterable<string>, patient?: boolean): Promise<Map<string, KeyAnswer>>;
  /** Gives up what is on its way. */
  close(): void;
}

export interface KeyResolverOptions {
  /** As node:dns takes them; the system's when empty. */
  servers: readonly string[];
  emit: Emit;
  /** Milliseconds of a clock that only goes forward. */
  now?: () => number;
  /** For one try; BOUNDS.dnsTryMsMax by default. */
  tryMsMax?: number;
}

interface Remembered {
  answer: KeyAnswer;
  untilMs: number;
}

interface Asked {
  done: Promise<void>;
  start(): Promise<void>;
  drop(): void;
}

/** What a look-up came to; "silent" when nobody answered at all. */
type Told = KeyAnswer | "silent";

/** Creates a resolver of keys; it asks nothing until it is told names. */
export function createKeyResolver(options: KeyResolverOptions): KeyResolver {
  const { servers, emit, now = performance.now.bind(performance) } = options;
  const resolver = new Resolver({
    timeout: options.tryMsMax ?? BOUNDS.dnsTryMsMax,
    tries: BOUNDS.dnsTries,
  });
  if (servers.length > 0) resolver.setServers([...servers]);
  /** In the order of their use, so that the first is the one to forget. */
  const memo = new Map<string, Remembered>();
  const asked = new Map<string, Asked>();
  const queue: Asked[] = [];
  const allowance = createAllowance(now);
  let running = 0;
  let silences = 0;
  let closed = false;

  const silent = () => silences >= BOUNDS.dnsSilencesMax;

  function recall(name: string): KeyAnswer | null {
    const found = memo.get(name);
    if (found === undefined || found.untilMs <= now()) return null;
    memo.delete(name);
    memo.set(name, found);
    return found.answer;
  }

  function remember(name: string, answer: KeyAnswer): void {
    memo.delete(name);
    memo.set(name, { answer, untilMs: now() + rememberedMs(answer) });
    for (const [oldest] of memo) {
      if (memo.size <= BOUNDS.dkimKeyMemoMax) break;
      memo.delete(oldest);
    }
  }

  function hear(name: string, told: Told): void {
    if (closed) return;
    const before = silent();
    silences = told === "silent" ? silences + 1 : 0;
    if (silent() !== before) emit(before ? "dns-answers" : "dns-silent", { name });
    const answer = told === "silent" ? "unknown" : told;
    emit("dkim-key-looked-up", { name, answer: typeof answer === "string" ? answer : "found" });
    remember(name, answer);
  }

  function ask(name: string): void {
    if (closed || asked.has(name) || recall(name) !== null) return;
    if (queue.length >= BOUNDS.dnsWaitingMax) return;
    let over = () => {};
    const done = new Promise<void>((resolve) => {
      over = resolve;
    });
    const drop = () => {
      asked.delete(name);
      over();
    };
    const start = async () => {
      hear(name, await lookUp(resolver, name));
      drop();
    };
    const one = { done, start, drop };
    asked.set(name, one);
    queue.push(one);
    pump();
  }

  function pump(): void {
    const most = silent() ? BOUNDS.dnsConcurrencyMaxSilent : BOUNDS.dnsConcurrencyMax;
    while (running < most) {
      const next = queue.shift();
      if (next === undefined) return;
      running += 1;
      void next.start().finally(() => {
        running -= 1;
        pump();
      });
    }
  }

  async function wait(names: ReadonlySet<string>, patient: boolean): Promise<void> {
    const pending = [...names].flatMap((name) => asked.get(name)?.done ?? []);
    if (pending.length === 0 || silent()) return;
    const msMax = patient ? BOUNDS.dnsWaitMsMaxImport : allowance.left();
    const startedMs = now();
    await atMost(msMax, Promise.all(pending));
    if (!patient) allowance.spend(now() - startedMs);
  }

  return {
    prepare: (names) => {
      for (const name of names) ask(name);
    },
    answers: async (names, patient = false) => {
      const wanted = new Set(names);
      const known = new Map([...wanted].map((name) => [name, recall(name)]));
      for (const name of wanted) ask(name);
      await wait(wanted, patient);
      return new Map([...known].map(([name, old]) => [name, old ?? recall(name) ?? "unknown"]));
    },
    close: () => {
      closed = true;
      for (const one of queue.splice(0)) one.drop();
      resolver.cancel();
    },
  };
}

function rememberedMs(answer: KeyAnswer): number {
  if (answer === "absent") return BOUNDS.dkimKeyAbsentMs;
  return answer === "unknown" ? BOUNDS.dkimKeyUnknownMs : BOUNDS.dkimKeyFoundMs;
}

/** There surely is no such record: the name is not there, has no TXT, or cannot be a name. */
const ABSENT = ["ENOTFOUND", "ENODATA", "EBADNAME"];
/** Nobody was heard; anything else, such as SERVFAIL, says at least that the resolver is alive. */
const SILENT = ["ETIMEOUT", "ECONNREFUSED", "ECANCELLED", "EAI_AGAIN"];

async function lookUp(resolver: Resolver, name: string): Promise<Told> {
  try {
    const records = await resolver.resolveTxt(name);
    const texts = records.slice(0, BOUNDS.dkimKeyRecordsMax).map((strings) => strings.join(""));
    return texts.filter((text) => text.length <= BOUNDS.dkimKeyCharsMax);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (ABSENT.includes(code)) return "absent";
    return SILENT.includes(code) ? "silent" : "unknown";
  }
}

/** Waiting is paid out of an account that fills with a share of the time that goes by. */
function createAllowance(now: () => number) {
  let account: number = BOUNDS.dnsWaitMsMax;
  let seenMs = now();
  const left = () => {
    const nowMs = now();
    account = Math.min(BOUNDS.dnsWaitMsMax, account + (nowMs - seenMs) * BOUNDS.dnsWaitShare);
    seenMs = nowMs;
    return Math.max(0, account);
  };
  return {
    left,
    spend: (ms: number) => {
      account = left() - ms;
    },
  };
}

async function atMost(msMax: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, msMax);
  });
  await Promise.race([work, over]);
  clearTimeout(timer);
}
