// Rows of answers as JSON Schema, for OpenAPI: what the cells of each type of column look like.

import type { Column } from "../query/panel.ts";
import type { JsonSchema } from "../query/parameter-table.ts";

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

/** JSON Schema of a row with these columns. */
export function rowSchema(columns: readonly Column[]): JsonSchema {
  return {
    type: "object",
    required: columns.map(({ name }) => name),
    properties: Object.fromEntries(columns.map((column) => [column.name, cellSchema(column)])),
  };
}
