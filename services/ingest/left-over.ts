// Messages of segments that were there when the writer started: parts of them may be in the store, under
// tenants and domains of a configuration that has changed since. Of which of them that is so is found
// out here; what is to go then goes the way of a message that is tried again.

import { RECEIPT_PATTERN } from "../core/receipt.ts";
import type { Store } from "../store/port.ts";
import type { Entry } from "./entry.ts";
import { readClaimsOf, whereReceipts } from "./identities.ts";
import { portions } from "./portions.ts";
import { claimKey, claimKeyOf } from "./retire.ts";

/**
 * Those messages of which the store holds what they do not give now.
 * @param left receipts that are asked for; the others cannot be in the store yet
 * @throws StoreError
 */
export async function readChanged(
  store: Store,
  entries: readonly Entry[],
  left: ReadonlySet<string>,
): Promise<Set<string>> {
  const list = [...left].filter((receipt) => RECEIPT_PATTERN.test(receipt));
  const now = expectedOf(entries);
  const changed = new Set<string>();
  for (const claim of await readClaimsOf(store, list)) {
    if (!now.has(`${claim.receipt} ${claimKeyOf(claim)}`)) changed.add(claim.receipt);
  }
  for (const part of portions(list)) {
    for (const { receipt, place } of await readPlaces(store, part)) {
      if (!now.has(`${receipt} ${place}`)) changed.add(receipt);
    }
  }
  return changed;
}

/** Where the items of these messages stand in ledger and quarantine. */
function readPlaces(store: Store, receipts: readonly string[]) {
  const where = whereReceipts(receipts);
  return store.select<{ receipt: string; place: string }>(
    `SELECT receipt, concat('ledger ', tenant, ' ', toString(item)) AS place
     FROM receipts FINAL WHERE ${where} AND outcome != 'refused'
     UNION ALL
     SELECT receipt, concat('quarantine ', tenant, ' ', toString(item)) AS place
     FROM quarantine FINAL WHERE ${where}`,
    {},
    { rowsMax: PLACES_MAX },
  );
}

/** Twice the items of the messages of one statement, and some of another time. */
const PLACES_MAX = 1_000_000;

/** What the messages give now, in the words of the queries above. */
function expectedOf(entries: readonly Entry[]): ReadonlySet<string> {
  const expected = new Set<string>();
  for (const { raw, index, item } of entries) {
    const { receipt } = raw.arrival;
    expected.add(`${receipt} ledger ${item.tenant} ${index}`);
    if (item.kind === "report") expected.add(`${receipt} ${claimKey(item, index)}`);
    else expected.add(`${receipt} quarantine ${item.tenant} ${index}`);
  }
  return expected;
}
