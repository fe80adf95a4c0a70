// The SQL of a panel for Grafana: its own SQL, with Grafana's macros and variables instead of values. Tables
// are read by FINAL, since nobody asks first which rows were written again (query/once.ts).

import { BOUNDS } from "../core/bounds.ts";
import type { Column, Order, Panel, PanelQuery } from "../query/panel.ts";
import type { FilterName, PanelParameters } from "../query/parameters.ts";
import type { Range } from "../query/range.ts";
import { orderOf } from "../query/sort.ts";
import { UTC } from "../query/time-zone.ts";
import {
  FILTER_VARIABLES,
  type FilterVariable,
  placeOf,
  sqlOfValue,
  whenChosen,
} from "./macros.ts";

/** What is asked of a panel. */
export interface Question {
  panel: Panel;
  /** The one row of meta.totals instead of the rows. */
  totals?: boolean;
  columns: readonly string[];
  /** What a trend is split by. */
  by?: PanelParameters["by"];
  /** Variables that the panel could be filtered by and is not. */
  without?: readonly FilterVariable[];
  rows?: number;
}

/**
 * The moment that a panel is written for. Its instants stand in no statement; they are no midnights and not
 * far apart, so that every panel writes out all conditions on its range.
 */
export interface Moment {
  range: Range;
  nowMs: number;
}

const SOME_MOMENT: Moment = {
  range: { fromMs: Date.parse("2001-02-03T04:05:06Z"), toMs: Date.parse("2001-02-05T06:07:08Z") },
  nowMs: Date.parse("2001-02-06T07:08:09Z"),
};

/** The variables that a question is filtered by. */
export function variablesOf({ panel, without = [] }: Question): FilterVariable[] {
  return FILTER_VARIABLES.filter(
    (name) => panel.parameters.includes(name) && !without.includes(name),
  );
}

/**
 * Columns that a question asks for, in its order.
 * @throws Error for a column that the panel does not read from the store
 */
export function columnsAsked({ panel, totals, columns }: Question): Column[] {
  const all = totals ? (panel.totals?.columns ?? []) : panel.columns;
  return columns.map((name) => {
    const column = all.find((one) => one.name === name);
    if (column === undefined) throw new Error(`${panel.id} has no column ${name}`);
    return column;
  });
}

/** How many rows a question is answered with at most. */
export function rowsAsked({ rows }: Question): number {
  return rows ?? BOUNDS.queryRowsMax;
}

function parametersOf(question: Question, moment: Moment): PanelParameters {
  const filters: Partial<Record<FilterName, readonly string[]>> = {};
  // A variable stands for one value, several or all, so the panel is told of two: what it writes for several
  // is right for one and for all.
  for (const name of variablesOf(question)) filters[name] = [placeOf(name), placeOf(name)];
  return {
    filters,
    ...moment,
    last: null,
    timezone: UTC,
    step: "day",
    by: question.by ?? "total",
    compare: "none",
    group: "address",
    sort: [],
    // Grafana's user is granted no other columns where it is not granted all (infra/grafana/grants.sql).
    fields: question.totals ? null : question.columns,
    limit: rowsAsked(question),
    cursor: null,
  };
}

function openQuery(question: Question, moment: Moment): PanelQuery {
  const places: readonly unknown[] = variablesOf(question).map(placeOf);
  return {
    parameters: parametersOf(question, moment),
    from: (table, conditions = []) => {
      const where = [`tenant IN ${placeOf("tenant")}`, ...conditions.map((one) => `(${one})`)];
      return `FROM ${table} FINAL WHERE ${where.join(" AND ")}`;
    },
    bind: (name, type, value) => {
      const [first] = Array.isArray(value) ? value : [];
      return typeof first === "string" && places.includes(first)
        ? first
        : sqlOfValue(name, type, value);
    },
  };
}

/** A cell as Grafana shows it: days and lists as text, all else as it is. */
function shown({ name, type, nullable }: Column): string {
  if (type === "date") return `toString(${name}) AS ${name}`;
  if (type === "texts") {
    return `arrayStringConcat(arrayMap(one -> toString(one), ${name}), ', ') AS ${name}`;
  }
  return nullable || type !== "text" ? name : `toString(${name}) AS ${name}`;
}

/**
 * The statement of a question.
 * @throws Error for what cannot be said in Grafana: a column of words, a value that no macro is known for
 */
export function statementOf(question: Question, moment: Moment = SOME_MOMENT): string {
  const { panel, totals } = question;
  const query = openQuery(question, moment);
  const columns = columnsAsked(question);
  const list = columns.map(shown).join(", ");
  if (totals) return tidy(`SELECT ${list} FROM (${panel.totals?.sql(query)})`);
  const order = orderOf(panel, []);
  const names = new Set([...columns.map(({ name }) => name), ...order.map(({ column }) => column)]);
  return tidy(`SELECT ${list} FROM (
    SELECT ${[...names].join(", ")} FROM (${panel.sql(query)})
    ${sqlOfOrder(newestFirst(order))}
    LIMIT ${rowsAsked(question)}
  )
  ${sqlOfOrder(order)}`);
}

/** Of a chart that has too many rows the oldest are left out: it would seem to have ended. */
function newestFirst([first, ...rest]: readonly Order[]): Order[] {
  if (first === undefined) return [];
  return first.column === "bucket" ? [{ ...first, descending: true }, ...rest] : [first, ...rest];
}

function sqlOfOrder(order: readonly Order[]): string {
  const by = order.map(
    ({ column, descending }) => `${column} ${descending ? "DESC" : "ASC"} NULLS LAST`,
  );
  return by.length > 0 ? `ORDER BY ${by.join(", ")}` : "";
}

/** With its filters, and without the indentation of our own source. */
function tidy(sql: string): string {
  return whenChosen(sql)
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("\n");
}
