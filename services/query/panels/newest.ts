// When we last heard of anything: what a reader needs to know before believing an empty answer.

import { whereReported } from "../filters.ts";
import type { Panel } from "../panel.ts";

export const newest: Panel = {
  id: "newest",
  title: "Newest report",
  description: "The newest day reported on and the last arrival about such a day in the range.",
  parameters: [],
  columns: [
    { name: "newest_report_day", type: "date", nullable: true, description: "Newest day." },
    { name: "newest_report_at", type: "time", nullable: true, description: "Last arrival." },
  ],
  order: [],
  drawing: "tiles",
  sql: (query) => `
    SELECT maxOrNull(day) AS newest_report_day, maxOrNull(received_at) AS newest_report_at
    ${query.from("reports", [...whereReported(query), "status = 'stored'"])}`,
};
