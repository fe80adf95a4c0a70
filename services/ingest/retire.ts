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

/** Receipts in one statement; ClickHouse reads statements of 256 KiB by default. */
const RECEIPTS_PER_STATEMENT = 1_000;

/**
 * Deletes the claims of messages that are not among those to keep, with the facts that no other claim
 * accounts for.
 * @param keeping keys of the claims to keep, see claimKey, by the receipt of each message
 * @throws StoreError; may then be repeated
 */
export async function retireClaims(
  store: Store,
  keeping: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<void> {
  const receipts = [...keeping.keys()];
  const wrong = receipts.find((receipt) => !RECEIPT_PATTERN.test(receipt));
  if (wrong !== undefined) throw new Error(`not a receipt: ${wrong}`);
  const stale: Claim[] = [];
  for (let i = 0; i < receipts.length; i += RECEIPTS_PER_STATEMENT) {
    const claims = await readClaimsOf(store, receipts.slice(i, i + RECEIPTS_PER_STATEMENT));
    stale.push(...claims.filter((one) => !keeping.get(one.receipt)?.has(claimKeyOf(one))));
  }
  if (stale.length === 0) return;
  const { highest } = await readClaims(store, stale.map(asItem));
  for (const claim of stale) {
    const version = (highest.get(identityOf(asItem(claim))) ?? 0) + 1;
    await retire(store, claim, keeping.get(claim.receipt) ?? new Set(), version);
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
