// Whose parts a received message has; see query/whole-message.ts.

import { whereFilters, whereReceived } from "../filters.ts";
import type { Panel } from "../panel.ts";

/** Tenants of the items of messages, by the ledger. Its answer is for query/whole-message.ts alone. */
export const messageTenants: Panel = {
  id: "message-tenants",
  title: "Tenants of a message",
  description: "Tenants that the items of a message belong to.",
  parameters: [],
  columns: [
    { name: "receipt", type: "text", description: "Receipt of the message." },
    { name: "tenants", type: "texts", description: "Tenants of its items." },
  ],
  order: [{ column: "receipt" }],
  drawing: "table",
  sql: (query) =>
    `SELECT receipt, groupUniqArray(toString(tenant)) AS tenants ${query.from("receipts", [
      ...whereReceived(query),
      ...whereFilters(query, ["receipt"]),
    ])} GROUP BY receipt`,
};
