// Puts a batch of items into the store so that each counts once, whatever is repeated or crashes in
// between. The order of the inserts is the protocol:
//   1. look up identities: duplicate, conflict or new
//   2. insert reports: the claim to the identity; look up again: where several claim it, resolve.ts decides;
//      then insert the facts of those that count, then quarantine
//   3. look up once more: another writer may have decided before our facts were there
//   4. insert receipts: the ledger
// Every table replaces rows by key, so a batch that is repeated after a crash changes nothing, and a
// repeated batch recognises its own claims by their receipt.

import { BOUNDS } from "../core/bounds.ts";
import { RECEIPT_PATTERN } from "../core/receipt.ts";
import {
  FAILURE_DETAIL_COLUMNS,
  POLICY_SUMMARY_COLUMNS,
  QUARANTINE_COLUMNS,
  RECEIPT_COLUMNS,
  REPORT_COLUMNS,
} from "../core/tlsrpt/columns.ts";
import type { Store } from "../store/port.ts";
import type { Ended, Entry } from "./entry.ts";
import {
  type Claim,
  type Claims,
  identityOf,
  type Known,
  readClaims,
  readClaimsOf,
  withLedger,
} from "./identities.ts";
import type { ReportItem } from "./item.ts";
import { readChanged } from "./left-over.ts";
import { claimReceiptLine, quarantineLine, receiptLine } from "./lines.ts";
import { clearReprocessed, readVersions } from "./reprocess.ts";
import { resolveClaims } from "./resolve.ts";
import { claimKey, claimKeyOf, retireClaims } from "./retire.ts";

/** An entry whose item is a report; the type guard keeps casts away. */
type ReportEntry = Entry & { item: ReportItem };

function isReport(entry: Entry): entry is ReportEntry {
  return entry.item.kind === "report";
}

/**
 * Stores a batch and tells how each entry ended, in the order given.
 * @param nowMs time of processing, epoch milliseconds; later calls for one message need later times
 * @param left receipts of messages that may be in the store already, in part or otherwise: those of an
 * insert that was told to have failed may come there later
 * @throws StoreError; the whole call may then be repeated
 */
export async function commitBatch(
  store: Store,
  entries: readonly Entry[],
  nowMs: number,
  left: ReadonlySet<string> = new Set(),
): Promise<Ended[]> {
  const reports = entries.filter(isReport);
  const stale = staleReceipts(entries);
  for (const receipt of await readChanged(store, entries, left)) stale.add(receipt);
  const standing = await readStanding(store, entries, stale);
  const known = await knownClaims(store, reports, stale, standing, doubtedReceipts(entries), nowMs);
  const versions = await versionsOf(store, entries, known, stale, nowMs);
  const { claims } = known;
  const statuses = new Map<Entry, Claim["status"]>();
  const claiming: ReportEntry[] = [];
  const rows: ReportEntry[] = [];
  const fresh = new Set<ReportEntry>();
  for (const entry of reports) {
    const rivals = claims.get(identityOf(entry.item))?.length ?? 0;
    const own = ownClaim(claims.get(identityOf(entry.item)), entry);
    const status = own?.status ?? decide(claims, entry);
    if (own === undefined) fresh.add(entry);
    statuses.set(entry, status);
    if (own !== undefined || status === "stored") claiming.push(entry);
    // Anybody can send other contents under one identity without end.
    const kept = own !== undefined || rivals < BOUNDS.conflictsKeptMax;
    if (status === "stored" || (status === "conflict" && kept)) rows.push(entry);
  }
  const seen = new Set(known.highest.keys());
  const repeated = (entry: ReportEntry) => {
    const { receipt } = entry.raw.arrival;
    const own = ownClaim(claims.get(identityOf(entry.item)), entry);
    return left.has(receipt) || stale.has(receipt) || (own !== undefined && !fresh.has(entry));
  };
  await insertReports(store, rows, { statuses, versions, seen, repeated, nowMs });
  await insertQuarantine(
    store,
    entries.filter((entry) => !standing.has(entry)),
    versions,
  );
  if (claiming.length > 0) await settle(store, claiming, statuses, nowMs);
  const ended = entries.map((entry) =>
    end(entry, standing.get(entry)?.status ?? statuses.get(entry)),
  );
  const ledger = ended.map((one) => {
    const claim = standing.get(one.entry);
    const version = versionIn(versions, one.entry);
    return claim ? claimReceiptLine(claim, version, nowMs) : receiptLine(one, nowMs, version);
  });
  await store.insert("receipts", RECEIPT_COLUMNS, ledger.join(""));
  await clearReprocessed(store, entries, stale, new Set(standing.keys()), nowMs);
  return ended;
}

/**
 * Reports that are in the store whole, and whose message is tried again while DNS does not answer for its
 * key: what was found out once stands. Each by the entry that would now be deferred.
 */
