// What a page is made with: who looks at it, what is chosen in its address, and the panels, which are run
// as the API runs them.

import type { Context } from "hono";
import type { Caller } from "../../access/caller.ts";
import type { Panel } from "../../query/panel.ts";
import { parametersOf } from "../../query/parameter-table.ts";
import { type ParameterProblem, readParameters } from "../../query/parameters.ts";
import { type PanelResult, runPanel, type Scope } from "../../query/run.ts";
import { callerOf, scopeOf } from "../access.ts";
import type { ApiOptions } from "../options.ts";
import type { Definition } from "./definition.ts";

/** Values of parameters by name, as an address has them. */
export type Given = Readonly<Record<string, readonly string[]>>;

export interface View {
  options: ApiOptions;
  scope: Scope;
  caller: Caller;
  /** Epoch milliseconds of the request. */
  nowMs: number;
  /** The page's own address, with all that is chosen. */
  url: URL;
  page: Definition;
  /** The parts of the path that stand for any text, decoded, such as `domain`. */
  path: Readonly<Record<string, string>>;
  /** What holds for the whole page: the controls that have a value, and parts of the path that filter. */
  given: Given;
  /**
   * Runs a panel with what is given of its parameters, and `more`, which goes first.
   * @throws ParameterError, StoreError, CursorError
   */
  run(panel: Panel, more?: Given): Promise<PanelResult>;
  /** This page with other values of some parameters; null takes one out. */
  address(change: Readonly<Record<string, string | null>>): string;
  /** An address of the API for a panel as `run` would run it, and in a form. */
  dataAddress(panel: Panel, more?: Given, format?: "csv" | "svg"): string;
}

/** A parameter in the address of a page that cannot be understood. */
export class ParameterError extends Error {
  readonly problem: ParameterProblem;
  constructor(problem: ParameterProblem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** Parts of paths that are filters of panels too. */
const PATH_FILTERS: readonly string[] = ["domain", "problem"];

/** What is asked for by the address of a page. */
export function viewOf(c: Context, options: ApiOptions, page: Definition): View {
  const url = new URL(c.req.url);
  const nowMs = (options.clock ?? Date.now)();
  const scope = scopeOf(c);
  const path = c.req.param();
  const given = givenOf(c.req.queries(), page, path);
  const askOf = (panel: Panel, more: Given) => {
    const takes: readonly string[] = parametersOf(panel);
    return Object.fromEntries(
      Object.entries({ ...given, ...more }).filter(([name]) => takes.includes(name)),
    );
  };
  return {
    options,
    scope,
    caller: callerOf(c),
    nowMs,
    url,
    page,
    path,
    given,
    run: async (panel, more = {}) => {
      const read = readParameters(panel, askOf(panel, more), nowMs);
      if (!read.ok) throw new ParameterError(read.problem);
      return runPanel(options.store, panel, read.parameters, scope, options.addressFacts);
    },
    address: (change) => {
      const search = new URLSearchParams(url.search);
      for (const [name, value] of Object.entries(change)) {
        if (value === null || value === "") search.delete(name);
        else search.set(name, value);
      }
      return `${url.pathname}${search.size > 0 ? `?${search}` : ""}`;
    },
    dataAddress: (panel, more = {}, format) => {
      const search = new URLSearchParams();
      for (const [name, values] of Object.entries(askOf(panel, more))) {
        for (const value of values) search.append(name, value);
      }
      if (format !== undefined) search.set("format", format);
      return `/api/v1/${panel.id}${search.size > 0 ? `?${search}` : ""}`;
    },
  };
}

function givenOf(
  queries: Record<string, string[]>,
  { controls }: Definition,
  path: Record<string, string>,
): Given {
  const chosen = controls.flatMap((name) => {
    const values = (queries[name] ?? []).map((value) => value.trim()).filter(Boolean);
    return values.length > 0 ? [[name, values] as const] : [];
  });
  const named = PATH_FILTERS.flatMap((name) =>
    path[name] === undefined ? [] : [[name, [path[name]]] as const],
  );
  return Object.fromEntries([...chosen, ...named]);
}
