// The pages as data: each file of dashboards/pages/ is one, checked when the program starts. A new page is
// one file.

import { readdirSync, readFileSync } from "node:fs";
import { assetPath } from "../../assets.ts";
import { panelOf } from "../../query/index.ts";
import type { Panel } from "../../query/panel.ts";
import { compileSchema } from "../../validate/validate.ts";

/** How a panel is drawn on a page. */
export type DrawingName = "tiles" | "table" | "list" | "chart" | "matrix";

export interface PartSection {
  part: string;
}

export interface PanelSection {
  panel: string;
  as: DrawingName;
  id?: string;
  title?: string;
  parameters?: Readonly<Record<string, string>>;
  columns?: readonly string[];
  rows?: number;
  width?: "full" | "half";
  empty?: string;
}

export type Section = PartSection | PanelSection;

export interface Definition {
  id: string;
  path: string;
  title: string;
  description: string;
  place?: number;
  controls: readonly string[];
  sections: readonly Section[];
}

const FOLDER = ["dashboards", "pages"] as const;

/**
 * Every page, in the order of the menu.
 * @throws Error when a file is missing, is not valid or names a panel that there is not
 */
export function readDefinitions(): readonly Definition[] {
  const schema = JSON.parse(
    readFileSync(assetPath("schemas", "dashboards", "dashboard.schema.json"), "utf8"),
  );
  const check = compileSchema(schema);
  const names = readdirSync(assetPath(...FOLDER)).filter((name) => name.endsWith(".json"));
  const pages = names.sort().map((name) => {
    const page: Definition = JSON.parse(readFileSync(assetPath(...FOLDER, name), "utf8"));
    const checked = check(page);
    const first = checked.ok ? undefined : checked.errors[0];
    if (first) throw new Error(`${FOLDER.join("/")}/${name}${first.pointer}: ${first.message}`);
    for (const section of page.sections) {
      if ("panel" in section) panelNamed(section.panel);
    }
    return page;
  });
  return pages.sort((a, b) => (a.place ?? Infinity) - (b.place ?? Infinity));
}

/** @throws Error for a panel that there is not */
export function panelNamed(id: string): Panel {
  const panel = panelOf(id);
  if (panel === undefined) throw new Error(`there is no panel ${id}`);
  return panel;
}
