// Writes dashboards/grafana: `npm run grafana`, after a panel or a board has changed. A test holds the files
// to what this writes. `npm run grafana -- FOLDER ADDRESS` writes them for pages at another address.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assetPath } from "../assets.ts";
import { BOARDS } from "./boards.ts";
import { printDashboard } from "./dashboard.ts";

const [folder = assetPath("dashboards", "grafana"), address] = process.argv.slice(2);

mkdirSync(folder, { recursive: true });
for (const board of BOARDS) {
  writeFileSync(join(folder, `${board.id}.json`), printDashboard(board, address));
}
