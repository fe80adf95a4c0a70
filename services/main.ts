#!/usr/bin/env node
// The program `sealwatch`: gives the command line its actions. What runs is wired in cli/serve.ts.

import { readFileSync } from "node:fs";
import { assetPath } from "./assets.ts";
import type { Actions } from "./cli/actions.ts";
import { runImport } from "./cli/import.ts";
import { runMigrate } from "./cli/migrate.ts";
import { createProgram } from "./cli/program.ts";
import { runQuery } from "./cli/query.ts";
import { runReport } from "./cli/report-file.ts";
import { runReprocess } from "./cli/reprocess.ts";
import { runServe } from "./cli/serve.ts";
import { systemTerminal } from "./cli/terminal.ts";
import type { Config } from "./config/config.ts";
import { createObserver, type Observer } from "./observe/observer.ts";
import { PANELS } from "./query/index.ts";

const { version } = JSON.parse(readFileSync(assetPath("package.json"), "utf8")) as {
  version: string;
};
const terminal = systemTerminal();

/** Runs an action with a log that is written to its end. */
async function observed(
  config: Config,
  quiet: boolean,
  run: (observer: Observer) => Promise<number>,
): Promise<number> {
  // Commands answer on standard output; their log has only what goes wrong, unless more is asked for.
  const level = quiet && config.log.level === "info" ? "warn" : config.log.level;
  const observer = createObserver({ level, format: config.log.format });
  try {
    return await run(observer);
  } finally {
    observer.flush();
  }
}

const actions: Actions = {
  serve: (config, load) =>
    observed(config, false, (observer) => runServe(config, observer, version, load)),
  import: (paths, options, config) =>
    observed(config, true, (observer) => runImport(config, observer, paths, options)),
  query: (panel, options, config, view) =>
    observed(config, true, (observer) => runQuery(config, observer, panel, options, view, version)),
  report: (paths, options, view) => runReport(paths, options, view),
  reprocess: (options, config) => runReprocess(config, options, { terminal }),
  migrate: (config) => observed(config, true, (observer) => runMigrate(config, observer)),
};

const program = createProgram({ actions, panels: PANELS, version, terminal });
process.exitCode = await program.run(process.argv.slice(2));
