// Draws the charts of a page where their places are, in the colours that the page has; they tell what is
// pointed at, by mouse, finger or keys, and a part of the time that is chosen becomes the range of the page.

import type { Chart, Model, Place } from "../charts/chart.ts";
import { chartOf } from "../charts/draw.ts";
import { canvasChart } from "../charts/echarts.ts";
import { THEMES, type Theme } from "../charts/theme.ts";
import { showNumbersOf } from "./chart-numbers.ts";

type Canvas = ReturnType<typeof canvasChart>;

const dark = matchMedia("(prefers-color-scheme: dark)");
const print = matchMedia("print");
const mouse = matchMedia("(pointer: fine)");

const begun = new WeakSet<Element>();

/** Draws every chart that has come, each when the browser has a moment, so that none holds up the page. */
export function startCharts(page: ParentNode): void {
  for (const place of page.querySelectorAll<HTMLElement>("[data-chart]")) {
    if (begun.has(place)) continue;
    begun.add(place);
    requestAnimationFrame(() => tryDrawing(place));
  }
}

function tryDrawing(place: HTMLElement): void {
  try {
    draw(place);
  } catch (error) {
    reportError(error);
    showNumbersOf(place);
  }
}

function themeNow(): Theme {
  if (print.matches) return THEMES.light;
  const chosen = document.documentElement.dataset["theme"];
  const isDark = chosen === undefined ? dark.matches : chosen === "dark";
  return isDark ? THEMES.dark : THEMES.light;
}

function draw(place: HTMLElement): void {
  const model: Model = JSON.parse(place.dataset["chart"] ?? "");
  const chart = chartOf(model);
  const canvas = canvasChart(place);
  const ranged = chart.places.some(({ range }) => range !== undefined);
  const paint = () => {
    const theme = themeNow();
    const brush = ranged && model.kind === "timeline" ? brushOf(theme) : {};
    canvas.setOption(
      { ...chart.option(theme), tooltip: tipOf(chart, model, theme), ...brush },
      true,
    );
    if (model.kind === "timeline" && mouse.matches) listenForRange(canvas);
  };
  paint();
  for (const query of [dark, print]) query.addEventListener("change", paint);
  const attributes = { attributeFilter: ["data-theme"] };
  new MutationObserver(paint).observe(document.documentElement, attributes);
  new ResizeObserver(() => canvas.resize()).observe(place);
  canvas.on("brushEnd", (event) => {
    const ends = rangeOf(event);
    if (ends) show(chart.places[ends[0]]?.range?.from, chart.places[ends[1]]?.range?.to);
  });
  followKeys(place, canvas, chart.places);
}

/** Rich text is ECharts' own markup: what is in the way of names that look like it. */
function plain(words: string): string {
  return words.replace(/\{(?=\w+\|)/g, "{ ");
}

/** Drawn on the canvas: markup with styles in it is what the page forbids. */
function tipOf({ places }: Chart, model: Model, theme: Theme) {
  type Pointed = { dataIndex: number };
  const formatter = (pointed: Pointed | Pointed[]) => {
    const one = Array.isArray(pointed) ? pointed[0] : pointed;
    return plain(places[one?.dataIndex ?? -1]?.words ?? "");
  };
  return {
    renderMode: "richText" as const,
    trigger: model.kind === "heat" ? ("item" as const) : ("axis" as const),
    axisPointer: { type: "shadow" as const },
    confine: true,
    transitionDuration: 0,
    backgroundColor: theme.card,
    borderColor: theme.edge,
    textStyle: { color: theme.text, fontSize: 12 },
    formatter,
  };
}

function brushOf(theme: Theme) {
  const brushStyle = { color: `${theme.ok}33`, borderColor: theme.ok, borderWidth: 1 };
  // What lies outside is as it was: the choice is made when the button is let go.
  return {
    brush: { xAxisIndex: "all" as const, brushStyle, outOfBrush: {}, throttleType: "debounce" },
  };
}

function listenForRange(canvas: Canvas): void {
  const brushOption = { brushType: "lineX", brushMode: "single" };
  canvas.dispatchAction({ type: "takeGlobalCursor", key: "brush", brushOption });
}

/** The first and the last bucket that were chosen. */
function rangeOf(event: unknown): readonly [number, number] | null {
  const { areas } = event as { areas?: { coordRange?: unknown }[] };
  const chosen = areas?.[0]?.coordRange;
  if (!Array.isArray(chosen)) return null;
  const [first, last] = chosen.map(Number);
  return first === undefined || last === undefined ? null : [first, last];
}

/** The same page for a part of its range. */
function show(from: string | undefined, to: string | undefined): void {
  if (!from || !to) return;
  const url = new URL(location.href);
  for (const name of [...url.searchParams.keys()]) {
    if (name === "last" || name.startsWith("cursor")) url.searchParams.delete(name);
  }
  url.searchParams.set("from", from);
  url.searchParams.set("to", to);
  if (url.href !== location.href) location.href = url.href;
}

/** Arrows go from value to value, which is shown and said; Enter shows its time alone. */
function followKeys(element: HTMLElement, canvas: Canvas, places: readonly Place[]): void {
  if (places.length === 0) return;
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("aria-live", "polite");
  element.after(said);
  element.tabIndex = 0;
  element.setAttribute("role", "application");
  element.setAttribute("aria-roledescription", "chart");
  let at = -1;
  const go = (to: number) => {
    at = Math.min(Math.max(to, 0), places.length - 1);
    const place = places[at];
    if (place === undefined) return;
    canvas.dispatchAction({ type: "showTip", seriesIndex: place.series, dataIndex: place.index });
    said.textContent = place.words.replaceAll("\n", ", ");
  };
  const moves: Record<string, () => void> = {
    ArrowRight: () => go(at + 1),
    ArrowDown: () => go(at + 1),
    ArrowLeft: () => go(at - 1),
    ArrowUp: () => go(at - 1),
    Home: () => go(0),
    End: () => go(places.length - 1),
    Escape: () => canvas.dispatchAction({ type: "hideTip" }),
    Enter: () => show(places[at]?.range?.from, places[at]?.range?.to),
  };
  element.addEventListener("keydown", (event) => {
    const move = event.ctrlKey || event.metaKey || event.altKey ? undefined : moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
  });
  element.addEventListener("blur", () => canvas.dispatchAction({ type: "hideTip" }));
}
