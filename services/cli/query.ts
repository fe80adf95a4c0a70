// `sealwatch query`: asks the API of the running server, or, when none runs, the same API over the
// store itself, so that both give the same answer.

import { createAccess } from "../access/access.ts";
import { everybodyWay, MACHINE } from "../access/ways.ts";
import { createApi } from "../api/app.ts";
import type { Config } from "../config/config.ts";
import { nearest } from "../config/nearest.ts";
import { printable, printableJson } from "../core/printable.ts";
import { RESULT_TYPES } from "../core/tlsrpt/result-types.ts";
import { POLICY_TYPES } from "../core/tlsrpt/wire.ts";
import type { Observer } from "../observe/observer.ts";
import type { Panel } from "../query/panel.ts";
import { acquireLock, readLock } from "../spool/lock.ts";
import { printAnswer } from "./answer.ts";
import type { Answer } from "./answer-cells.ts";
import { migrating, openConfiguredStore } from "./draining.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { openAddresses } from "./live-parts.ts";
import type { QueryOptions } from "./query-options.ts";
import { styleOf } from "./style.ts";
import type { Terminal } from "./terminal.ts";

/** Asks for a path of the API and gives the answer. */
type Ask = (path: string, headers: Record<string, string>) => Promise<Response>;

const WITH_TOKEN =
  "\nPut the token into SEALWATCH_TOKEN, or its file's path into SEALWATCH_TOKEN_FILE.";
const REQUEST_MS_MAX = 60_000;
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
      ? await askHere(config, observer, version, answer)
      : await answer((at, headers) => askServer(url + at, headers));
  const text = await response.text();
  if (!response.ok) throw refusal(response.status, text);
  const { form } = options;
  for (const hint of hints(options.parameters)) view.terminal.err(hint);
  view.terminal.out(form === "table" ? readable(panel, text, view) : whole(text, form));
  return EXIT.ok;
}

/** Asks a server. @throws CommandError when it does not answer */
export async function askServer(
  url: string,
  headers: Record<string, string>,
  method: "GET" | "POST" = "GET",
): Promise<Response> {
  try {
    return await fetch(url, { method, headers, signal: AbortSignal.timeout(REQUEST_MS_MAX) });
  } catch (cause) {
    const why = `the server at ${new URL(url).origin} does not answer; is it running?`;
    throw new CommandError(why, { cause, exitCode: EXIT.tryAgain });
  }
}

/** No server runs here: opens the store for the time of one question. */
async function askHere(
  config: Config,
  observer: Observer,
  version: string,
  answer: (ask: Ask) => Promise<Response>,
): Promise<Response> {
  const lock = await acquireLock(config.dataDir, { role: "query", api: null });
  try {
    const addresses = await openAddresses(config, observer.emit);
    const opened = await openConfiguredStore(config, observer.emit);
    try {
      // Whoever may open the store's files sees all that is in them; a token would narrow nothing.
      const api = createApi({
        store: migrating(opened.store, config, observer.emit),
        addressFacts: addresses.facts,
        spool: null,
        ready: () => Promise.resolve({ ready: true, checks: {} }),
        metrics: () => observer.metricsText(),
        emit: observer.emit,
        access: createAccess([everybodyWay(MACHINE)]),
        loginPath: null,
        reportUrl: null,
        reportAddress: null,
        version,
      });
      return await answer(async (path, headers) => api.request(path, { headers }));
    } finally {
      addresses.stop();
      await opened.stop();
    }
  } finally {
    await lock.release();
  }
}

/** The token of the option `token` as a server wants it (RFC 6750 section 2.1). */
export function tokenHeader(token: string | null): Record<string, string> {
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

/** An answer in RFC 9457 form as one line; anything else as it came. */
export function refusal(status: number, text: string): CommandError {
  const exitCode = status === 400 ? EXIT.usage : status >= 503 ? EXIT.tryAgain : EXIT.failed;
  try {
    const { title, detail } = JSON.parse(text) as { title?: string; detail?: string };
    const way = status === 401 ? WITH_TOKEN : "";
    return new CommandError([title, detail].filter(Boolean).join(": ") + way, { exitCode });
  } catch {
    return new CommandError(`the server answered ${status}: ${printable(text)}`, { exitCode });
  }
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
