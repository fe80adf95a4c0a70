// What the store knows of report identities: the look-up before an insert, which tells duplicates and
// conflicts, and the same look-up after it, which finds what two writers stored at once.

import { receiptTimeMs } from "../core/receipt.ts";
import type { Store } from "../store/port.ts";
import type { ReportItem } from "./item.ts";
import { portions } from "./portions.ts";

/** One row of `reports`: some receipt's claim to an identity. */
export interface Claim {
  tenant: string;
  day: string;
  report_key: string;
  rows_hash: string;
  content_hash: string;
  receipt: string;
  item: number;
  status: "stored" | "conflict" | "duplicate";
  received_at: string;
  channel: string;
  trust: string;
  trust_rank: number;
  organization: string;
}

/** Claims by identity. */
export type Claims = Map<string, Claim[]>;

/** What is known of some identities. */
export interface Known {
  claims: Claims;
  /**
   * The highest version of any row of an identity, those of claims that were given back included: what
   * is to replace them needs a higher one, whatever the clock says.
   */
  highest: Map<string, number>;
  /** Identities of which some claim was given back; its rows may be deleted late. */
  gone: Set<string>;
}

/** What names a report within the whole store. */
export type Identity = Pick<ReportItem, "tenant" | "day" | "reportKey">;

/** The identity of a report within the whole store, as a map key. */
export function identityOf(of: Identity): string {
  return `${of.tenant}\n${of.day}\n${of.reportKey}`;
}

/**
 * Reads the claims to the identities of these reports.
 * The keys go into the statement as literals, because a request line is too short for them. They are
 * our own: a configured tenant, a date that we printed and a hash.
 * @throws StoreError
 */
export async function readClaims(store: Store, items: readonly Identity[]): Promise<Known> {
  const literals = [...new Set(items.map(literalOf))];
  const known: Known = { claims: new Map(), highest: new Map(), gone: new Set() };
  for (const keys of portions(literals)) {
    const rows = await selectClaims(store, `(tenant, day, report_key) IN (${keys.join(",")})`);
    for (const row of rows) note(known, row);
  }
  return known;
}

function note({ claims, highest, gone }: Known, row: ClaimRow): void {
  const { version, is_deleted: deleted, ...claim } = row;
  const key = identityOf({ tenant: row.tenant, day: row.day, reportKey: row.report_key });
  highest.set(key, Math.max(highest.get(key) ?? 0, Number(version)));
  if (deleted !== 0) {
    gone.add(key);
    return;
  }
  const list = claims.get(key);
  if (list === undefined) claims.set(key, [claim]);
  else list.push(claim);
}

/** The claims that some messages made, to whatever identities. @param receipts of RECEIPT_PATTERN */
export async function readClaimsOf(store: Store, receipts: readonly string[]): Promise<Claim[]> {
  const claims: Claim[] = [];
  for (const part of portions(receipts)) {
    const rows = await selectClaims(store, whereReceipts(part, "reports.received_at"));
    claims.push(...rows.filter((row) => row.is_deleted === 0));
  }
  return claims;
}

/**
 * Those of some claims whose ledger row is there. It is written last, so that their facts are there too;
 * a claim without one may be all that was written before a crash.
 */
export async function withLedger(store: Store, claims: readonly Claim[]): Promise<Claim[]> {
  const entered = new Set<string>();
  for (const part of portions([...new Set(claims.map((one) => one.receipt))])) {
    const rows = await store.select<{ receipt: string; item: number; outcome: string }>(
      `SELECT receipt, item, outcome FROM receipts FINAL WHERE ${whereReceipts(part)}`,
      {},
      { rowsMax: CLAIMS_MAX },
    );
    for (const { receipt, item, outcome } of rows) entered.add(`${receipt} ${item} ${outcome}`);
  }
  return claims.filter((one) => entered.has(`${one.receipt} ${one.item} ${one.status}`));
}

/**
 * A condition for the rows of some messages: their receipts, and the time that stands in them, by which
 * whole partitions are left out.
 * @param receipts of RECEIPT_PATTERN, one at least
 * @param column where an alias hides the one of the table
 */
export function whereReceipts(receipts: readonly string[], column = "received_at"): string {
  const times = receipts.map(receiptTimeMs);
  const from = instant(Math.min(...times) - RECEIPT_SLACK_MS);
  const to = instant(Math.max(...times) + RECEIPT_SLACK_MS);
  const list = receipts.map((receipt) => `'${receipt}'`).join(",");
  return `receipt IN (${list}) AND ${column} >= ${from} AND ${column} <= ${to}`;
}

/** A receipt is given within the second in which its message came, by the same clock. */
const RECEIPT_SLACK_MS = 60_000;

function instant(ms: number): string {
  return `fromUnixTimestamp64Milli(${Math.max(0, ms)}, 'UTC')`;
}

interface ClaimRow extends Claim {
  /** Decimal text. */
  version: string;
  is_deleted: number;
}

/** Not by FINAL, which hides the versions of what was deleted. */
function selectClaims(store: Store, condition: string): Promise<ClaimRow[]> {
  return store.select<ClaimRow>(
    `SELECT tenant, toString(reports.day) AS day, report_key, rows_hash, content_hash, receipt,
       item, status, toString(reports.received_at) AS received_at, channel, trust, trust_rank,
       organization, version, is_deleted
     FROM reports
     WHERE ${condition}
     ORDER BY version DESC
     LIMIT 1 BY tenant, reports.day, report_key, rows_hash, receipt, item`,
    {},
    { rowsMax: CLAIMS_MAX },
  );
}

/** Claims in one answer; a few for each key, and some more where somebody plays games. */
const CLAIMS_MAX = 1_000_000;

function literalOf(item: Identity): string {
  const parts = [item.tenant, item.day, item.reportKey];
  if (parts.some((part) => !/^[\w.-]+$/.test(part))) {
    throw new Error(`not a key of our own making: ${JSON.stringify(parts)}`);
  }
  return `(${parts.map((part) => `'${part}'`).join(",")})`;
}
