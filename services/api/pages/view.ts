// What a page is made with: who looks at it, what is chosen in its address, and the panels, which are run
// as the API runs them.

import type { Context } from "hono";
import type { Caller } from "../../access/caller.ts";
import { newestReport } from "../../query/newest.ts";
import type { Panel, Row } from "../../query/panel.ts";
import { parametersOf } from "../../query/parameter-table.ts";
import {
  type PanelParameters,
  type ParameterProblem,
  readParameters,
} from "../../query/parameters.ts";
import { canCut, firstRows, type PanelResult, runPanel, type Scope } from "../../query/run.ts";
import { callerOf, scopeOf } from "../access.ts";
import type { ApiOptions } from "../options.ts";
import { type Given, readAsked, takeQuery } from "./asked.ts";
import type { Definition } from "./definition.ts";

export type { Given } from "./asked.ts";

export interface View {
  options: ApiOptions;
  scope: Scope;
  caller: Caller;
  /** Aborted when the one who asked went away; what `options.store` is asked then ends by itself. */
  signal: AbortSignal;
  /** Epoch milliseconds of the request. */
  nowMs: number;
  /** The page's own address, with all that is chosen. */
  url: URL;
  page: Definition;
  /** The parts of the path that stand for any text, decoded, such as `domain`. */
  path: Readonly<Record<string, string>>;
  /** What holds for the whole page: the controls that have a value, and parts of the path that filter. */
  given: Given;
  /** The same as panels understand it: filters, and the range that is meant. */
  parameters: PanelParameters;
  /** How the page is answered: the part that stands `instead` says when there is no such thing. */
  readonly answer: { status: 200 | 404 };
  /** What of the address was left out and why, a sentence each. */
  leftOut: readonly string[];
  /**
   * Runs a panel with what is given of its parameters, and `more`, which goes first. Who asks the same of a
   * panel on one page gets the same answer, and who asks for fewer rows the first of them.
   * @throws ParameterError, StoreError, CursorError
   */
  run(panel: Panel, more?: Given): Promise<PanelResult>;
  /** What `run` asks. @throws ParameterError */
  asked(panel: Panel, more?: Given): PanelParameters;
  /** The newest report that the caller may see, in whatever range. @throws StoreError */
  newest(): Promise<Row>;
  /**
   * This page with other values of some parameters; null takes one out. Where others rows are asked for,
   * every section begins anew.
   */
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

/** What is asked for by the address of a page. */
export function viewOf(c: Context, options: ApiOptions, page: Definition): View {
  const url = new URL(c.req.url);
  const nowMs = (options.clock ?? Date.now)();
  const scope = scopeOf(c);
  const path = c.req.param();
  const taken = takeQuery(url.searchParams, nowMs);
  url.search = taken.search.toString();
  const read = readAsked(taken.queries, page, path, nowMs);
  const asked = { ...read, leftOut: [...taken.leftOut, ...read.leftOut] };
  const answers = new Map<string, Answered[]>();
  const askedOf = (panel: Panel, more: Given = {}) => {
    const read = readParameters(panel, askingOf(asked.given, panel, more), nowMs);
    if (!read.ok) throw new ParameterError(read.problem);
    return read.parameters;
  };
  return {
    ...{ options, scope, caller: callerOf(c), signal: c.req.raw.signal, nowMs, url, page, path },
    ...asked,
    answer: { status: 200 },
    asked: askedOf,
    run: async (panel, more) => {
      const parameters = askedOf(panel, more);
      const { limit, ...question } = parameters;
      const key = JSON.stringify([panel.id, question]);
      const known = answers.get(key) ?? [];
      const same = known.find((one) => one.limit === limit);
      if (same !== undefined) return same.answer;
      const larger = canCut(panel, parameters) && known.find((one) => one.limit > limit);
      // A larger one that failed may have met a bound that this one does not.
      const whole = larger ? await larger.answer.catch(() => null) : null;
      const first = whole && firstRows(panel, parameters, whole);
      if (first) return first;
      const answer = runPanel(options.store, panel, parameters, scope, options.addressFacts);
      answers.set(key, [...(answers.get(key) ?? []), { limit, answer }]);
      return answer;
    },
    newest: () => options.newestOf?.(scope, nowMs) ?? newestReport(options.store, scope, nowMs),
    address: (change) => addressOf(url, change),
    dataAddress: (panel, more = {}, format) => {
      const search = searchOf(askingOf(asked.given, panel, more));
      if (format !== undefined) search.set("format", format);
      return `/api/v1/${panel.id}${search.size > 0 ? `?${search}` : ""}`;
    },
  };
}

/** An answer, or one that is under way, to so many rows. */
interface Answered {
  limit: number;
  answer: Promise<PanelResult>;
}

const RANGE: readonly string[] = ["last", "from", "to"];

/** What a panel is asked: of what is given, what it takes; a range of its own goes before the page's. */
function askingOf(given: Given, panel: Panel, more: Given): Given {
  const takes: readonly string[] = parametersOf(panel);
  const ranged = RANGE.some((name) => more[name] !== undefined);
  const own = Object.entries(given).filter(([name]) => !(ranged && RANGE.includes(name)));
  const all = Object.entries({ ...Object.fromEntries(own), ...more });
  return Object.fromEntries(all.filter(([name]) => takes.includes(name)));
}

/** Parameters as an address has them. */
export function searchOf(given: Given): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, values] of Object.entries(given)) {
    for (const value of values) search.append(name, value);
  }
  return search;
}

function addressOf(url: URL, change: Readonly<Record<string, string | null>>): string {
  const search = new URLSearchParams(url.search);
  // A cursor is a place among the rows that were asked for before.
  if (Object.keys(change).some((name) => !name.includes("."))) {
    for (const name of [...search.keys()]) {
      if (name.startsWith("cursor.")) search.delete(name);
    }
  }
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === "") search.delete(name);
    else search.set(name, value);
  }
  return `${url.pathname}${search.size > 0 ? `?${search}` : ""}`;
}
