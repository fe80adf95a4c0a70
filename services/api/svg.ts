// The chart of a panel as an SVG file, for mails and documents: the same drawing as on the pages, in light.

import type { Context } from "hono";
import { chartOf } from "../charts/draw.ts";
import { chartingOf } from "../charts/panels.ts";
import { THEMES } from "../charts/theme.ts";
import type { Panel } from "../query/panel.ts";
import type { PanelResult } from "../query/run.ts";
import { sourceOf } from "./chart-source.ts";
import type { Form } from "./negotiate.ts";
import { revalidated } from "./revalidate.ts";

const MEDIA = "image/svg+xml";
const WIDTH = 960;
/** For a title and two lines of a legend. */
const HEAD = 72;
const HEIGHTS = { short: 220, medium: 320, tall: 460 } as const;

/**
 * An SVG file can be a document with scripts and what it loads: this one has none, and may have none.
 * Its own style sheet is all that it needs.
 */
const HEADERS = {
  "Content-Type": MEDIA,
  "Content-Security-Policy":
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
};

/** The forms that a panel is answered in. */
export function formsOf(panel: Panel): readonly Form[] {
  return chartingOf(panel.id) === undefined ? ["json", "csv"] : ["json", "csv", "svg"];
}

/**
 * The chart of these rows as an SVG file. ECharts is loaded with the first one: no command and no start of
 * the server waits for it.
 */
export async function svgOf(panel: Panel, result: PanelResult): Promise<string> {
  const charting = chartingOf(panel.id);
  if (charting === undefined) throw new Error(`${panel.id} has no chart`);
  const { caption, legend, size, option } = chartOf(charting(sourceOf(panel, result)));
  const { svgText } = await import("../charts/echarts.ts");
  const theme = THEMES.light;
  const title = result.meta.next_cursor === null ? caption : `${caption} (the first rows: not all)`;
  const heading = { title, legend: legend.map(({ name }) => name), theme };
  return svgText(option(theme, HEAD), heading, [WIDTH, HEIGHTS[size] + HEAD]);
}

/** Answers with the chart as a file. */
export async function answerSvg(c: Context, panel: Panel, result: PanelResult): Promise<Response> {
  const text = await svgOf(panel, result);
  const file = `attachment; filename="${panel.id}.svg"`;
  return revalidated(c, [text], (headers) =>
    c.body(text, 200, { ...HEADERS, "Content-Disposition": file, ...headers }),
  );
}
