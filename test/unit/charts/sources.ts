// Rows of panels as charts get them, made up.

import type { Source } from "../../../services/charts/chart.ts";
import type { Row } from "../../../services/query/panel.ts";

const DAY_MS = 86_400_000;

export function dayOf(place: number): string {
  return new Date(Date.UTC(2026, 2, 1) + place * DAY_MS).toISOString().slice(0, 10);
}

/** Rows over so many days from 1 March 2026 on. */
export function overDays(days: number, rows: readonly Row[], more: Partial<Source> = {}): Source {
  const axis = Array.from({ length: days }, (_, i) => ({ at: dayOf(i), label: dayOf(i) }));
  const whole = { panel: "trend", title: "Sessions", step: "day", by: "total", marks: [] };
  return { ...whole, rows, axis, end: dayOf(days), cut: false, ...more };
}

/** A row of the trend at a day. */
export function trendRow(
  place: number,
  successful_sessions: number | string | null,
  failed_sessions: number | string,
  series = "total",
): Row {
  return { bucket: `${dayOf(place)}T00:00:00Z`, series, successful_sessions, failed_sessions };
}
