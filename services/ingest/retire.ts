// Takes back what one message claimed before and does not claim now: it was tried again with a program
// that understands it differently, or the store refused a part of its rows.

import { CHANNELS, type Channel } from "../core/raw.ts";
import { RECEIPT_PATTERN, receiptTimeMs } from "../core/receipt.ts";
import { RECEIPT_COLUMNS } from "../core/tlsrpt/columns.ts";
import { TRUST_LEVELS, trustRank } from "../core/trust.ts";
import type { Store } from "../store/port.ts";
import { type Claim, identityOf, readClaims, readClaimsOf, withLedger } from "./identities.ts";
import type { ReportItem } from "./item.ts";
import { claimReceiptLine } from "./lines.ts";
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
 * Deletes the claims of messages that are not among those to keep, with the facts that no other claim
 * accounts for.
 * @param keeping keys of the claims to keep, see claimKey, by the receipt of each message
 * @param doubted receipts of messages that hold the report still and whose sender is not believed any
 * more: a duplicate of theirs may be
 * @throws StoreError; may then be repeated
 */
export async function retireClaims(
  store: Store,
  keeping: ReadonlyMap<string, ReadonlySet<string>>,
  doubted: ReadonlySet<string>,
  nowMs: number,
): Promise<void> {
  const receipts = [...keeping.keys()];
  const wrong = receipts.find((receipt) => !RECEIPT_PATTERN.test(receipt));
  if (wrong !== undefined) throw new Error(`not a receipt: ${wrong}`);
  const claims = await readClaimsOf(store, receipts);
  const stale = claims.filter((one) => !keeping.get(one.receipt)?.has(claimKeyOf(one)));
  if (stale.length === 0) return;
  const { highest } = await readClaims(store, stale.map(asItem));
  for (const claim of stale) {
    const version = (highest.get(identityOf(asItem(claim))) ?? 0) + 1;
    await retire({ store, claim, keeping, doubted, version, nowMs });
  }
}

interface Retiring {
  store: Store;
  claim: Claim;
  keeping: ReadonlyMap<string, ReadonlySet<string>>;
  doubted: ReadonlySet<string>;
  version: number;
  nowMs: number;
}

/** No fact of an identity has a higher version than the highest of its claims; see resolve.ts. */
async function retire(retiring: Retiring): Promise<void> {
  const { store, claim, keeping, version, nowMs } = retiring;
  const where = `${identityCondition(claim)} AND rows_hash = '${claim.rows_hash}'`;
  const own = `receipt = '${claim.receipt}' AND item = ${claim.item}`;
  const kept = [...(keeping.get(claim.receipt) ?? [])].some((key) => sameRows(key, claim));
  if (!kept) {
    const heir = (await otherClaim(store, claim)) ?? (await inherit(retiring));
    for (const { table } of FACT_TABLES) {
      const state = heir === null ? "1 AS is_deleted" : `'${heir.trust}' AS trust`;
      await store.command(
        `INSERT INTO ${table} SELECT * REPLACE(1 AS rewritten, ${version} AS version, ${state})
         FROM ${table} FINAL WHERE ${where}`,
      );
    }
    if (heir !== null) {
      await store.insert("receipts", RECEIPT_COLUMNS, claimReceiptLine(heir, version, nowMs));
    }
  }
  // Last, so that a crash before it leaves a claim to be found and retired again.
  await store.command(
    `INSERT INTO reports SELECT * REPLACE(1 AS rewritten, ${version} AS version, 1 AS is_deleted)
     FROM reports FINAL WHERE ${where} AND ${own}`,
  );
}

/** Another claim that counts and has the same rows, so that they must stay. */
async function otherClaim(store: Store, claim: Claim): Promise<Claim | null> {
  const { claims } = await readClaims(store, [asItem(claim)]);
  const others = claims.get(identityOf(asItem(claim))) ?? [];
  const same = others.find(
    (one) =>
      one.status === "stored" &&
      one.rows_hash === claim.rows_hash &&
      (one.receipt !== claim.receipt || one.item !== claim.item),
  );
  return same ?? null;
}

/**
 * Gives the report to a message that was counted its duplicate and has no claim of its own, so that what
 * was acknowledged does not go with the copy that came first. Only where the facts of that copy are there
 * for sure, and where the identity has one content: the ledger does not say whose duplicate a message is.
 * How that message came is in the ledger alone.
 */
async function inherit(retiring: Retiring): Promise<Claim | null> {
  const { store, claim, keeping, doubted, version } = retiring;
  if (claim.status !== "stored" || !doubted.has(claim.receipt)) return null;
  const { claims } = await readClaims(store, [asItem(claim)]);
  const contents = new Set(
    (claims.get(identityOf(asItem(claim))) ?? []).map((one) => one.content_hash),
  );
  if (contents.size !== 1 || (await withLedger(store, [claim])).length === 0) return null;
  const rows = await store.select<Pick<Claim, "receipt" | "item" | "channel" | "trust">>(
    `SELECT receipt, item, channel, trust FROM receipts FINAL
     WHERE tenant = '${claim.tenant}' AND report_key = '${claim.report_key}'
       AND report_day = '${claim.day}' AND outcome = 'duplicate'
     ORDER BY received_at LIMIT 100`,
    {},
    { rowsMax: 100 },
  );
  const next = rows.find((row) => !keeping.has(row.receipt) && RECEIPT_PATTERN.test(row.receipt));
  if (next === undefined) return null;
  const trust = TRUST_LEVELS.find((level) => level === next.trust) ?? "unverified";
  const blank = BLANK_COLUMNS.map((column) => `'' AS ${column}`).join(", ");
  await store.command(
    `INSERT INTO reports SELECT * REPLACE('${next.receipt}' AS receipt, ${Number(next.item)} AS item,
       '${channelOf(next.channel)}' AS channel, '${trust}' AS trust,
       ${trustRank(trust, "")} AS trust_rank, [] AS rcpt_to, [] AS dkim_notes, ${blank},
       fromUnixTimestamp64Milli(${receiptTimeMs(next.receipt)}, 'UTC') AS received_at,
       1 AS rewritten, ${version} AS version)
     FROM (
       SELECT * FROM reports FINAL
       WHERE ${identityCondition(claim)} AND rows_hash = '${claim.rows_hash}'
         AND receipt = '${claim.receipt}' AND item = ${claim.item}
     )`,
  );
  return otherClaim(store, claim);
}

/** How the message that goes had come; nothing of it is true of the one that stays. */
const BLANK_COLUMNS = [
  "peer",
  "helo",
  "tls",
  "mail_from",
  "file_name",
  "media",
  "subject",
  "message_id",
  "header_from",
  "dkim_result",
  "dkim_domain",
  "dkim_selector",
  "dkim_basis",
] as const;

function channelOf(text: string): Channel {
  return CHANNELS.find((channel) => channel === text) ?? "import";
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
