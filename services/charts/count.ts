// Counts and names as charts tell them.

import { printable } from "../core/printable.ts";
import type { Cell } from "../query/panel.ts";
import type { Count } from "./chart.ts";

/** A cell as the count that its column promises. */
export function countOf(cell: Cell | undefined): Count {
  return typeof cell === "number" || typeof cell === "string" ? cell : null;
}

/** Exact, whatever the size; null counts nothing. */
export function sumOf(counts: readonly Count[]): Count {
  const sum = counts.reduce((all, count) => all + BigInt(count ?? 0), 0n);
  return sum <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(sum) : String(sum);
}

/** 1234567 as "1,234,567"; exact for decimal text of any length; a dash for what does not exist. */
export function showCount(count: Cell | undefined): string {
  return count === null || count === undefined
    ? "–"
    : String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** 1200000 as "1.2M": for scales, where there is little room. */
export function showShort(value: number): string {
  if (value >= 1e9) return `${Number((value / 1e9).toPrecision(3))}G`;
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  return value >= 1e4 ? `${Number((value / 1e3).toPrecision(3))}k` : showCount(value);
}

/** A name from outside as it is shown; senders may leave one out. */
export function showName(cell: Cell | undefined): string {
  return printable(String(cell ?? "")) || "not said";
}

/** The step of a heat map, 1 to 7 by the order of magnitude; 0 for nothing. */
export function heatStep(count: Count, top: number): number {
  const value = Number(count ?? 0);
  if (!(value > 0)) return 0;
  if (top <= 1 || value >= top) return 7;
  return 1 + Math.floor((6 * Math.log(value)) / Math.log(top));
}

/** Names in the order of their sums, the most first, and the sum of each. */
export function ranked(entries: readonly (readonly [string, Count])[]): [string, Count][] {
  const groups = new Map<string, Count[]>();
  for (const [name, count] of entries) {
    const group = groups.get(name);
    if (group) group.push(count);
    else groups.set(name, [count]);
  }
  const sums = [...groups].map(([name, counts]): [string, Count] => [name, sumOf(counts)]);
  return sums.sort(([a, one], [b, other]) => Number(other) - Number(one) || (a < b ? -1 : 1));
}
