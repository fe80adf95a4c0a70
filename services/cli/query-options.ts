// The flags of `sealwatch query` as parameters of the API: every parameter of a panel is a flag of
// its name, --last is a shorter way to say --from, --json and --csv choose the form.

import { parseDuration } from "../config/quantity.ts";
import { PARAMETER_NAMES, PARAMETERS, wordsOf } from "../query/parameters.ts";
import { CommandError, EXIT } from "./exit-codes.ts";

export interface QueryOptions {
  /** Parameters of the API by their names there; those that repeat may have several values. */
  parameters: Readonly<Record<string, readonly string[]>>;
  form: "table" | "json" | "csv";
  /** Where the API is; null for the server of this configuration. */
  server: string | null;
}

export interface QueryFlag {
  /** Name of the parameter: result_type. */
  parameter: string;
  /** --result-type */
  flag: string;
  /** The words that it takes, where there are only so many. */
  placeholder: string;
  repeatable: boolean;
  description: string;
}

const DAY_MS = 86_400_000;

/** One flag for each parameter that a panel can have, but for `format`. */
export const QUERY_FLAGS: readonly QueryFlag[] = PARAMETER_NAMES.filter(
  (parameter) => parameter !== "format",
).map((parameter) => {
  const { description, repeatable } = PARAMETERS[parameter];
  const flag = `--${parameter.replaceAll("_", "-")}`;
  const placeholder = wordsOf(parameter)?.join("|") ?? "value";
  return { parameter, flag, placeholder, repeatable, description };
});

/** What was given on the command line, by parameter; `last` and the form beside them. */
export interface GivenQuery {
  values: Readonly<Record<string, readonly string[]>>;
  last?: string;
  json: boolean;
  csv: boolean;
  server?: string;
}

/** Reads the flags as the command line keeps them: --result-type as resultType. */
export function givenQuery(flags: Readonly<Record<string, unknown>>): GivenQuery {
  const text = (name: string) => (flags[name] === undefined ? undefined : String(flags[name]));
  const values: Record<string, readonly string[]> = {};
  for (const { parameter } of QUERY_FLAGS) {
    const given =
      flags[parameter.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())];
    if (given !== undefined) values[parameter] = [given].flat().map(String);
  }
  const last = text("last");
  const server = text("server");
  return {
    values,
    json: flags["json"] === true,
    csv: flags["csv"] === true,
    ...(last !== undefined && { last }),
    ...(server !== undefined && { server }),
  };
}

/**
 * Puts the flags together.
 * @throws CommandError when they contradict each other or --last is no duration
 */
export function queryOptions(given: GivenQuery, nowMs: number): QueryOptions {
  if (given.json && given.csv) throw usage("--json and --csv cannot both be had");
  const { server } = given;
  if (
    server !== undefined &&
    !/^https?:$/.test(URL.canParse(server) ? new URL(server).protocol : "")
  ) {
    throw usage("--server wants a web address such as http://127.0.0.1:8080");
  }
  const parameters = { ...given.values };
  if (given.last !== undefined) {
    if (parameters["from"] !== undefined) throw usage("--last and --from cannot both be had");
    if (parameters["to"] !== undefined) throw usage("--last ends now, so --to has no place");
    parameters["from"] = [startOf(given.last, nowMs)];
  }
  const form = given.json ? "json" : given.csv ? "csv" : "table";
  return { parameters, form, server: server?.replace(/\/+$/, "") ?? null };
}

/** Whole days count today as the last of them; shorter times end now. */
function startOf(last: string, nowMs: number): string {
  const lengthMs = parseDuration(last);
  if (lengthMs === null || lengthMs === 0 || lengthMs > nowMs) {
    throw usage("--last wants a duration such as 30d, 2w or 12h");
  }
  if (lengthMs % DAY_MS !== 0) return new Date(nowMs - lengthMs).toISOString();
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  return new Date(today - lengthMs + DAY_MS).toISOString().slice(0, 10);
}

function usage(message: string): CommandError {
  return new CommandError(message, { exitCode: EXIT.usage });
}
