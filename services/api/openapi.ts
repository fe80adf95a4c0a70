// The OpenAPI 3.1 document, assembled from the same tables that the routes follow: panels, their
// parameters and columns, and problems. Only the few routes that are not panels are written here.

import { PANELS } from "../query/index.ts";
import { type Column, columnsOf, type Panel } from "../query/panel.ts";
import { reportDetails } from "../query/panels/report.ts";
import { type JsonSchema, PARAMETERS, type ParameterName } from "../query/parameters.ts";
import { PROBLEMS, type ProblemCode } from "./problem.ts";

const CELL_SCHEMAS: Record<Column["type"], JsonSchema> = {
  text: { type: "string" },
  // Exact as a JSON number up to 2^53; decimal text beyond, which no JSON number could hold.
  count: { type: ["integer", "string"], pattern: "^[0-9]+$" },
  ratio: { type: "number", minimum: 0, maximum: 1 },
  date: { type: "string", format: "date" },
  time: { type: "string", format: "date-time" },
  flag: { type: "boolean" },
  texts: { type: "array", items: { type: "string" } },
};

function cellSchema(column: Column): JsonSchema {
  const schema = CELL_SCHEMAS[column.type];
  const unit = column.unit ? ` Unit: ${column.unit}.` : "";
  const described = { ...schema, description: `${column.description}${unit}` };
  if (!column.nullable) return described;
  return { ...described, type: [schema["type"], "null"].flat() };
}

function rowSchema(columns: readonly Column[]): JsonSchema {
  return {
    type: "object",
    required: columns.map(({ name }) => name),
    properties: Object.fromEntries(columns.map((column) => [column.name, cellSchema(column)])),
  };
}

function metaSchema(panel: Panel): JsonSchema {
  const text = { type: "string" };
  const textOrNull = { type: ["string", "null"] };
  return {
    type: "object",
    properties: {
      panel: { const: panel.id },
      filters: { type: "object", additionalProperties: { type: "array", items: text } },
      from: { ...text, description: "Inclusive." },
      to: { ...text, description: "Exclusive." },
      step: textOrNull,
      by: textOrNull,
      limit: { type: "integer" },
      rows: { type: "integer" },
      next_cursor: { ...textOrNull, description: "Pass as cursor for the rows after these." },
      totals: rowSchema(panel.totals?.columns ?? []),
      generated_at: { ...text, format: "date-time" },
      newest_report_at: { ...textOrNull, description: "Newest arrival of all; seconds old." },
      newest_report_day: { ...textOrNull, description: "Newest day that a report is about." },
    },
  };
}

function parameterObjects(names: readonly ParameterName[]): unknown[] {
  return names.map((name) => {
    const { description, repeatable, schema } = PARAMETERS[name];
    const style = repeatable ? { style: "form", explode: true } : {};
    return { name, in: "query", description, schema, ...style };
  });
}

function problems(...codes: ProblemCode[]): Record<string, unknown> {
  const responses: Record<string, { description: string; content: unknown }> = {};
  for (const code of codes) {
    const { status, title } = PROBLEMS[code];
    const known = responses[status];
    responses[status] = {
      description: known ? `${known.description}; ${title}` : title,
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    };
  }
  return responses;
}

const STORE_PROBLEMS = ["store-failed", "store-unavailable", "query-too-long"] as const;

function panelOperation(panel: Panel): unknown {
  const columns = columnsOf(panel);
  const schema = {
    type: "object",
    required: ["data", "meta"],
    properties: { data: { type: "array", items: rowSchema(columns) }, meta: metaSchema(panel) },
  };
  const csv = { schema: { type: "string" }, example: columns.map(({ name }) => name).join(",") };
  return {
    get: {
      operationId: panel.id,
      summary: panel.title,
      description: panel.description,
      tags: ["panels"],
      parameters: parameterObjects(panel.parameters),
      responses: {
        "200": {
          description: panel.title,
          content: { "application/json": { schema }, "text/csv": csv },
        },
        ...problems("unknown-parameter", "invalid-parameter", "invalid-range"),
        ...problems("not-acceptable", ...STORE_PROBLEMS),
      },
    },
  };
}

interface RecordRoute {
  path: string;
  method: "get" | "post";
  id: string;
  summary: string;
  status: "200" | "202";
  media: string;
  parameters?: unknown[];
}

const JSON_MEDIA = "application/json";
const CONTENT_HASH = {
  name: "content_hash",
  in: "query",
  schema: { type: "string" },
  description: "Which content, where the identity has conflicts; without it the one that counts.",
};

/** Routes of single records; a test holds them and the routes of the program together. */
const RECORD_ROUTES: readonly RecordRoute[] = [
  {
    path: "/api/v1/reports/{id}",
    method: "get",
    id: "report",
    summary: "One report: policies, failure details, deviations in words, how it came",
    status: "200",
    media: JSON_MEDIA,
    parameters: parameterObjects(reportDetails.parameters),
  },
  {
    path: "/api/v1/reports/{id}/raw",
    method: "get",
    id: "report-raw",
    summary: "The JSON of a report exactly as received, decompressed",
    status: "200",
    media: JSON_MEDIA,
    parameters: [CONTENT_HASH],
  },
  {
    path: "/api/v1/quarantine/{receipt}",
    method: "get",
    id: "quarantined-message",
    summary: "One quarantined message: why, and how it came",
    status: "200",
    media: JSON_MEDIA,
  },
  {
    path: "/api/v1/quarantine/{receipt}/raw",
    method: "get",
    id: "quarantined-message-raw",
    summary: "A quarantined message exactly as received",
    status: "200",
    media: "application/octet-stream",
  },
  {
    path: "/api/v1/quarantine/{receipt}/reprocess",
    method: "post",
    id: "reprocess",
    summary: "Puts a quarantined message into the spool again, under its receipt",
    status: "202",
    media: JSON_MEDIA,
  },
];

function recordOperation(route: RecordRoute): [string, unknown] {
  const name = /\{(\w+)\}/.exec(route.path)?.[1] ?? "";
  const own = { name, in: "path", required: true, schema: { type: "string" } };
  const operation = {
    operationId: route.id,
    summary: route.summary,
    tags: ["records"],
    parameters: [own, ...(route.parameters ?? [])],
    responses: {
      [route.status]: { description: route.summary, content: { [route.media]: {} } },
      ...problems("not-found", ...STORE_PROBLEMS),
    },
  };
  return [route.path, { [route.method]: operation }];
}

const PROBLEM_SCHEMA = {
  type: "object",
  description: "RFC 9457 problem details.",
  required: ["type", "title", "status"],
  properties: {
    type: {
      type: "string",
      enum: Object.keys(PROBLEMS).map((code) => `urn:sealwatch:problem:${code}`),
    },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    instance: { type: "string" },
    parameter: { type: "string" },
    known_parameters: { type: "array", items: { type: "string" } },
  },
};

/** The document that /api/v1/openapi.json answers with. */
export function openapi(version: string): unknown {
  const panels = PANELS.map((panel) => [`/api/v1/${panel.id}`, panelOperation(panel)]);
  return {
    openapi: "3.1.0",
    info: {
      title: "Sealwatch",
      version,
      description:
        "SMTP TLS reports (RFC 8460) as panels. Days and times are UTC; `to` is exclusive.",
    },
    paths: Object.fromEntries([...panels, ...RECORD_ROUTES.map(recordOperation)]),
    components: { schemas: { Problem: PROBLEM_SCHEMA } },
  };
}
