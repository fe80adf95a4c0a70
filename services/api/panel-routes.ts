// GET /api/v1/<panel id>, one route per panel of the table.

import type { Context, Hono } from "hono";
import { BOUNDS } from "../core/bounds.ts";
import { fieldColumns } from "../query/fields.ts";
import { PANELS } from "../query/index.ts";
import type { NewestOf } from "../query/newest.ts";
import type { Panel } from "../query/panel.ts";
import { parametersOf } from "../query/parameter-table.ts";
import { readParameters } from "../query/parameters.ts";
import { type PanelResult, runPanel } from "../query/run.ts";
import { scopeOf, storeFor } from "./access.ts";
import { printCsv } from "./csv.ts";
import { jsonText } from "./json.ts";
import { namesOf, negotiate } from "./negotiate.ts";
import type { ApiOptions } from "./options.ts";
import { problem } from "./problem.ts";
import { revalidated } from "./revalidate.ts";
import { answerSvg, formsOf } from "./svg.ts";

async function answer(
  c: Context,
  panel: Panel,
  options: ApiOptions,
  newestOf: NewestOf,
): Promise<Response> {
  const nowMs = (options.clock ?? Date.now)();
  const read = readParameters(panel, c.req.queries(), nowMs);
  if (!read.ok) {
    const { code, parameter, detail } = read.problem;
    return problem(c, code, detail, { parameter, known_parameters: parametersOf(panel) });
  }
  const forms = formsOf(panel);
  const form = negotiate(c.req.query("format")?.toLowerCase(), c.req.header("Accept"), forms);
  if (form === null) return problem(c, "not-acceptable", `Ask for ${namesOf(forms)}.`);
  // A chart of a first page of rows would look like silence after it.
  const whole = form === "svg" && !c.req.query("limit") ? { limit: BOUNDS.queryRowsMax } : {};
  const parameters = { ...read.parameters, ...whole };
  const scope = scopeOf(c);
  const [result, newest] = await Promise.all([
    runPanel(storeFor(c, options, "api"), panel, parameters, scope, options.addressFacts),
    newestOf(scope, nowMs),
  ]);
  if (form === "csv") return answerCsv(c, panel, read.parameters.fields, result);
  if (form === "svg") return answerSvg(c, panel, result);
  const open = options.openDirectory?.() ?? false;
  const meta = { ...result.meta, ...newest, open };
  const data = JSON.stringify(result.rows);
  return revalidated(c, [data, JSON.stringify(meta)], (headers) => {
    const generated_at = new Date(nowMs).toISOString();
    return jsonText(
      c,
      `{"data":${data},"meta":${JSON.stringify({ ...meta, generated_at })}}`,
      headers,
    );
  });
}

function answerCsv(
  c: Context,
  panel: Panel,
  fields: readonly string[] | null,
  { rows, meta }: PanelResult,
): Response {
  const text = printCsv(fieldColumns(panel, fields), rows);
  // A CSV has no place for meta; the address of the next page goes where RFC 8288 has it.
  const next = meta.next_cursor === null ? null : `<${nextUrl(c, meta.next_cursor)}>; rel="next"`;
  return revalidated(c, [text, next ?? ""], (headers) =>
    c.body(text, 200, {
      "Content-Type": "text/csv; charset=utf-8; header=present",
      "Content-Disposition": `attachment; filename="${panel.id}.csv"`,
      ...(next !== null && { Link: next }),
      ...headers,
    }),
  );
}

function nextUrl(c: Context, cursor: string): string {
  const url = new URL(c.req.url);
  url.searchParams.set("cursor", cursor);
  return `${url.pathname}${url.search}`;
}

/** Adds the routes of all panels. */
export function panelRoutes(app: Hono, options: ApiOptions, newestOf: NewestOf): void {
  for (const panel of PANELS) {
    app.get(`/api/v1/${panel.id}`, (c) => answer(c, panel, options, newestOf));
  }
}
