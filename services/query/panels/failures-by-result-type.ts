// What fails, by the word that senders have for it, and what the word means.

import {
  type Actor,
  isKnownResultType,
  RESULT_TYPES,
  type ResultFamily,
} from "../../core/tlsrpt/result-types.ts";
import { FAILURE_PARAMETERS, failureColumns, failureSums } from "../failures.ts";
import type { Panel } from "../panel.ts";
import { detailRows, SESSION_TOTALS } from "../sessions.ts";

const SUMS = [
  "failed_sessions",
  "failed_sessions_before",
  "failed_share",
  "mx_hosts",
  "organizations",
  "domains",
  "active_days",
  "first_day",
  "last_day",
  "policy_types",
] as const;

const FAMILIES: Record<ResultFamily, string> = {
  negotiation: "TLS session",
  "policy-dane": "DANE",
  "policy-sts": "MTA-STS",
  general: "Not further named",
};

const ACTORS: Record<Actor, string> = {
  "mx-operator": "Whoever runs the MX host",
  "dns-operator": "Whoever runs the DNS of the domain",
  "policy-operator": "Whoever publishes the MTA-STS policy",
  sender: "The sender",
};

/** A result type in words; a type that no registry has is only what its sender says. */
function inWords(type: string) {
  if (!isKnownResultType(type)) return { title: "", family: "", actor: "", meaning: "" };
  const { title, family, actor, meaning } = RESULT_TYPES[type];
  return { title, family: FAMILIES[family], actor: ACTORS[actor], meaning };
}

export const failuresByResultType: Panel = {
  id: "failures-by-result-type",
  title: "Failures by result type",
  description:
    "Failed sessions per result type, most first, with what the type means and who usually mends " +
    "it. Counted by failure details, which senders may leave out: the totals are whole.",
  parameters: FAILURE_PARAMETERS,
  columns: [
    {
      name: "result_type",
      type: "text",
      rank: "main",
      description: "Result type as sent, in lower case.",
    },
    ...failureColumns(SUMS),
  ],
  order: [{ column: "failed_sessions", descending: true }, { column: "result_type" }],
  drawing: "table",
  sql: (query) => `
    SELECT toString(result_type) AS result_type,
      ${failureSums(query, SUMS)}
    FROM ${detailRows(query)}
    GROUP BY result_type`,
  totals: SESSION_TOTALS,
  words: {
    columns: [
      {
        name: "title",
        type: "text",
        rank: "main",
        description: "The type in words; empty for an unknown one.",
      },
      {
        name: "family",
        type: "text",
        rank: "more",
        description: "What failed: the TLS session, DANE, MTA-STS.",
      },
      { name: "actor", type: "text", rank: "main", description: "Who usually mends it." },
      { name: "meaning", type: "text", rank: "more", description: "What it means." },
    ],
    cells: (row) => inWords(String(row["result_type"])),
  },
};
