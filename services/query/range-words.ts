// The days that an answer is about, as a clause of a sentence.

import { parseDuration } from "../core/duration.ts";
import type { PanelMeta } from "./run.ts";

const DAY_MS = 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** "in the last 30 days" when the range ends with today, else "from 2026-01-01 to 2026-01-31". */
export function rangeInWords(
  { from, to, last }: Pick<PanelMeta, "from" | "to" | "last">,
  nowMs: number,
): string {
  const lengthMs = last === null ? null : parseDuration(last);
  if (lengthMs !== null && lengthMs % DAY_MS !== 0) return `in the last ${last}`;
  if (!DAY.test(from) || !DAY.test(to)) return `from ${from} until ${to}`;
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  const days = Math.round((toMs - fromMs) / DAY_MS);
  if (lengthMs !== null || (toMs > nowMs && toMs - nowMs <= DAY_MS)) {
    return days === 1 ? "today" : `in the last ${days} days`;
  }
  const shown = daysInWords({ from, to });
  return shown === from ? `on ${from}` : `from ${shown}`;
}

/** The days that lie in a range, "2026-01-01 to 2026-01-31"; its ends where it is not of whole days. */
export function daysInWords({ from, to }: Pick<PanelMeta, "from" | "to">): string {
  if (!DAY.test(from) || !DAY.test(to)) return `${from} until ${to}`;
  const lastDay = new Date(Date.parse(to) - DAY_MS).toISOString().slice(0, 10);
  return from === lastDay ? from : `${from} to ${lastDay}`;
}
