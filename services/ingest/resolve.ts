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
import { portions } from "./portions.ts";

/** The tables whose rows belong to a claim, and what numbers the rows within one. */
export const FACT_TABLES = [
  { table: "policy_summaries", place: "policy_index" },
  { table: "failure_details", place: "policy_index, detail_index" },
] as const;

/** Above every time in milliseconds, so that one claim more outweighs any clock. */
const PER_CLAIM = 100_000_000_000_000;
/** More claims than this on one identity at one moment do not get weightier; 2^53 is the bound. */
const CLAIMS_WEIGHED_MAX = 80;

/** An identity with several claims. */
export interface Contested {
  claims: Claim[];
  /** The highest version of any row of the identity. */
  highest: number;
  /** True when a claim was given back: whoever did may delete facts later than we wrote them. */
  gone: boolean;
}

/** What is to be written about one identity. */
interface Decision {
  winner: Claim;
  losers: Claim[];
  version: number;
  /** Rows of other content, which must not be alive. */
  others: string[];
  /** True when the winner's facts are to be written again. */
  facts: boolean;
}

/**
 * Settles identities with several claims, in the store and in the lists: their statuses, their ledger
 * rows, and that only the facts of those that count are alive. All of them together take as many
 * statements as one, since copies of a report on two channels are common.
 * @throws StoreError; may then be repeated
 */
export async function resolveClaims(
  store: Store,
  contested: readonly Contested[],
  nowMs: number,
): Promise<void> {
  const decisions = contested.map((one) => decide(one, nowMs)).filter((one) => one !== null);
  const lost = decisions.flatMap(({ losers, version }) =>
    losers.map((claim) => ({ claim, version })),
  );
  await rewriteClaims(store, lost);
  const ledger = lost.map(({ claim, version }) => claimReceiptLine(claim, version, nowMs)).join("");
  if (ledger !== "") await store.insert("receipts", RECEIPT_COLUMNS, ledger);
  const won = decisions.filter((one) => one.facts);
  await rewriteClaims(
    store,
    won.map(({ winner, version }) => ({ claim: winner, version })),
  );
  // A loser may have written its facts after somebody else decided, so this is done by all.
  const dead = won.flatMap(({ winner, others, version }) =>
    others.map((rowsHash) => ({ ...winner, rows_hash: rowsHash, version })),
  );
  await rewriteFacts(store, dead, () => "1 AS is_deleted");
  const alive = won.map(({ winner, version }) => ({ ...winner, version }));
  await rewriteFacts(store, alive, ({ trust }) => `0 AS is_deleted, '${trust}' AS trust`);
}

/** Null where nobody counts. */
function decide({ claims, highest, gone }: Contested, nowMs: number): Decision | null {
  const counting = claims.filter((one) => one.status === "stored").sort(byTrustAndArrival);
  const [winner, ...losers] = counting;
  if (winner === undefined) return null;
  for (const loser of losers) {
    loser.status = loser.content_hash === winner.content_hash ? "duplicate" : "conflict";
  }
  const weight = Math.min(claims.length, CLAIMS_WEIGHED_MAX) * PER_CLAIM;
  const version = Math.max(weight + nowMs, highest + 1);
  const others = new Set(claims.map((one) => one.rows_hash));
  others.delete(winner.rows_hash);
  // Those who said the same may have written the rows with a lesser trust.
  const taken = claims.some(
    (one) => one.rows_hash === winner.rows_hash && one.trust !== winner.trust,
  );
  return { winner, losers, version, others: [...others], facts: others.size > 0 || taken || gone };
}

function byTrustAndArrival(a: Claim, b: Claim): number {
  if (a.trust_rank !== b.trust_rank) return b.trust_rank - a.trust_rank;
  return compare(a.received_at, b.received_at) || compare(a.receipt, b.receipt) || a.item - b.item;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Writes claims again with their statuses. */
async function rewriteClaims(
  store: Store,
  list: readonly { claim: Claim; version: number }[],
): Promise<void> {
  const change = ({ claim, version }: { claim: Claim; version: number }) =>
    `'${claim.status}' AS status, 1 AS rewritten, ${version} AS version`;
  for (const { change: changed, members } of alike(list, change)) {
    const keys = members.map(({ claim }) => keyOf(claim, `'${claim.receipt}',${claim.item}`));
    await store.command(
      `INSERT INTO reports SELECT * REPLACE(${changed}) FROM reports FINAL
       WHERE (tenant, day, report_key, rows_hash, receipt, item) IN (${keys.join(",")})`,
    );
  }
}

/** Writes the facts of some contents under a new version; a deleted row keeps all its columns. */
async function rewriteFacts(
  store: Store,
  list: readonly (Claim & { version: number })[],
  state: (one: Claim) => string,
): Promise<void> {
  const change = (one: Claim & { version: number }) =>
    `1 AS rewritten, ${one.version} AS version, ${state(one)}`;
  for (const { change: changed, members } of alike(list, change)) {
    const keys = members.map((one) => keyOf(one)).join(",");
    for (const { table, place } of FACT_TABLES) {
      await store.command(
        `INSERT INTO ${table} SELECT * REPLACE(${changed}) FROM ${table}
         WHERE (tenant, day, report_key, rows_hash) IN (${keys})
         LIMIT 1 BY tenant, domain, day, report_key, rows_hash, ${place}`,
      );
    }
  }
}

/** Those that are changed alike, in portions for one statement each. */
function* alike<One>(
  list: readonly One[],
  change: (one: One) => string,
): Generator<{ change: string; members: readonly One[] }> {
  const groups = new Map<string, One[]>();
  for (const one of list) {
    const key = change(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  for (const [key, group] of groups) {
    for (const members of portions(group)) yield { change: key, members };
  }
}

/** A claim's key as a literal; all of it is of our own making. */
function keyOf({ tenant, day, report_key, rows_hash }: Claim, more = ""): string {
  const rest = more === "" ? "" : `,${more}`;
  return `('${tenant}','${day}','${report_key}','${rows_hash}'${rest})`;
}

/** The rows of an identity, as a condition. */
export function identityCondition(claim: Claim): string {
  const { tenant, day, report_key: key } = claim;
  return `tenant = '${tenant}' AND day = '${day}' AND report_key = '${key}'`;
}
