// One quarantined message, its bytes, and how it is tried again: for the API and the pages alike.

import { quarantinedArrival } from "../core/quarantined.ts";
import { RECEIPT_PATTERN } from "../core/receipt.ts";
import { recordParameters } from "../query/newest.ts";
import type { Panel, Row } from "../query/panel.ts";
import { messageItems } from "../query/panels/message-items.ts";
import { quarantinedBytes, quarantinedMessage } from "../query/panels/quarantine.ts";
import type { PanelParameters } from "../query/parameters.ts";
import { runPanel, type Scope } from "../query/run.ts";
import { asSeen, partlySeen, type SeenRow, seesWhole } from "../query/whole-message.ts";
import type { SpoolWriter } from "../spool/port.ts";
import type { Store } from "../store/port.ts";

async function rowsOf(
  panel: Panel,
  store: Store,
  scope: Scope,
  receipt: string,
  filters: PanelParameters["filters"] = {},
): Promise<Row[]> {
  if (!RECEIPT_PATTERN.test(receipt)) return [];
  const parameters = recordParameters({ ...filters, receipt: [receipt] }, { fromMs: 0, toMs: 1 });
  return (await runPanel(store, panel, parameters, scope)).rows;
}

/**
 * The quarantined items of a message, as the caller may see them: the first tells of the message too. None
 * when nothing of it is in quarantine.
 * @throws StoreError
 */
export async function readMessage(store: Store, scope: Scope, receipt: string): Promise<SeenRow[]> {
  const rows = await rowsOf(quarantinedMessage, store, scope, receipt);
  const partly = await partlySeen(store, scope, rows.slice(0, 1));
  return rows.map((row) => asSeen(row, partly));
}

/**
 * How the items of a message ended, by the ledger, as far as the caller may see them.
 * @throws StoreError
 */
export function readOutcomes(store: Store, scope: Scope, receipt: string): Promise<Row[]> {
  return rowsOf(messageItems, store, scope, receipt);
}

/** A message with its bytes. */
interface Whole {
  row: Row;
  bytes: Buffer;
}

/**
 * A message as received, of which one item keeps the bytes: found first, then read alone. Null where they
 * were not kept, and for who may not see all of it.
 */
async function readWhole(store: Store, scope: Scope, receipt: string): Promise<Whole | null> {
  const items = await rowsOf(quarantinedMessage, store, scope, receipt);
  // Only an empty message has none by itself; of others they were not kept, as their message says.
  const keeper = items.find((row) => row["raw_bytes"] !== 0 || row["reason"] === "empty");
  // A message with parts of other tenants is to its caller as one without bytes.
  if (!keeper || !(await seesWhole(store, scope, keeper))) return null;
  const filters = { tenant: [String(keeper["tenant"])], item: [String(keeper["item"])] };
  const [row] = await rowsOf(quarantinedBytes, store, scope, receipt, filters);
  return row ? { row: keeper, bytes: Buffer.from(String(row["raw_base64"]), "base64") } : null;
}

/** The bytes of a message; null as above. @throws StoreError */
export async function readMessageBytes(
  store: Store,
  scope: Scope,
  receipt: string,
): Promise<Buffer | null> {
  return (await readWhole(store, scope, receipt))?.bytes ?? null;
}

/**
 * Puts a message into the spool again, as it came.
 * @returns false where there is nothing to try, or not all of it is the caller's
 * @throws StoreError, SpoolRefusal
 */
export async function reprocessMessage(
  store: Store,
  spool: SpoolWriter,
  scope: Scope,
  receipt: string,
): Promise<boolean> {
  const whole = await readWhole(store, scope, receipt);
  if (whole === null) return false;
  await spool.append(quarantinedArrival(whole.row), whole.bytes);
  return true;
}
