// After a quarantined message was tried again: what is no longer in quarantine leaves it, and items
// that the message no longer has leave the ledger. A message that fails again keeps its rows.

import { RECEIPT_PATTERN } from "../core/receipt.ts";
import type { Store } from "../store/port.ts";
import type { Entry } from "./entry.ts";

/** @throws StoreError; may then be repeated */
export async function clearReprocessed(
  store: Store,
  entries: readonly Entry[],
  nowMs: number,
): Promise<void> {
  const tried = new Map<string, Entry[]>();
  for (const entry of entries) {
    const { receipt, reprocess } = entry.raw.arrival;
    if (!reprocess || !RECEIPT_PATTERN.test(receipt)) continue;
    tried.set(receipt, [...(tried.get(receipt) ?? []), entry]);
  }
  for (const [receipt, list] of tried) {
    const still = list.filter((entry) => entry.item.kind === "quarantine");
    const kept = still.map((entry) => entry.index).join(",");
    const where = `tenant = '${list[0]?.item.tenant}' AND receipt = '${receipt}'`;
    await store.command(
      `INSERT INTO quarantine SELECT * REPLACE('' AS raw, ${nowMs} AS version, 1 AS is_deleted)
       FROM quarantine FINAL
       WHERE ${where}${kept === "" ? "" : ` AND item NOT IN (${kept})`}`,
    );
    await store.command(
      `INSERT INTO receipts SELECT * REPLACE(${nowMs} AS version, 1 AS is_deleted)
       FROM receipts FINAL WHERE ${where} AND item >= ${list.length}`,
    );
  }
}
