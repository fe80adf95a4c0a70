// What the address of a page asks for: the values of its controls, checked once for the whole page. What
// cannot be understood is left out and said, since a page with one wrong word is still worth reading.

import { BOUNDS } from "../../core/bounds.ts";
import type { Panel } from "../../query/panel.ts";
import { PARAMETERS, type ParameterName, parametersOf } from "../../query/parameter-table.ts";
import { type PanelParameters, readParameters } from "../../query/parameters.ts";
import { settleDays, UNTIL } from "./asked-days.ts";
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
  const leftOut = strangeNames(Object.keys(queries).filter((name) => !isKnown(name, page, takes)));
  for (;;) {
    const read = readParameters(panel, given, nowMs);
    if (read.ok) return { given, parameters: read.parameters, leftOut };
    const { parameter, detail } = read.problem;
    leftOut.push(`${detail} It was left out.`);
    const wrong = Object.hasOwn(given, parameter) ? [parameter] : Object.keys(given);
    for (const name of RANGE.some((one) => one === parameter) ? RANGE : wrong) delete given[name];
  }
}

/** The first by their names, the others by their count. */
function strangeNames(names: readonly string[]): string[] {
  const said = names.slice(0, BOUNDS.pageStrangeNamesMax);
  const more = names.length - said.length;
  const words = said.map((name) => `This page has no ${cutWords(name)}.`);
  return more === 0 ? words : [...words, `Nor has it ${more} more that the address names.`];
}

/** Text from an address as a sentence repeats it. */
export function cutWords(text: string): string {
  const letters = [...text];
  if (letters.length <= BOUNDS.pageWordsCharsMax) return text;
  return `${letters.slice(0, BOUNDS.pageWordsCharsMax).join("")}…`;
}

/** What a page takes of the query in its address; each of its many links repeats all of that. */
export interface Taken {
  search: URLSearchParams;
  queries: Readonly<Record<string, readonly string[]>>;
  /** What was left out, a sentence. */
  leftOut: readonly string[];
}

/**
 * Takes the first values of each name and of all, and the days in one way; what the page does not know is for
 * `readAsked` to say.
 */
export function takeQuery(whole: URLSearchParams, nowMs: number): Taken {
  const search = new URLSearchParams();
  const queries = new Map<string, string[]>();
  const { pageValuesMax, pageValuesTotalMax, pageSearchCharsMax } = BOUNDS;
  let chars = 0;
  let left = 0;
  for (const [name, value] of whole) {
    const values = queries.get(name) ?? [];
    queries.set(name, values);
    const size = name.startsWith("cursor.") ? name.length : name.length + value.length;
    const full = search.size >= pageValuesTotalMax || values.length >= pageValuesMax;
    if (full || chars + size > pageSearchCharsMax) left++;
    else {
      values.push(value);
      search.append(name, value);
      chars += size;
    }
  }
  const words = `The address has more than a page takes: ${pageValuesMax} values of one name, ${pageValuesTotalMax} of all
    and ${pageSearchCharsMax} characters. ${left} of them were left out.`;
  const leftOut = left === 0 ? [] : [words.replace(/\s+/g, " ")];
  leftOut.push(...settleDays(search, nowMs));
  for (const name of [...RANGE, UNTIL]) {
    if (search.has(name)) queries.set(name, search.getAll(name));
    else queries.delete(name);
  }
  return { search, queries: Object.fromEntries(queries), leftOut };
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