async function readStanding(
  store: Store,
  entries: readonly Entry[],
  stale: ReadonlySet<string>,
): Promise<Map<Entry, Claim>> {
  const waiting = entries.filter(
    ({ item, raw }) =>
      item.kind === "quarantine" &&
      item.reason === "dkim-deferred" &&
      stale.has(raw.arrival.receipt) &&
      RECEIPT_PATTERN.test(raw.arrival.receipt),
  );
  const standing = new Map<Entry, Claim>();
  const receipts = [...new Set(waiting.map((one) => one.raw.arrival.receipt))];
  const claims = await withLedger(store, await readClaimsOf(store, receipts));
  for (const entry of waiting) {
    const { receipt } = entry.raw.arrival;
    const own = claims.find((one) => one.receipt === receipt && one.item === entry.index);
    if (own !== undefined) standing.set(entry, own);
  }
  return standing;
}

/** Messages with a report that lacks nothing but a sender to be believed. */
function doubtedReceipts(entries: readonly Entry[]): Set<string> {
  const doubted = entries.filter(
    ({ item }) => item.kind === "quarantine" && item.reason === "dkim-unverified",
  );
  return new Set(doubted.map((one) => one.raw.arrival.receipt));
}

/** Messages that were stored before and are tried again. */
function staleReceipts(entries: readonly Entry[]): Set<string> {
  const again = entries.filter((one) => one.raw.arrival.reprocess);
  return new Set(again.map((one) => one.raw.arrival.receipt));
}

/**
 * Looks the identities up. A message that was understood otherwise before, and is tried again or was
 * interrupted by an upgrade, gives its old claims back first.
 * @param stale receipts of such messages, to which those that are found are added
 * @param standing claims of theirs that stay although they are not made again
 */
async function knownClaims(
  store: Store,
  reports: readonly ReportEntry[],
  stale: Set<string>,
  standing: ReadonlyMap<Entry, Claim>,
  doubted: ReadonlySet<string>,
  nowMs: number,
): Promise<Known> {
  const known = await readClaims(store, items(reports));
  for (const entry of reports) {
    const own = ownClaim(known.claims.get(identityOf(entry.item)), entry);
    if (own !== undefined && own.rows_hash !== entry.item.rowsHash) stale.add(own.receipt);
  }
  if (stale.size === 0) return known;
  const keeping = new Map([...stale].map((receipt) => [receipt, new Set<string>()]));
  for (const one of reports) {
    keeping.get(one.raw.arrival.receipt)?.add(claimKey(one.item, one.index));
  }
  for (const claim of standing.values()) keeping.get(claim.receipt)?.add(claimKeyOf(claim));
  await retireClaims(store, keeping, doubted, nowMs);
  return readClaims(store, items(reports));
}

/**
 * The version of each entry's rows: the time, or more where that would not replace what is there,
 * because the clock was set back or resolve.ts decided.
 */
async function versionsOf(
  store: Store,
  entries: readonly Entry[],
  { highest }: Known,
  stale: ReadonlySet<string>,
  nowMs: number,
): Promise<ReadonlyMap<Entry, number>> {
  const before = await readVersions(store, stale);
  const after = (entry: Entry) =>
    Math.max(
      before.get(entry.raw.arrival.receipt) ?? 0,
      isReport(entry) ? (highest.get(identityOf(entry.item)) ?? 0) : 0,
    );
  return new Map(entries.map((entry) => [entry, Math.max(nowMs, after(entry) + 1)]));
}

function versionIn(versions: ReadonlyMap<Entry, number>, entry: Entry): number {
  const version = versions.get(entry);
  if (version === undefined) throw new Error("an entry of the batch has no version");
  return version;
}

function items(entries: readonly ReportEntry[]): ReportItem[] {
  return entries.map((entry) => entry.item);
}

/** Decides a new report against what is known, and notes its claim for those that follow. */
function decide(known: Claims, entry: ReportEntry): Claim["status"] {
  const { item, raw, index } = entry;
  const key = identityOf(item);
  const claims = known.get(key) ?? [];
  // A sender that is known better takes an identity over from one that is not: otherwise whoever
  // posts a forgery first would keep the real report out.
  const { trust, trustRank } = item;
  const rivals = claims.filter((one) => one.trust_rank >= trustRank);
  if (rivals.some((one) => one.content_hash === item.contentHash)) return "duplicate";
  const status = rivals.some((one) => one.status === "stored") ? "conflict" : "stored";
  claims.push({
    tenant: item.tenant,
    day: item.day,
    report_key: item.reportKey,
    rows_hash: item.rowsHash,
    content_hash: item.contentHash,
    receipt: raw.arrival.receipt,
    item: index,
    status,
    received_at: "",
    channel: raw.arrival.channel,
    trust,
    trust_rank: trustRank,
    organization: item.organization,
  });
  known.set(key, claims);
  return status;
}

/** What decides about the rows of a batch. */
interface Decided {
  statuses: Map<Entry, Claim["status"]>;
  versions: ReadonlyMap<Entry, number>;
  /** Identities that had a row before. */
  seen: ReadonlySet<string>;
  /** True for an entry whose own claim may be there already, seen or not. */
  repeated(entry: ReportEntry): boolean;
  nowMs: number;
}

