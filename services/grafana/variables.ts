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
    // Every item that came in has a row there, also one that could not be used.
    table: "receipts",
    value: "toString(tenant)",
    text: "any(tenant)",
    where: [],
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

/** The statement that lists the values of a variable: what it stands for, percent-encoded, and its name. */
export function valuesStatement(variable: FilterVariable): string {
  const { table, value, text, where } = SOURCES[variable];
  const conditions = where.length > 0 ? `WHERE ${where.join(" AND ")}` : "";
  return whenChosen(`SELECT encodeURLComponent(${value}) AS value, ${text} AS text
FROM ${table} FINAL ${conditions}
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
    allValue: null,
    current: { selected: true, text: ["All"], value: ["$__all"] },
    options: [],
    hide: 0,
  };
}

/** Every variable of a dashboard that is filtered by these. */
export function templating(filters: readonly FilterVariable[]) {
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
  const address = "http://127.0.0.1:8080";
  const sealwatch = {
    type: "constant",
    name: "sealwatch_url",
    label: "Sealwatch",
    description: "Where the pages of Sealwatch are, without a slash at the end.",
    query: address,
    current: { selected: true, text: address, value: address },
    options: [{ selected: true, text: address, value: address }],
    skipUrlSync: true,
    hide: 2,
  };
  const shown = FILTER_VARIABLES.filter((name) => filters.includes(name));
  return { list: [source, sealwatch, ...shown.map(filter)] };
}
