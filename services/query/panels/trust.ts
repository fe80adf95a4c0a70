// How much of the numbers is told by senders that are known: one row per level of trust.

import { TRUST_LEVELS } from "../../core/trust.ts";
import type { Panel, PanelQuery } from "../panel.ts";
import { reportCount, SESSION_TOTALS, summarySessions } from "../sessions.ts";
import { trustInWords } from "../trust-words.ts";

/** A level without a report has its row too; with a filter only the levels asked for. */
function everyLevel(query: PanelQuery): string {
  const levels = query.parameters.filters.trust ?? TRUST_LEVELS;
  const bound = query.bind("levels", "Array(String)", [...levels]);
  return `SELECT arrayJoin(${bound}) AS level, 0 AS of_reports, 0 AS of_total, 0 AS of_failed`;
}

export const trust: Panel = {
  id: "trust",
  title: "How far the senders are known",
  description:
    "Reports and sessions per level of trust, most sessions first. Together they are those of the " +
    "overview; every other panel takes the levels as `trust`.",
  parameters: ["tenant", "domain", "organization", "policy_type", "trust", "from", "to", "format"],
  columns: [
    { name: "trust", type: "text", description: "Level of trust." },
    { name: "reports", type: "count", unit: "reports", description: "Reports that count." },
    { name: "total_sessions", type: "count", unit: "sessions", description: "Their sessions." },
    {
      name: "failed_sessions",
      type: "count",
      unit: "sessions",
      description: "Those of them that TLS failed in.",
    },
    {
      name: "session_share",
      type: "ratio",
      nullable: true,
      description: "Of all sessions counted here; empty without sessions.",
    },
  ],
  order: [{ column: "total_sessions", descending: true }, { column: "trust" }],
  drawing: "table",
  sql: (query) => `
    SELECT level AS trust, sum(of_reports) AS reports, sum(of_total) AS total_sessions,
      sum(of_failed) AS failed_sessions,
      if(sum(total_sessions) OVER () = 0, NULL,
        total_sessions / sum(total_sessions) OVER ()) AS session_share
    FROM (
      ${everyLevel(query)}
      UNION ALL SELECT toString(trust) AS level, ${reportCount(query, "1")} AS of_reports,
        sum(successful + failed) AS of_total, sum(failed) AS of_failed
      FROM ${summarySessions(query)} GROUP BY level
    )
    GROUP BY level`,
  totals: SESSION_TOTALS,
  words: {
    columns: [
      { name: "title", type: "text", description: "The level in words." },
      { name: "meaning", type: "text", description: "What it means." },
    ],
    cells: (row) => trustInWords(row["trust"]),
  },
};
