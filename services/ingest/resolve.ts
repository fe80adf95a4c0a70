// Decides between writers that claimed one identity at the same moment. Each inserted its claim before
// it read the claims back, so whoever inserted last sees all of them and comes here; if it crashes, its
// segment is still in the spool and it comes again. All who come decide alike: the best known
// sender counts (core/trust.ts), of equals the earliest arrival, and the others become duplicates (same
// content) or conflicts (other content).
//
// A decision is written under a version that grows with the number of claims it knows of, so that the
// best informed one stands whatever the order in which they are written. It is above every version of
// the identity that it has seen, and the claim that counts is rewritten before its facts: so no fact
// ever has a higher version than the highest of its claims, which is what retire.ts and commit.ts read.

import { RECEIPT_COLUMNS } from "../core/tlsrpt/columns.ts";
import type { Store } from "../store/port.ts";
import type { Claim } from "./identities.ts";
import { claimReceiptLine } from "./lines.ts";

/** The tables whose rows belong to a claim, and what numbers the rows within one. */
export const FACT_TABLES = [
  { table: "policy_summaries", place: "policy_index" },
  { table: "failure_details", place: "policy_index, detail_index" },
] as const;

/** Above every time in milliseconds, so that one claim more outweighs any clock. */
const PER_CLAIM = 100_000_000_000_000;
/** More claims than this on one identity at one moment do not get weightier; 2^53 is the bound. */
const CLAIMS_WEIGHED_MAX = 80;

/**
 * Settles one identity with several claims, in the store and in the list: its statuses, its ledger
 * rows, and that only the facts of the one that counts are alive.
 * @param highest the highest version of any row of the identity
 * @throws StoreError; may then be repeated
 */
export async function resolveClaims(
  store: Store,
  claims: Claim[],
  nowMs: number,
  highest: number,
): Promise<void> {
  const counting = claims.filter((one) => one.status === "stored").sort(byTrustAndArrival);
  const [winner, ...losers] = counting;
  if (winner === undefined) return;
  const weight = Math.min(claims.length, CLAIMS_WEIGHED_MAX) * PER_CLAIM;
  const version = Math.max(weight + nowMs, highest + 1);
  for (const loser of losers) {
    loser.status = loser.content_hash === winner.content_hash ? "duplicate" : "conflict";
    await demote(store, loser, version, nowMs);
  }
  const others = new Set(claims.map((one) => one.rows_hash));
  others.delete(winner.rows_hash);
  // Those who said the same may have written the rows with a lesser trust.
  const taken = claims.some(
    (one) => one.rows_hash === winner.rows_hash && one.trust !== winner.trust,
  );
  if (others.size === 0 && !taken) return;
  await rewrite(store, winner, version);
  // A loser may have written its facts after somebody else decided, so this is done by all.
  for (const hash of others) await setDeleted(store, winner, hash, true, version);
  await setDeleted(store, winner, winner.rows_hash, false, version);
}

function byTrustAndArrival(a: Claim, b: Claim): number {
  if (a.trust_rank !== b.trust_rank) return b.trust_rank - a.trust_rank;
  return compare(a.received_at, b.received_at) || compare(a.receipt, b.receipt) || a.item - b.item;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Writes a claim again with its status. */
async function rewrite(store: Store, claim: Claim, version: number): Promise<void> {
  await store.command(
    `INSERT INTO reports SELECT * REPLACE('${claim.status}' AS status, ${version} AS version)
     FROM reports FINAL
     WHERE ${identityCondition(claim)} AND rows_hash = '${claim.rows_hash}'
       AND receipt = '${claim.receipt}' AND item = ${claim.item}`,
  );
}

async function demote(store: Store, loser: Claim, version: number, nowMs: number): Promise<void> {
  await rewrite(store, loser, version);
  await store.insert("receipts", RECEIPT_COLUMNS, claimReceiptLine(loser, version, nowMs));
}

/** Rewrites the facts of one content under a new version; a deleted row keeps all its columns. */
async function setDeleted(
  store: Store,
  claim: Claim,
  rowsHash: string,
  deleted: boolean,
  version: number,
): Promise<void> {
  for (const { table, place } of FACT_TABLES) {
    await store.command(
      `INSERT INTO ${table} SELECT * REPLACE(${version} AS version, ${deleted ? 1 : 0} AS is_deleted,
         '${claim.trust}' AS trust)
       FROM ${table}
       WHERE ${identityCondition(claim)} AND rows_hash = '${rowsHash}'
       LIMIT 1 BY domain, ${place}`,
    );
  }
}

/** The rows of an identity, as a condition. */
export function identityCondition(claim: Claim): string {
  const { tenant, day, report_key: key } = claim;
  return `tenant = '${tenant}' AND day = '${day}' AND report_key = '${key}'`;
}
