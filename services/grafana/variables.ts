// The template variables of a dashboard: the data source, where Sealwatch is, and what can be filtered by,
// whose values are read from the facts.

import { BOUNDS } from "../core/bounds.ts";
import type { Table } from "../query/panel.ts";
import {
  FILTER_VARIABLES,
  type FilterVariable,
  placeOf,
  reference,
  sqlOfRange,
  whenChosen,
} from "./macros.ts";

/** What Grafana calls the plugin. */
export const PLUGIN = "grafana-clickhouse-datasource";
/** Whatever the variable `datasource` names. */
export const DATA_SOURCE = { type: PLUGIN, uid: reference("datasource") } as const;

interface Source {
  label: string;
  description: string;
  table: Table;
  /** What rows are filtered by: names are compared in lower case, and shown in their newest spelling. */
  value: string;
  text: string;
  /** Conditions on rows that have a value. */
  where: readonly string[];
}

const IN_RANGE = sqlOfRange();

const SOURCES: Readonly<Record<FilterVariable, Source>> = {
  tenant: {
    label: "Tenant",
    description: "Only what belongs to these tenants.",
    table: "policy_summaries",
    value: "toString(tenant)",
    text: "any(tenant)",
    where: [IN_RANGE],
  },
  domain: {
    label: "Domain",
    description: "Only these policy domains.",
    table: "policy_summaries",
    value: "toString(domain)",
    text: "any(domain)",
    where: [`tenant IN ${placeOf("tenant")}`, IN_RANGE, "domain != ''"],
  },
  organization: {
    label: "Organization",
    description: "Only reports of these sending organizations.",
    table: "policy_summaries",
    value: "lowerUTF8(toString(organization))",
    text: "max((day, toString(organization))).2",
    where: [`tenant IN ${placeOf("tenant")}`, IN_RANGE, "organization != ''"],
  },
  mx: {
    label: "MX host",
    description: "Only failures at these receiving MX hosts; summaries do not name any.",
    table: "failure_details",
    value: "toString(mx)",
    text: "any(mx)",
    where: [`tenant IN ${placeOf("tenant")}`, IN_RANGE, "mx != ''"],
  },
  result_type: {
    label: "Result type",
    description: "Only failures of these result types; summaries do not name any.",
    table: "failure_details",
    value: "toString(result_type)",
    text: "any(result_type)",
    where: [`tenant IN ${placeOf("tenant")}`, IN_RANGE, "result_type != ''"],
  },
};

/**
 * The statement that lists the values of a variable: what it stands for, percent-encoded, and its name. It is
 * asked on every load, so without FINAL: a name of rows that were written again does no harm.
 */
export function valuesStatement(variable: FilterVariable): string {
  const { table, value, text, where } = SOURCES[variable];
  return whenChosen(`SELECT encodeURLComponent(${value}) AS value, ${text} AS text
FROM ${table} WHERE ${where.join(" AND ")}
GROUP BY value
ORDER BY text
LIMIT ${BOUNDS.queryRowsMax}`);
}

function filter(name: FilterVariable) {
  const { label, description } = SOURCES[name];
  const statement = valuesStatement(name);
  return {
    type: "query",
    name,
    label,
    description,
    datasource: DATA_SOURCE,
    definition: statement,
    query: statement,
    // On load, and when the range changes.
    refresh: 2,
    sort: 0,
    regex: "",
    multi: true,
    includeAll: true,
    // A name that the list is too short for can be typed.
    allowCustomValue: true,
    allValue: null,
    current: { selected: true, text: ["All"], value: ["$__all"] },
    options: [],
    hide: 0,
  };
}

/** Where the pages of Sealwatch are unless something else is said. */
export const PAGES_ADDRESS = "http://127.0.0.1:8080";

/** Every variable of a dashboard that is filtered by these. */
export function templating(filters: readonly FilterVariable[], address: string) {
  const source = {
    type: "datasource",
    name: "datasource",
    label: "Data source",
    description: "The ClickHouse server that Sealwatch stores in.",
    query: PLUGIN,
    refresh: 1,
    regex: "",
    multi: false,
    includeAll: false,
    current: {},
    options: [],
    hide: 0,
  };
  const sealwatch = {
    type: "textbox",
    name: "sealwatch_url",
    label: "Address of Sealwatch",
    description: "Where links lead, without a slash at the end.",
    query: address,
    current: { selected: true, text: address, value: address },
    options: [{ selected: true, text: address, value: address }],
    hide: 0,
  };
  const shown = FILTER_VARIABLES.filter((name) => filters.includes(name));
  return { list: [source, ...shown.map(filter), sealwatch] };
}
