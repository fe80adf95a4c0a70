// The pages as data: each file of dashboards/pages/ is one, checked when the program starts. A new page is
// one file.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assetPath } from "../../assets.ts";
import type { Mark } from "../../charts/chart.ts";
import { panelOf } from "../../query/index.ts";
import { columnsOf, type Panel } from "../../query/panel.ts";
import { PARAMETER_NAMES, type ParameterName, parametersOf } from "../../query/parameter-table.ts";
import { compileSchema } from "../../validate/validate.ts";
import { PARTS } from "./parts/index.ts";

/** How a panel is drawn on a page. */
export type DrawingName = "tiles" | "table" | "list" | "chart" | "matrix";

export interface PartSection {
  part: string;
  /** Stands beside what stands in place of the others. */
  always?: boolean;
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
  /** What a chart marks on its axis of time; parts give it, files do not. */
  marks?: readonly Mark[];
}

export type Section = PartSection | PanelSection;

export interface Definition {
  id: string;
  path: string;
  title: string;
  description: string;
  place?: number;
  controls: readonly ParameterName[];
  /** Other names that its parts read in its address. */
  own?: readonly string[];
  /** The part that stands in place of the sections where it has something to say. */
  instead?: string;
  sections: readonly Section[];
}

let compiled: ReturnType<typeof compileSchema> | undefined;

/** Compiled once, since its name may be taken once. */
function schemaCheck(): ReturnType<typeof compileSchema> {
  const path = assetPath("schemas", "dashboards", "dashboard.schema.json");
  compiled ??= compileSchema(JSON.parse(readFileSync(path, "utf8")));
  return compiled;
}

/**
 * Every page, in the order of the menu.
 * @param folder whose JSON files are pages
 * @throws Error when a file is missing, is not valid or names what there is not: file, place and name
 */
export function readDefinitions(folder = assetPath("dashboards", "pages")): readonly Definition[] {
  const check = schemaCheck();
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  const pages = names.sort().map((name) => {
    const page: Definition = JSON.parse(readFileSync(join(folder, name), "utf8"));
    const checked = check(page);
    const first = checked.ok ? undefined : checked.errors[0];
    if (first) throw new Error(`${name}${first.pointer}: ${first.message}`);
    const wrong = wrongIn(page);
    if (wrong) throw new Error(`${name}${wrong}`);
    return page;
  });
  return pages.sort((a, b) => (a.place ?? Infinity) - (b.place ?? Infinity));
}

/** The first place that names what there is not, and what; null where all is there. */
function wrongIn({ controls, instead, sections }: Definition): string | null {
  const strange = controls.findIndex((control) => !PARAMETER_NAMES.includes(control));
  if (strange >= 0) return `/controls/${strange}: there is no parameter ${controls[strange]}`;
  if (instead !== undefined && !Object.hasOwn(PARTS, instead)) {
    return `/instead: there is no part ${instead}`;
  }
  for (const [i, section] of sections.entries()) {
    const wrong = "part" in section ? wrongPart(section) : wrongPanel(section);
    if (wrong) return `/sections/${i}${wrong}`;
  }
  return null;
}

function wrongPart({ part }: PartSection): string | null {
  return Object.hasOwn(PARTS, part) ? null : `/part: there is no part ${part}`;
}

function wrongPanel({ panel: id, columns = [], parameters = {} }: PanelSection): string | null {
  const panel = panelOf(id);
  if (panel === undefined) return `/panel: there is no panel ${id}`;
  const names = columnsOf(panel).map(({ name }) => name);
  const column = columns.findIndex((name) => !names.includes(name));
  if (column >= 0) return `/columns/${column}: ${id} has no column ${columns[column]}`;
  const takes: readonly string[] = parametersOf(panel);
  const parameter = Object.keys(parameters).find((name) => !takes.includes(name));
  return parameter === undefined ? null : `/parameters: ${id} takes no parameter ${parameter}`;
}

let own: readonly Definition[] | undefined;

/** The controls of the page at a path; none where the installation has no such page. */
export function controlsAt(path: string): readonly ParameterName[] {
  own ??= readDefinitions();
  const parts = path.split("/");
  const isAt = (wanted: readonly string[]) =>
    wanted.length === parts.length &&
    wanted.every((part, i) => part === parts[i] || part.startsWith(":"));
  return own.find((page) => isAt(page.path.split("/")))?.controls ?? [];
}

/** @throws Error for a panel that there is not */
export function panelNamed(id: string): Panel {
  const panel = panelOf(id);
  if (panel === undefined) throw new Error(`there is no panel ${id}`);
  return panel;
}
