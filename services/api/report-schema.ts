// The answer about one report as JSON Schema, for OpenAPI.

import { DEVIATION_WORD_COLUMNS } from "../query/deviation-words.ts";
import { type Column, columnsOf } from "../query/panel.ts";
import {
  reportArrivals,
  reportDetails,
  reportDomains,
  reportHead,
  reportPolicies,
} from "../query/panels/report.ts";
import type { JsonSchema } from "../query/parameter-table.ts";
import { rowSchema } from "./row-schema.ts";

const TEXT = { type: "string" } as const;

function object(properties: Record<string, unknown>): JsonSchema {
  return { type: "object", required: Object.keys(properties), properties };
}

const listOf = (items: JsonSchema) => ({ type: "array", items });

/** A row of these columns, with other members in place of them or beside. */
function rowWith(columns: readonly Column[], others: Record<string, unknown>): JsonSchema {
  return object({ ...Object(rowSchema(columns)["properties"]), ...others });
}

const IN_WORDS = Object.fromEntries(DEVIATION_WORD_COLUMNS.map(({ name }) => [name, TEXT]));
const DEVIATION = object({ code: TEXT, ...IN_WORDS, place: TEXT, value: TEXT });
const NOTE = object({ code: TEXT, title: TEXT, meaning: TEXT, rule: TEXT });

const HEAD = reportHead.columns.filter(({ name }) => !name.startsWith("deviation_"));
const TRUST = {
  trust_title: TEXT,
  trust_meaning: TEXT,
  dkim_words: TEXT,
  dkim_notes: listOf(NOTE),
  attribution_words: TEXT,
  raw: { ...TEXT, description: "Where its bytes are, exactly as received." },
};

const POLICY = rowWith(reportPolicies.columns, {
  parsed_policy: {
    type: ["object", "null"],
    description: "An MTA-STS policy taken apart (RFC 8461 section 3.2); null for all else.",
    properties: {
      version: TEXT,
      mode: TEXT,
      max_age: { type: ["integer", "null"], description: "Seconds." },
      mx: listOf(TEXT),
      faults: { ...listOf(TEXT), description: "What of it is not as the RFC wants it." },
    },
  },
  details_agree: {
    type: "boolean",
    description: "Whether the failure details add up to the failed sessions of the summary.",
  },
  details_words: TEXT,
});

const CONFLICT = rowWith(HEAD, {
  ...TRUST,
  differences: {
    ...listOf(object({ column: TEXT, counted: TEXT, other: TEXT, words: TEXT })),
    description: "In what it differs from the content that counts.",
  },
});

/** What GET /api/v1/reports/{id} answers with. */
export const REPORT_SCHEMA: Record<string, unknown> = object({
  data: rowWith(HEAD, {
    ...TRUST,
    deviations: listOf(DEVIATION),
    domain_sessions: listOf(rowSchema(columnsOf(reportDomains))),
    details_agree: { type: "boolean", description: "Whether they do in every policy." },
    policies: listOf(POLICY),
    failure_details: listOf(rowSchema(columnsOf(reportDetails))),
    duplicates: {
      ...listOf(rowSchema(reportArrivals.columns.filter(({ name }) => name !== "outcome"))),
      description: "Copies that came too, oldest first, as far as one page holds them.",
    },
    conflicts: { ...listOf(CONFLICT), description: "Other contents that are kept." },
    arrivals: {
      ...rowSchema(reportArrivals.totals?.columns ?? []),
      description: "How many copies and other contents came in all.",
    },
  }),
  meta: object({
    limit: { type: "integer" },
    rows: { type: "integer" },
    next_cursor: { type: ["string", "null"], description: "For the failure details after these." },
    generated_at: { ...TEXT, format: "date-time" },
  }),
});
