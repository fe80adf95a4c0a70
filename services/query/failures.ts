// What the panels over failure details share: their parameters, and the columns that say how much failed, for
// whom and when, of one period or beside the one before.

import { FOLDED_ORGANIZATION } from "./filters.ts";
import type { Column, Panel, PanelQuery } from "./panel.ts";
import type { ParameterName } from "./parameter-table.ts";
import { orderOf } from "./sort.ts";

/** Filters of everything that counts failure details; they combine freely. */
export const FAILURE_FILTERS = [
  "tenant",
  "domain",
  "organization",
  "mx",
  "result_type",
  "reason",
  "sending_ip",
  "policy_type",
  "trust",
] as const satisfies readonly ParameterName[];

/** Parameters of a table of failures. */
export const FAILURE_PARAMETERS = [
  ...FAILURE_FILTERS,
  "compare",
  "from",
  "to",
  "limit",
  "cursor",
  "format",
] as const satisfies readonly ParameterName[];

/** Columns by name, so that a panel takes those that say something about its rows. */
export const FAILURE_COLUMNS = {
  failed_sessions: {
    name: "failed_sessions",
    type: "count",
    unit: "sessions",
    description: "Failed sessions; one that is listed under two policy types counts once.",
  },
  failed_sessions_before: {
    name: "failed_sessions_before",
    type: "count",
    unit: "sessions",
    nullable: true,
    description: "The same in the period before; empty without `compare`.",
  },
  failed_share: {
    name: "failed_share",
    type: "ratio",
    nullable: true,
    description: "Of all failed sessions counted here; empty where there are none.",
  },
  organizations: {
    name: "organizations",
    type: "count",
    description: "Organizations that say so.",
  },
  domains: { name: "domains", type: "count", description: "Policy domains affected." },
  mx_hosts: {
    name: "mx_hosts",
    type: "count",
    description: "Receiving MX hosts that were named.",
  },
  result_types: { name: "result_types", type: "texts", description: "Result types, as sent." },
  active_days: {
    name: "active_days",
    type: "count",
    unit: "days",
    description: "Days with this failure in the range.",
  },
  first_day: {
    name: "first_day",
    type: "date",
    nullable: true,
    description:
      "First day with this failure in the range; empty when only the period before has it.",
  },
  last_day: {
    name: "last_day",
    type: "date",
    nullable: true,
    description: "Last day with this failure in the range.",
  },
  policy_types: {
    name: "policy_types",
    type: "texts",
    description: "Policy types it was reported under.",
  },
  trust_levels: {
    name: "trust_levels",
    type: "texts",
    description: "How well those who say so are known.",
  },
} as const satisfies Record<string, Column>;
export type FailureColumn = keyof typeof FAILURE_COLUMNS;

/** The columns of these names, in order. */
export function failureColumns(names: readonly FailureColumn[]): Column[] {
  return names.map((name) => FAILURE_COLUMNS[name]);
}

/** An aggregate over the rows of the period itself, from rows that may be of the one before too. */
export function ofPeriod(query: PanelQuery, aggregate: string, argument: string): string {
  const { compare } = query.parameters;
  return compare === "none"
    ? `${aggregate}(${argument})`
    : `${aggregate}If(${argument}, NOT before)`;
}

/** A sum over the period before; null without `compare`. */
export function sumBefore(query: PanelQuery, argument: string): string {
  return query.parameters.compare === "none"
    ? "CAST(NULL, 'Nullable(UInt64)')"
    : `sumIf(${argument}, before)`;
}

/** SQL of each column over rows of detailRows, as "expression AS name" in the order asked for. */
export function failureSums(query: PanelQuery, names: readonly FailureColumn[]): string {
  const of = (aggregate: string, argument: string) => ofPeriod(query, aggregate, argument);
  const sums: Record<FailureColumn, string> = {
    failed_sessions: of("sum", "failed"),
    failed_sessions_before: sumBefore(query, "failed"),
    failed_share: share("failed_sessions", "sum(failed_sessions) OVER ()"),
    organizations: of("uniqExact", hashOf(FOLDED_ORGANIZATION)),
    domains: of("uniqExact", hashOf("domain")),
    mx_hosts: `uniqExactIf(${hashOf("mx")}, mx != '' AND NOT before)`,
    result_types: texts(of("groupUniqArray", "result_type")),
    active_days: of("uniqExact", "day"),
    first_day: of("minOrNull", "day"),
    last_day: of("maxOrNull", "day"),
    policy_types: texts(of("groupUniqArray", "policy_type")),
    trust_levels: texts(of("groupUniqArray", "trust")),
  };
  return names.map((name) => `${sums[name]} AS ${name}`).join(",\n      ");
}

/**
 * Stands for a name where it is only told from others. Of a LowCardinality column the store works it out
 * once per word, and numbers are counted and grouped faster than words.
 */
export function hashOf(name: string): string {
  return `sipHash64(${name})`;
}

/**
 * A WHERE that leaves in the groups of the first page and those that tie with its last, found by a read of
 * few columns, so that what costs more is worked out for these only. Empty where the order of the rows
 * begins with another column than failed_sessions, and for later pages.
 * @param group a number that tells the groups apart
 * @param rows a subquery with a column `failed`
 */
export function whereOnFirstPage(
  panel: Pick<Panel, "order">,
  query: PanelQuery,
  group: string,
  rows: string,
): string {
  const { cursor, sort, limit } = query.parameters;
  const [first] = orderOf(panel, sort);
  if (cursor !== null || first?.column !== "failed_sessions") return "";
  return `WHERE ${group} IN (
      SELECT ${group} AS place FROM ${rows} GROUP BY place
      ORDER BY ${ofPeriod(query, "sum", "failed")} ${first.descending ? "DESC" : "ASC"}
      LIMIT ${query.bind("rows", "UInt64", limit + 1)} WITH TIES
    )`;
}

/** A part of a whole; null where the whole is nothing. */
export function share(part: string, whole: string): string {
  return `if(${whole} = 0, NULL, ${part} / ${whole})`;
}

/** Sorted, and made text once for each of the few values rather than for each row. */
function texts(array: string): string {
  return `arraySort(arrayMap(one -> toString(one), ${array}))`;
}