async function insertReports(
  store: Store,
  entries: readonly ReportEntry[],
  decided: Decided,
): Promise<void> {
  const { statuses, versions, repeated } = decided;
  let rows = "";
  for (const entry of entries) {
    const rewritten = repeated(entry) ? 1 : 0;
    const cells = `"${statuses.get(entry)}",${rewritten},${versionIn(versions, entry)}`;
    rows += `[${entry.item.reportCells},${cells}]\n`;
  }
  if (rows === "") return;
  await store.insert("reports", REPORT_COLUMNS, rows);
  const counting = entries.filter((entry) => statuses.get(entry) === "stored");
  if (counting.length === 0) return;
  const again = await claimedBefore(store, counting, decided);
  const winning = counting.filter((entry) => statuses.get(entry) === "stored");
  await insertFacts(store, winning, versions, again);
}

/**
 * Identities of which facts may be there already. Of writers that claim one at the same moment, at most
 * the first one finds itself alone here, since each looks after it has claimed. Where there are several
 * claims it is decided now, so that the facts of another content are gone before ours are there: a
 * reader may miss the report for a moment, and never counts it twice.
 */
async function claimedBefore(
  store: Store,
  entries: readonly ReportEntry[],
  { statuses, seen, repeated, nowMs }: Decided,
): Promise<Set<string>> {
  const { gone, several } = await settle(store, entries, statuses, nowMs);
  const again = new Set([...seen, ...gone, ...several]);
  for (const entry of entries) if (repeated(entry)) again.add(identityOf(entry.item));
  return again;
}

async function insertFacts(
  store: Store,
  entries: readonly ReportEntry[],
  versions: ReadonlyMap<Entry, number>,
  again: ReadonlySet<string>,
): Promise<void> {
  let summaries = "";
  let details = "";
  let occasion = "";
  for (const entry of entries) {
    const end = `${again.has(identityOf(entry.item)) ? 1 : 0},${versionIn(versions, entry)}`;
    summaries += withCells(entry.item.summaryLines, end);
    details += withCells(entry.item.detailLines, end);
    occasion += `${entry.raw.arrival.receipt} `;
  }
  if (summaries !== "") {
    await store.insert("policy_summaries", POLICY_SUMMARY_COLUMNS, summaries, occasion);
  }
  if (details !== "") {
    await store.insert("failure_details", FAILURE_DETAIL_COLUMNS, details, occasion);
  }
}

/** Adds the last cells to each line. Line feeds within texts are escaped, so each ends a line. */
function withCells(lines: string, cells: string): string {
  return lines.replaceAll("]\n", `,${cells}]\n`);
}

async function insertQuarantine(
  store: Store,
  entries: readonly Entry[],
  versions: ReadonlyMap<Entry, number>,
): Promise<void> {
  const withBytes = new Set<string>();
  let rows = "";
  for (const entry of entries) {
    if (entry.item.kind !== "quarantine") continue;
    const { receipt } = entry.raw.arrival;
    // The message is kept once, with the first of its items that could not be used.
    const version = versionIn(versions, entry);
    rows += quarantineLine(entry, entry.item, version, !withBytes.has(receipt));
    withBytes.add(receipt);
  }
  if (rows !== "") await store.insert("quarantine", QUARANTINE_COLUMNS, rows);
}

/**
 * Reads the claims back; another writer may have claimed an identity since we looked, or may have
 * decided against a claim that we made before a crash.
 */
async function settle(
  store: Store,
  entries: readonly ReportEntry[],
  statuses: Map<Entry, Claim["status"]>,
  nowMs: number,
): Promise<{ gone: ReadonlySet<string>; several: ReadonlySet<string> }> {
  const { claims: known, highest, gone } = await readClaims(store, items(entries));
  const contested = [...known]
    .filter(([identity, claims]) => claims.length > 1 || gone.has(identity))
    .map(([identity, claims]) => ({
      claims,
      highest: highest.get(identity) ?? 0,
      gone: gone.has(identity),
    }));
  await resolveClaims(store, contested, nowMs);
  for (const entry of entries) {
    const own = ownClaim(known.get(identityOf(entry.item)), entry);
    if (own !== undefined) statuses.set(entry, own.status);
  }
  const several = [...known].filter(([, list]) => list.length > 1).map(([identity]) => identity);
  return { gone, several: new Set(several) };
}

function ownClaim(claims: Claim[] | undefined, entry: ReportEntry): Claim | undefined {
  const { receipt } = entry.raw.arrival;
  return claims?.find((one) => one.receipt === receipt && one.item === entry.index);
}

function end(entry: Entry, status: Claim["status"] | undefined): Ended {
  if (entry.item.kind === "quarantine" && status === undefined) {
    return { entry, outcome: "quarantined", reason: entry.item.reason };
  }
  return { entry, outcome: status ?? "duplicate", reason: "" };
}
