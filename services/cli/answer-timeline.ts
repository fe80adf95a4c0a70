// An answer as bars over time: a line for each bucket, of each series on its own. Where all sessions are told
// of, a bucket without a report says so, since that is not a bucket without failures.

import { printable } from "../core/printable.ts";
import type { Column, Panel } from "../query/panel.ts";
import { buckets, readInstant, STEPS, type Step } from "../query/range.ts";
import { printSort } from "../query/sort.ts";
import { readTimeZone, UTC, wallTime } from "../query/time-zone.ts";
import { type Answer, type AnswerMeta, cellWords } from "./answer-cells.ts";
import { numberOf } from "./answer-table.ts";
import { bar, stackedBar } from "./bars.ts";
import { paint, proseWidth, type Style } from "./style.ts";
import { displayWidth, wrap } from "./text-width.ts";

type Row = Readonly<Record<string, unknown>>;

const BAR_COLUMNS_MAX = 60;
const BAR_COLUMNS_MIN = 8;

/** What the bars of a timeline are made of. */
interface Measure {
  bucket: Column;
  failed: Column;
  /** Null where the panel has one number for each bucket. */
  successful: Column | null;
}

/** True for a panel that is ordered by time, in an order that nobody changed. */
export function isTimeline(panel: Panel, meta: AnswerMeta): boolean {
  const [first] = panel.order;
  const bucket = panel.columns.find(({ name }) => name === first?.column);
  const turned = meta.sort !== undefined && meta.sort !== printSort(panel.order);
  const asked = (meta.fields?.length ?? 0) > 0 || turned;
  const stepped = panel.parameters.includes("step");
  return bucket?.type === "time" && stepped && !asked && measureOf(panel) !== null;
}

function measureOf(panel: Panel): Measure | null {
  const bucket = panel.columns.find(({ type }) => type === "time");
  const counts = panel.columns.filter(({ type }) => type === "count");
  const failed = counts.find(({ name }) => name === "failed_sessions") ?? counts[0];
  const successful = counts.find(({ name }) => name === "successful_sessions") ?? null;
  return bucket && failed ? { bucket, failed, successful } : null;
}

/** The rows as bars. */
export function printTimeline(panel: Panel, { data, meta }: Answer, style: Style): string {
  const measure = measureOf(panel);
  if (measure === null) return "";
  const names = panel.order.slice(1).map(({ column }) => column);
  const series = new Map<string, Row[]>();
  for (const row of data) {
    const name = names.map((one) => String(row[one] ?? "")).join(" ");
    series.set(name, [...(series.get(name) ?? []), row]);
  }
  const top = Math.max(1, ...data.map((row) => totalOf(measure, row)));
  const { successful } = measure;
  const stacked = data.some((row) => successful && row[successful.name] !== null);
  const whole = series.size === 1 && series.has("total") && stacked;
  const starts = bucketStarts(measure, data, meta);
  const blocks = [...series].map(([name, rows]) => {
    if (whole) return linesOf(measure, rows, { starts, top, meta, style });
    // Of a part nobody knows whether it was not reported, or did not fail.
    const own = rows.map((row) => Date.parse(String(row[measure.bucket.name])));
    const heading = name === "total" ? "" : `${seriesHeading(name, style)}\n`;
    return heading + linesOf(measure, rows, { starts: own, top, meta, style });
  });
  const legend = stacked && style.bars ? `${legendOf(style)}\n` : "";
  return `${blocks.join("\n")}${legend}`;
}

function seriesHeading(name: string, style: Style): string {
  const lines = wrap(printable(name.trim() === "" ? "–" : name), proseWidth(style));
  return lines.map((line) => paint(line, "strong", style)).join("\n");
}

function legendOf(style: Style): string {
  const failed = stackedBar({ failed: 1, successful: 0 }, 1, 1, style);
  const successful = stackedBar({ failed: 0, successful: 1 }, 1, 1, style);
  return `${failed} failed  ${successful} successful`;
}

