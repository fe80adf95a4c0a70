// What the address of a page asks for: the values of its controls, checked once for the whole page. What
// cannot be understood is left out and said, since a page with one wrong word is still worth reading.

import type { Panel } from "../../query/panel.ts";
import { PARAMETERS, type ParameterName, parametersOf } from "../../query/parameter-table.ts";
import { type PanelParameters, readParameters } from "../../query/parameters.ts";
import type { Definition } from "./definition.ts";

/** Values of parameters by name, as an address has them. */
export type Given = Readonly<Record<string, readonly string[]>>;

export interface Asked {
  /** The controls that have a value, and parts of the path that filter. */
  given: Given;
  /** The same as panels understand it, with the range that follows from it. */
  parameters: PanelParameters;
  /** What was left out and why, a sentence each. */
  leftOut: readonly string[];
}

/** Parts of paths that are filters of panels too. */
const PATH_FILTERS: readonly ParameterName[] = ["domain", "problem"];
const RANGE: readonly ParameterName[] = ["last", "from", "to"];
/** Parameters of one section in the address of a page, as `sort.<section>`. */
const OF_SECTIONS: readonly string[] = ["sort", "cursor", "limit"];

/** Reads the address of a page. */
export function readAsked(
  queries: Readonly<Record<string, readonly string[]>>,
  page: Definition,
  path: Readonly<Record<string, string>>,
  nowMs: number,
): Asked {
  const named = PATH_FILTERS.filter((name) => path[name] !== undefined);
  const panel = asPanel(page, named);
  const takes = parametersOf(panel);
  const chosen = takes.flatMap((name) => {
    const values = (queries[name] ?? []).map((value) => value.trim()).filter(Boolean);
    return values.length > 0 ? [[name, values] as const] : [];
  });
  const given: Record<string, readonly string[]> = Object.fromEntries(chosen);
  for (const name of named) given[name] = [path[name] ?? ""];
  // Dates typed beside a usual range are meant.
  if (given["from"] ?? given["to"]) delete given["last"];
  const leftOut = Object.keys(queries)
    .filter((name) => !isKnown(name, page, takes))
    .map((name) => `This page has no ${name}.`);
  for (;;) {
    const read = readParameters(panel, given, nowMs);
    if (read.ok) return { given, parameters: read.parameters, leftOut };
    const { parameter, detail } = read.problem;
    leftOut.push(`${detail} It was left out.`);
    const wrong = Object.hasOwn(given, parameter) ? [parameter] : Object.keys(given);
    for (const name of RANGE.some((one) => one === parameter) ? RANGE : wrong) delete given[name];
  }
}

/** A page as something that has parameters. */
function asPanel(page: Definition, named: readonly ParameterName[]): Panel {
  const { id, title, description, controls } = page;
  const parameters = [...new Set([...controls, ...named])];
  return {
    ...{ id, title, description, parameters },
    ...{ columns: [], order: [], drawing: "table", sql: () => "" },
  };
}

function isKnown(name: string, page: Definition, takes: readonly string[]): boolean {
  if (takes.includes(name) || (page.own ?? []).includes(name)) return true;
  const [first = "", section] = name.split(".");
  return section !== undefined && (OF_SECTIONS.includes(first) || (page.own ?? []).includes(first));
}

/** True for a filter, which takes rows out, unlike a range, a step or an order. */
export function isFilter(name: string): name is ParameterName {
  return Object.hasOwn(PARAMETERS, name) && PARAMETERS[name as ParameterName].repeatable;
}
