// The operations of the panels for the OpenAPI document, each made of what the panel says of itself.

import { columnsOf, type Panel } from "../query/panel.ts";
import {
  type JsonSchema,
  PARAMETERS,
  type ParameterName,
  parametersOf,
} from "../query/parameter-table.ts";
import { orderOf, printSort } from "../query/sort.ts";
import { printCsv } from "./csv.ts";
import { parameterExample, rowExample, schemaExample } from "./openapi-examples.ts";
import type { ProblemCode } from "./problem.ts";
import { objectSchema, panelRowSchema, rowSchema } from "./row-schema.ts";
import { formsOf } from "./svg.ts";

const TEXT = { type: "string" } as const;
const TEXT_OR_NULL = { type: ["string", "null"] } as const;

/** Members of meta that are the same for all panels. */
const SHARED_META = {
  from: { ...TEXT, description: "Inclusive.", examples: ["2026-02-09"] },
  to: { ...TEXT, description: "Exclusive.", examples: ["2026-03-11"] },
  timezone: { ...TEXT, description: "Whose days are meant.", examples: ["UTC"] },
  fields: {
    type: ["array", "null"],
    items: TEXT,
    description: "Columns that were asked for; null for all.",
    examples: [null],
  },
  limit: { type: "integer", description: "Rows at most.", examples: [1000] },
  rows: { type: "integer", description: "Rows of this answer.", examples: [1] },
  next_cursor: {
    ...TEXT_OR_NULL,
    description: "Pass as cursor for the rows after these; null on the last page.",
    examples: [null],
  },
  complete_through: {
    ...TEXT,
    format: "date",
    description: "The last day, UTC, whose reports should all have come.",
    examples: ["2026-03-08"],
  },
  newest_report_day: {
    ...TEXT_OR_NULL,
    format: "date",
    description: "Newest day that a report is about.",
    examples: ["2026-03-09"],
  },
  newest_report_at: {
    ...TEXT_OR_NULL,
    format: "date-time",
    description: "Newest arrival of all; seconds old.",
    examples: ["2026-03-10T02:15:07.418Z"],
  },
  open: {
    type: "boolean",
    description: "True while no domain is configured.",
    examples: [false],
  },
  generated_at: {
    ...TEXT,
    format: "date-time",
    description: "When the answer was made.",
    examples: ["2026-03-10T06:30:00.000Z"],
  },
};

const ENDS = { from: TEXT, to: TEXT };

function metaSchema(panel: Panel): JsonSchema {
  const names = parametersOf(panel);
  const exampleFor = (name: ParameterName, example: unknown) => ({
    examples: [names.includes(name) ? example : null],
  });
  const order = printSort(orderOf(panel, []));
  return objectSchema({
    panel: { const: panel.id },
    filters: {
      type: "object",
      additionalProperties: { type: "array", items: TEXT },
      description: "Filters that were applied, as they were understood.",
      examples: [names.includes("domain") ? { domain: ["example.com"] } : {}],
    },
    tenants_not_yours: {
      type: "array",
      items: TEXT,
      description:
        "Tenants that were asked for and are none of the caller's, whether or not there are such: nothing of " +
        "them is in the answer.",
      examples: [[]],
    },
    last: {
      ...TEXT_OR_NULL,
      description: "The range as a duration until now, if asked for so.",
      ...exampleFor("last", "30d"),
    },
    step: {
      ...TEXT_OR_NULL,
      description: "Length of a bucket, chosen by the range if not given; null without buckets.",
      ...exampleFor("step", "day"),
    },
    by: {
      ...TEXT_OR_NULL,
      description: "What it is split by; null where nothing is.",
      ...exampleFor("by", "total"),
    },
    compare: {
      ...TEXT_OR_NULL,
      description: "null where the panel compares nothing.",
      ...exampleFor("compare", "previous"),
    },
    before: {
      type: ["object", "null"],
      required: Object.keys(ENDS),
      properties: ENDS,
      description: "The period that is compared with.",
      ...exampleFor("compare", { from: "2026-01-10", to: "2026-02-09" }),
    },
    sort: {
      ...TEXT,
      description: "The whole order of the rows, as the parameter has it.",
      examples: [order],
    },
    totals: rowSchema(panel.totals?.columns ?? []),
    ...SHARED_META,
  });
}

/** JSON Schema of the answer of a panel: rows have each column, unless `fields` asked for some. */
function panelSchema(panel: Panel): JsonSchema {
  const { required, ...row } = panelRowSchema(panel);
  const description = "Each has every column, unless `fields` names some.";
  const fields = { type: "null" };
  const meta = { type: "object", properties: { fields } };
  const data = { type: "array", items: { type: "object", required } };
  return {
    ...objectSchema({
      data: { type: "array", items: { ...row, description } },
      meta: metaSchema(panel),
    }),
    if: { type: "object", properties: { meta } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { type: "object", properties: { data } },
  };
}

/** A panel without a chart has no form for one. */
function formatSchema(panel: Panel): JsonSchema {
  return { ...PARAMETERS.format.schema, enum: formsOf(panel) };
}

/** The parameters of a panel as OpenAPI has them. */
export function parameterObjects(panel: Panel): unknown[] {
  return parametersOf(panel).map((name) => {
    const { description, repeatable } = PARAMETERS[name];
    const schema = name === "format" ? formatSchema(panel) : PARAMETERS[name].schema;
    const style = repeatable ? { style: "form", explode: true } : {};
    const example = parameterExample(panel, name);
    return { name, in: "query", description, schema, ...style, example };
  });
}

export const PANEL_PROBLEMS: readonly ProblemCode[] = [
  "unknown-parameter",
  "invalid-parameter",
  "invalid-range",
  "too-many-buckets",
  "invalid-cursor",
  "not-acceptable",
];

const KEEPING = {
  ETag: {
    description: "Tag of what the answer says, for If-None-Match.",
    schema: TEXT,
    example: 'W/"2jmj7l5rSw0yVb_vlWAYkK"',
  },
  "Cache-Control": {
    description: "May be kept, and is to be asked for again each time.",
    schema: TEXT,
    example: "private, no-cache",
  },
};

const LINK = {
  description: "Of a CSV with more rows: the address of the next page (RFC 8288).",
  schema: TEXT,
  example: '</api/v1/reports?format=csv&cursor=WyJyZXBvcnRzIl0>; rel="next"',
};

const SVG = {
  schema: { ...TEXT, description: "The chart of these rows." },
  example: '<svg xmlns="http://www.w3.org/2000/svg" width="960" height="392"></svg>',
};

/** The answers of a panel that are no problems. */
export function panelResponses(panel: Panel): Record<string, unknown> {
  const schema = panelSchema(panel);
  const example = schemaExample(schema);
  const csv = { schema: TEXT, example: printCsv(columnsOf(panel), [rowExample(panel)]) };
  const svg = formsOf(panel).includes("svg") && { "image/svg+xml": SVG };
  return {
    "200": {
      description: panel.title,
      headers: { ...KEEPING, Link: LINK },
      content: { "application/json": { schema, example }, "text/csv": csv, ...svg },
    },
    "304": {
      description: "The answer is still the one that If-None-Match names.",
      headers: KEEPING,
    },
  };
}
