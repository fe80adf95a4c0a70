// Asks one panel as a caller does, with parameters as text, on a store of a test.

import type { Panel, Row } from "../../services/query/panel.ts";
import { readParameters } from "../../services/query/parameters.ts";
import { type PanelResult, runPanel } from "../../services/query/run.ts";
import type { Store } from "../../services/store/port.ts";

/** 18 March is the last complete day. */
const NOW = "2026-03-20T10:00:00Z";
const MARCH = { from: "2026-03-01", to: "2026-03-21" };

/** Runs a panel over the first 20 days of March 2026, or what is given. */
export async function askPanel(
  store: Store,
  panel: Panel,
  given: Record<string, string | string[]> = {},
  { now = NOW, tenants = ["default"] } = {},
): Promise<PanelResult> {
  const lists = Object.entries({ ...MARCH, ...given }).map(([name, value]) => [
    name,
    [value].flat(),
  ]);
  const read = readParameters(panel, Object.fromEntries(lists), Date.parse(now));
  if (!read.ok) throw new Error(JSON.stringify(read.problem));
  return runPanel(store, panel, read.parameters, { tenants });
}

/** Some columns of rows, in this order. */
export const only = (rows: readonly Row[], ...names: string[]) =>
  rows.map((row) => names.map((name) => row[name]));
