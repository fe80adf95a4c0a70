// Decides between writers that claimed one identity at the same moment. Each inserted its claim before
// it read the claims back, so whoever inserted last sees all of them and comes here; if it crashes, its
// segment is still in the spool and it comes again. All who come decide alike: the earliest arrival
// counts, and the others become duplicates (same content) or conflicts (other content).

import { RECEIPT_COLUMNS } from "../core/tlsrpt/columns.ts";
import type { Store } from "../store/port.ts";
import type { Claim, Claims } from "./identities.ts";
import { claimReceiptLine } from "./lines.ts";

const FACT_TABLES = ["policy_summaries", "failure_details"] as const;

/**
 * Settles every identity with more than one claim that counts, in the store and in `claims`.
 * @throws StoreError; may then be repeated
 */
export async function resolveClaims(store: Store, claims: Claims, nowMs: number): Promise<void> {
  for (const list of claims.values()) {
    const counting = list.filter((one) => one.status === "stored").sort(byArrival);
    const [winner, ...losers] = counting;
    if (winner === undefined || losers.length === 0) continue;
    for (const loser of losers) {
      loser.status = loser.content_hash === winner.content_hash ? "duplicate" : "conflict";
      await demote(store, loser, winner, nowMs);
    }
  }
}

function byArrival(a: Claim, b: Claim): number {
  return compare(a.received_at, b.received_at) || compare(a.receipt, b.receipt) || a.item - b.item;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function demote(store: Store, loser: Claim, winner: Claim, nowMs: number): Promise<void> {
  if (loser.rows_hash !== winner.rows_hash) {
    for (const table of FACT_TABLES) {
      await setDeleted(store, table, loser, true, nowMs);
      // A third writer's tombstones may lie on the winner's rows; what counts is said last.
      await setDeleted(store, table, winner, false, nowMs);
    }
  }
  await store.command(
    `INSERT INTO reports SELECT * REPLACE('${loser.status}' AS status, ${nowMs} AS version)
     FROM reports FINAL
     WHERE ${identity(loser)} AND receipt = '${loser.receipt}' AND item = ${loser.item}`,
  );
  await store.insert("receipts", RECEIPT_COLUMNS, claimReceiptLine(loser, nowMs));
}

/** Rewrites the facts of one claim under a new version; a deleted row keeps all its columns. */
async function setDeleted(
  store: Store,
  table: (typeof FACT_TABLES)[number],
  claim: Claim,
  deleted: boolean,
  nowMs: number,
): Promise<void> {
  const place = table === "policy_summaries" ? "policy_index" : "policy_index, detail_index";
  await store.command(
    `INSERT INTO ${table} SELECT * REPLACE(${nowMs} AS version, ${deleted ? 1 : 0} AS is_deleted)
     FROM ${table}
     WHERE ${identity(claim)} AND rows_hash = '${claim.rows_hash}'
     LIMIT 1 BY domain, ${place}`,
  );
}

function identity(claim: Claim): string {
  const { tenant, day, report_key: key } = claim;
  return `tenant = '${tenant}' AND day = '${day}' AND report_key = '${key}'`;
}
