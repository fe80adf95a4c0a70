// How the items of one message ended, by the ledger: what has become of it since it was tried again.

import { whereFilters } from "../filters.ts";
import type { Panel } from "../panel.ts";
import { REASON_COLUMNS, reasonInWords } from "./ingest.ts";

const NO_KEY = "toUUID('00000000-0000-0000-0000-000000000000')";

export const messageItems: Panel = {
  id: "message-items",
  title: "The items of a message",
  description: "The items of one message and how each of them ended.",
  parameters: [],
  columns: [
    { name: "item", type: "count", description: "Place in the message, from 0." },
    { name: "outcome", type: "text", description: "How it ended." },
    { name: "reason", type: "text", description: "Why it is in quarantine." },
    { name: "processed_at", type: "time", description: "When that was decided." },
    { name: "id", type: "text", description: "Identity of the report; empty where it is none." },
  ],
  order: [{ column: "item" }],
  drawing: "table",
  sql: (query) => `
    SELECT item, toString(outcome) AS outcome, toString(reason) AS reason, processed_at,
      if(report_key = ${NO_KEY}, '', toString(report_key)) AS id
    ${query.from("receipts", whereFilters(query, ["receipt"]))}`,
  words: { columns: REASON_COLUMNS, cells: (row) => reasonInWords(row["reason"]) },
};
