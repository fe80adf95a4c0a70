// Bars from left to right, one for each name, the longest first.

import type { Bars, Chart } from "./chart.ts";
import { showCount, showShort } from "./count.ts";
import { looks } from "./pattern.ts";
import type { Theme } from "./theme.ts";

/** Up to so many bars are drawn at this size. */
const SHORT = 5;
const MEDIUM = 10;

/** Makes the chart. */
export function barChart(bars: Bars): Chart {
  const { caption, of, names, series, notes } = bars;
  const several = names.length > MEDIUM ? "tall" : "medium";
  return {
    caption,
    legend: series.map(({ key, name }) => ({ key, name })),
    size: names.length <= SHORT ? "short" : several,
    notes,
    places: names.map((name, index) => {
      const told = series.flatMap(({ name, values }) =>
        Number(values[index] ?? 0) === 0 ? [] : [`${name}: ${showCount(values[index] ?? null)}`],
      );
      return { series: 0, index, words: [name, ...told].join("\n") };
    }),
    table: {
      head: [of, ...series.map(({ name }) => name)],
      rows: names.map((name, i) => [name, ...series.map(({ values }) => values[i] ?? null)]),
    },
    option: (theme, head = 0) => ({
      animation: false,
      backgroundColor: theme.card,
      aria: { enabled: true, label: { enabled: false } },
      grid: { left: 8, right: 24, top: head + 8, bottom: 24 },
      xAxis: {
        type: "value",
        minInterval: 1,
        axisLabel: { color: theme.quiet, formatter: showShort, hideOverlap: true },
        splitLine: { lineStyle: { color: theme.line } },
      },
      yAxis: {
        type: "category",
        inverse: true,
        data: [...names],
        axisLine: { lineStyle: { color: theme.edge } },
        axisTick: { show: false },
        axisLabel: { color: theme.text, width: 180, overflow: "truncate" },
      },
      series: series.map((one) => drawn(one, theme)),
    }),
  };
}

function drawn({ name, key, values }: Bars["series"][number], theme: Theme) {
  return {
    type: "bar" as const,
    name,
    stack: "all",
    barMaxWidth: 22,
    barMinHeight: 2,
    itemStyle: looks(key, theme),
    data: values.map((value) => (Number(value ?? 0) === 0 ? "-" : Number(value))),
  };
}
