// Where two things meet: a field for each pair, the darker the more, with its number in it.

import type { Chart, Heat, Place } from "./chart.ts";
import { heatStep, showCount, showShort } from "./count.ts";
import type { Option } from "./echarts.ts";
import type { Theme } from "./theme.ts";

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
  const { caption, of, rows, columns, fields, unit, notes } = heat;
  const counts = new Map(fields.map((field) => [`${field.row} ${field.column}`, field.count]));
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
    table: {
      head: [of, ...columns],
      rows: rows.map((name, row) => [
        name,
        ...columns.map((_, column) => counts.get(`${row} ${column}`) ?? null),
      ]),
    },
    option: (theme, head = 0) => optionOf(heat, theme, head),
  };
}

function optionOf(
  { rows, columns, fields, calm = false }: Heat,
  theme: Theme,
  head: number,
): Option {
  const top = Math.max(...fields.map(({ count }) => Number(count ?? 0)));
  const labels = { color: theme.text, overflow: "truncate" as const };
  return {
    animation: false,
    backgroundColor: theme.card,
    grid: { left: 8, right: 12, top: head + 8, bottom: 24 },
    xAxis: {
      type: "category",
      data: [...columns],
      axisTick: { show: false },
      axisLabel: { ...labels, width: 140, hideOverlap: true },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: [...rows],
      axisTick: { show: false },
      axisLabel: { ...labels, width: 220 },
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
        itemStyle: { borderColor: theme.card, borderWidth: 2 },
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
  };
}
