// How charts look: the colours of the style sheet, readable, and SVG files in which text stays text.

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { assetPath } from "../../../services/assets.ts";
import { failuresChart } from "../../../services/charts/by-name.ts";
import { chartOf } from "../../../services/charts/draw.ts";
import { svgText } from "../../../services/charts/echarts.ts";
import { trendChart } from "../../../services/charts/over-time.ts";
import { THEMES, type Theme, type ThemeName } from "../../../services/charts/theme.ts";
import { overDays, trendRow } from "./sources.ts";

const NAMES = ["light", "dark"] as const satisfies readonly ThemeName[];

function sheet(file: string): string {
  return readFileSync(assetPath("dashboards", "web", file), "utf8");
}

/** A custom property of the style sheet, in one of its two colours. */
function token(name: string, theme: ThemeName): string | undefined {
  const found = new RegExp(`--${name}: light-dark\\((#\\w+), (#\\w+)\\)`).exec(
    sheet("00-tokens.css"),
  );
  return found?.[theme === "light" ? 1 : 2];
}

function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2.2, contrast ratio. */
function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

describe.each(NAMES)("the %s theme", (name) => {
  const theme = THEMES[name];

  test("has the colours of the style sheet", () => {
    const shared = ["card", "text", "quiet", "line", "edge", "ok", "failed", "none"] as const;
    for (const one of shared) expect(theme[one], one).toBe(token(one, name));
    expect(theme.heat).toEqual(theme.heat.map((_, i) => token(`heat-${i + 1}`, name)));
    for (const [i, color] of theme.series.entries()) {
      const pair = `light-dark(${THEMES.light.series[i]}, ${THEMES.dark.series[i]})`;
      expect(sheet("52-charts.css"), color).toContain(pair);
    }
  });

  test("can be read", () => {
    const low = (pairs: [string, string][], least: number) =>
      pairs.filter(([a, b]) => contrast(a, b) < least);
    const onHeat = theme.heat.map((color, i): [string, string] => [color, textOn(theme, i)]);
    expect(low([...onHeat, [theme.text, theme.card], [theme.quiet, theme.card]], 4.5)).toEqual([]);
    const graphics = [...theme.series, theme.ok, theme.failed, theme.edge];
    expect(
      low(
        graphics.map((color) => [color, theme.card]),
        3,
      ),
    ).toEqual([]);
  });
});

function textOn(theme: Theme, step: number): string {
  return theme.heatText[step] ?? "";
}

describe("an SVG file", () => {
  const theme = THEMES.light;

  test("has the text of reports as text", () => {
    const mx = `</text><script>alert(1)</script><image href="https://example.net/">&"'{a|b}`;
    const rows = [{ mx, result_type: "<b onload=x>", failed_sessions: 3 }];
    const source = overDays(0, rows, { panel: "failures-by-mx" });
    const { caption, legend, option } = chartOf(failuresChart("mx", "MX host")(source));
    const heading = { title: caption, legend: legend.map(({ name }) => name), theme };
    const text = svgText(option(theme), heading, [600, 300]);
    expect(text).not.toMatch(/<(?:script|image|b|foreignObject|a)\b/);
    expect(text).toContain("&lt;b onload=x&gt;");
    // No element has an attribute that runs, nor one that loads.
    const tags = text.match(/<[^>]*>/g) ?? [];
    expect(tags.filter((tag) => /\son\w+\s*=|href="(?!#)/.test(tag))).toEqual([]);
  });

  test("is the same for the same rows", () => {
    const { option } = chartOf(trendChart(overDays(3, [trendRow(0, 5, 1), trendRow(2, 4, 4)])));
    const make = () => svgText(option(theme), { title: "", legend: [], theme }, [600, 300]);
    expect(make()).toBe(make());
  });
});
