// Colours and patterns of bars: whoever cannot tell the colours tells the patterns.

import type { LegendKey } from "./chart.ts";
import type { Theme } from "./theme.ts";

/** Lines and dots over a colour, as ECharts has them; the style sheet draws the same in legends. */
const PATTERNS = [
  { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4 },
  { symbol: "circle", dashArrayX: [[6, 6]], dashArrayY: [6, 0], symbolSize: 0.5 },
  { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: Math.PI / 4 },
  { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: 0 },
  { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: Math.PI / 2 },
  { symbol: "triangle", dashArrayX: [[8, 8]], dashArrayY: [8, 0], symbolSize: 0.6 },
  { symbol: "rect", dashArrayX: [[4, 4]], dashArrayY: [4, 0], symbolSize: 0.8 },
] as const;

/** How the bars of a series look. */
export function looks(key: LegendKey, theme: Theme) {
  const place = key.startsWith("series-") ? Number(key.slice("series-".length)) : 0;
  if (key === "ok") return { color: theme.ok };
  if (key === "none") return { color: theme.none, decal: drawn(0, theme.edge) };
  const color = key === "failed" ? theme.failed : (theme.series[place] ?? theme.quiet);
  return { color, decal: drawn(place, theme.pattern) };
}

/** The last series has none: it is what is left. */
function drawn(place: number, color: string) {
  const pattern = PATTERNS[place];
  if (pattern === undefined) return { symbol: "none" };
  const { dashArrayX, dashArrayY, ...rest } = pattern;
  const x = dashArrayX.map((dash) => (typeof dash === "number" ? dash : [...dash]));
  return { ...rest, dashArrayX: x as number[], dashArrayY: [...dashArrayY], color };
}
