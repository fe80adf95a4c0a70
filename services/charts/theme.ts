// The colours of charts: those of the style sheet (dashboards/web/00-tokens.css), which a canvas and an SVG
// file cannot ask, and those of many series side by side.

/** CSS colours. */
export interface Theme {
  card: string;
  text: string;
  quiet: string;
  line: string;
  edge: string;
  ok: string;
  failed: string;
  none: string;
  notice: string;
  /** Lines of a pattern over a bar. */
  pattern: string;
  /** Of many series side by side; each has a pattern too. */
  series: readonly string[];
  /** Seven steps of a heat map, from little to much. */
  heat: readonly string[];
  /** Text that can be read on each of them. */
  heatText: readonly string[];
}

export type ThemeName = "light" | "dark";

export const THEMES: Readonly<Record<ThemeName, Theme>> = {
  light: {
    card: "#ffffff",
    text: "#18202c",
    quiet: "#515d6d",
    line: "#dfe4ec",
    edge: "#7c8798",
    ok: "#4485c4",
    failed: "#c0331c",
    none: "#eef1f5",
    notice: "#c99a1e",
    pattern: "#ffffff8c",
    series: [
      "#c0331c",
      "#7b4fa3",
      "#0f766e",
      "#9a6a00",
      "#3b5f9e",
      "#a3376f",
      "#4f6d1f",
      "#6b7280",
    ],
    heat: ["#fdf0ec", "#fbdcd3", "#f7bfb0", "#ef9a85", "#c7452b", "#a42f18", "#7c1d0b"],
    heatText: ["#18202c", "#18202c", "#18202c", "#18202c", "#ffffff", "#ffffff", "#ffffff"],
  },
  dark: {
    card: "#161b23",
    text: "#e5eaf2",
    quiet: "#a3aebd",
    line: "#2b3441",
    edge: "#6f7b8c",
    ok: "#4d8bc6",
    failed: "#ff8168",
    none: "#222a35",
    notice: "#8f7223",
    pattern: "#161b2399",
    series: [
      "#ff8168",
      "#b794e0",
      "#4fc1b5",
      "#e0b04a",
      "#86aef0",
      "#ec8fc0",
      "#a5c96a",
      "#9aa5b4",
    ],
    heat: ["#2a1c1a", "#3d231d", "#572b20", "#753523", "#a2452b", "#ef8a70", "#ffb3a0"],
    heatText: ["#ffffff", "#ffffff", "#ffffff", "#ffffff", "#ffffff", "#18100d", "#18100d"],
  },
};
