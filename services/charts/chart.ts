// What a chart is made of and what it is: rows of a panel become a drawing for eyes, and the same numbers
// as words and as a table.

import type { Row } from "../query/panel.ts";
import type { Option } from "./echarts.ts";
import type { Theme } from "./theme.ts";

/** A step of time that is drawn. */
export interface Bucket {
  /** Its start, as `from` and `to` of an address have it. */
  at: string;
  label: string;
}

/** Something that happened, to be shown on the axis of time. */
export interface Mark {
  /** A day or RFC 3339. */
  at: string;
  title: string;
  kind: "policy" | "mx" | "problem";
}

/** All that a chart follows from. */
export interface Source {
  panel: string;
  title: string;
  rows: readonly Row[];
  /** Length of a bucket in a word, and what the rows are split by; null where there is no such thing. */
  step: string | null;
  by: string | null;
  /** Every bucket of the range, those without a row too; empty without an axis of time. */
  axis: readonly Bucket[];
  /** Where the range ends, as `at` of a bucket. */
  end: string;
  marks: readonly Mark[];
  /** True when there are more rows, which are not here. */
  cut: boolean;
}

/** A count as an answer has it: decimal text beyond 2^53, null where there is none. */
export type Count = number | string | null;

/** One thing that a reader can point at. */
export interface Place {
  /** Where the drawing has it. */
  series: number;
  index: number;
  /** What it says. */
  words: string;
  /** The range of time that it stands for, if any. */
  range?: { from: string; to: string };
}

export interface Chart {
  caption: string;
  /** What each colour and pattern means. */
  legend: readonly { key: LegendKey; name: string }[];
  /** How much room it takes. */
  size: "short" | "medium" | "tall";
  /** What is not drawn, in sentences. */
  notes: readonly string[];
  places: readonly Place[];
  /** The same numbers to be read; the first cell of a row names it. */
  table: { head: readonly string[]; rows: readonly (readonly Count[])[] };
  /** @param head pixels to leave free at the top */
  option(theme: Theme, head?: number): Option;
}

/** Names of the style sheet for colours and patterns. */
export type LegendKey = "ok" | "failed" | "none" | Mark["kind"] | `series-${number}`;

/** What is drawn, as plain values: it can travel to the browser as JSON. */
export type Model = Timeline | Bars | Heat;

/** Bars over time, one on the other. */
export interface Timeline {
  kind: "timeline";
  caption: string;
  axis: readonly Bucket[];
  end: string;
  marks: readonly Mark[];
  series: readonly TimeSeries[];
  /** What a bucket without a row means: that nobody told anything, or that there is nothing to tell. */
  empty: { says: string; unknown: boolean };
  /** True for the buckets that have a row. */
  present: readonly boolean[];
  /** False where the series overlap and stand side by side. */
  stacked: boolean;
  notes: readonly string[];
}

export interface TimeSeries {
  name: string;
  key: LegendKey;
  /** One for each bucket; null where there is none. */
  values: readonly Count[];
  /** True where it is drawn alone beneath if it can hardly be seen in the whole. */
  rare?: boolean;
}

/** Bars from left to right, one for each name. */
export interface Bars {
  kind: "bars";
  caption: string;
  /** What the names are, as the head of a column. */
  of: string;
  names: readonly string[];
  series: readonly Omit<TimeSeries, "rare">[];
  notes: readonly string[];
}

/** Where two things meet: a field for each pair. */
export interface Heat {
  kind: "heat";
  caption: string;
  /** What the rows are, as the head of a column. */
  of: string;
  rows: readonly string[];
  columns: readonly string[];
  fields: readonly HeatField[];
  /** What is counted. */
  unit: string;
  /** True where it is nothing bad: then a field only says that there is something. */
  calm?: boolean;
  /** True where the columns are steps of time. */
  overTime?: boolean;
  notes: readonly string[];
}

export interface HeatField {
  row: number;
  column: number;
  count: Count;
  /** The range of time that it stands for, if any. */
  range?: { from: string; to: string };
}

/** What is to be drawn of the rows of one panel; text from outside is made printable. */
export type Charting = (source: Source) => Model;
