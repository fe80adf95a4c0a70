#!/usr/bin/env node
// The program `sealwatch`: gives the command line its actions. What runs is wired in cli/serve.ts.

import { readFileSync } from "node:fs";
import { assetPath } from "./assets.ts";
import type { Actions } from "./cli/actions.ts";
import { createProgram } from "./cli/program.ts";
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

// Each command loads what it needs and nothing of the others.
const actions: Actions = {
  serve: async (config, load) => {
    const { runServe } = await import("./cli/serve.ts");
    return observed(config, false, (observer) => runServe(config, observer, version, load));
  },
  import: async (paths, options, config) => {
    const { runImport } = await import("./cli/import.ts");
    return observed(config, true, (observer) => runImport(config, observer, paths, options));
  },
  query: async (panel, options, config, view) => {
    const { runQuery } = await import("./cli/query.ts");
    return observed(config, true, (observer) =>
      runQuery(config, observer, panel, options, view, version),
    );
  },
  report: async (paths, options, view) => {
    const { runReport } = await import("./cli/report-file.ts");
    return runReport(paths, options, view);
  },
  reprocess: async (options, config) => {
    const { runReprocess } = await import("./cli/reprocess.ts");
    return runReprocess(config, options, { terminal });
  },
  migrate: async (config) => {
    const { runMigrate } = await import("./cli/migrate.ts");
    return observed(config, true, (observer) => runMigrate(config, observer));
  },
};

const program = createProgram({ actions, panels: PANELS, version, terminal });
process.exitCode = await program.run(process.argv.slice(2));
