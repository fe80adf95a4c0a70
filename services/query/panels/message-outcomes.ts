// How messages ended that somebody waits for, by their receipts: what the progress of an import and of
// reprocessing is made of.

import { whereFilters, whereReceived } from "../filters.ts";
import type { Column, Panel } from "../panel.ts";

const OUTCOMES = ["stored", "duplicate", "conflict", "quarantined"] as const;

const COUNTS: readonly Column[] = OUTCOMES.map((name) => ({
  name,
  type: "count",
  unit: "items",
  description: `Items of the message that ended as ${name}.`,
}));

/** One row per message that is in the ledger. */
export const messageOutcomes: Panel = {
  id: "message-outcomes",
  title: "Outcomes of messages",
  description: "How the items of messages ended, and when.",
  parameters: [],
  columns: [
    { name: "receipt", type: "text", description: "Receipt of the message." },
    { name: "ended_at", type: "time", description: "When the last of its items ended." },
    ...COUNTS,
  ],
  order: [{ column: "receipt" }],
  drawing: "table",
  sql: (query) => `
    SELECT receipt, max(processed_at) AS ended_at,
      ${OUTCOMES.map((name) => `sumIf(items, outcome = '${name}') AS ${name}`).join(", ")}
    ${query.from("receipts", [...whereReceived(query), ...whereFilters(query, ["receipt"])])}
    GROUP BY receipt`,
};
