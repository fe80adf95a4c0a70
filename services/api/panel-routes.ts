// GET /api/v1/<panel id>, one route per panel of the table.

import type { Context, Hono } from "hono";
import { PANELS } from "../query/index.ts";
import { rememberNewest } from "../query/newest.ts";
import { columnsOf, type Panel } from "../query/panel.ts";
import { readParameters } from "../query/parameters.ts";
import { runPanel } from "../query/run.ts";
import { scopeOf } from "./access.ts";
import { printCsv } from "./csv.ts";
import { json } from "./json.ts";
import { negotiate } from "./negotiate.ts";
import type { ApiOptions } from "./options.ts";
import { problem } from "./problem.ts";

async function answer(
  c: Context,
  panel: Panel,
  options: ApiOptions,
  newestOf: ReturnType<typeof rememberNewest>,
): Promise<Response> {
  const nowMs = (options.clock ?? Date.now)();
  const read = readParameters(panel, c.req.queries(), nowMs);
  if (!read.ok) {
    const { code, parameter, detail } = read.problem;
    return problem(c, code, detail, { parameter, known_parameters: panel.parameters });
  }
  const form = negotiate(c.req.query("format"), c.req.header("Accept"));
  if (form === null) {
    return problem(c, "not-acceptable", "Ask for application/json or text/csv.");
  }
  const scope = scopeOf(c);
  const [{ rows, meta }, newest] = await Promise.all([
    runPanel(options.store, panel, read.parameters, scope),
    newestOf(scope, nowMs),
  ]);
  if (form === "json") {
    const generated_at = new Date(nowMs).toISOString();
    const open = options.openDirectory?.() ?? false;
    return json(c, { data: rows, meta: { ...meta, generated_at, ...newest, open } });
  }
  const headers: Record<string, string> = {
    "Content-Type": "text/csv; charset=utf-8; header=present",
    "Content-Disposition": `attachment; filename="${panel.id}.csv"`,
  };
  // A CSV has no place for meta; the address of the next page goes where RFC 8288 has it.
  if (meta.next_cursor !== null) headers["Link"] = `<${nextUrl(c, meta.next_cursor)}>; rel="next"`;
  return c.body(printCsv(columnsOf(panel), rows), 200, headers);
}

function nextUrl(c: Context, cursor: string): string {
  const url = new URL(c.req.url);
  url.searchParams.set("cursor", cursor);
  return `${url.pathname}${url.search}`;
}

/** Adds the routes of all panels. */
export function panelRoutes(app: Hono, options: ApiOptions): void {
  const newestOf = rememberNewest(options.store);
  for (const panel of PANELS) {
    app.get(`/api/v1/${panel.id}`, (c) => answer(c, panel, options, newestOf));
  }
}
