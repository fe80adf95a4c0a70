// The charts of the panels that have a row for each step of time: the trend of sessions, and ingest.

import { printable } from "../core/printable.ts";
import type { Row } from "../query/panel.ts";
import type { Bucket, Charting, Count, LegendKey, Source, Timeline, TimeSeries } from "./chart.ts";
import { countOf, ranked, showName, sumOf } from "./count.ts";

/** More series than this cannot be told apart; the others are drawn as one. */
const SERIES_MAX = 7;
const UNITS: Readonly<Record<string, string>> = {
  result_type: "result type",
  organization: "sending organization",
  mx: "MX host",
  domain: "domain",
  policy_type: "policy type",
  trust: "how well the reports are known",
};
const OUTCOMES: Readonly<Record<string, { name: string; key: LegendKey }>> = {
  stored: { name: "Stored", key: "ok" },
  duplicate: { name: "Duplicate", key: "series-3" },
  conflict: { name: "Conflict", key: "series-1" },
  quarantined: { name: "Quarantined", key: "failed" },
  refused: { name: "Refused", key: "series-4" },
};

function keyOf(at: string): number {
  return Date.parse(at);
}

/** Rows by bucket, in the order of the axis. */
function byBucket(axis: readonly Bucket[], rows: readonly Row[]): Row[][] {
  const groups = new Map(axis.map(({ at }) => [keyOf(at), [] as Row[]]));
  for (const row of rows) groups.get(keyOf(String(row["bucket"])))?.push(row);
  return [...groups.values()];
}

function base({ axis, end, marks }: Source): Pick<Timeline, "kind" | "axis" | "end" | "marks"> {
  const shown = marks.map((mark) => ({ ...mark, title: printable(mark.title) }));
  return { kind: "timeline", axis, end, marks: shown };
}

/** What is left out of a long answer is not to look like silence: the axis ends where the rows do. */
function within(source: Source): { source: Source; notes: string[] } {
  if (!source.cut) return { source, notes: [] };
  const last = keyOf(String(source.rows.at(-1)?.["bucket"]));
  // Of the last bucket some rows may be missing too.
  const axis = source.axis.filter(({ at }) => keyOf(at) < last);
  const end = source.axis[axis.length]?.at ?? source.end;
  const until = source.axis[axis.length]?.label ?? "the end";
  return {
    source: { ...source, axis, end },
    notes: [`There are more rows than fit: what is from ${until} on is not drawn.`],
  };
}

const sumWhere = (rows: readonly Row[], column: string, holds: (row: Row) => boolean): Count => {
  const counts = rows.filter(holds).map((row) => countOf(row[column]));
  return counts.some((count) => count !== null) ? sumOf(counts) : null;
};

/** Successful and failed sessions of each bucket. */
function totals(groups: readonly Row[][], detailed: boolean): TimeSeries[] {
  const of = (column: string) => groups.map((rows) => sumWhere(rows, column, () => true));
  const failed: TimeSeries = { name: "Failed", key: "failed", values: of("failed_sessions") };
  if (detailed) return [failed];
  const successful: TimeSeries = {
    name: "Successful",
    key: "ok",
    values: of("successful_sessions"),
  };
  return [successful, { ...failed, rare: true }];
}

/** Failed sessions of each bucket by what they are split by, the most first. */
function split(source: Source, groups: readonly Row[][], additive: boolean): TimeSeries[] {
  const names = ranked(
    source.rows.map((row) => [String(row["series"]), countOf(row["failed_sessions"])]),
  )
    .filter(([, sum]) => sum !== 0)
    .map(([name]) => name);
  const shown = names.slice(0, SERIES_MAX);
  const valuesOf = (holds: (name: string) => boolean) =>
    groups.map((rows) => sumWhere(rows, "failed_sessions", (row) => holds(String(row["series"]))));
  const series = shown.map(
    (name, i): TimeSeries => ({
      name: showName(name),
      key: `series-${i}`,
      values: valuesOf((other) => other === name),
    }),
  );
  const rest = names.length - shown.length;
  // What overlaps has no sum.
  if (rest === 0 || !additive) return series;
  const others = valuesOf((name) => names.includes(name) && !shown.includes(name));
  return [...series, { name: `${rest} others`, key: `series-${SERIES_MAX}`, values: others }];
}

/** Sessions over time: successful and failed, or failed by what they are split by. */
export const trendChart: Charting = (whole) => {
  const { source, notes } = within(whole);
  const groups = byBucket(source.axis, source.rows);
  const { by } = source;
  const unit = by === null ? undefined : UNITS[by];
  // Failure details say nothing of sessions that succeed, nor that a report came.
  const detailed = source.rows.every((row) => row["successful_sessions"] === null);
  const stacked = by !== "policy_type";
  const series = unit ? split(source, groups, stacked) : totals(groups, detailed);
  const what = unit || detailed ? "Failed sessions" : "Successful and failed sessions";
  return {
    ...base(source),
    caption: `${what} per ${source.step}${unit ? ` by ${unit}` : ""}`,
    series: series.length > 0 ? series : totals(groups, true),
    empty: detailed
      ? { says: "No failed session", unknown: false }
      : { says: "No report", unknown: true },
    present: groups.map((rows) => rows.length > 0),
    stacked,
    notes,
  };
};

/** What became of everything that came in. */
export const ingestChart: Charting = (whole) => {
  const { source, notes } = within(whole);
  const groups = byBucket(source.axis, source.rows);
  const found = ranked(source.rows.map((row) => [String(row["outcome"]), countOf(row["items"])]));
  const order = Object.keys(OUTCOMES);
  const names = found.map(([name]) => name).sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const series = names.map((name): TimeSeries => {
    const looks = OUTCOMES[name] ?? { name: showName(name), key: "series-2" as const };
    const values = groups.map((rows) => sumWhere(rows, "items", (row) => row["outcome"] === name));
    return { ...looks, values };
  });
  return {
    ...base(source),
    caption: `Items per ${source.step} by outcome`,
    series,
    empty: { says: "Nothing came", unknown: false },
    present: groups.map((rows) => rows.length > 0),
    stacked: true,
    notes,
  };
};
