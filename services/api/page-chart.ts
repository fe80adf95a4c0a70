// The trend as stacked bars, drawn by the server as SVG so that the page needs no script. Bars are
// stretched to the width of the page; labels stand beside them as text, so that they stay readable.

import { html } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import type { Row } from "../query/panel.ts";
import { buckets, printDay, type Range, type Step } from "../query/range.ts";
import { showCount } from "./page-format.ts";

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

const HEIGHT = 200;
const BAR_WIDTH = 10;
const BAR_GAP = 2;
/** A failure is visible however few there are beside the successes. */
const FAILED_HEIGHT_MIN = 3;

interface Bar {
  label: string;
  /** False for a bucket without any report, which is not a bucket without failures. */
  reported: boolean;
  successful: number;
  failed: number;
  /** Both counts in words, exact. */
  words: string;
}

function labelOf(ms: number, step: Step): string {
  if (step === "hour") return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")}`;
  if (step === "year") return printDay(ms).slice(0, 4);
  return step === "month" ? printDay(ms).slice(0, 7) : printDay(ms);
}

function barsOf(rows: readonly Row[], range: Range, step: Step): Bar[] {
  const byStart = new Map(rows.map((row) => [Date.parse(String(row["bucket"])), row]));
  return buckets(range, step).map((ms) => {
    const row = byStart.get(ms);
    const successful = Number(row?.["successful_sessions"] ?? 0);
    const failed = Number(row?.["failed_sessions"] ?? 0);
    const words = `${showCount(failed)} failed, ${showCount(successful)} successful`;
    return { label: labelOf(ms, step), reported: row !== undefined, successful, failed, words };
  });
}

/** The next of 1, 2, 5, 10, 20, 50, ... so that the scale reads easily. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= value) ?? 10;
  return factor * power;
}

function drawBar(bar: Bar, i: number, top: number): Html | string {
  if (!bar.reported) return "";
  const scale = HEIGHT / top;
  const failed = bar.failed === 0 ? 0 : Math.max(bar.failed * scale, FAILED_HEIGHT_MIN);
  const successful = Math.min(bar.successful * scale, HEIGHT - failed);
  const x = i * (BAR_WIDTH + BAR_GAP);
  const title = `${bar.label}: ${bar.words}`;
  const rect = (kind: string, y: number, height: number) =>
    html`<rect class="${kind}" x="${x}" width="${BAR_WIDTH}" y="${y.toFixed(2)}"
      height="${height.toFixed(2)}"/>`;
  return html`<g><title>${title}</title>
    <rect class="hit" x="${x}" y="0" width="${BAR_WIDTH + BAR_GAP}" height="${HEIGHT}"/>
    ${rect("ok", HEIGHT - failed - successful, successful)}
    ${rect("failed", HEIGHT - failed, failed)}</g>`;
}

/** Bars with a scale at their side and the first, middle and last bucket beneath. */
function plot(bars: readonly Bar[], label: string, kind: "high" | "low"): Html {
  const top = roundUp(Math.max(1, ...bars.map((bar) => bar.successful + bar.failed)));
  const width = bars.length * (BAR_WIDTH + BAR_GAP);
  const middle = bars[Math.floor(bars.length / 2)]?.label ?? "";
  return html`<div class="plot ${kind}">
    <div class="scale" aria-hidden="true">
      <span>${showCount(top)}</span><span>${top % 2 === 0 ? showCount(top / 2) : ""}</span>
      <span>0</span>
    </div>
    <svg viewBox="0 0 ${width} ${HEIGHT}" preserveAspectRatio="none" role="img"
      aria-label="${label}; the table below has the numbers">
      <line class="rule" x1="0" x2="${width}" y1="${HEIGHT / 2}" y2="${HEIGHT / 2}"/>
      ${bars.map((bar, i) => drawBar(bar, i, top))}
      <line class="rule" x1="0" x2="${width}" y1="${HEIGHT}" y2="${HEIGHT}"/>
    </svg>
    <div class="days" aria-hidden="true"><span>${bars[0]?.label}</span><span>${middle}</span>
      <span>${bars.at(-1)?.label}</span></div>
  </div>`;
}

function asTable(bars: readonly Bar[]): Html {
  const rows = bars.map(
    (bar) => html`<tr><th scope="row">${bar.label}</th>
      <td class="number">${bar.reported ? showCount(bar.successful) : "no report"}</td>
      <td class="number">${bar.reported ? showCount(bar.failed) : "no report"}</td></tr>`,
  );
  return html`<details><summary>These numbers as a table</summary>
    <div class="scroll" tabindex="0" role="group" aria-label="Sessions over time as a table">
    <table><thead><tr><th scope="col">From (UTC)</th><th scope="col" class="number">Successful</th>
      <th scope="col" class="number">Failed</th></tr></thead><tbody>${rows}</tbody></table></div>
  </details>`;
}

/** The failed sessions alone: beside thousands of successes they are too low to be compared. */
function failedPlot(bars: readonly Bar[], step: Step): Html | string {
  if (bars.every((bar) => bar.failed === 0)) return "";
  const alone = bars.map((bar) => ({ ...bar, successful: 0 }));
  return html`<h3>Failed sessions alone, on their own scale</h3>
    ${plot(alone, `Failed sessions per ${step}`, "low")}`;
}

/** The chart with legend, scale and table. */
export function trendChart(rows: readonly Row[], range: Range, step: Step): Html {
  const bars = barsOf(rows, range, step);
  return html`<figure class="chart">
    <figcaption>Sessions per ${step}
      <span class="legend"><span class="key ok"></span> successful
        <span class="key failed"></span> failed</span></figcaption>
    ${plot(bars, `Successful and failed sessions per ${step}`, "high")}
    ${failedPlot(bars, step)}
    ${asTable(bars)}
  </figure>`;
}
