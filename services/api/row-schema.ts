// Rows of answers as JSON Schema, for OpenAPI: what the cells of each type of column look like.

import { type Column, columnsOf, type Panel, type Row } from "../query/panel.ts";
import type { JsonSchema } from "../query/parameter-table.ts";
import { cellExample, rowExample } from "./openapi-examples.ts";

const CELL_SCHEMAS: Record<Column["type"], JsonSchema> = {
  text: { type: "string" },
  // Exact as a JSON number up to 2^53; decimal text beyond, which no JSON number could hold.
  count: { type: ["integer", "string"], minimum: 0, pattern: "^[0-9]+$" },
  ratio: { type: "number", minimum: 0, maximum: 1 },
  date: { type: "string", format: "date" },
  time: { type: "string", format: "date-time" },
  flag: { type: "boolean" },
  texts: { type: "array", items: { type: "string" } },
};

function cellSchema(column: Column, example: Row): JsonSchema {
  const { name } = column;
  const schema = CELL_SCHEMAS[column.type];
  const unit = column.unit ? ` Unit: ${column.unit}.` : "";
  const described = {
    ...schema,
    description: `${column.description}${unit}`,
    examples: [Object.hasOwn(example, name) ? example[name] : cellExample(column)],
  };
  if (!column.nullable) return described;
  return { ...described, type: [schema["type"], "null"].flat() };
}

/** JSON Schema of an object in which each member stands. */
export function objectSchema(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: "object", required: Object.keys(properties), properties };
}

/** JSON Schema of a row with these columns, all of them. @param example cells that the columns have in it */
export function rowSchema(columns: readonly Column[], example: Row = {}): JsonSchema {
  return objectSchema(
    Object.fromEntries(columns.map((column) => [column.name, cellSchema(column, example)])),
  );
}

/** JSON Schema of a whole row of a panel. */
export function panelRowSchema(panel: Panel): JsonSchema {
  return rowSchema(columnsOf(panel), rowExample(panel));
}

/** JSON Schemas of members that are text, with these examples. */
export function wordsSchema(words: Readonly<Record<string, unknown>>): Record<string, JsonSchema> {
  return Object.fromEntries(
    Object.entries(words).map(([name, example]) => [name, { type: "string", examples: [example] }]),
  );
}
