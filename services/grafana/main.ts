// Writes dashboards/grafana: `npm run grafana`, after a panel or a board has changed. A test holds the files
// to what this writes.

import { mkdirSync, writeFileSync } from "node:fs";
import { assetPath } from "../assets.ts";
import { BOARDS } from "./boards.ts";
import { printDashboard } from "./dashboard.ts";

const FOLDER = ["dashboards", "grafana"] as const;

mkdirSync(assetPath(...FOLDER), { recursive: true });
for (const board of BOARDS) {
  writeFileSync(assetPath(...FOLDER, `${board.id}.json`), printDashboard(board));
}
