// After a message was tried again: what is no longer in quarantine leaves it, and items that the message
// no longer has leave the ledger. A message that fails again keeps its rows.

import { BOUNDS } from "../core/bounds.ts";
import { RECEIPT_PATTERN } from "../core/receipt.ts";
import type { Store } from "../store/port.ts";
import type { Entry } from "./entry.ts";
import { whereReceipts } from "./identities.ts";
import { portions } from "./portions.ts";

/**
 * The highest version of any row of these messages in quarantine and ledger, by receipt: the rows that
 * replace them need a higher one, whatever the clock says.
 * @throws StoreError
 */
export async function readVersions(
  store: Store,
  receipts: ReadonlySet<string>,
): Promise<Map<string, number>> {
  const list = [...receipts].filter((receipt) => RECEIPT_PATTERN.test(receipt));
  const versions = new Map<string, number>();
  for (const part of portions(list)) {
    const where = whereReceipts(part);
    const rows = await store.select<{ receipt: string; highest: string }>(
      `SELECT receipt, max(version) AS highest
       FROM (SELECT receipt, version FROM quarantine WHERE ${where}
             UNION ALL SELECT receipt, version FROM receipts WHERE ${where})
       GROUP BY receipt`,
      {},
      { rowsMax: part.length },
    );
    for (const row of rows) versions.set(row.receipt, Number(row.highest));
  }
  return versions;
}

/**
 * Clears what these messages do not give any more, under whatever tenant it stands: domains may have
 * been given to another one since.
 * @param receipts those of which the store has something
 * @param standing entries that are not in quarantine, since what the store has of them stands
 * @throws StoreError; may then be repeated
 */
export async function clearReprocessed(
  store: Store,
  entries: readonly Entry[],
  receipts: ReadonlySet<string>,
  standing: ReadonlySet<Entry>,
  nowMs: number,
): Promise<void> {
  const tried = new Map<string, Entry[]>();
  for (const entry of entries) {
    const { receipt } = entry.raw.arrival;
    if (!receipts.has(receipt) || !RECEIPT_PATTERN.test(receipt)) continue;
    tried.set(receipt, [...(tried.get(receipt) ?? []), entry]);
  }
  // The clock may have been set back since.
  const later = `greatest(version + 1, ${nowMs})`;
  for (const part of wholeMessages([...tried])) {
    const where = whereReceipts(part.map(([receipt]) => receipt));
    const list = part.flatMap(([, entriesOf]) => entriesOf);
    const still = list.filter((entry) => entry.item.kind === "quarantine" && !standing.has(entry));
    await store.command(
      `INSERT INTO quarantine SELECT * REPLACE('' AS raw, ${later} AS version, 1 AS is_deleted)
       FROM quarantine FINAL WHERE ${where}${exceptFor(still)}`,
    );
    await store.command(
      `INSERT INTO receipts SELECT * REPLACE(${later} AS version, 1 AS is_deleted)
       FROM receipts FINAL WHERE ${where}${exceptFor(list)}`,
    );
  }
}

/** Messages for one statement each time: so many items together, and one message at least. */
function wholeMessages(tried: readonly [string, Entry[]][]): [string, Entry[]][][] {
  const parts: [string, Entry[]][][] = [];
  let items = 0;
  for (const one of tried) {
    items += one[1].length;
    const part = parts.at(-1);
    if (part !== undefined && items <= BOUNDS.statementKeysMax) part.push(one);
    else {
      parts.push([one]);
      items = one[1].length;
    }
  }
  return parts;
}

/** Tenants are ours: see TENANT_PATTERN. */
function exceptFor(entries: readonly Entry[]): string {
  if (entries.length === 0) return "";
  const places = entries.map(
    ({ raw, item, index }) => `('${raw.arrival.receipt}','${item.tenant}',${index})`,
  );
  return ` AND (receipt, tenant, item) NOT IN (${places.join(",")})`;
}
