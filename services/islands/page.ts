// What makes pages better where scripts run: a table of small pieces, each of which begins where there is
// something for it and fails alone. Pages work without any of them. Sections come one after the other: what
// need not wait for the slowest of them begins with the first that has it.

import { showNumbers } from "./chart-numbers.ts";
import { startCopies } from "./copy.ts";
import { startExports } from "./exports.ts";
import { startForms } from "./forms.ts";
import { startShortcuts } from "./shortcuts.ts";
import { startThemes } from "./theme.ts";
import { startTimes } from "./times.ts";

type Start = (page: Document) => void;

interface Island {
  /** What it is for: without such an element it is left out. */
  of: string;
  /** Loaded when it is needed; small ones are here already. */
  load(): Promise<Start> | Start;
  /** Begins while the page comes, and again with what has come since: it leaves alone what it knows. */
  early?: boolean;
  /** What is done where it fails. */
  without?: Start;
}

const ISLANDS: readonly Island[] = [
  { of: "form[action='/theme']", load: () => startThemes, early: true },
  {
    of: "[data-chart]",
    load: async () => (await import("./charts.ts")).startCharts,
    early: true,
    without: showNumbers,
  },
  { of: "time[datetime]", load: () => startTimes },
  { of: "[data-copy]", load: () => startCopies },
  { of: "a[data-export]", load: () => startExports },
  { of: "form[method='get']", load: () => startForms },
  { of: "nav a", load: () => startShortcuts },
  {
    of: "form[data-upload], [data-progress]",
    load: async () => (await import("./upload.ts")).startUploads,
  },
];

const starts = new Map<Island, Promise<Start>>();

/** One that fails is told where scripts tell their errors, once, and takes nothing else with it. */
async function startOf({ load, without = () => {} }: Island): Promise<Start> {
  try {
    return await load();
  } catch (error) {
    reportError(error);
    return without;
  }
}

async function begin(island: Island): Promise<void> {
  if (document.querySelector(island.of) === null) return;
  const known = starts.get(island) ?? startOf(island);
  starts.set(island, known);
  const start = await known;
  try {
    start(document);
  } catch (error) {
    reportError(error);
    island.without?.(document);
  }
}

function beginAll(islands: readonly Island[]): void {
  for (const island of islands) void begin(island);
}

const early = ISLANDS.filter((island) => island.early);
if (document.readyState === "loading") {
  beginAll(early);
  const arriving = new MutationObserver(() => beginAll(early));
  arriving.observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", () => {
    arriving.disconnect();
    beginAll(ISLANDS);
  });
} else beginAll(ISLANDS);
