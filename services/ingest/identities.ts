// What the store knows of report identities: the look-up before an insert, which tells duplicates and
// conflicts, and the same look-up after it, which finds what two writers stored at once.

import type { Store } from "../store/port.ts";
import type { ReportItem } from "./item.ts";

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

/** Keys in one statement; ClickHouse reads statements of 256 KiB by default. */
const KEYS_PER_STATEMENT = 1_000;

/** The identity of a report within the whole store, as a map key. */
export function identityOf(of: Pick<ReportItem, "tenant" | "day" | "reportKey">): string {
  return `${of.tenant}\n${of.day}\n${of.reportKey}`;
}

/**
 * Reads the claims to the identities of these reports.
 * The keys go into the statement as literals, because a request line is too short for them. They are
 * our own: a configured tenant, a date that we printed and a hash.
 * @throws StoreError
 */
export async function readClaims(store: Store, items: readonly ReportItem[]): Promise<Claims> {
  const literals = [...new Set(items.map(literalOf))];
  const claims: Claims = new Map();
  for (let i = 0; i < literals.length; i += KEYS_PER_STATEMENT) {
    const keys = literals.slice(i, i + KEYS_PER_STATEMENT).join(",");
    const rows = await selectClaims(store, `(tenant, day, report_key) IN (${keys})`);
    for (const row of rows) {
      const key = identityOf({ tenant: row.tenant, day: row.day, reportKey: row.report_key });
      const list = claims.get(key);
      if (list === undefined) claims.set(key, [row]);
      else list.push(row);
    }
  }
  return claims;
}

/** The claims that one message made, to whatever identities. */
export function readClaimsOf(store: Store, receipt: string): Promise<Claim[]> {
  return selectClaims(store, `receipt = '${receipt}'`);
}

function selectClaims(store: Store, condition: string): Promise<Claim[]> {
  return store.select<Claim>(
    `SELECT tenant, toString(reports.day) AS day, report_key, rows_hash, content_hash, receipt,
       item, status, toString(reports.received_at) AS received_at, channel, trust, trust_rank,
       organization
     FROM reports FINAL
     WHERE ${condition}`,
    {},
    { rowsMax: CLAIMS_MAX },
  );
}

/** Claims in one answer; a few for each key, and some more where somebody plays games. */
const CLAIMS_MAX = 1_000_000;

function literalOf(item: ReportItem): string {
  const parts = [item.tenant, item.day, item.reportKey];
  if (parts.some((part) => !/^[\w.-]+$/.test(part))) {
    throw new Error(`not a key of our own making: ${JSON.stringify(parts)}`);
  }
  return `(${parts.map((part) => `'${part}'`).join(",")})`;
}
