// `sealwatch config check`: every setting with its source, or every mistake with its place and the
// way out. Secrets are masked before they get here.

import type { LoadedConfig } from "../config/config.ts";
import type { Problem } from "../config/sources.ts";
import { printable } from "../core/printable.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { printTable } from "./table.ts";
import type { Terminal } from "./terminal.ts";

export interface ConfigCheckOptions {
  json: boolean;
}

/** Prints the result of loading; 0 when all is right, 78 when not. */
export function runConfigCheck(
  loaded: LoadedConfig,
  options: ConfigCheckOptions,
  terminal: Terminal,
): ExitCode {
  if (options.json) {
    const settings = loaded.ok ? loaded.effective.map(asJson) : [];
    const problems = loaded.ok ? [] : loaded.problems;
    terminal.out(`${JSON.stringify({ ok: loaded.ok, settings, problems })}\n`);
  } else if (loaded.ok) {
    const rows = loaded.effective.map(({ key, shown, source }) => ({
      option: key,
      value: shown === "" ? null : shown,
      source,
    }));
    const columns = [{ name: "option" }, { name: "value" }, { name: "source" }];
    const { columns: width, color } = terminal;
    terminal.out(printTable(columns, rows, { width, color }));
    terminal.err("the configuration is right\n");
  } else {
    terminal.err(problemsText(loaded.problems));
  }
  return loaded.ok ? EXIT.ok : EXIT.configuration;
}

function asJson({ key, shown, source }: { key: string; shown: string; source: string }) {
  return { option: key, value: shown, source };
}

/** All mistakes, each as place, message, and the way out below it. */
export function problemsText(problems: readonly Problem[]): string {
  const count = problems.length === 1 ? "1 mistake" : `${problems.length} mistakes`;
  const lines = problems.map(
    ({ place, message, hint }) =>
      `  ${printable(place)}: ${printable(message)}\n      ${printable(hint)}\n`,
  );
  return `sealwatch: ${count} in the configuration\n${lines.join("")}`;
}
