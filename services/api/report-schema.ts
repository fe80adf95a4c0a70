// The answer about one report as JSON Schema, for OpenAPI.

import { NOTES } from "../core/dkim/notes.ts";
import { deviationInWords } from "../query/deviation-words.ts";
import type { Column, Row } from "../query/panel.ts";
import {
  reportArrivals,
  reportDetails,
  reportDomains,
  reportHead,
  reportPolicies,
} from "../query/panels/report.ts";
import type { JsonSchema } from "../query/parameter-table.ts";
import { rowExample } from "./openapi-examples.ts";
import { policyInWords, trustOf } from "./record-words.ts";
import { objectSchema, panelRowSchema, rowSchema, wordsSchema } from "./row-schema.ts";

const TEXT = { type: "string" } as const;

/** JSON Schema of a list of these. */
export function listOf(items: JsonSchema): JsonSchema {
  return { type: "array", items };
}

/** A row of these columns, with other members in place of them or beside. */
function rowWith(
  columns: readonly Column[],
  example: Row,
  others: Record<string, JsonSchema>,
): JsonSchema {
  return objectSchema({ ...Object(rowSchema(columns, example)["properties"]), ...others });
}

const ENDED_EARLY = "period-not-one-day";
/** A deviation of a report, in words. */
export const DEVIATION_SCHEMA = objectSchema(
  wordsSchema({
    code: ENDED_EARLY,
    ...deviationInWords(ENDED_EARLY),
    place: "/date-range/end-datetime",
    value: "2026-03-08T12:00:00Z",
  }),
);

const { title, meaning, rule } = NOTES["body-length-limited"];
/** A note on signatures, in words. */
export const NOTE_SCHEMA = objectSchema(
  wordsSchema({ code: "body-length-limited", title, meaning, rule }),
);

/** Columns as they are answered to who may not see the whole message: without the place in it. */
export function columnsAsSeen(columns: readonly Column[]): Column[] {
  return columns.map((one) => (one.name === "item" ? { ...one, nullable: true } : one));
}

/** Which cells are withheld. */
export const WITHHELD_SCHEMA = {
  withheld: {
    ...listOf(TEXT),
    description:
      "Cells that are empty here because the message also holds what the caller may not see.",
    examples: [[]],
  },
};

const HEAD = columnsAsSeen(reportHead.columns.filter(({ name }) => !name.startsWith("deviation_")));
const HEAD_EXAMPLE = rowExample(reportHead);
const { dkim_notes: _, ...TRUST_WORDS } = trustOf(HEAD_EXAMPLE);
const TRUST = {
  ...wordsSchema(TRUST_WORDS),
  dkim_notes: listOf(NOTE_SCHEMA),
  raw: {
    ...TEXT,
    description: "Where its bytes are, exactly as received.",
    examples: [
      `/api/v1/reports/${HEAD_EXAMPLE["id"]}/raw?content_hash=${HEAD_EXAMPLE["content_hash"]}`,
    ],
  },
};

const POLICY_EXAMPLE = policyInWords(rowExample(reportPolicies));
const POLICY = rowWith(reportPolicies.columns, rowExample(reportPolicies), {
  parsed_policy: {
    type: ["object", "null"],
    description: "An MTA-STS policy taken apart (RFC 8461 section 3.2); null for all else.",
    required: ["version", "mode", "max_age", "mx", "faults"],
    properties: {
      version: TEXT,
      mode: TEXT,
      max_age: { type: ["integer", "null"], description: "Seconds." },
      mx: listOf(TEXT),
      faults: { ...listOf(TEXT), description: "What of it is not as the RFC wants it." },
    },
    examples: [POLICY_EXAMPLE["parsed_policy"]],
  },
  details_agree: {
    type: "boolean",
    description: "Whether the failure details add up to the failed sessions of the summary.",
  },
  details_words: { ...TEXT, examples: [POLICY_EXAMPLE["details_words"]] },
});

const OTHER_EXAMPLE = { ...HEAD_EXAMPLE, status: "conflict", failed_sessions: 14 };
const CONFLICT = rowWith(HEAD, OTHER_EXAMPLE, {
  ...WITHHELD_SCHEMA,
  ...TRUST,
  differences: {
    ...listOf(
      objectSchema(
        wordsSchema({
          column: "failed_sessions",
          counted: "12",
          other: "14",
          words: "Failed sessions: 14 in place of 12.",
        }),
      ),
    ),
    description: "In what it differs from the content that counts.",
  },
});

const ARRIVAL = columnsAsSeen(reportArrivals.columns.filter(({ name }) => name !== "outcome"));

/** What GET /api/v1/reports/{id} answers with. */
export const REPORT_SCHEMA: JsonSchema = objectSchema({
  data: rowWith(HEAD, HEAD_EXAMPLE, {
    ...WITHHELD_SCHEMA,
    ...TRUST,
    deviations: listOf(DEVIATION_SCHEMA),
    domain_sessions: listOf(panelRowSchema(reportDomains)),
    details_agree: { type: "boolean", description: "Whether they do in every policy." },
    policies: listOf(POLICY),
    failure_details: listOf(panelRowSchema(reportDetails)),
    duplicates: {
      ...listOf(rowWith(ARRIVAL, {}, WITHHELD_SCHEMA)),
      description: "Copies that came too, oldest first, as far as one page holds them.",
    },
    conflicts: { ...listOf(CONFLICT), description: "Other contents that are kept." },
    arrivals: {
      ...rowSchema(reportArrivals.totals?.columns ?? []),
      description: "How many copies and other contents came in all.",
    },
  }),
  meta: objectSchema({
    limit: { type: "integer", examples: [1000] },
    rows: { type: "integer", examples: [1] },
    next_cursor: {
      type: ["string", "null"],
      description: "For the failure details after these.",
      examples: [null],
    },
    generated_at: { ...TEXT, format: "date-time", examples: ["2026-03-10T06:30:00.000Z"] },
  }),
});
