// Tries deferred messages again: those in quarantine because DNS did not answer for their DKIM key. Each
// goes through the spool like the first time, under its old receipt, so that a crash at any moment
// changes nothing: it ends as stored, as deferred once more, or as unverified when patience is over.

import { setTimeout as sleep } from "node:timers/promises";
import { organizationalDomain } from "../authenticate/organizational-domain.ts";
import { BOUNDS } from "../core/bounds.ts";
import type { QuarantineReason } from "../core/outcome.ts";
import { ARRIVAL_COLUMNS, quarantinedArrival } from "../core/quarantined.ts";
import type { Emit } from "../observe/events.ts";
import type { SpoolWriter } from "../spool/port.ts";
import type { Store } from "../store/port.ts";

/** Ages of a message at which it is tried again; then once in the last step. */
export const RETRY_AGES_MS: readonly number[] = [60_000, 300_000, 900_000, 3_600_000];

const REASON: QuarantineReason = "dkim-deferred";
/** A message that is on its way through the spool is not put there a second time for so long. */
const IN_HAND_MS = 600_000;
const IN_HAND_MAX = 10_000;

export interface DeferredOptions {
  store: Store;
  spool: Pick<SpoolWriter, "append">;
  emit: Emit;
  /** Epoch milliseconds. */
  now?: () => number;
  /** RETRY_AGES_MS by default. */
  agesMs?: readonly number[];
  /** BOUNDS.dkimRetryPollMs by default, and dkimRetryPollMsMax while there is nothing to do. */
  pollMs?: number;
  pollMsMax?: number;
}

/** One deferred message; `version` is when it was last tried. */
interface Deferred {
  tenant: string;
  receipt: string;
  item: number;
  version: string;
  raw_bytes: number;
  dkim_domain: string;
}

