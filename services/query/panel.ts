// What a panel is: the unit of analytics. The API route, its CSV, the OpenAPI operation, the command
// `sealwatch query` and the first page all follow from one of these, so the numbers cannot differ.

import type { QueryParameter } from "../store/port.ts";
import type { ParameterName } from "./parameter-table.ts";
import type { PanelParameters } from "./parameters.ts";

/**
 * How a column's cells look in an answer. count is a whole number, ratio lies in 0..1 with six digits,
 * date is YYYY-MM-DD, time is RFC 3339 in UTC, texts is an array of text.
 */
export type ColumnType = "text" | "count" | "ratio" | "date" | "time" | "flag" | "texts";

export interface Column {
  name: string;
  type: ColumnType;
  /** Sessions, reports, days, bytes, milliseconds; absent where the column does not measure. */
  unit?: "sessions" | "reports" | "items" | "bytes" | "milliseconds" | "hours" | "days";
  /** True when a cell can be null: the value does not exist, which is not zero. */
  nullable?: boolean;
  /**
   * "more" for what a reader can do without at first, "main" for what is left out last where there is little
   * room. An answer has all of them.
   */
  rank?: "main" | "more";
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

/** A row as an entry of a list: each is a name of a column, or some. */
export interface ListDrawing {
  /** A word that says how grave it is. */
  mark: string;
  title: string;
  /** What it is about: the domain, the MX host. */
  about: readonly string[];
  /** Numbers, days and single words, in one line. */
  facts: readonly string[];
  /** Sentences, a paragraph each. */
  sentences: readonly string[];
  /** A column of texts with what to do, in order. */
  steps?: string;
  /** What the row is asked for by. */
  id?: string;
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
  drawing: "tiles" | "bars" | "table" | "matrix" | "list";
  /** What a drawing as a list says of each row. */
  list?: ListDrawing;
  /** A SELECT that gives the columns by name, in any order, without ORDER BY and LIMIT. */
  sql(query: PanelQuery): string;
  /** A SELECT of one row with meta.totals: all counts, whatever the limit. */
  totals?: {
    columns: readonly Column[];
    sql(query: PanelQuery): string;
  };
  /**
   * Columns whose cells come from our own tables of words and reasoning, not from the store: a pure
   * function of the row and of what was asked.
   */
  words?: {
    columns: readonly Column[];
    cells(row: Row, parameters: PanelParameters): Row;
  };
  /** The column with IP addresses whose names and networks are to be told (ADDRESS_COLUMNS). */
  addresses?: string;
}

/** What is known of an IP address outside of the store; null for what is not known. */
export interface AddressFact {
  reverseName: string | null;
  asn: number | null;
  asOrganization: string | null;
}

/** Looks addresses up, bounded in time: what is not known by then is left out. It never fails. */
export type AddressFacts = (
  addresses: readonly string[],
) => Promise<ReadonlyMap<string, AddressFact>>;

const ADDRESS_COLUMNS: readonly Column[] = [
  {
    name: "reverse_name",
    type: "text",
    nullable: true,
    description: "Name of the address by reverse DNS, as the owner of the address has it.",
  },
  {
    name: "asn",
    type: "count",
    nullable: true,
    description: "Number of the autonomous system, by the database of the option `asn_database`.",
  },
  {
    name: "as_organization",
    type: "text",
    nullable: true,
    description: "Name of the autonomous system's organization.",
  },
];

/** Every column of an answer, in order. */
export function columnsOf(panel: Panel): readonly Column[] {
  const { columns, words, addresses } = panel;
  return [...columns, ...(words?.columns ?? []), ...(addresses ? ADDRESS_COLUMNS : [])];
}

/** Adds the cells of ADDRESS_COLUMNS to the rows of one page. */
export async function withAddresses(
  panel: Panel,
  rows: readonly Row[],
  facts: AddressFacts | undefined,
): Promise<Row[]> {
  const { addresses } = panel;
  if (addresses === undefined) return [...rows];
  const asked = [...new Set(rows.map((row) => String(row[addresses] ?? "")))];
  const known = await facts?.(asked.filter((address) => address !== ""));
  return rows.map((row) => {
    const fact = known?.get(String(row[addresses] ?? ""));
    return {
      ...row,
      reverse_name: fact?.reverseName ?? null,
      asn: fact?.asn ?? null,
      as_organization: fact?.asOrganization ?? null,
    };
  });
}
