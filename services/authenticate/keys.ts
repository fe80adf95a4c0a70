// Looks DKIM keys up in DNS, ahead of the threads that need them, and remembers what it was told. A DNS
// that is slow, dead or a sender's own must not hold up anybody's reports, so waiting has bounds.

import { Resolver } from "node:dns/promises";
import { BOUNDS } from "../core/bounds.ts";
import type { KeyAnswer } from "../core/dkim/signature.ts";
import type { Emit } from "../observe/events.ts";
import { createFairQueue } from "./fair-queue.ts";
import { organizationalDomain } from "./organizational-domain.ts";
import { codeOf, isSilence, watchSilence } from "./silence.ts";

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
  lane: string;
  done: Promise<void>;
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
  const silence = watchSilence({ resolver, emit, over: () => queue.forgive() });
  const queue = createFairQueue({ now, quiet: silence.isOn });
  /** Apart, so that names which nobody heard of do not spend what is for keys that were found before. */
  const allowances = { proven: createAllowance(now), other: createAllowance(now) };
  let closed = false;

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

  /** Tells whether there was an answer, as the queue wants to know. */
  function hear(name: string, told: Told): boolean | null {
    if (closed) return null;
    if (told === "silent") silence.unanswered(signerOf(name).organization, name);
    else silence.answered(name);
    const answer = told === "silent" ? "unknown" : told;
    emit("dkim-key-looked-up", { name, answer: typeof answer === "string" ? answer : "found" });
    remember(name, answer);
    if (answer !== "unknown") return true;
    return silence.isOn() ? null : false;
  }

  function ask(name: string): void {
    if (closed || asked.has(name) || recall(name) !== null) return;
    const proven = Array.isArray(memo.get(name)?.answer);
    const lane = `${proven ? PROVEN : ""}${signerOf(name).lane}`;
    let over = () => {};
    const done = new Promise<void>((resolve) => {
      over = resolve;
    });
    const drop = () => {
      asked.delete(name);
      over();
    };
    const start = async () => {
      const answered = hear(name, await lookUp(resolver, name));
      drop();
      return answered;
    };
    asked.set(name, { lane, done });
    queue.add(lane, { start, drop }, proven);
  }

  /** Waits for names whose domains let nobody wait as far as is known. */
  async function wait(names: ReadonlySet<string>, patient: boolean): Promise<void> {
    if (silence.isOn()) return;
    const pending = [...names].flatMap((name) => asked.get(name) ?? []);
    const wanted = patient ? pending : pending.filter(({ lane }) => !queue.isSlow(lane));
    await Promise.all([
      waitWithin(allowances.proven, wanted.filter(isProven), patient),
      waitWithin(
        allowances.other,
        wanted.filter((one) => !isProven(one)),
        patient,
      ),
    ]);
  }

  async function waitWithin(account: Allowance, pending: Asked[], patient: boolean) {
    if (pending.length === 0) return;
    const startedMs = now();
    const all = Promise.all(pending.map(({ done }) => done));
    await atMost(patient ? BOUNDS.dnsWaitMsMaxImport : account.left(), all);
    if (!patient) account.spend(now() - startedMs);
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
      silence.close();
      queue.clear();
      resolver.cancel();
    },
  };
}

/** Begins a lane of keys that were found before. */
const PROVEN = "=";

function isProven({ lane }: Asked): boolean {
  return lane.startsWith(PROVEN);
}

const KEY_LABEL = "._domainkey.";

/**
 * Who asks by a name of a key. The organization's own domain has another lane than those below it: one of
 * them may have been delegated to servers that are gone, and anybody can sign in its name.
 */
function signerOf(name: string): { organization: string; lane: string } {
  const at = name.lastIndexOf(KEY_LABEL);
  const domain = at < 0 ? name : name.slice(at + KEY_LABEL.length);
  const organization = organizationalDomain(domain);
  return { organization, lane: domain === organization ? domain : `*.${organization}` };
}

function rememberedMs(answer: KeyAnswer): number {
  if (answer === "absent") return BOUNDS.dkimKeyAbsentMs;
  return answer === "unknown" ? BOUNDS.dkimKeyUnknownMs : BOUNDS.dkimKeyFoundMs;
}

/** There surely is no such record: the name is not there, has no TXT, or cannot be a name. */
const ABSENT = ["ENOTFOUND", "ENODATA", "EBADNAME"];
async function lookUp(resolver: Resolver, name: string): Promise<Told> {
  try {
    const records = await resolver.resolveTxt(name);
    const texts = records.slice(0, BOUNDS.dkimKeyRecordsMax).map((strings) => strings.join(""));
    return texts.filter((text) => text.length <= BOUNDS.dkimKeyCharsMax);
  } catch (error) {
    if (ABSENT.includes(codeOf(error))) return "absent";
    return isSilence(error) ? "silent" : "unknown";
  }
}

interface Allowance {
  left(): number;
  spend(ms: number): void;
}

/** Waiting is paid out of an account that fills with a share of the time that goes by; there are two. */
function createAllowance(now: () => number): Allowance {
  let account: number = BOUNDS.dnsWaitMsMax;
  let seenMs = now();
  const left = () => {
    const nowMs = now();
    account = Math.min(BOUNDS.dnsWaitMsMax, account + ((nowMs - seenMs) * BOUNDS.dnsWaitShare) / 2);
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
