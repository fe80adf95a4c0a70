// Where two things meet: a field for each pair, the darker the more, with its number in it.

import type { Chart, Count, Heat, Place } from "./chart.ts";
import { heatStep, showCount, showShort } from "./count.ts";
import type { Option } from "./echarts.ts";
import type { Theme } from "./theme.ts";
import { WHOLE_ENDS } from "./time-labels.ts";

const STEPS = [1, 2, 3, 4, 5, 6, 7] as const;
/** Up to so many rows are drawn at this size. */
const SHORT = 4;
const MEDIUM = 9;
/** How much of the colour a step of a calm heat map has: each is told from the card, and from the next. */
const CALM = ["80", "94", "a8", "bd", "d1", "e6", "ff"] as const;
/** With more columns a number has no room. */
const NUMBERED_COLUMNS_MAX = 15;

/** Makes the chart; the fields in the order of rows and columns. */
export function heatChart(heat: Heat): Chart {
  const { caption, rows, columns, fields, unit, notes } = heat;
  const counts = new Map(fields.map((field) => [`${field.row} ${field.column}`, field.count]));
  const countAt = (row: number, column: number) => counts.get(`${row} ${column}`) ?? null;
  const several = rows.length > MEDIUM ? "tall" : "medium";
  return {
    caption,
    legend: [],
    size: rows.length <= SHORT ? "short" : several,
    notes,
    places: fields.map(({ row, column, count, range }, index): Place => {
      const words = `${rows[row]}\n${columns[column]}\n${showCount(count)} ${unit}`;
      return { series: 0, index, words, ...(range && { range }) };
    }),
    table: heat.overTime ? tableOverTime(heat, countAt) : tableOf(heat, countAt),
    option: (theme, head = 0) => optionOf(heat, theme, head),
  };
}

type CountAt = (row: number, column: number) => Count;

function tableOf({ of, rows, columns }: Heat, countAt: CountAt): Chart["table"] {
  return {
    head: [of, ...columns],
    rows: rows.map((name, row) => [name, ...columns.map((_, column) => countAt(row, column))]),
  };
}

/** A row for each step of time in which there is something: a year has more of them than a table columns. */
function tableOverTime({ rows, columns, fields }: Heat, countAt: CountAt): Chart["table"] {
  const told = new Set(fields.map(({ column }) => column));
  const lines = columns.map((label, column) => [
    label,
    ...rows.map((_, row) => countAt(row, column)),
  ]);
  return { head: ["From", ...rows], rows: lines.filter((_, column) => told.has(column)) };
}

/** Where a drawing is narrower than so many pixels, names get less of it. */
const NARROW_PIXELS = 520;
/** With more columns a line between two of them would leave nothing of a field, wide or narrow. */
const PARTED_COLUMNS_MAX = { wide: 120, narrow: 40 } as const;
const LINE_PIXELS = 2;

function optionOf(heat: Heat, theme: Theme, head: number): Option {
  const { rows, columns, fields, calm = false, overTime = false } = heat;
  const top = Math.max(...fields.map(({ count }) => Number(count ?? 0)));
  const labels = { color: theme.text };
  return {
    animation: false,
    backgroundColor: theme.card,
    grid: { left: 8, right: 12, top: head + 8, bottom: 24 },
    xAxis: {
      type: "category",
      data: [...columns],
      axisTick: { show: false },
      axisLabel: {
        ...labels,
        overflow: "truncate",
        width: 140,
        hideOverlap: true,
        ...(overTime && WHOLE_ENDS),
      },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: [...rows],
      axisTick: { show: false },
      axisLabel: labels,
      // Over the fields, so that rows stand apart however narrow those are.
      splitLine: { show: true, lineStyle: { color: theme.card, width: LINE_PIXELS } },
      z: 3,
    },
    visualMap: {
      type: "piecewise",
      show: false,
      dimension: 2,
      pieces: STEPS.map((step) => ({
        value: step,
        color: calm ? `${theme.ok}${CALM[step - 1]}` : (theme.heat[step - 1] ?? theme.none),
      })),
    },
    series: [
      {
        type: "heatmap",
        itemStyle: { borderColor: theme.card },
        data: fields.map(({ row, column, count }) => ({
          value: [column, row, heatStep(count, top)],
          label: {
            show: !calm && columns.length <= NUMBERED_COLUMNS_MAX,
            formatter: showShort(Number(count ?? 0)),
            color: theme.heatText[heatStep(count, top) - 1] ?? theme.text,
          },
        })),
      },
    ],
    media: rooms(heat),
  };
}

/** What differs by the room: on a phone names have a third of it, on several lines where there is height. */
function rooms({ rows, columns }: Heat) {
  const overflow = rows.length > MEDIUM ? ("truncate" as const) : ("break" as const);
  const room = (partedColumnsMax: number, axisLabel: object) => ({
    yAxis: { axisLabel },
    series: [{ itemStyle: { borderWidth: columns.length > partedColumnsMax ? 0 : LINE_PIXELS } }],
  });
  return [
    {
      query: { maxWidth: NARROW_PIXELS },
      option: room(PARTED_COLUMNS_MAX.narrow, {
        width: 116,
        fontSize: 11,
        lineHeight: 13,
        overflow,
      }),
    },
    { option: room(PARTED_COLUMNS_MAX.wide, { width: 220, fontSize: 12, overflow: "truncate" }) },
  ];
}
