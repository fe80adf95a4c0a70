// Bars over time, one on the other, with what happened marked on the axis. What is rare beside the rest is
// drawn once more beneath, on a scale of its own.

import type { Bucket, Chart, Mark, Place, Timeline, TimeSeries } from "./chart.ts";
import { showCount, showShort } from "./count.ts";
import type { Option } from "./echarts.ts";
import { looks } from "./pattern.ts";
import type { Theme } from "./theme.ts";
import { WHOLE_ENDS } from "./time-labels.ts";

/** Below this share of the highest bar, a bar is a few pixels high. */
const RARE_SHARE = 0.12;
/** How high the strip of a bucket without a report is, by the height of the drawing. */
const GAP_SHARE = 0.04;
const MARK_SIGNS: Record<Mark["kind"], string> = { policy: "P", mx: "M", problem: "!" };
const MARK_NAMES: Record<Mark["kind"], string> = {
  policy: "Policy changed",
  mx: "First failure at an MX host",
  problem: "Problem began or ended",
};
const MARK_LINES = { policy: "solid", mx: "dotted", problem: "dashed" } as const;

/** The bucket that an instant lies in; -1 for none. */
function bucketAt(axis: readonly Bucket[], end: string, at: string): number {
  const ms = Date.parse(at);
  if (!(ms < Date.parse(end))) return -1;
  return axis.findLastIndex((bucket) => Date.parse(bucket.at) <= ms);
}

interface Happened {
  bucket: number;
  mark: Mark;
}

function happened({ axis, end, marks }: Timeline): Happened[] {
  const all = marks.map((mark) => ({ bucket: bucketAt(axis, end, mark.at), mark }));
  return all.filter(({ bucket }) => bucket >= 0);
}

/** Whether what is rare is too low to be seen beside the rest. */
function hidden(series: readonly TimeSeries[]): boolean {
  const totals = new Map<number, number>();
  let rare = 0;
  for (const one of series) {
    for (const [i, value] of one.values.entries()) {
      totals.set(i, (totals.get(i) ?? 0) + Number(value ?? 0));
      if (one.rare) rare = Math.max(rare, Number(value ?? 0));
    }
  }
  return rare > 0 && rare < RARE_SHARE * Math.max(...totals.values());
}

function placesOf(timeline: Timeline, marks: readonly Happened[]): Place[] {
  const { axis, end, series, empty, present } = timeline;
  return axis.map(({ at, label }, i) => {
    const told = series.map(({ name, values }) => `${name}: ${showCount(values[i] ?? null)}`);
    const lines = present[i] ? told : [empty.says];
    const here = marks.filter(({ bucket }) => bucket === i);
    const titles = here.map(({ mark }) => mark.title);
    const range = { from: at, to: axis[i + 1]?.at ?? end };
    return { series: 0, index: i, words: [label, ...lines, ...titles].join("\n"), range };
  });
}

/** Makes the chart. */
export function timelineChart(timeline: Timeline): Chart {
  const { axis, caption, series, empty, present, notes } = timeline;
  const marks = happened(timeline);
  const kinds = [...new Set(marks.map(({ mark }) => mark.kind))];
  const gaps = empty.unknown && present.includes(false);
  const alone = hidden(series);
  const cell = (one: TimeSeries, i: number) => {
    if (present[i]) return one.values[i] ?? null;
    return empty.unknown ? empty.says : 0;
  };
  return {
    caption,
    legend: [
      ...series.map(({ key, name }) => ({ key, name })),
      ...(gaps ? [{ key: "none" as const, name: empty.says }] : []),
      ...kinds.map((kind) => ({ key: kind, name: `${MARK_SIGNS[kind]} ${MARK_NAMES[kind]}` })),
    ],
    size: alone ? "tall" : "medium",
    notes: [
      ...notes,
      ...(alone ? ["Failed sessions are drawn once more on their own scale."] : []),
    ],
    places: placesOf(timeline, marks),
    table: {
      head: ["From", ...series.map(({ name }) => name)],
      rows: axis.map(({ label }, i) => [label, ...series.map((one) => cell(one, i))]),
    },
    option: (theme, head = 0) => optionOf(timeline, { marks, gaps, alone, head }, theme),
  };
}

