// The answers that are neither those of a panel nor that of a report as JSON Schema, for OpenAPI.

import { columnsOf, type Panel } from "../query/panel.ts";
import { mxByResultType } from "../query/panels/mx-by-result-type.ts";
import { quarantinedMessage } from "../query/panels/quarantine.ts";
import { type JsonSchema, parametersOf } from "../query/parameter-table.ts";
import { rowExample } from "./openapi-examples.ts";
import { ITEM_COLUMNS } from "./quarantine-routes.ts";
import { trustOf } from "./record-words.ts";
import {
  columnsAsSeen,
  DEVIATION_SCHEMA,
  listOf,
  NOTE_SCHEMA,
  WITHHELD_SCHEMA,
} from "./report-schema.ts";
import { objectSchema, rowSchema, wordsSchema } from "./row-schema.ts";

const TEXT = { type: "string" } as const;
const TEXTS = { type: "array", items: TEXT } as const;
const FLAG = { type: "boolean" } as const;
const TIME = { ...TEXT, format: "date-time", examples: ["2026-03-10T06:30:00.000Z"] } as const;
const RECEIPT = { ...TEXT, examples: ["01KK8Y5T0R3W7XQ2N4B6D8F0GH"] } as const;
const ACCEPTED = { const: "accepted" } as const;

const MESSAGE = rowExample(quarantinedMessage);
const { dkim_notes: _, ...MESSAGE_TRUST } = trustOf(MESSAGE);
const columnsWhere = (holds: (name: string) => boolean) =>
  rowSchema(
    columnsAsSeen(columnsOf(quarantinedMessage)).filter(({ name }) => holds(name)),
    MESSAGE,
  )["properties"] as Readonly<Record<string, JsonSchema>>;

/** What GET /api/v1/quarantine/{receipt} answers with: what its items share, and each item. */
export const MESSAGE_SCHEMA: JsonSchema = objectSchema({
  data: objectSchema({
    ...columnsWhere((name) => !ITEM_COLUMNS.includes(name) && !name.startsWith("deviation_")),
    ...WITHHELD_SCHEMA,
    ...wordsSchema(MESSAGE_TRUST),
    dkim_notes: listOf(NOTE_SCHEMA),
    items: listOf(
      objectSchema({
        ...columnsWhere((name) => ITEM_COLUMNS.includes(name)),
        deviations: listOf(DEVIATION_SCHEMA),
      }),
    ),
  }),
  meta: objectSchema({ generated_at: TIME }),
});

/** What the receiver of reports answers with. */
export const RECEIPT_SCHEMA: JsonSchema = objectSchema({
  receipt: RECEIPT,
  status: ACCEPTED,
  bytes: { type: "integer", examples: [1160] },
});

/** What POST /api/v1/quarantine/{receipt}/reprocess answers with. */
export const REPROCESSED_SCHEMA: JsonSchema = objectSchema({
  data: objectSchema({ receipt: RECEIPT, status: ACCEPTED }),
});

/** A report as its sender wrote it: RFC 8460 section 4.4 has its form, which no sender is held to here. */
export const RAW_REPORT_SCHEMA = {
  type: "object",
  description: "The report in the words of its sender; RFC 8460 section 4.4 has its form.",
  additionalProperties: true,
  examples: [
    {
      "organization-name": "Example Mail Inc.",
      "date-range": {
        "start-datetime": "2026-03-08T00:00:00Z",
        "end-datetime": "2026-03-08T23:59:59Z",
      },
      "contact-info": "tls-reports@example.net",
      "report-id": "2026-03-08T00:00:00Z_example.com",
      policies: [
        {
          policy: { "policy-type": "no-policy-found", "policy-domain": "example.com" },
          summary: { "total-successful-session-count": 214, "total-failure-session-count": 0 },
        },
      ],
    },
  ],
} as const;

/** What /readyz answers with. */
export const CHECKS_SCHEMA: JsonSchema = objectSchema({
  ready: FLAG,
  checks: {
    type: "object",
    additionalProperties: {
      type: "object",
      required: ["ok"],
      properties: { ok: FLAG, detail: { ...TEXT, description: "For callers who may read." } },
    },
    examples: [{ spool: { ok: true }, store: { ok: true } }],
  },
});

/** What stands in the index of a panel. */
export function indexEntry(panel: Panel) {
  const { id, title, description, drawing } = panel;
  const href = `/api/v1/${id}`;
  return {
    id,
    href,
    title,
    description,
    parameters: parametersOf(panel),
    columns: columnsOf(panel),
    drawing,
  };
}

const COLUMN: JsonSchema = {
  type: "object",
  required: ["name", "type", "description"],
  properties: {
    name: TEXT,
    type: { enum: ["text", "count", "ratio", "date", "time", "flag", "texts"] },
    unit: TEXT,
    nullable: { ...FLAG, description: "True when a cell can be null: there is no such value." },
    rank: { enum: ["main", "more"], description: "How soon a reader with little room wants it." },
    description: TEXT,
  },
};

/** What GET /api/v1 answers with. */
export const INDEX_SCHEMA: JsonSchema = objectSchema({
  data: {
    ...listOf(
      objectSchema({
        id: TEXT,
        href: TEXT,
        title: TEXT,
        description: TEXT,
        parameters: TEXTS,
        columns: listOf(COLUMN),
        drawing: { enum: ["tiles", "bars", "table", "matrix", "list"] },
      }),
    ),
    examples: [[indexEntry(mxByResultType)]],
  },
  meta: objectSchema({
    version: { ...TEXT, examples: ["0.1.0"] },
    openapi: { const: "/api/v1/openapi.json" },
  }),
});

/** What GET /api/v1/openapi.json answers with, as far as a client needs it told. */
export const DOCUMENT_SCHEMA: JsonSchema = {
  type: "object",
  required: ["openapi", "info", "paths"],
  properties: { openapi: { const: "3.1.0" }, info: { type: "object" }, paths: { type: "object" } },
  additionalProperties: true,
};
