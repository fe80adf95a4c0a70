// An answer of a panel as the source of a chart: the same for a drawing on a page and for an SVG file.

import type { Bucket, Mark, Source } from "../charts/chart.ts";
import { BOUNDS } from "../core/bounds.ts";
import type { Panel } from "../query/panel.ts";
import { buckets, printDay, printInstant, readInstant, STEPS, type Step } from "../query/range.ts";
import type { PanelMeta, PanelResult } from "../query/run.ts";
import { wallTime } from "../query/time-zone.ts";

const isStep = (name: string | null): name is Step => name !== null && Object.hasOwn(STEPS, name);

/** A bucket's start as it is read: a day, or an hour by the clock of the zone. */
function labelOf(ms: number, step: Step, zone: string): string {
  const day = printDay(ms, zone);
  if (step === "hour") {
    const clock = new Date(wallTime(ms, zone)).toISOString().slice(11, 16);
    return `${day} ${clock}`;
  }
  if (step === "year") return day.slice(0, 4);
  return step === "month" ? day.slice(0, 7) : day;
}

/** Every bucket of the range of an answer, and where it ends. */
function axisOf(
  panel: Panel,
  { from, to, step, timezone }: PanelMeta,
): { axis: Bucket[]; end: string } {
  const byDay = panel.columns.some(({ name }) => name === "day") && panel.drawing === "bars";
  const length = byDay ? "day" : step;
  if (!isStep(length)) return { axis: [], end: to };
  // Rows by day are of UTC days, whatever zone was asked for.
  const zone = byDay ? "UTC" : timezone;
  const range = {
    fromMs: readInstant(from, timezone) ?? 0,
    toMs: readInstant(to, timezone) ?? 0,
  };
  const starts = buckets(range, length, zone, BOUNDS.trendBucketsMax + 1);
  const at = (ms: number) => (zone === "UTC" ? printInstant(ms) : new Date(ms).toISOString());
  const axis = starts.map((ms) => ({ at: at(ms), label: labelOf(ms, length, zone) }));
  return { axis, end: at(range.toMs) };
}

/** @param marks what happened meanwhile, for charts over time */
export function sourceOf(panel: Panel, result: PanelResult, marks: readonly Mark[] = []): Source {
  const { rows, meta } = result;
  const { step, by, next_cursor } = meta;
  const { axis, end } = axisOf(panel, meta);
  const cut = next_cursor !== null;
  return { panel: panel.id, title: panel.title, rows, step, by, axis, end, marks, cut };
}
