// Finds the newest report of a caller without reading years of rows: the last days first.

import { BOUNDS } from "../core/bounds.ts";
import type { Store } from "../store/port.ts";
import type { Row } from "./panel.ts";
import { newest } from "./panels/newest.ts";
import type { PanelParameters } from "./parameters.ts";
import { readInstant } from "./range.ts";
import { runPanel, type Scope } from "./run.ts";
import { UTC } from "./time-zone.ts";

const DAY_MS = 86_400_000;
/** Days looked back, shortest first; a live receiver answers in the first. */
const LOOK_BACK_DAYS = [3, 40, null] as const;

/** newest_report_day and newest_report_at over all time; both null before the first report. */
export async function newestReport(store: Store, scope: Scope, nowMs: number): Promise<Row> {
  for (const days of LOOK_BACK_DAYS) {
    const fromMs = days === null ? firstMs() : nowMs - days * DAY_MS;
    const range = { fromMs, toMs: nowMs + BOUNDS.reportDaysAheadMax * DAY_MS };
    const { rows } = await runPanel(store, newest, recordParameters({}, range), scope);
    if (rows[0] && rows[0]["newest_report_day"] !== null) return rows[0];
  }
  return { newest_report_day: null, newest_report_at: null };
}

/** Finds it, as `rememberNewest` makes it. */
export type NewestOf = (scope: Scope, nowMs: number) => Promise<Row>;

/**
 * The same for many callers in a row: an answer is BOUNDS.newestReportKeptMs old at most, and those
 * who ask at once share one. A failure is not kept.
 */
export function rememberNewest(store: Store): NewestOf {
  const kept = new Map<string, { untilMs: number; row: Promise<Row> }>();
  return (scope, nowMs) => {
    const key = JSON.stringify(scope.tenants);
    const found = kept.get(key);
    if (found && nowMs < found.untilMs) return found.row;
    const row = newestReport(store, scope, nowMs);
    if (kept.size >= BOUNDS.newestReportScopesMax) kept.clear();
    kept.set(key, { untilMs: nowMs + BOUNDS.newestReportKeptMs, row });
    row.catch(() => {
      if (kept.get(key)?.row === row) kept.delete(key);
    });
    return row;
  };
}

function firstMs(): number {
  return readInstant(BOUNDS.queryDayFirst) ?? 0;
}

/** Parameters of a read that a route makes for itself, not of a panel that a user asked for. */
export function recordParameters(
  filters: PanelParameters["filters"],
  range: PanelParameters["range"],
  page: Partial<Pick<PanelParameters, "limit" | "cursor">> = {},
): PanelParameters {
  const limit = BOUNDS.queryRowsDefault;
  const rest = {
    step: "day",
    by: "total",
    compare: "none",
    group: "address",
    last: null,
    timezone: UTC,
    sort: [],
    fields: null,
    nowMs: range.toMs,
  } as const;
  return { filters, range, ...rest, limit, cursor: null, ...page };
}
