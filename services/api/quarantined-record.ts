// One quarantined message, its bytes, and how it is tried again: for the API and the pages alike.

import { quarantinedArrival } from "../core/quarantined.ts";
import { RECEIPT_PATTERN } from "../core/receipt.ts";
import { recordParameters } from "../query/newest.ts";
import type { Panel, Row } from "../query/panel.ts";
import { messageItems } from "../query/panels/message-items.ts";
import {
  quarantinedBeginning,
  quarantinedBytes,
  quarantinedMessage,
} from "../query/panels/quarantine.ts";
import type { PanelParameters } from "../query/parameters.ts";
import { runPanel, type Scope } from "../query/run.ts";
import { asSeen, partlySeen, type SeenRow, seesWhole } from "../query/whole-message.ts";
import type { SpoolWriter } from "../spool/port.ts";
import type { Store } from "../store/port.ts";
import { type Beginning, beginningOf } from "./report-record.ts";

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

/** The item that keeps the bytes of a message, and where they are. */
interface Keeper {
  row: Row;
  filters: PanelParameters["filters"];
}

/**
 * The item of a message that keeps its bytes, found before they are read. Null where they were not kept, and
 * for who may not see all of it.
 */
async function keeperOf(store: Store, scope: Scope, receipt: string): Promise<Keeper | null> {
  const items = await rowsOf(quarantinedMessage, store, scope, receipt);
  // Only an empty message has none by itself; of others they were not kept, as their message says.
  const row = items.find((one) => one["raw_bytes"] !== 0 || one["reason"] === "empty");
  // A message with parts of other tenants is to its caller as one without bytes.
  if (!row || !(await seesWhole(store, scope, row))) return null;
  return { row, filters: { tenant: [String(row["tenant"])], item: [String(row["item"])] } };
}

/** A message with its bytes, as received; null as above. */
async function readWhole(
  store: Store,
  scope: Scope,
  receipt: string,
): Promise<{ row: Row; bytes: Buffer } | null> {
  const keeper = await keeperOf(store, scope, receipt);
  if (keeper === null) return null;
  const [row] = await rowsOf(quarantinedBytes, store, scope, receipt, keeper.filters);
  return row ? { row: keeper.row, bytes: Buffer.from(String(row["raw_base64"]), "base64") } : null;
}

/** The bytes of a message; null as above. @throws StoreError */
export async function readMessageBytes(
  store: Store,
  scope: Scope,
  receipt: string,
): Promise<Buffer | null> {
  return (await readWhole(store, scope, receipt))?.bytes ?? null;
}

/** As many of them as a page shows; null as above. @throws StoreError */
export async function readMessageBeginning(
  store: Store,
  scope: Scope,
  receipt: string,
): Promise<Beginning | null> {
  const keeper = await keeperOf(store, scope, receipt);
  if (keeper === null) return null;
  const [row] = await rowsOf(quarantinedBeginning, store, scope, receipt, keeper.filters);
  return row ? beginningOf(row) : null;
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