interface Shape {
  marks: readonly Happened[];
  gaps: boolean;
  alone: boolean;
  head: number;
}

function optionOf(timeline: Timeline, shape: Shape, theme: Theme): Option {
  const { axis, series, stacked } = timeline;
  const { alone, gaps, marks, head } = shape;
  const labels = axis.map(({ label }) => label);
  const rare = series.filter((one) => alone && one.rare);
  const bars = [
    ...series.map((one) => bar(one, 0, stacked, theme)),
    ...rare.map((one) => bar(one, 1, stacked, theme)),
  ];
  const first = bars[0];
  if (first) bars[0] = { ...first, markLine: markLine(marks, theme) };
  const grids = alone
    ? [
        { top: head + 24, bottom: "36%" },
        { top: "72%", bottom: 28 },
      ]
    : [{ top: head + 24, bottom: 28 }];
  return {
    animation: false,
    backgroundColor: theme.card,
    aria: { enabled: true, label: { enabled: false } },
    grid: grids.map((grid) => ({ left: 56, right: 12, ...grid })),
    xAxis: grids.map((_, i) => categories(labels, i, i === grids.length - 1, theme)),
    yAxis: [
      ...grids.map((_, i) => scale(i, theme)),
      // No report is a strip on the axis, however high the others are.
      { gridIndex: 0, min: 0, max: 1, show: false },
    ],
    series: gaps ? [...bars, gapBars(timeline, grids.length, theme)] : bars,
  };
}

function bar(one: TimeSeries, grid: number, stacked: boolean, theme: Theme) {
  return {
    type: "bar" as const,
    name: one.name,
    xAxisIndex: grid,
    yAxisIndex: grid,
    ...(stacked && { stack: `grid-${grid}` }),
    barCategoryGap: "20%",
    // One failure is seen beside any number of successes.
    barMinHeight: one.key === "ok" ? 0 : 2,
    itemStyle: looks(one.key, theme),
    data: one.values.map((value) => (value === null || Number(value) === 0 ? "-" : Number(value))),
    markLine: { data: [] as object[] },
  };
}

function gapBars({ present, empty }: Timeline, yAxisIndex: number, theme: Theme) {
  return {
    type: "bar" as const,
    name: empty.says,
    yAxisIndex,
    barGap: "-100%",
    barCategoryGap: "20%",
    silent: true,
    itemStyle: looks("none", theme),
    data: present.map((known) => (known ? "-" : GAP_SHARE)),
  };
}

/** One line for each bucket, with a sign for each kind of what happened there. */
function markLine(marks: readonly Happened[], theme: Theme) {
  const lines = new Map<number, Set<Mark["kind"]>>();
  for (const { bucket, mark } of marks) {
    lines.set(bucket, (lines.get(bucket) ?? new Set()).add(mark.kind));
  }
  return {
    silent: true,
    symbol: "none",
    data: [...lines].map(([xAxis, kinds]) => {
      const [first = "policy"] = kinds;
      const formatter = [...kinds].map((kind) => MARK_SIGNS[kind]).join(" ");
      return {
        xAxis,
        lineStyle: { color: theme.text, type: MARK_LINES[first], width: 1.5 },
        label: { formatter, color: theme.text, fontWeight: "bold" as const },
      };
    }),
  };
}

function categories(data: readonly string[], gridIndex: number, told: boolean, theme: Theme) {
  return {
    type: "category" as const,
    gridIndex,
    data: [...data],
    axisLine: { lineStyle: { color: theme.edge } },
    axisTick: { show: false },
    axisLabel: { ...WHOLE_ENDS, show: told, color: theme.quiet, hideOverlap: true },
  };
}

function scale(gridIndex: number, theme: Theme) {
  return {
    type: "value" as const,
    gridIndex,
    minInterval: 1,
    splitNumber: gridIndex === 0 ? 4 : 2,
    axisLabel: { color: theme.quiet, formatter: showShort },
    splitLine: { lineStyle: { color: theme.line } },
  };
}
