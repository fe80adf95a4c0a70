// The quarantined message of a page, read once for all of its parts.

import type { Row } from "../../../query/panel.ts";
import type { SeenRow } from "../../../query/whole-message.ts";
import { readMessage, readOutcomes } from "../../quarantined-record.ts";
import type { View } from "../view.ts";

export interface MessageRecord {
  receipt: string;
  /** Its items in quarantine; the first tells of the message too. */
  items: readonly SeenRow[];
  /** How all of its items ended, by the ledger. */
  outcomes: readonly Row[];
}

const known = new WeakMap<View, Promise<MessageRecord>>();

/** What the caller may see of the message that the address names. @throws StoreError */
export function messageOf(view: View): Promise<MessageRecord> {
  const found = known.get(view) ?? read(view);
  known.set(view, found);
  return found;
}

async function read({ options: { store }, scope, path }: View): Promise<MessageRecord> {
  const receipt = path["receipt"] ?? "";
  const [items, outcomes] = await Promise.all([
    readMessage(store, scope, receipt),
    readOutcomes(store, scope, receipt),
  ]);
  return { receipt, items, outcomes };
}