function totalOf({ failed, successful }: Measure, row: Row): number {
  return numberOf(row[failed.name]) + (successful ? numberOf(row[successful.name]) : 0);
}

/** Starts of all buckets of the range, as far as this page goes. */
function bucketStarts({ bucket }: Measure, rows: readonly Row[], meta: AnswerMeta): number[] {
  const zone = zoneOf(meta);
  const [fromMs, toMs] = [readInstant(meta.from ?? "", zone), readInstant(meta.to ?? "", zone)];
  const step = stepOf(meta);
  const own = [...new Set(rows.map((row) => Date.parse(String(row[bucket.name]))))];
  if (fromMs === null || toMs === null || step === null) return own;
  const lastMs = meta.next_cursor ? Math.max(...own) : toMs;
  return buckets({ fromMs, toMs }, step, zone).filter((ms) => ms <= lastMs);
}

function zoneOf({ timezone }: AnswerMeta): string {
  return (timezone ? readTimeZone(timezone) : null) ?? UTC;
}

function stepOf({ step }: AnswerMeta): Step | null {
  return Object.keys(STEPS).find((one): one is Step => one === step) ?? null;
}

interface Drawn {
  starts: readonly number[];
  /** The number that fills a bar. */
  top: number;
  meta: AnswerMeta;
  style: Style;
}

function linesOf(measure: Measure, rows: readonly Row[], drawn: Drawn): string {
  const { starts, meta, style } = drawn;
  const byStart = new Map(rows.map((row) => [Date.parse(String(row[measure.bucket.name])), row]));
  const words = starts.map((ms) => {
    const row = byStart.get(ms);
    return row === undefined ? silence(ms, meta) : wordsOf(measure, row);
  });
  const labels = starts.map((ms) => labelOf(ms, meta));
  const labelWidth = Math.max(...labels.map(displayWidth));
  const wordWidth = Math.max(...words.map(displayWidth));
  const room = Math.min(style.width - labelWidth - wordWidth - 4, BAR_COLUMNS_MAX);
  const lines = starts.map((ms, index) => {
    const row = byStart.get(ms);
    const label = (labels[index] ?? "").padEnd(labelWidth);
    const said = words[index] ?? "";
    if (row === undefined) return `${label}  ${paint(said, "faint", style)}`;
    const drawnBar = style.bars && room >= BAR_COLUMNS_MIN ? barOf(measure, row, drawn, room) : "";
    return `${label}  ${said.padEnd(wordWidth)}  ${drawnBar}`.trimEnd();
  });
  return lines.map((line) => `${line}\n`).join("");
}

/** Reports of a day come for two days after it. */
function silence(ms: number, { complete_through: complete }: AnswerMeta): string {
  const day = new Date(ms).toISOString().slice(0, 10);
  return complete && day > complete ? "no report yet" : "no report";
}

function barOf(measure: Measure, row: Row, { top, style }: Drawn, columns: number): string {
  const failed = numberOf(row[measure.failed.name]);
  if (measure.successful === null) return bar(failed / top, columns, style);
  const successful = numberOf(row[measure.successful.name]);
  return stackedBar({ failed, successful }, top, columns, style);
}

function wordsOf({ failed, successful }: Measure, row: Row): string {
  const own = cellWords(failed, row[failed.name]);
  if (failed.name !== "failed_sessions") return own;
  if (successful === null || row[successful.name] === null) return `${own} failed`;
  return `${own} failed of ${cellWords(failed, totalOf({ bucket: failed, failed, successful }, row))}`;
}

/** A bucket as clocks of its zone show it. */
function labelOf(ms: number, meta: AnswerMeta): string {
  if (Number.isNaN(ms)) return "–";
  const step = stepOf(meta);
  const text = new Date(wallTime(ms, zoneOf(meta))).toISOString();
  if (step === "year") return text.slice(0, 4);
  if (step === "month") return text.slice(0, 7);
  return step === "hour" || step === null ? text.slice(0, 16).replace("T", " ") : text.slice(0, 10);
}
