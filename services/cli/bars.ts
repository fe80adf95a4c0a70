// Bars of block characters, or of ASCII where the locale has no others.

import { paint, type Style } from "./style.ts";

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
const FULL = "█";
const LIGHT = "░";

type BarStyle = Pick<Style, "color" | "unicode">;

/** A bar of so many columns for a share of 0..1; what is more than nothing is always seen. */
export function bar(share: number, columns: number, { unicode }: Pick<Style, "unicode">): string {
  if (!(share > 0)) return "";
  const length = Math.min(share, 1) * columns;
  if (!unicode) return "#".repeat(Math.max(1, Math.round(length)));
  const eighths = Math.max(1, Math.round(length * 8));
  return FULL.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? "");
}

/**
 * Failed and successful sessions in one bar, failed first. Failures have a column at least, however few
 * they are beside the others.
 * @param top the number that fills all columns
 */
export function stackedBar(
  { failed, successful }: { failed: number; successful: number },
  top: number,
  columns: number,
  style: BarStyle,
): string {
  if (failed + successful <= 0) return "";
  const all = Math.max(1, Math.round(((failed + successful) / Math.max(top, 1)) * columns));
  const bad = failed > 0 ? Math.max(1, Math.round((failed / (failed + successful)) * all)) : 0;
  const good = successful > 0 ? Math.max(all - bad, 0) : 0;
  const [full, light] = style.unicode ? [FULL, LIGHT] : ["#", "."];
  return paint(full.repeat(bad), "bad", style) + paint(light.repeat(good), "good", style);
}
