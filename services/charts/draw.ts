// The table of kinds of charts: a model as plain values becomes a drawing, words and a table.

import { barChart } from "./bars.ts";
import type { Chart, Model } from "./chart.ts";
import { heatChart } from "./heat.ts";
import { timelineChart } from "./timeline.ts";

/** Makes the chart of a model. */
export function chartOf(model: Model): Chart {
  if (model.kind === "timeline") return timelineChart(model);
  return model.kind === "bars" ? barChart(model) : heatChart(model);
}