/** Starts the loop; it ends with `stop`. */
export function startDeferred(options: DeferredOptions): { stop(): Promise<void> } {
  const { emit, pollMs = BOUNDS.dkimRetryPollMs } = options;
  const { pollMsMax = Math.max(pollMs, BOUNDS.dkimRetryPollMsMax) } = options;
  const stopping = new AbortController();
  const retry = createRetry(options);

  async function run(): Promise<void> {
    let pauseMs = pollMs;
    while (!stopping.signal.aborted) {
      await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      const messages = await retry(stopping.signal).catch((error: unknown) =>
        emit("dkim-retry-failed", { error }),
      );
      pauseMs = messages === 0 ? Math.min(pollMsMax, pauseMs * 2) : pollMs;
    }
  }

  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** Makes the function that does one round, and gives back how many messages it put into the spool. */
export function createRetry(options: DeferredOptions): (stop?: AbortSignal) => Promise<number> {
  const { store, spool, emit, now = Date.now, agesMs = RETRY_AGES_MS } = options;
  /** When the attempt of a version was put into the spool, by receipt and version. */
  const inHand = new Map<string, number>();
  /** The first look goes back to the beginning: the process may have been away for long. */
  let sinceMs = 0;

  async function putBack(one: Deferred): Promise<void> {
    const raw = await readMessage(store, one);
    if (raw === null) return; // it was reprocessed by somebody in between
    await spool.append(quarantinedArrival(raw), Buffer.from(raw["raw_base64"] ?? "", "base64"));
  }

  return async (stop) => {
    const nowMs = now();
    for (const [key, atMs] of inHand) {
      if (nowMs - atMs > IN_HAND_MS || inHand.size > IN_HAND_MAX) inHand.delete(key);
    }
    let messages = 0;
    let bytes = 0;
    const due = await readDue(store, { nowMs, sinceMs, agesMs });
    if (due.length === 0) sinceMs = nowMs - BOUNDS.dkimRetryMsBack;
    for (const one of takeTurns(due)) {
      const key = `${one.receipt} ${one.version}`;
      if (inHand.has(key)) continue;
      bytes += one.raw_bytes;
      const enough = messages >= BOUNDS.dkimRetriesMax || bytes > BOUNDS.dkimRetryBytesMax;
      if (stop?.aborted || (messages > 0 && enough)) break;
      await putBack(one);
      inHand.set(key, nowMs);
      messages += 1;
    }
    if (messages > 0) emit("dkim-retried", { messages });
    return messages;
  };
}

/** The first of each signing organization, then the second of each: none holds up the others. */
function takeTurns(due: readonly Deferred[]): Deferred[] {
  const rounds: Deferred[][] = [];
  const seen = new Map<string, number>();
  for (const one of due) {
    const organization = organizationalDomain(one.dkim_domain);
    const round = seen.get(organization) ?? 0;
    seen.set(organization, round + 1);
    rounds[round] ??= [];
    rounds[round].push(one);
  }
  return rounds.flat();
}

interface Looking {
  nowMs: number;
  /** Messages that were received before are left out, so that old partitions are not read. */
  sinceMs: number;
  agesMs: readonly number[];
}

/**
 * The messages that are due, those that wait longest first, and before all others those of domains whose
 * reports were verified lately when there are too many to see. When one is due follows from its age
 * and its last attempt alone, so that nothing is to be remembered over a restart.
 */
async function readDue(store: Store, looking: Looking): Promise<Deferred[]> {
  const seen = await store.select<Deferred>(dueStatement(looking, ""));
  if (seen.length < BOUNDS.dkimRetriesSeenMax) return seen;
  return store.select<Deferred>(dueStatement(looking, `dkim_domain ${PROVEN} DESC,`));
}

const PROVEN = `GLOBAL IN (
  SELECT dkim_domain FROM reports WHERE trust = 'verified' AND day >= today() - 30)`;

/**
 * What is deferred is few among what is in quarantine, so their keys are looked for first, in all versions of
 * the rows, and only rows of those keys are merged.
 */
function dueStatement({ nowMs, sinceMs, agesMs }: Looking, before: string): string {
  const last = agesMs.at(-1) ?? 0;
  const first = agesMs[0] ?? 0;
  const steps = agesMs.map((age) => `tried < ${age}, ${age}`).join(", ");
  const deferred = `reason = '${REASON}' AND channel = 'smtp'
         AND quarantine.received_at >= fromUnixTimestamp64Milli(${Math.max(0, sinceMs)})`;
  // A clock that was set back gives attempts in the future; such a message is due when it is again.
  return `SELECT tenant, receipt, item, toString(version) AS version, raw_bytes, dkim_domain
   FROM (
     SELECT tenant, receipt, item, version, raw_bytes, dkim_domain
     FROM (
       SELECT tenant, receipt, item, version, raw_bytes, dkim_domain,
         toUnixTimestamp64Milli(quarantine.received_at) AS arrived,
         toInt64(version) - arrived AS tried,
         multiIf(${steps}, tried + ${last}) AS due
       FROM quarantine FINAL
       WHERE ${deferred} AND (tenant, receipt) GLOBAL IN (
         SELECT tenant, receipt FROM quarantine WHERE ${deferred} AND is_deleted = 0)
     )
     WHERE arrived + greatest(due, tried + ${Math.floor(first / 2)}) <= ${nowMs}
     ORDER BY version
     LIMIT 1 BY receipt
   )
   ORDER BY ${before} version
   LIMIT ${BOUNDS.dkimRetriesMaxPerDomain} BY cutToFirstSignificantSubdomain(dkim_domain)
   LIMIT ${BOUNDS.dkimRetriesSeenMax}`;
}

/** Columns of the message with its bytes, which stand with the first of its items in quarantine. */
async function readMessage(
  store: Store,
  { tenant, receipt }: Deferred,
): Promise<Record<string, string> | null> {
  const [row] = await store.select<Record<string, string>>(
    `SELECT ${ARRIVAL_COLUMNS.join(", ")}, base64Encode(raw) AS raw_base64
     FROM quarantine FINAL
     WHERE tenant = {tenant:String} AND receipt = {receipt:String} AND raw_bytes > 0
     LIMIT 1`,
    { tenant, receipt },
  );
  return row ?? null;
}
