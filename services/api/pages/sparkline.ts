// A trend in the room of a word: bars of failed sessions, one for each step of time, as SVG. The numbers
// stand beside it in the table, so that to a reader of the page it is one sentence.

import type { Row } from "../../query/panel.ts";
import { showCount } from "./format.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "./html.ts";

const WIDTH = 120;
const HEIGHT = 24;
/** A failure can be seen however few there are beside the most. */
const FAILED_HEIGHT_MIN = 2;
/** Days with reports and without a failure have a line to stand on. */
const BASE = 1;

/**
 * Draws failed sessions over time; where none failed, a line where there were reports.
 * @param starts every bucket of the range, epoch milliseconds
 * @param rows of the panel `trend`, of one series
 */
export function sparkline(starts: readonly number[], rows: readonly Row[]): MaybeHtml {
  if (rows.length === 0 || starts.length === 0) return NOTHING;
  const byStart = new Map(rows.map((row) => [Date.parse(String(row["bucket"])), row]));
  const failed = (row: Row) => Number(row["failed_sessions"] ?? 0);
  const most = Math.max(1, ...rows.map(failed));
  const step = WIDTH / starts.length;
  const bars = starts.flatMap((ms, i) => {
    const row = byStart.get(ms);
    return row === undefined
      ? []
      : [barOf(failed(row) / most, i * step, Math.max(step - 0.5, 0.5))];
  });
  const days = rows.filter((row) => failed(row) > 0).length;
  const words =
    days === 0
      ? "No failures"
      : `Failures in ${days} of ${rows.length} steps, ${showCount(most)} at most`;
  return html`<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}"
    role="img" aria-label="${words}"><title>${words}</title>${bars}</svg>`;
}

function barOf(share: number, x: number, width: number): Html {
  const height = share === 0 ? BASE : Math.max(share * HEIGHT, FAILED_HEIGHT_MIN);
  return html`<rect class="${share === 0 ? "ok" : "failed"}" x="${x.toFixed(1)}" y="${(HEIGHT - height).toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}"/>`;
}
