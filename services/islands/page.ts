// What makes pages better where scripts run: a table of small pieces, each of which begins where there is
// something for it and fails alone. Pages work without any of them.

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
}

const ISLANDS: readonly Island[] = [
  { of: "form[action='/theme']", load: () => startThemes },
  { of: "[data-chart]", load: async () => (await import("./charts.ts")).startCharts },
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

async function begin({ of, load }: Island): Promise<void> {
  if (document.querySelector(of) === null) return;
  const start = await load();
  start(document);
}

for (const island of ISLANDS) {
  // One that fails is told where scripts tell their errors, and takes nothing else with it.
  begin(island).catch(reportError);
}
