// Grafana's panels: a section of a dashboard with its statement, drawn as numbers, rows, bars over time, or
// rows by columns.

import { labelOf } from "../query/labels.ts";
import type { Column } from "../query/panel.ts";
import type { Drawing, Section } from "./boards.ts";
import {
  glossary,
  linkOf,
  overrideOf,
  seriesColorOf,
  thresholdsOf,
  toldOf,
  unitOf,
  wordColorOf,
} from "./fields.ts";
import { reference } from "./macros.ts";
import { columnsAsked, statementOf } from "./statement.ts";
import { DATA_SOURCE } from "./variables.ts";

/** Version of the data source that the targets are written for; later ones of 4 read them. */
const PLUGIN_VERSION = "4.0.0";
/** Numbers in the plugin's format: one line of time per series, or rows. */
const FORMATS = { timeseries: 0, table: 1 } as const;

/** What differs between the drawings. */
interface Drawn {
  type: "stat" | "table" | "timeseries";
  heightCells: number;
  defaults: object;
  overrides: readonly object[];
  options: object;
  transformations?: readonly object[];
}

type Draw = (section: Section, columns: readonly Column[]) => Drawn;

const stat: Draw = (_, columns) => ({
  type: "stat",
  heightCells: 4,
  defaults: { unit: "locale", noValue: "none", thresholds: thresholdsOf() },
  overrides: columns.map((column) =>
    overrideOf(column.name, [
      ...toldOf(column),
      { id: "thresholds", value: thresholdsOf(column.name) },
    ]),
  ),
  options: {
    reduceOptions: { values: false, calcs: ["lastNotNull"], fields: "" },
    orientation: "auto",
    textMode: "value_and_name",
    colorMode: "value",
    graphMode: "none",
    justifyMode: "auto",
  },
});

const table: Draw = ({ panel }, columns) => {
  const names = columns.map(({ name }) => name);
  return {
    type: "table",
    heightCells: 10,
    defaults: { unit: "string", custom: { align: "auto", filterable: true } },
    overrides: columns.map((column) =>
      overrideOf(column.name, [
        ...toldOf(column),
        ...wordColorOf(column.name),
        ...linkOf(panel.id, column.name, names),
      ]),
    ),
    options: { showHeader: true, cellHeight: "sm" },
  };
};

/** Days without a report have no row, and so no bar: no report is not the same as no failure. */
const timeseries: Draw = ({ series = [] }, columns) => {
  const measures = columns.filter(({ type }) => type === "count");
  const unit = measures[0] ? unitOf(measures[0]) : "locale";
  const named = series.map((name) => reference(`__field.labels.${name}`)).join(" ");
  return {
    type: "timeseries",
    heightCells: 9,
    defaults: {
      unit,
      min: 0,
      ...(named && { displayName: named }),
      custom: {
        drawStyle: "bars",
        barAlignment: 1,
        fillOpacity: 60,
        lineWidth: 0,
        // Delays are not added up.
        stacking: { group: "A", mode: unit === "ms" ? "none" : "normal" },
      },
    },
    overrides: measures.flatMap((column) => {
      if (!named)
        return overrideOf(column.name, [...toldOf(column), ...seriesColorOf(column.name)]);
      // Of several heights each says which it is; their colours tell the series from each other.
      const displayName = { id: "displayName", value: `${named}: ${labelOf(column.name)}` };
      return measures.length > 1 ? overrideOf(column.name, [displayName]) : [];
    }),
    options: {
      legend: { displayMode: "list", placement: "bottom", showLegend: true },
      tooltip: { mode: "multi", sort: "desc" },
    },
  };
};

/** Rows of the first column, columns of the second, with the third where they meet. */
const matrix: Draw = (section, [row, column, value]) => {
  const [rowField, columnField, valueField] = [row?.name, column?.name, value?.name];
  return {
    type: "table",
    heightCells: 10,
    defaults: {
      unit: value ? unitOf(value) : "locale",
      color: { mode: "continuous-YlRd" },
      custom: { align: "auto", cellOptions: { type: "color-background", mode: "basic" } },
    },
    overrides: [
      overrideOf(`${rowField}\\${columnField}`, [
        { id: "unit", value: "string" },
        { id: "custom.cellOptions", value: { type: "auto" } },
        ...linkOf(section.panel.id, rowField ?? "", []),
      ]),
    ],
    options: { showHeader: true, cellHeight: "sm" },
    transformations: [
      {
        id: "groupingToMatrix",
        options: { rowField, columnField, valueField, emptyValue: "null" },
      },
    ],
  };
};

const DRAWINGS: Readonly<Record<Drawing, Draw>> = { stat, table, timeseries, matrix };

/** Where a panel stands, in cells: 24 are a row. */
export interface Place {
  x: number;
  y: number;
}

/** Cells that a section takes: a whole row, or half of one. */
export function widthCells({ width }: Section): number {
  return width === "half" ? 12 : 24;
}

/** The Grafana panel of a section. */
export function drawSection(section: Section, id: number, { x, y }: Place) {
  const { panel, as } = section;
  const columns = columnsAsked(section);
  const { type, heightCells, defaults, overrides, options, transformations } = DRAWINGS[as](
    section,
    columns,
  );
  const kind = as === "timeseries" ? "timeseries" : "table";
  return {
    id,
    type,
    title: section.title ?? panel.title,
    description: `${panel.description}\n\n${glossary(columns)}`,
    datasource: DATA_SOURCE,
    gridPos: { x, y, w: widthCells(section), h: heightCells },
    fieldConfig: { defaults, overrides },
    options,
    ...(transformations && { transformations }),
    targets: [
      {
        refId: "A",
        datasource: DATA_SOURCE,
        pluginVersion: PLUGIN_VERSION,
        editorType: "sql",
        queryType: kind,
        format: FORMATS[kind],
        rawSql: statementOf(section),
      },
    ],
  };
}
