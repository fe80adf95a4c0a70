// The one function through which every read goes. It binds the caller's tenants, so that a panel
// cannot be written without them (invariant 7), and it bounds time and rows (invariant 8).

import { BOUNDS } from "../core/bounds.ts";
import { lastCompleteDayMs } from "../core/complete-day.ts";
import type { QueryParameter, Store } from "../store/port.ts";
import { printCursor, whereAfter } from "./cursor.ts";
import { asksAddresses, onlyFields, selectedColumns } from "./fields.ts";
import { type Reads, runOnce } from "./once.ts";
import {
  type AddressFacts,
  type Cell,
  type Column,
  type Panel,
  type PanelQuery,
  type Row,
  withAddresses,
} from "./panel.ts";
import type { ParameterName } from "./parameter-table.ts";
import type { PanelParameters } from "./parameters.ts";
import { periodBefore, printDay, printInstant, type Range } from "./range.ts";
import { orderOf, printSort } from "./sort.ts";

/** What the caller may see. */
export interface Scope {
  /** "all" is said in full by whoever may see everything; an empty list sees nothing. */
  tenants: readonly string[] | "all";
}

export interface PanelMeta {
  panel: string;
  /** Filters that were applied, normalised. */
  filters: Record<string, readonly string[]>;
  /** Tenants that were asked for and are none of the caller's, whether or not there are such. */
  tenants_not_yours: readonly string[];
  /** Inclusive and exclusive; a day, or RFC 3339 when it is not a midnight. */
  from: string;
  to: string;
  /** The range as it was asked for until now, or null. */
  last: string | null;
  timezone: string;
  step: string | null;
  by: string | null;
  /** null where the panel compares nothing. */
  compare: string | null;
  /** The period that is compared with, or null. */
  before: { from: string; to: string } | null;
  /** The whole order of the rows, as the parameter has it. */
  sort: string;
  /** Columns that were asked for; null for all. */
  fields: readonly string[] | null;
  /** The last day (UTC) whose reports should all have come. */
  complete_through: string;
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

function openQuery(parameters: PanelParameters, scope: Scope, reads: Reads) {
  const tenants = tenantsOf(parameters, scope);
  const bound: Record<string, QueryParameter> = {};
  if (tenants !== "all") bound["tenants"] = [...tenants];
  const scoped = tenants === "all" ? "1" : "tenant IN {tenants:Array(String)}";
  const bind: PanelQuery["bind"] = (name, type, value) => {
    bound[name] = value;
    return `{${name}:${type}}`;
  };
  const query: PanelQuery = {
    parameters,
    from: (table, conditions = []) => reads.from(table, scoped, conditions, bind),
    bind,
  };
  return { query, bound };
}

/** The whole SELECT of a panel with order, cursor and one row more than the limit. */
function pageSql(panel: Panel, query: PanelQuery): string {
  const { cursor, limit, sort, fields } = query.parameters;
  const where = cursor === null ? "" : `WHERE ${whereAfter(panel, query, cursor)}`;
  const whole = orderOf(panel, sort);
  const order = whole.map((by) => `${by.column} ${by.descending ? "DESC" : "ASC"} NULLS LAST`);
  const columns = selectedColumns(panel, fields, whole).map(({ name }) => name);
  return `SELECT ${columns.join(", ")} FROM (${panel.sql(query)}) ${where}
    ${order.length > 0 ? `ORDER BY ${order.join(", ")}` : ""}
    LIMIT ${query.bind("rows", "UInt64", limit + 1)}
    ${SETTINGS}`;
}

type StoreRow = Record<string, unknown>;

/**
 * Runs the SELECTs of a panel, each with values of its own: a panel may read more days than its totals
 * tell of. They are written anew for what is known of rows that were written again.
 */
function select(
  store: Store,
  parameters: PanelParameters,
  scope: Scope,
  selects: readonly { write: (query: PanelQuery) => string; rowsMax: number }[],
): Promise<StoreRow[][]> {
  const makes = selects.map(({ write }) => (reads: Reads) => {
    const { query, bound } = openQuery(parameters, scope, reads);
    return { sql: write(query), bound };
  });
  return runOnce(store, makes, ({ sql, bound }, place) => {
    const bounds = { timeMsMax: BOUNDS.queryMsMax, rowsMax: selects[place]?.rowsMax ?? 1 };
    return store.select<StoreRow>(sql, bound, bounds);
  });
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
  const { totals } = panel;
  const page = {
    write: (query: PanelQuery) => pageSql(panel, query),
    rowsMax: parameters.limit + 1,
  };
  const total = totals && {
    write: (query: PanelQuery) => `SELECT * FROM (${totals.sql(query)}) ${SETTINGS}`,
    rowsMax: 1,
  };
  const [raw = [], sums = []] = await select(
    store,
    parameters,
    scope,
    total ? [page, total] : [page],
  );
  const shown = raw.slice(0, parameters.limit);
  const rows = await finish(panel, parameters, shown, facts);
  const last = raw.length > parameters.limit ? shown.at(-1) : undefined;
  const next_cursor =
    last === undefined ? null : printCursor(panel, parameters, placeOf(panel, last));
  return {
    rows,
    meta: {
      ...printMeta(panel, parameters, scope, rows.length),
      next_cursor,
      totals: sums[0] ? readRow(totals?.columns ?? [], sums[0]) : {},
    },
  };
}

/** Whether an answer can be cut to fewer rows: a cursor after a ratio needs digits that answers leave out. */
export function canCut(panel: Panel, { cursor, fields, sort }: PanelParameters): boolean {
  const order = orderOf(panel, sort).map(({ column }) => column);
  const rounded = panel.columns.some(({ name, type }) => type === "ratio" && order.includes(name));
  return cursor === null && fields === null && !rounded;
}

/**
 * The answer that a smaller limit would have had, out of a larger one to the same question; null where it
 * cannot be cut, or has too few rows.
 * @param parameters those of the smaller answer
 */
export function firstRows(
  panel: Panel,
  parameters: PanelParameters,
  { rows, meta }: PanelResult,
): PanelResult | null {
  const { limit } = parameters;
  const enough = rows.length > limit || meta.next_cursor === null;
  if (!enough || !canCut(panel, parameters)) return null;
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const next_cursor = last === undefined ? null : printCursor(panel, parameters, last);
  return { rows: shown, meta: { ...meta, limit, rows: shown.length, next_cursor } };
}

/** Rows as the store has them with all that an answer tells of them. */
async function finish(
  panel: Panel,
  parameters: PanelParameters,
  raw: readonly Record<string, unknown>[],
  facts: AddressFacts | undefined,
): Promise<Row[]> {
  const { fields, sort } = parameters;
  const { words } = panel;
  const columns = selectedColumns(panel, fields, orderOf(panel, sort));
  const page = raw.map((row) => readRow(columns, row));
  // Words are made of whole rows, which are there when a word is asked for.
  const whole = words !== undefined && columns.length === panel.columns.length;
  const worded = whole ? page.map((row) => ({ ...row, ...words.cells(row, parameters) })) : page;
  const told = asksAddresses(panel, fields) ? await withAddresses(panel, worded, facts) : worded;
  return told.map((row) => onlyFields(row, fields));
}

function printMeta(
  panel: Panel,
  parameters: PanelParameters,
  scope: Scope,
  rows: number,
): Omit<PanelMeta, "next_cursor" | "totals"> {
  const { filters, range, last, timezone, compare, sort, fields, nowMs, limit } = parameters;
  const yours = tenantsOf(parameters, scope);
  const tenant = filters.tenant ? { tenant: [...yours] } : {};
  const ends = ({ fromMs, toMs }: Range) => ({
    from: printInstant(fromMs, timezone),
    to: printInstant(toMs, timezone),
  });
  const takes = (name: ParameterName) => panel.parameters.includes(name);
  const compared = takes("compare") && compare === "previous";
  return {
    panel: panel.id,
    filters: { ...filters, ...tenant },
    tenants_not_yours: (filters.tenant ?? []).filter(
      (one) => yours !== "all" && !yours.includes(one),
    ),
    ...ends(range),
    last,
    timezone,
    step: takes("step") ? parameters.step : null,
    by: takes("by") ? parameters.by : null,
    compare: takes("compare") ? compare : null,
    before: compared ? ends(periodBefore(range, timezone)) : null,
    sort: printSort(orderOf(panel, sort)),
    fields,
    complete_through: printDay(lastCompleteDayMs(nowMs)),
    limit,
    rows,
  };
}

function readRow(columns: readonly Column[], raw: Record<string, unknown>): Row {
  return Object.fromEntries(columns.map((column) => [column.name, readCell(column, raw)]));
}

/** A row as a cursor has it: a ratio with all its digits, since rows lie between its rounded ones. */
function placeOf(panel: Panel, raw: Record<string, unknown>): Row {
  const cell = (column: Column) => {
    const rounded = readCell(column, raw);
    return column.type === "ratio" && rounded !== null ? Number(raw[column.name]) : rounded;
  };
  return Object.fromEntries(panel.columns.map((column) => [column.name, cell(column)]));
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
