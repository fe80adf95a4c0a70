// POST /quarantine/{receipt}/reprocess and /quarantine/reprocess: the forms of the pages that try quarantined
// messages again, one or all of a reason. They work without script: each leads back to a page that tells.

import type { Context, Hono } from "hono";
import { BOUNDS } from "../core/bounds.ts";
import { createShares, type Shares } from "../core/limits/shares.ts";
import { QUARANTINE_REASONS } from "../core/outcome.ts";
import { quarantine } from "../query/panels/quarantine.ts";
import { readParameters } from "../query/parameters.ts";
import { runPanel, type Scope } from "../query/run.ts";
import { SpoolRefusal, type SpoolWriter } from "../spool/port.ts";
import { callerOf, needs, scopeOf, shareKeyOf } from "./access.ts";
import type { ApiOptions } from "./options.ts";
import { problem } from "./problem.ts";
import type { ProgressBoard } from "./progress.ts";
import { readOutcomes, reprocessMessage } from "./quarantined-record.ts";

/** Names in the addresses of the pages: when the ledger last told of a message, and why it was not taken. */
export const TRIED = "tried";
export const REFUSED = "refused";
/** The task that the page tells of. */
export const PROGRESS = "progress";

const NO_SPOOL = "This process has no spool: ask one that receives.";
const BUSY =
  "Messages are being tried again already, for you or for several others. Wait until that has ended.";
const NOT_KEPT = "its bytes were not kept, or not all of them are yours to see";

/** Adds the routes of the forms. */
export function reprocessRoutes(app: Hono, options: ApiOptions, board: ProgressBoard): void {
  const allowed = needs("reprocess", options);
  const runs = createShares();
  app.post("/quarantine/reprocess", allowed, (c) => reprocessReason(c, options, board, runs));
  app.post("/quarantine/:receipt/reprocess", allowed, (c) => reprocessOne(c, options));
}

async function reprocessOne(c: Context, { store, spool }: ApiOptions): Promise<Response> {
  if (spool === null) return problem(c, "spool-unavailable", NO_SPOOL);
  const receipt = c.req.param("receipt") ?? "";
  const scope = scopeOf(c);
  const told = await readOutcomes(store, scope, receipt);
  const last =
    told
      .map((row) => String(row["processed_at"]))
      .toSorted()
      .at(-1) ?? "";
  const why = await tryAgain(store, spool, scope, receipt);
  const search = new URLSearchParams(why === null ? { [TRIED]: last } : { [REFUSED]: why });
  return c.redirect(`/quarantine/${encodeURIComponent(receipt)}?${search}#again`, 303);
}

/** Why a message was not taken: "gone" or "spool"; null when it was. */
async function tryAgain(
  store: ApiOptions["store"],
  spool: SpoolWriter,
  scope: Scope,
  receipt: string,
): Promise<"gone" | "spool" | null> {
  try {
    return (await reprocessMessage(store, spool, scope, receipt)) ? null : "gone";
  } catch (error) {
    if (!(error instanceof SpoolRefusal)) throw error;
    return "spool";
  }
}

/**
 * Tries the newest of one reason again, of those that the parameters leave. Listed before the first is tried,
 * since what fails again comes back into the list.
 */
async function reprocessReason(
  c: Context,
  options: ApiOptions,
  board: ProgressBoard,
  runs: Shares,
): Promise<Response> {
  const { store, spool } = options;
  if (spool === null) return problem(c, "spool-unavailable", NO_SPOOL);
  const nowMs = (options.clock ?? Date.now)();
  const asked = { ...c.req.queries(), limit: [String(BOUNDS.uploadMessagesMax)] };
  const read = readParameters(quarantine, asked, nowMs);
  if (!read.ok) return problem(c, read.problem.code, read.problem.detail);
  const [reason, other] = read.parameters.filters.reason ?? [];
  if (reason === undefined || other !== undefined || !Object.hasOwn(QUARANTINE_REASONS, reason)) {
    return problem(c, "invalid-parameter", "reason takes one reason of what is in quarantine.");
  }
  const mine = [
    { key: `caller ${shareKeyOf(c)}`, max: BOUNDS.reprocessRunsMaxEach },
    { key: "all", max: BOUNDS.reprocessRunsMax },
  ];
  if (!runs.take(mine, 1)) return problem(c, "rate-limited", BUSY);
  const done = () => runs.give(mine, 1);
  const failed = (error: unknown) =>
    options.emit("api-failed", { path: c.req.path, problem: "internal", error });
  try {
    const scope = scopeOf(c);
    const { rows } = await runPanel(store, quarantine, read.parameters, scope);
    const receipts = [...new Set(rows.map((row) => String(row["receipt"])))];
    const refused: { place: string; why: string }[] = [];
    const task = { kind: "reprocess", receipts, sinceMs: nowMs, refused } as const;
    const { id } = board.begin(callerOf(c), task);
    // It goes on after the answer: a thousand messages take longer than a page may.
    void tryAll({ store, spool, scope, board }, receipts, refused).catch(failed).finally(done);
    const back = new URL(c.req.url).searchParams;
    back.set(PROGRESS, id);
    return c.redirect(`/quarantine?${back}#progress`, 303);
  } catch (error) {
    done();
    throw error;
  }
}

interface Trying {
  store: ApiOptions["store"];
  spool: SpoolWriter;
  scope: Scope;
  board: ProgressBoard;
}

/** Tries one after the other. What is not taken leaves the list that is waited for, with the reason. */
async function tryAll(
  { store, spool, scope, board }: Trying,
  receipts: string[],
  refused: { place: string; why: string }[],
): Promise<void> {
  const refuse = (receipt: string, why: string) => {
    receipts.splice(receipts.indexOf(receipt), 1);
    refused.push({ place: receipt, why });
  };
  let full = false;
  for (const receipt of [...receipts]) {
    if (board.closed.aborted) return;
    const why = full ? "spool" : await tryAgain(store, spool, scope, receipt).catch(() => "store");
    if (why === "gone") refuse(receipt, NOT_KEPT);
    else if (why === "store") refuse(receipt, "the store did not answer");
    else if (why !== null) {
      full = true;
      refuse(receipt, "the spool takes nothing now");
    }
  }
}
