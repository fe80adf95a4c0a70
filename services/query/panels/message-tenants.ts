// Whose parts a received message has; see query/whole-message.ts.

import { whereFilters, whereReceived } from "../filters.ts";
import type { Panel } from "../panel.ts";

/** Tenants of the items of one message, by the ledger. Its answer is for `seesWhole` alone. */
export const messageTenants: Panel = {
  id: "message-tenants",
  title: "Tenants of a message",
  description: "Tenants that items of one message belong to.",
  parameters: [],
  columns: [{ name: "tenant", type: "text", description: "Tenant." }],
  order: [{ column: "tenant" }],
  drawing: "table",
  sql: (query) =>
    `SELECT DISTINCT tenant ${query.from("receipts", [
      ...whereReceived(query),
      ...whereFilters(query, ["receipt"]),
    ])}`,
};
