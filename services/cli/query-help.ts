// What `sealwatch query` says of its panels: the list of them, and of one its filters, its columns and
// command lines to begin with.

import { columnsOf, type Panel } from "../query/panel.ts";
import { PARAMETERS, type ParameterName, parametersOf, wordsOf } from "../query/parameter-table.ts";
import { proseWidth } from "./style.ts";
import { wrap } from "./text-width.ts";

const MARGIN = 6;
const PLACEHOLDER_CHARS_MAX = 24;

/** All panels with their titles, a line each. */
export function panelList(panels: readonly Panel[]): string {
  const width = Math.max(0, ...panels.map(({ id }) => id.length));
  const lines = panels.map(({ id, title }) => `  ${id.padEnd(width)}  ${title}\n`);
  return `Panels:\n${lines.join("")}`;
}

/** What `sealwatch query` without a panel prints. */
export function panelsHelp(panels: readonly Panel[]): string {
  return `Usage: sealwatch query <panel> [options]

${panelList(panels)}
sealwatch query <panel> --help has the filters and columns of a panel.
`;
}

/** The help of one panel. @param width columns of the terminal */
export function panelHelp(panel: Panel, width: number): string {
  const { id, title, description } = panel;
  const parameters = parametersOf(panel).filter((name) => name !== "format");
  const filters = parameters.map((name) => entry(...flagWords(name), width));
  const columns = columnsOf(panel).map((column) => {
    const measured = column.unit === undefined ? "" : ` In ${column.unit}.`;
    return entry(column.name, `${column.description}${measured}`, width);
  });
  return `Usage: sealwatch query ${id} [options]

${title}

${wrap(description, proseWidth({ width })).join("\n")}

Filters:
${filters.join("")}
Columns:
${columns.join("")}
sealwatch query --help has the flags that all panels share.
`;
}

/** A flag with what it takes, and what it means. */
export function flagWords(name: ParameterName): [syntax: string, meaning: string] {
  const { description, repeatable } = PARAMETERS[name];
  const words = wordsOf(name)?.join("|") ?? "value";
  // Many words would leave the meaning no room.
  const long = words.length > PLACEHOLDER_CHARS_MAX;
  const choices = long ? ` One of ${words.replaceAll("|", ", ")}.` : "";
  const meaning = `${description}${choices}${repeatable ? " May be repeated." : ""}`;
  return [`--${name.replaceAll("_", "-")} <${long ? "word" : words}>`, meaning];
}

/** A name, and below it what it means. */
function entry(name: string, meaning: string, width: number): string {
  const lines = wrap(meaning, proseWidth({ width }) - MARGIN);
  return `  ${name}\n${lines.map((line) => `${" ".repeat(MARGIN)}${line}\n`).join("")}`;
}

/** Command lines of a panel with what they do, as COMMANDS has them. */
export function panelExamples(panel: Panel): (readonly [line: string, does: string])[] {
  const has = (name: ParameterName) => parametersOf(panel).includes(name);
  const line = (flags: string) => `sealwatch query ${panel.id}${flags}`;
  const examples: (readonly [string, string])[] = [[line(""), "as it is"]];
  if (has("domain")) examples.push([line(" --domain example.com --last 90d"), "of one domain"]);
  else if (has("from")) examples.push([line(" --last 90d"), "further back"]);
  if (has("compare")) examples.push([line(" --compare previous"), "against the period before"]);
  if (has("by")) examples.push([line(" --by result_type --step week"), "split, by the week"]);
  return [...examples, [line(" --csv"), "for a spreadsheet"]];
}
