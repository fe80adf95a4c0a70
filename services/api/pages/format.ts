// Numbers and times as the page shows them. Counts can be decimal text beyond 2^53 (query/run.ts).

import { showCount } from "../../charts/count.ts";
import { printable } from "../../core/printable.ts";
import type { Cell } from "../../query/panel.ts";

export { showCount };

/** Text from outside as it is shown: what would hide or turn the text about it is written out. */
export function showText(cell: unknown): string {
  return printable(Array.isArray(cell) ? cell.join(", ") : String(cell ?? ""));
}

/**
 * A share of 0..1 as per cent. It never rounds up to 100 % or down to 0 %: a single failure in a
 * million must not look like none.
 */
export function showRate(cell: Cell | undefined): string {
  if (typeof cell !== "number") return "–";
  if (cell === 1 || cell === 0) return `${cell * 100} %`;
  const hundredths = Math.min(9999, Math.max(1, Math.round(cell * 10_000)));
  return `${(hundredths / 100).toFixed(2)} %`;
}

/** An RFC 3339 time as "2026-03-02 14:05 UTC". */
export function showTime(cell: Cell | undefined): string {
  return typeof cell === "string" ? `${cell.slice(0, 16).replace("T", " ")} UTC` : "–";
}

/** 1 as "1 report", 2 as "2 reports"; "2 policies". */
export function showPlural(cell: Cell | undefined, noun: string): string {
  const many = /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`;
  return `${showCount(cell)} ${cell === 1 ? noun : many}`;
}
