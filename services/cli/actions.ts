// What the commands of the program do, as the command line asks for it, and how their answers are shown.

import type { Config, LoadedConfig } from "../config/config.ts";
import type { Panel } from "../query/panel.ts";
import type { QueryOptions } from "./query-options.ts";
import type { ReprocessOptions } from "./reprocess.ts";
import { COLOR_CHOICES, type Terminal, withColor } from "./terminal.ts";

export interface ImportOptions {
  json: boolean;
}

/** What the commands do. Each returns the exit code; what it throws is told on stderr. */
export interface Actions {
  /** @param load loads the configuration once more, from the same places */
  serve(config: Config, load: () => LoadedConfig): Promise<number>;
  import(paths: readonly string[], options: ImportOptions, config: Config): Promise<number>;
  query(panel: Panel, options: QueryOptions, config: Config, view: View): Promise<number>;
  report(paths: readonly string[], options: { json: boolean }, view: View): Promise<number>;
  reprocess(options: ReprocessOptions, config: Config): Promise<number>;
  migrate(config: Config): Promise<number>;
}

/** How an answer is to be shown. */
export interface View {
  terminal: Terminal;
  /** Everything, not only what is wanted first. */
  wide: boolean;
}

/** Reads the flags of a view as the command line keeps them. */
export function viewOf(flags: Readonly<Record<string, unknown>>, terminal: Terminal): View {
  const choice = COLOR_CHOICES.find((one) => one === flags["color"]) ?? "auto";
  return { terminal: withColor(terminal, choice), wide: flags["wide"] === true };
}
