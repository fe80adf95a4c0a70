// How far messages are that were put into the spool: of which of them the ledger tells how they ended.

import { receiptTimeMs } from "../core/receipt.ts";
import type { Store } from "../store/port.ts";
import { recordParameters } from "./newest.ts";
import { messageOutcomes } from "./panels/message-outcomes.ts";
import { runPanel, type Scope } from "./run.ts";

/** What became of some messages; items are the reports in them. */
export interface Outcomes {
  /** Messages that have ended. */
  ended: number;
  stored: number;
  duplicate: number;
  conflict: number;
  quarantined: number;
}

/** Receipts of one moment differ by little from the time that the ledger has of them. */
const MARGIN_MS = 60_000;

/**
 * The outcomes of messages.
 * @param receipts at most BOUNDS.uploadMessagesMax
 * @param sinceMs epoch milliseconds; what ended before is not meant, for messages that are tried again
 */
export async function outcomesOf(
  store: Store,
  scope: Scope,
  receipts: readonly string[],
  sinceMs: number,
): Promise<Outcomes> {
  const outcomes = { ended: 0, stored: 0, duplicate: 0, conflict: 0, quarantined: 0 };
  if (receipts.length === 0) return outcomes;
  const times = receipts.map(receiptTimeMs);
  const range = { fromMs: Math.min(...times) - MARGIN_MS, toMs: Math.max(...times) + MARGIN_MS };
  const parameters = recordParameters({ receipt: receipts }, range, { limit: receipts.length });
  const { rows } = await runPanel(store, messageOutcomes, parameters, scope);
  for (const row of rows) {
    if (Date.parse(String(row["ended_at"])) < sinceMs) continue;
    outcomes.ended += 1;
    for (const name of ["stored", "duplicate", "conflict", "quarantined"] as const) {
      outcomes[name] += Number(row[name]);
    }
  }
  return outcomes;
}
