// The OpenAPI 3.1 document, assembled from the same tables that the routes follow: panels, their
// parameters and columns, problems, and the few routes that are not panels.

import type { AccessScope } from "../access/caller.ts";
import { PANELS } from "../query/index.ts";
import { columnsOf, type Panel } from "../query/panel.ts";
import {
  type JsonSchema,
  PARAMETERS,
  type ParameterName,
  parametersOf,
} from "../query/parameter-table.ts";
import { FIXED_ROUTES, type FixedRoute } from "./openapi-routes.ts";
import { PROBLEMS, type ProblemCode } from "./problem.ts";
import { rowSchema } from "./row-schema.ts";

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
      last: { ...textOrNull, description: "The range as a duration until now, if asked for so." },
      timezone: { ...text, description: "Whose days are meant." },
      step: { ...textOrNull, description: "Length of a bucket, chosen by the range if not given." },
      by: textOrNull,
      compare: { ...textOrNull, description: "null where the panel compares nothing." },
      before: {
        type: ["object", "null"],
        properties: { from: text, to: text },
        description: "The period that is compared with.",
      },
      sort: { ...text, description: "The whole order of the rows, as the parameter has it." },
      fields: { type: ["array", "null"], items: text, description: "null for all columns." },
      complete_through: {
        ...text,
        format: "date",
        description: "The last day, UTC, whose reports should all have come.",
      },
      limit: { type: "integer" },
      rows: { type: "integer" },
      next_cursor: { ...textOrNull, description: "Pass as cursor for the rows after these." },
      totals: rowSchema(panel.totals?.columns ?? []),
      generated_at: { ...text, format: "date-time" },
      newest_report_at: { ...textOrNull, description: "Newest arrival of all; seconds old." },
      newest_report_day: { ...textOrNull, description: "Newest day that a report is about." },
      open: { type: "boolean", description: "True while no domain is configured." },
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

const PANEL_PROBLEMS = [
  "unknown-parameter",
  "invalid-parameter",
  "invalid-range",
  "too-many-buckets",
  "invalid-cursor",
  "not-acceptable",
] as const;
const STORE_PROBLEMS = [
  "store-failed",
  "store-unavailable",
  "query-too-long",
  "query-too-large",
] as const;

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
      tags: ["panels"],
      ...neededScope("read"),
      description: panel.description,
      parameters: parameterObjects(parametersOf(panel)),
      responses: {
        "200": {
          description: panel.title,
          headers: { ETag: { schema: { type: "string" } } },
          content: { "application/json": { schema }, "text/csv": csv },
        },
        "304": { description: "The answer is still the one that If-None-Match names." },
        ...problems(...PANEL_PROBLEMS, ...CALLER_PROBLEMS, ...STORE_PROBLEMS),
      },
    },
  };
}

/** Problems that every operation has which needs a caller. */
const CALLER_PROBLEMS = [
  "unauthorized",
  "forbidden",
  "rate-limited",
  "access-unavailable",
] as const;

function fixedOperation(route: FixedRoute): unknown {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const inPath = names.map((name) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const body = route.requestBody === undefined ? {} : { requestBody: route.requestBody };
  const others = Object.entries(route.others ?? {});
  const caller = route.scope === null ? [] : CALLER_PROBLEMS;
  return {
    operationId: route.id,
    summary: route.summary,
    tags: [route.tag],
    ...neededScope(route.scope),
    parameters: [
      ...inPath,
      ...(route.parameters ?? []),
      ...parameterObjects(route.panelParameters ?? []),
    ],
    ...body,
    responses: {
      [route.status]: {
        description: route.summary,
        content: { [route.media]: route.schema ? { schema: route.schema } : {} },
      },
      ...Object.fromEntries(others.map(([status, description]) => [status, { description }])),
      ...problems(...caller, ...route.problems),
    },
  };
}

/** What an operation asks of its caller; OpenAPI has no place for scopes of bearer tokens before 3.1. */
function neededScope(scope: AccessScope | null): { security: unknown[]; description?: string } {
  if (scope === null) return { security: [] };
  const security = Object.keys(SECURITY_SCHEMES).map((name) => ({ [name]: [scope] }));
  return { security: [...security, {}], description: `Needs the scope ${scope}.` };
}

function fixedPaths(): Record<string, Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of FIXED_ROUTES) {
    paths[route.path] = { ...paths[route.path], [route.method]: fixedOperation(route) };
  }
  return paths;
}

const SECURITY_SCHEMES = {
  token: {
    type: "http",
    scheme: "bearer",
    description: "A token of `sealwatch token create`.",
  },
  session: {
    type: "apiKey",
    in: "cookie",
    name: "sealwatch_session",
    description: "What the log-in page sets; over TLS its name begins with __Host-.",
  },
} as const;

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
        "SMTP TLS reports (RFC 8460) as panels. Times are UTC, and so are days where no time zone is asked for; `to` is exclusive. Callers " +
        "see what is of their tenants; a program on the machine of the server may need no token.",
    },
    paths: { ...Object.fromEntries(panels), ...fixedPaths() },
    components: { schemas: { Problem: PROBLEM_SCHEMA }, securitySchemes: SECURITY_SCHEMES },
  };
}
