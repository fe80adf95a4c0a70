// How a column is shown in Grafana: its name, its unit, a colour where that has a meaning, and where its
// cells lead.

import { labelOf } from "../query/labels.ts";
import type { Column } from "../query/panel.ts";
import { reference } from "./macros.ts";

/** A property of Grafana's field configuration. */
export interface Property {
  id: string;
  value: unknown;
}

/** Properties of the fields with a name. */
export interface Override {
  matcher: { id: "byName"; options: string };
  properties: readonly Property[];
}

const TYPES: Readonly<Record<Column["type"], string>> = {
  text: "string",
  texts: "string",
  date: "string",
  // In full, with separators.
  count: "locale",
  ratio: "percentunit",
  time: "dateTimeAsIso",
  flag: "bool_yes_no",
};
const UNITS: Readonly<Partial<Record<NonNullable<Column["unit"]>, string>>> = {
  bytes: "bytes",
  milliseconds: "ms",
  hours: "h",
};

/** Grafana's unit of a column. */
export function unitOf({ type, unit }: Column): string {
  return (unit && UNITS[unit]) ?? TYPES[type];
}

/** What each column is, for the description of a Grafana panel. */
export function glossary(columns: readonly Column[]): string {
  return columns
    .map(({ name, description }) => `- **${labelOf(name)}**: ${description}`)
    .join("\n");
}

/** Numbers that are good or bad in themselves: from where on, and the colour below and above. */
const THRESHOLDS: Readonly<Record<string, readonly [number, string, string]>> = {
  failed_sessions: [1, "green", "orange"],
  success_rate: [1, "orange", "green"],
  conflict: [1, "green", "orange"],
  quarantined: [1, "green", "orange"],
  refused: [1, "green", "orange"],
};

/** Grafana's thresholds with one step; without a column, or a meaning, none. */
export function thresholdsOf(column?: string) {
  const [from, below, above] = THRESHOLDS[column ?? ""] ?? [];
  const base = { color: below ?? "text", value: null };
  const steps = from === undefined ? [base] : [base, { color: above, value: from }];
  return { mode: "absolute", steps };
}

const SEVERITY_COLORS = { critical: "dark-red", high: "orange", medium: "yellow", low: "blue" };

/** The colour of words that say how grave something is; the word stands there too. */
export function wordColorOf(column: string): Property[] {
  if (column !== "severity") return [];
  const options = Object.fromEntries(
    Object.entries(SEVERITY_COLORS).map(([text, color], index) => [text, { text, color, index }]),
  );
  return [
    { id: "mappings", value: [{ type: "value", options }] },
    { id: "custom.cellOptions", value: { type: "color-text" } },
  ];
}

// In addresses everything from a cell is percent-encoded by Grafana.
const SEALWATCH = reference("sealwatch_url:raw");
const RANGE = `from=${reference("__from:date:iso")}&to=${reference("__to:date:iso")}`;
const VALUE = reference("__value.raw:percentencode");

/** Parameters of an address out of these columns, where they are in the same row. */
function fromRow(beside: readonly string[], ...columns: string[]): string {
  return columns
    .filter((column) => beside.includes(column))
    .map((column) => `&${column}=${reference(`__data.fields.${column}:percentencode`)}`)
    .join("");
}

/** The page that a cell leads to: what it is called, and its address. */
function pageOf(panel: string, column: string, beside: readonly string[]): string[] {
  switch (column) {
    case "domain": {
      const tenant = fromRow(beside, "tenant");
      return ["This domain in Sealwatch", `${SEALWATCH}/domains/${VALUE}?${RANGE}${tenant}`];
    }
    case "organization":
      return [
        "This organization in Sealwatch",
        `${SEALWATCH}/organizations?organization=${VALUE}&${RANGE}`,
      ];
    case "receipt":
      return ["This message in Sealwatch", `${SEALWATCH}/quarantine/${VALUE}`];
    case "id": {
      if (panel !== "problems") {
        return ["This report in Sealwatch", `${SEALWATCH}/reports/${VALUE}`];
      }
      // Without its domain and tenant a problem is looked for in all of the store.
      const place = fromRow(beside, "domain", "tenant");
      return ["Cause and cure in Sealwatch", `${SEALWATCH}/problems/${VALUE}?${RANGE}${place}`];
    }
    default:
      return [];
  }
}

/** The link of a column, as a property. */
export function linkOf(panel: string, column: string, beside: readonly string[]): Property[] {
  const [title, url] = pageOf(panel, column, beside);
  if (title === undefined) return [];
  return [{ id: "links", value: [{ title, url, targetBlank: true }] }];
}

const SERIES_COLORS: Readonly<Record<string, string>> = {
  successful_sessions: "green",
  failed_sessions: "red",
};

/** The colour of a column that is drawn beside others. */
export function seriesColorOf(column: string): Property[] {
  const fixedColor = SERIES_COLORS[column];
  return fixedColor ? [{ id: "color", value: { mode: "fixed", fixedColor } }] : [];
}

/** Everything that is told of a field by the name of its column, and more. */
export function overrideOf(name: string, properties: readonly Property[]): Override {
  return { matcher: { id: "byName", options: name }, properties };
}

/** The name and unit of a column. */
export function toldOf(column: Column): Property[] {
  return [
    { id: "displayName", value: labelOf(column.name) },
    { id: "unit", value: unitOf(column) },
  ];
}
