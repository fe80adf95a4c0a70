// The one file that knows ECharts: only what our charts are made of, so that the rest is left out of the
// bundle. In a browser a chart is a canvas, on the server it is SVG.

import type {
  BarSeriesOption,
  ComposeOption,
  GridComponentOption,
  HeatmapSeriesOption,
  TooltipComponentOption,
  VisualMapComponentOption,
} from "echarts";
import { BarChart, HeatmapChart } from "echarts/charts";
import {
  AriaComponent,
  BrushComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TitleComponent,
  TooltipComponent,
  VisualMapPiecewiseComponent,
} from "echarts/components";
import { type EChartsType, init, use } from "echarts/core";
import { CanvasRenderer, SVGRenderer } from "echarts/renderers";
import type { Theme } from "./theme.ts";

/** What ECharts draws a chart by. */
export type Option = ComposeOption<
  | BarSeriesOption
  | HeatmapSeriesOption
  | GridComponentOption
  | TooltipComponentOption
  | VisualMapComponentOption
>;

function useParts(): void {
  use([BarChart, HeatmapChart, GridComponent, MarkLineComponent]);
  use([VisualMapPiecewiseComponent, AriaComponent]);
}

/** A chart that lives in an element of a page and fills it. */
export function canvasChart(element: Parameters<typeof init>[0]): EChartsType {
  useParts();
  use([CanvasRenderer, TooltipComponent, BrushComponent]);
  return init(element, null, { renderer: "canvas" });
}

/** What stands over a chart that is a file: on a page it is text beside the drawing. */
export interface Heading {
  title: string;
  /** Names of series. */
  legend: readonly string[];
  theme: Theme;
}

/** A chart as the text of an SVG file, in pixels of CSS. */
export function svgText(
  option: Option,
  { title, legend, theme }: Heading,
  [width, height]: readonly [number, number],
): string {
  useParts();
  use([SVGRenderer, TitleComponent, LegendComponent]);
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption({
      ...option,
      title: { text: title, left: 8, top: 8, textStyle: { color: theme.text, fontSize: 15 } },
      legend: { data: [...legend], left: 8, top: 32, textStyle: { color: theme.quiet } },
    });
    return withoutCounters(chart.renderToSVGString());
  } finally {
    chart.dispose();
  }
}

/**
 * ECharts numbers its names from the start of the process on, and answers are to be the same for the same
 * rows. Text within the file has no quotes, so none of it is meant here.
 */
function withoutCounters(svg: string): string {
  return svg
    .replace(/<style >[\s\S]*?<\/style>\n?/g, "")
    .replace(/ class="zr\d+-cls-\d+"/g, "")
    .replace(/(="(?:url\(#)?)zr\d+-/g, "$1chart-");
}
