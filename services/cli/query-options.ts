// The flags of `sealwatch query` as parameters of the API: every parameter of a panel is a flag of
// its name, --json and --csv choose the form.

import { PARAMETER_NAMES, PARAMETERS, type ParameterName } from "../query/parameter-table.ts";
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
  parameter: ParameterName;
  repeatable: boolean;
}

/** One flag for each parameter that a panel can have, but for `format`. */
export const QUERY_FLAGS: readonly QueryFlag[] = PARAMETER_NAMES.filter(
  (parameter) => parameter !== "format",
).map((parameter) => ({ parameter, repeatable: PARAMETERS[parameter].repeatable }));

/** What was given on the command line, by parameter, and the form beside them. */
export interface GivenQuery {
  values: Readonly<Record<string, readonly string[]>>;
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
  const server = text("server");
  return {
    values,
    json: flags["json"] === true,
    csv: flags["csv"] === true,
    ...(server !== undefined && { server }),
  };
}

/**
 * Puts the flags together.
 * @throws CommandError when they contradict each other
 */
export function queryOptions(given: GivenQuery): QueryOptions {
  if (given.json && given.csv) throw usage("--json and --csv cannot both be had");
  const { server } = given;
  if (
    server !== undefined &&
    !/^https?:$/.test(URL.canParse(server) ? new URL(server).protocol : "")
  ) {
    throw usage("--server wants a web address such as http://127.0.0.1:8080");
  }
  const form = given.json ? "json" : given.csv ? "csv" : "table";
  return { parameters: given.values, form, server: server?.replace(/\/+$/, "") ?? null };
}

function usage(message: string): CommandError {
  return new CommandError(message, { exitCode: EXIT.usage });
}
