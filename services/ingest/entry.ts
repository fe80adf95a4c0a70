// One item of one received message on its way into the store, and how it ended.

import type { Outcome } from "../core/outcome.ts";
import type { Raw } from "../core/raw.ts";
import type { Item } from "./item.ts";

/** An item with the message that it came in; `index` is its place among the message's items. */
export interface Entry {
  raw: Raw;
  index: number;
  item: Item;
}

export interface Ended {
  entry: Entry;
  outcome: Exclude<Outcome, "refused">;
  /** Quarantine reason, "" for the other outcomes. */
  reason: string;
}
