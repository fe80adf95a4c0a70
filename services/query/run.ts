// The one function through which every read goes. It binds the caller's tenants, so that a panel
// cannot be written without them (invariant 7), and it bounds time and rows (invariant 8).

import { BOUNDS } from "../core/bounds.ts";
import type { QueryParameter, Store } from "../store/port.ts";
import { printCursor, whereAfter } from "./cursor.ts";
import {
  type AddressFacts,
  type Cell,
  type Column,
  type Panel,
  type PanelQuery,
  type Row,
  type Table,
  withAddresses,
} from "./panel.ts";
import type { PanelParameters } from "./parameters.ts";
import { printInstant } from "./range.ts";

/** What the caller may see. */
export interface Scope {
  /** "all" is said in full by whoever may see everything; an empty list sees nothing. */
  tenants: readonly string[] | "all";
}

export interface PanelMeta {
  panel: string;
  /** Filters that were applied, normalised. */
  filters: Record<string, readonly string[]>;
  /** Inclusive and exclusive; a day, or RFC 3339 when it is not a midnight. */
  from: string;
  to: string;
  step: string | null;
  by: string | null;
  limit: number;
  rows: number;
  next_cursor: string | null;
  totals: Row;
}

export interface PanelResult {
  rows: Row[];
  meta: PanelMeta;
}

// The partition of a row follows from its sort key in every table, so equal keys never lie in two
// partitions and FINAL may work on each alone.
const SETTINGS = "SETTINGS do_not_merge_across_partitions_select_final = 1";

/** Tenants asked for, of those that the caller may see; asking for others gives nothing. */
function tenantsOf(parameters: PanelParameters, scope: Scope): readonly string[] | "all" {
  const asked = parameters.filters.tenant;
  if (scope.tenants === "all") return asked ?? "all";
  return scope.tenants.filter((tenant) => asked === undefined || asked.includes(tenant));
}

function openQuery(parameters: PanelParameters, scope: Scope) {
  const tenants = tenantsOf(parameters, scope);
  const bound: Record<string, QueryParameter> = {};
  if (tenants !== "all") bound["tenants"] = [...tenants];
  const scoped = tenants === "all" ? "1" : "tenant IN {tenants:Array(String)}";
  const query: PanelQuery = {
    parameters,
    from(table: Table, conditions = []) {
      const where = [scoped, ...conditions.map((one) => `(${one})`)];
      return `FROM ${table} FINAL WHERE ${where.join(" AND ")}`;
    },
    bind(name, type, value) {
      bound[name] = value;
      return `{${name}:${type}}`;
    },
  };
  return { query, bound };
}

/** The whole SELECT of a panel with order, cursor and one row more than the limit. */
function pageSql(panel: Panel, query: PanelQuery): string {
  const { cursor, limit } = query.parameters;
  const where = cursor === null ? "" : `WHERE ${whereAfter(panel, query, cursor)}`;
  const order = panel.order.map((by) => `${by.column} ${by.descending ? "DESC" : "ASC"}`);
  return `SELECT ${panel.columns.map((column) => column.name).join(", ")} FROM (${panel.sql(query)}) ${where}
    ${order.length > 0 ? `ORDER BY ${order.join(", ")}` : ""}
    LIMIT ${query.bind("rows", "UInt64", limit + 1)}
    ${SETTINGS}`;
}

async function selectTotals(
  store: Store,
  panel: Panel,
  parameters: PanelParameters,
  scope: Scope,
): Promise<Row> {
  if (!panel.totals) return {};
  const { query, bound } = openQuery(parameters, scope);
  const sql = `SELECT * FROM (${panel.totals.sql(query)}) ${SETTINGS}`;
  const bounds = { timeMsMax: BOUNDS.queryMsMax, rowsMax: 1 };
  const rows = await store.select<Record<string, unknown>>(sql, bound, bounds);
  return rows[0] ? readRow(panel.totals.columns, rows[0]) : {};
}

/**
 * Runs a panel for a caller.
 * @param scope the tenants of the caller; nothing of other tenants is read
 * @param facts what tells of IP addresses, for the panels that show some
 * @throws StoreError when the store is away or a bound is met, CursorError for a foreign cursor
 */
export async function runPanel(
  store: Store,
  panel: Panel,
  parameters: PanelParameters,
  scope: Scope,
  facts?: AddressFacts,
): Promise<PanelResult> {
  const { query, bound } = openQuery(parameters, scope);
  const sql = pageSql(panel, query);
  const bounds = { timeMsMax: BOUNDS.queryMsMax, rowsMax: parameters.limit + 1 };
  const [raw, totals] = await Promise.all([
    store.select<Record<string, unknown>>(sql, bound, bounds),
    selectTotals(store, panel, parameters, scope),
  ]);
  const page = raw.slice(0, parameters.limit).map((row) => readRow(panel.columns, row));
  const last = page.at(-1);
  const { words } = panel;
  const worded = words ? page.map((row) => ({ ...row, ...words.cells(row, parameters) })) : page;
  const rows = await withAddresses(panel, worded, facts);
  const more = raw.length > parameters.limit && last !== undefined;
  const meta = printMeta(panel, parameters, scope, rows.length);
  return { rows, meta: { ...meta, next_cursor: more ? printCursor(panel, last) : null, totals } };
}

function printMeta(
  panel: Panel,
  parameters: PanelParameters,
  scope: Scope,
  rows: number,
): Omit<PanelMeta, "next_cursor" | "totals"> {
  const tenant = parameters.filters.tenant ? { tenant: [...tenantsOf(parameters, scope)] } : {};
  return {
    panel: panel.id,
    filters: { ...parameters.filters, ...tenant },
    from: printInstant(parameters.range.fromMs),
    to: printInstant(parameters.range.toMs),
    step: panel.parameters.includes("step") ? parameters.step : null,
    by: panel.parameters.includes("by") ? parameters.by : null,
    limit: parameters.limit,
    rows,
  };
}

function readRow(columns: readonly Column[], raw: Record<string, unknown>): Row {
  return Object.fromEntries(columns.map((column) => [column.name, readCell(column, raw)]));
}

/** Gives a cell of the store the form that the column promises. */
function readCell(column: Column, raw: Record<string, unknown>): Cell {
  const value = raw[column.name];
  if (value === null || value === undefined) return null;
  switch (column.type) {
    case "count":
      return readCount(String(value));
    case "ratio":
      return roundRatio(Number(value));
    case "time":
      return `${String(value).replace(" ", "T")}Z`;
    case "flag":
      return value === true || value === 1;
    case "texts":
      return Array.isArray(value) ? value.map(String) : [];
    default:
      return String(value);
  }
}

/** Six digits; some of many is never rounded to none or to all. */
function roundRatio(ratio: number): number {
  const millionths = Math.round(ratio * 1e6);
  if (ratio > 0 && ratio < 1) return Math.min(Math.max(millionths, 1), 999_999) / 1e6;
  return millionths / 1e6;
}

/** A JSON number as long as it is exact (2^53), decimal text beyond. */
function readCount(text: string): number | string {
  const count = Number(text);
  return Number.isSafeInteger(count) ? count : text;
}
