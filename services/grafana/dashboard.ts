// A dashboard of Grafana as its JSON has it, made of a board.

import type { Board } from "./boards.ts";
import { drawSection, type Place, widthCells } from "./drawings.ts";
import { FILTER_VARIABLES, reference } from "./macros.ts";
import { variablesOf } from "./statement.ts";
import { PAGES_ADDRESS, templating } from "./variables.ts";

const ROW_CELLS = 24;
/** Of Grafana 10.3; later ones bring it up to theirs. */
const SCHEMA_VERSION = 39;

/** Sections one after the other, in rows that are as high as the highest of each. */
function panelsOf({ sections }: Board) {
  const next: Place = { x: 0, y: 0 };
  let rowHeight = 0;
  return sections.map((section, i) => {
    if (next.x + widthCells(section) > ROW_CELLS) {
      next.y += rowHeight;
      next.x = 0;
      rowHeight = 0;
    }
    const panel = drawSection(section, i + 1, next);
    next.x += widthCells(section);
    rowHeight = Math.max(rowHeight, panel.gridPos.h);
    return panel;
  });
}

const ANNOTATIONS = {
  list: [
    {
      builtIn: 1,
      name: "Annotations & Alerts",
      type: "dashboard",
      datasource: { type: "grafana", uid: "-- Grafana --" },
      enable: true,
      hide: true,
      iconColor: "rgba(0, 211, 255, 1)",
    },
  ],
};

const LINKS = [
  {
    type: "dashboards",
    title: "Sealwatch",
    tags: ["sealwatch"],
    asDropdown: true,
    includeVars: true,
    keepTime: true,
    targetBlank: false,
    icon: "external link",
    tooltip: "The other dashboards, with the same range and choices",
    url: "",
  },
  {
    type: "link",
    title: "Open Sealwatch",
    url: `${reference("sealwatch_url:raw")}/`,
    tooltip: "The pages of Sealwatch",
    icon: "doc",
    tags: [],
    asDropdown: false,
    includeVars: false,
    keepTime: false,
    targetBlank: true,
  },
];

/**
 * The dashboard of a board; its uid is in addresses and stays.
 * @param address where the pages of Sealwatch are, without a slash at the end
 */
export function dashboardOf(board: Board, address = PAGES_ADDRESS) {
  const asked = new Set(board.sections.flatMap(variablesOf));
  return {
    uid: `sealwatch-${board.id}`,
    title: board.title,
    description: board.description,
    tags: ["sealwatch", "tls-rpt"],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    // It is written anew by the next version; a copy can be edited.
    editable: false,
    timezone: "utc",
    // Thirty days of the calendar with today, as Sealwatch's own pages.
    time: { from: "now-29d/d", to: "now/d" },
    refresh: "",
    graphTooltip: 1,
    annotations: ANNOTATIONS,
    links: LINKS,
    templating: templating(
      FILTER_VARIABLES.filter((name) => asked.has(name)),
      address,
    ),
    panels: panelsOf(board),
  };
}

/** The dashboard as text of a file. */
export function printDashboard(board: Board, address?: string): string {
  return `${JSON.stringify(dashboardOf(board, address), null, 2)}\n`;
}
