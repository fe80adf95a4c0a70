// What a panel is: the unit of analytics. The API route, its CSV, the OpenAPI operation, the command
// `sealwatch query` and the first page all follow from one of these, so the numbers cannot differ.

import type { QueryParameter } from "../store/port.ts";
import type { PanelParameters, ParameterName } from "./parameters.ts";

/**
 * How a column's cells look in an answer. count is a whole number, ratio lies in 0..1 with six digits,
 * date is YYYY-MM-DD, time is RFC 3339 in UTC, texts is an array of text.
 */
export type ColumnType = "text" | "count" | "ratio" | "date" | "time" | "flag" | "texts";

export interface Column {
  name: string;
  type: ColumnType;
  /** Sessions, reports, days, bytes, milliseconds; absent where the column does not measure. */
  unit?: "sessions" | "reports" | "items" | "bytes" | "milliseconds";
  /** True when a cell can be null: the value does not exist, which is not zero. */
  nullable?: boolean;
  description: string;
}

export type Cell = string | number | boolean | null | string[];
export type Row = Record<string, Cell>;

/** A table of the schema that panels read. */
export type Table = "reports" | "policy_summaries" | "failure_details" | "quarantine" | "receipts";

/**
 * What a panel writes its SQL with. `from` is the only way to name a table, and it already holds the
 * tenants of the caller (invariant 7) and FINAL (invariant 4); values go in by `bind` only.
 */
export interface PanelQuery {
  parameters: PanelParameters;
  /** "FROM table FINAL WHERE tenant IN ... AND every condition". */
  from(table: Table, conditions?: readonly string[]): string;
  /** Binds a value and returns its "{name:Type}" placeholder. */
  bind(name: string, type: string, value: QueryParameter): string;
}

export interface Order {
  column: string;
  descending?: boolean;
}

export interface Panel {
  id: string;
  title: string;
  /** What question it answers and how its numbers are to be read; one paragraph. */
  description: string;
  parameters: readonly ParameterName[];
  columns: readonly Column[];
  /** Together these columns are unique, so that a cursor can continue after any row. */
  order: readonly Order[];
  /** How it is best drawn. */
  drawing: "tiles" | "bars" | "table";
  /** A SELECT that gives the columns by name, in any order, without ORDER BY and LIMIT. */
  sql(query: PanelQuery): string;
  /** A SELECT of one row with meta.totals: all counts, whatever the limit. */
  totals?: {
    columns: readonly Column[];
    sql(query: PanelQuery): string;
  };
  /** Columns whose cells come from our own tables of words and not from the store. */
  words?: {
    columns: readonly Column[];
    cells(row: Row): Row;
  };
}

/** Every column of an answer, in order. */
export function columnsOf(panel: Panel): readonly Column[] {
  return panel.words ? [...panel.columns, ...panel.words.columns] : panel.columns;
}
