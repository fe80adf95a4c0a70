// Takes back what one message claimed before and does not claim now: it was tried again with a program
// that understands it differently, or the store refused a part of its rows.

import { RECEIPT_PATTERN } from "../core/receipt.ts";
import type { Store } from "../store/port.ts";
import { type Claim, identityOf, readClaims, readClaimsOf } from "./identities.ts";
import type { ReportItem } from "./item.ts";
import { FACT_TABLES, identityCondition } from "./resolve.ts";

/** Names one claim of a message: the identity, its place in the message, and its rows. */
export function claimKey(
  of: Pick<ReportItem, "tenant" | "day" | "reportKey" | "rowsHash">,
  index: number,
): string {
  return `${identityOf(of)}\n${index}\n${of.rowsHash}`;
}

/** The same of a claim as it is in the store. */
export function claimKeyOf(claim: Claim): string {
  return claimKey(asItem(claim), claim.item);
}

/**
 * Deletes the claims of a message that are not among those to keep, with the facts that no other claim
 * accounts for.
 * @param keep keys of claims, see claimKey
 * @throws StoreError; may then be repeated
 */
export async function retireClaims(
  store: Store,
  receipt: string,
  keep: ReadonlySet<string>,
): Promise<void> {
  if (!RECEIPT_PATTERN.test(receipt)) throw new Error(`not a receipt: ${receipt}`);
  const claims = await readClaimsOf(store, [receipt]);
  const stale = claims.filter((claim) => !keep.has(claimKeyOf(claim)));
  if (stale.length === 0) return;
  const { highest } = await readClaims(store, stale.map(asItem));
  for (const claim of stale) {
    const version = (highest.get(identityOf(asItem(claim))) ?? 0) + 1;
    await retire(store, claim, keep, version);
  }
}

/** No fact of an identity has a higher version than the highest of its claims; see resolve.ts. */
async function retire(
  store: Store,
  claim: Claim,
  keep: ReadonlySet<string>,
  version: number,
): Promise<void> {
  const where = `${identityCondition(claim)} AND rows_hash = '${claim.rows_hash}'`;
  const own = `receipt = '${claim.receipt}' AND item = ${claim.item}`;
  const kept = [...keep].some((key) => sameRows(key, claim));
  const others = kept
    ? [claim]
    : await store.select(
        `SELECT 1 FROM reports FINAL WHERE ${where} AND status = 'stored' AND NOT (${own}) LIMIT 1`,
      );
  if (others.length === 0) {
    for (const { table } of FACT_TABLES) {
      await store.command(
        `INSERT INTO ${table} SELECT * REPLACE(${version} AS version, 1 AS is_deleted)
         FROM ${table} FINAL WHERE ${where}`,
      );
    }
  }
  // Last, so that a crash before it leaves a claim to be found and retired again.
  await store.command(
    `INSERT INTO reports SELECT * REPLACE(${version} AS version, 1 AS is_deleted)
     FROM reports FINAL WHERE ${where} AND ${own}`,
  );
}

function sameRows(key: string, claim: Claim): boolean {
  const [identity, rows] = [identityOf(asItem(claim)), claim.rows_hash];
  return key.startsWith(`${identity}\n`) && key.endsWith(`\n${rows}`);
}

function asItem(claim: Claim) {
  return {
    tenant: claim.tenant,
    day: claim.day,
    reportKey: claim.report_key,
    rowsHash: claim.rows_hash,
  };
}
