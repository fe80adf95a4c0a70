// The table of charts: which panel has one, and how its rows become it. A new one is a line here.

import { cadenceChart, failuresChart, matrixChart, policyDaysChart } from "./by-name.ts";
import type { Charting } from "./chart.ts";
import { ingestChart, trendChart } from "./over-time.ts";

export const CHARTS: Readonly<Record<string, Charting>> = {
  trend: trendChart,
  "ingest-trend": ingestChart,
  "failures-by-mx": failuresChart("mx", "MX host"),
  "failures-by-organization": failuresChart("organization", "Sending organization"),
  "failures-by-result-type": failuresChart("result_type", "Result type"),
  "failures-by-sending-ip": failuresChart("sending_ip", "Sending address"),
  "mx-by-result-type": matrixChart("mx", "result_type", "MX host"),
  "organization-by-mx": matrixChart("organization", "mx", "Organization"),
  "policy-days": policyDaysChart,
  organizations: cadenceChart,
};

/** How the rows of a panel become a chart, or undefined for a panel that has none. */
export function chartingOf(panel: string): Charting | undefined {
  return Object.hasOwn(CHARTS, panel) ? CHARTS[panel] : undefined;
}
