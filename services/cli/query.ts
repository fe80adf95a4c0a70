// `sealwatch query`: asks the API of the running server, or, when none runs, the same API over the
// store itself, so that both give the same answer.

import type { Config } from "../config/config.ts";
import { nearest } from "../config/nearest.ts";
import { printable, printableJson } from "../core/printable.ts";
import { RESULT_TYPES } from "../core/tlsrpt/result-types.ts";
import { POLICY_TYPES } from "../core/tlsrpt/wire.ts";
import type { Observer } from "../observe/observer.ts";
import type { Panel } from "../query/panel.ts";
import { readLock } from "../spool/lock.ts";
import { printAnswer } from "./answer.ts";
import type { Answer } from "./answer-cells.ts";
import { type Ask, askServer, refusal, tokenHeader } from "./asking.ts";
import { EXIT } from "./exit-codes.ts";
import type { QueryOptions } from "./query-options.ts";
import { styleOf } from "./style.ts";
import type { Terminal } from "./terminal.ts";

const OPEN = "note: no domain is configured: all reports are taken, for one tenant\n";

/**
 * Runs the command and returns its exit code.
 * @throws CommandError when the server is away or refuses
 */
export async function runQuery(
  config: Config,
  observer: Observer,
  panel: Panel,
  options: QueryOptions,
  view: { terminal: Terminal; wide: boolean },
  version: string,
): Promise<number> {
  const parameters = new URLSearchParams(
    Object.entries(options.parameters).flatMap(([name, values]) =>
      values.map((value): [string, string] => [name, value]),
    ),
  );
  const accept = options.form === "csv" ? "text/csv" : "application/json";
  const path = `/api/v1/${panel.id}?${parameters}`;
  const answer = (ask: Ask) => ask(path, { accept, ...tokenHeader(config.token) });
  const url = options.server ?? (await readLock(config.dataDir))?.api ?? null;
  const response =
    url === null
      ? await (await import("./query-here.ts")).askHere(config, observer, version, answer)
      : await answer((at, headers) => askServer(url + at, headers));
  const text = await response.text();
  if (!response.ok) throw refusal(response.status, text);
  const { form } = options;
  for (const hint of hints(options.parameters)) view.terminal.err(hint);
  view.terminal.out(form === "table" ? readable(panel, text, view) : whole(text, form));
  return EXIT.ok;
}

const KNOWN_WORDS: Readonly<Record<string, readonly string[]>> = {
  result_type: Object.keys(RESULT_TYPES),
  policy_type: [...POLICY_TYPES],
};

/** Unknown types are asked for too, since senders have types of their own; but it may be a slip. */
function hints(parameters: QueryOptions["parameters"]): string[] {
  return Object.entries(KNOWN_WORDS).flatMap(([name, known]) =>
    (parameters[name] ?? []).flatMap((given) => {
      const near = nearest(given.trim(), known);
      if (near === null || near === given.trim().toLowerCase()) return [];
      const flag = `--${name.replaceAll("_", "-")}`;
      return [`note: ${flag} ${printable(given)} is no known type; did you mean ${near}?\n`];
    }),
  );
}

function readable(
  panel: Panel,
  text: string,
  { terminal, wide }: { terminal: Terminal; wide: boolean },
): string {
  const answer: Answer = JSON.parse(text);
  // Once is enough: where all begins, and where something may be missing for it.
  const wanted = panel.id === "overview" || answer.data.length === 0;
  if (answer.meta.open && wanted && terminal.errIsTerminal) terminal.err(OPEN);
  return printAnswer(panel, answer, styleOf(terminal), wide);
}

/** An answer as it came, but for what a terminal would obey. */
function whole(text: string, form: "json" | "csv"): string {
  const safe =
    form === "json" ? printableJson(text) : text.replace(/[^\r\n]+/g, (line) => printable(line));
  return safe.endsWith("\n") ? safe : `${safe}\n`;
}
