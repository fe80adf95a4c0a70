// `sealwatch reprocess`: puts quarantined messages into the spool of the running server again, by receipt
// or by reason. The API does each of them; what becomes of them is seen in the ledger, as with all mail.

import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../config/config.ts";
import { nearest } from "../config/nearest.ts";
import { BOUNDS } from "../core/bounds.ts";
import { QUARANTINE_REASONS } from "../core/outcome.ts";
import { printable } from "../core/printable.ts";
import { RECEIPT_PATTERN } from "../core/receipt.ts";
import { readLock } from "../spool/lock.ts";
import { askServer, refusal, tokenHeader } from "./asking.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { createProgress, type Progress, type ProgressScreen } from "./progress.ts";
import { type GivenQuery, queryOptions } from "./query-options.ts";
import { grouped } from "./table.ts";
import type { Terminal } from "./terminal.ts";

/** What the flags say, as they were given. */
export interface GivenReprocess extends Omit<GivenQuery, "csv"> {
  receipts: readonly string[];
  reason?: string;
}

export interface ReprocessOptions {
  /** None: those with the reason. */
  receipts: readonly string[];
  reason: string | null;
  /** Of the panel `quarantine`: tenant and range. */
  parameters: Readonly<Record<string, readonly string[]>>;
  json: boolean;
  /** Where the API is; null for the server of this configuration. */
  server: string | null;
}

/**
 * Puts the arguments together.
 * @throws CommandError when they contradict each other, or a receipt or the reason is none
 */
export function reprocessOptions(given: GivenReprocess): ReprocessOptions {
  const { receipts, reason = null } = given;
  const { parameters, server } = queryOptions({ ...given, csv: false });
  if (receipts.length > 0 === (reason !== null)) {
    throw usage("say which by their receipts, or by --reason; sealwatch query quarantine has both");
  }
  if (receipts.length > 0 && Object.keys(parameters).length > 0) {
    throw usage("a receipt is one message: --tenant and times go with --reason");
  }
  const wrong = receipts.find((receipt) => !RECEIPT_PATTERN.test(receipt));
  if (wrong !== undefined) throw usage(`${printable(wrong)} is no receipt`);
  if (reason !== null && !Object.hasOwn(QUARANTINE_REASONS, reason)) {
    const near = nearest(reason, Object.keys(QUARANTINE_REASONS));
    const hint = near === null ? "docs/reasons.md has all" : `did you mean ${near}?`;
    throw usage(`nothing is in quarantine for the reason ${printable(reason)}; ${hint}`);
  }
  return { receipts: [...new Set(receipts)], reason, parameters, json: given.json, server };
}

function usage(message: string): CommandError {
  return new CommandError(message, { exitCode: EXIT.usage });
}

/** Tries again what the server says is worth another try, for a while. */
type Ask = (method: "GET" | "POST", path: string) => Promise<Response>;

export interface ReprocessSurroundings {
  terminal: Terminal;
  /** Where progress is drawn; the terminal's standard error without it. */
  screen?: ProgressScreen;
  /** Waits; the tests' clock is theirs. */
  pause?: (ms: number) => Promise<unknown>;
}

/**
 * Runs the command. 0 when all that was found is in the spool again, 1 when some is not to be had.
 * @throws CommandError when no server runs, or it is away or refuses
 */
export async function runReprocess(
  config: Pick<Config, "dataDir" | "token">,
  options: ReprocessOptions,
  { terminal, screen, pause = sleep }: ReprocessSurroundings,
): Promise<ExitCode> {
  const url = options.server ?? (await readLock(config.dataDir))?.api ?? null;
  if (url === null) throw new CommandError(noServer(config.dataDir), { exitCode: EXIT.tryAgain });
  const ask = asking(url, config.token, pause);
  const receipts = options.reason === null ? options.receipts : await receiptsOf(ask, options);
  const progress = createProgress({
    label: "reprocess",
    total: receipts.length,
    ...(screen && { screen }),
  });
  const missing = await reprocessAll(ask, receipts, progress).finally(() => progress.finish());
  const counts = {
    found: receipts.length,
    accepted: receipts.length - missing.length,
    missing: missing.length,
  };
  if (options.json) terminal.out(`${JSON.stringify(counts)}\n`);
  else terminal.out(`${grouped(counts.accepted)} of ${grouped(counts.found)} messages accepted\n`);
  for (const receipt of missing) {
    terminal.err(`sealwatch: ${receipt}: not in quarantine, or its bytes were not kept or are not \
all yours to see\n`);
  }
  return missing.length === 0 ? EXIT.ok : EXIT.failed;
}

function noServer(dataDir: string): string {
  return `no server with an API runs on ${dataDir}: start it with sealwatch serve, or name it by \
--server or its data_dir`;
}

/** Listed whole before the first is tried, since what fails again comes back into the list. */
async function receiptsOf(ask: Ask, options: ReprocessOptions): Promise<string[]> {
  const found = new Set<string>();
  let cursor: string | null = null;
  do {
    const parameters = new URLSearchParams({ limit: String(BOUNDS.queryRowsMax) });
    for (const [name, values] of Object.entries(options.parameters)) {
      for (const value of values) parameters.append(name, value);
    }
    if (options.reason !== null) parameters.set("reason", options.reason);
    if (cursor !== null) parameters.set("cursor", cursor);
    const answer = await ask("GET", `/api/v1/quarantine?${parameters}`);
    const text = await answer.text();
    if (!answer.ok) throw refusal(answer.status, text);
    const { data, meta } = JSON.parse(text) as QuarantinePage;
    for (const { receipt } of data) found.add(receipt);
    cursor = meta.next_cursor;
  } while (cursor !== null);
  return [...found];
}

interface QuarantinePage {
  data: { receipt: string }[];
  meta: { next_cursor: string | null };
}

/** Receipts that were not to be had. */
async function reprocessAll(
  ask: Ask,
  receipts: readonly string[],
  progress: Progress,
): Promise<string[]> {
  const missing: string[] = [];
  for (const receipt of receipts) {
    const answer = await ask("POST", `/api/v1/quarantine/${receipt}/reprocess`);
    const text = await answer.text();
    if (answer.status === 404) missing.push(receipt);
    else if (!answer.ok) throw refusal(answer.status, text);
    progress.advance(1);
  }
  return missing;
}

function asking(url: string, token: string | null, pause: (ms: number) => Promise<unknown>): Ask {
  const headers = { accept: "application/json", ...tokenHeader(token) };
  return async (method, path) => {
    for (let tries = 1; ; tries++) {
      const answer = await askServer(url + path, headers, method);
      const worthAnother = answer.status === 429 || answer.status === 503;
      if (!worthAnother || tries >= BOUNDS.reprocessTriesMax) return answer;
      await answer.body?.cancel();
      await pause(waitMs(answer.headers.get("Retry-After")));
    }
  };
}

function waitMs(retryAfter: string | null): number {
  const seconds = Math.max(1, Number(retryAfter) || 1);
  return Math.min(seconds * 1_000, BOUNDS.reprocessPauseMsMax);
}
