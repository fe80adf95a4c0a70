// GET /api/v1/reports/{id}: one report whole, and its bytes exactly as received.

import type { Context, Hono } from "hono";
import type { Row } from "../query/panel.ts";
import { reportDetails } from "../query/panels/report.ts";
import { parametersOf } from "../query/parameter-table.ts";
import { readParameters } from "../query/parameters.ts";
import { scopeOf, storeFor } from "./access.ts";
import { RAW_HEADERS } from "./headers.ts";
import { json } from "./json.ts";
import type { ApiOptions } from "./options.ts";
import { problem } from "./problem.ts";
import { withoutDeviations } from "./record-words.ts";
import { type ReportRecord, rawLink, readReport, readReportBytes } from "./report-record.ts";

const NOT_FOUND = "No report has this id; /api/v1/reports lists them.";

async function answerReport(c: Context, options: ApiOptions): Promise<Response> {
  // One page of failure details is asked for as of any panel; policies come whole up to the bound.
  const nowMs = (options.clock ?? Date.now)();
  const read = readParameters(reportDetails, c.req.queries(), nowMs);
  if (!read.ok) {
    const { code, parameter, detail } = read.problem;
    return problem(c, code, detail, { parameter, known_parameters: parametersOf(reportDetails) });
  }
  const { limit, cursor } = read.parameters;
  const id = c.req.param("id") ?? "";
  const record = await readReport(storeFor(c, options, "api"), scopeOf(c), id, { limit, cursor });
  if (!record) return problem(c, "not-found", NOT_FOUND);
  const { next_cursor, rows } = record.details.meta;
  return json(c, {
    data: toldOf(record),
    meta: { limit, rows, next_cursor, generated_at: new Date(nowMs).toISOString() },
  });
}

/** A report as the answer has it. */
function toldOf(record: ReportRecord): Record<string, unknown> {
  const { head, policies, conflicts } = record;
  return {
    ...withoutDeviations({ ...head, deviations: null }),
    withheld: head.withheld,
    ...record.trust,
    raw: rawLink(head),
    deviations: record.deviations,
    domain_sessions: record.domains,
    details_agree: policies.every(({ words }) => words.details_agree),
    policies: policies.map(({ row, words }) => ({ ...row, ...words })),
    failure_details: record.details.rows,
    duplicates: record.duplicates.map(withoutOutcome),
    conflicts: conflicts.map(({ row, trust, differences }) => ({
      ...withoutDeviations(row),
      ...trust,
      raw: rawLink(row),
      differences,
    })),
    arrivals: record.arrivals,
  };
}

function withoutOutcome({ outcome: _, ...row }: Row): Row {
  return row;
}

async function answerBytes(c: Context, options: ApiOptions): Promise<Response> {
  const id = c.req.param("id") ?? "";
  const wanted = c.req.query("content_hash");
  const bytes = await readReportBytes(storeFor(c, options, "api"), scopeOf(c), id, wanted);
  if (!bytes) return problem(c, "not-found", NOT_FOUND);
  return c.body(new Uint8Array(bytes), 200, {
    ...RAW_HEADERS,
    "Content-Type": "application/json",
    "Content-Disposition": `attachment; filename="tls-report-${id}.json"`,
  });
}

/** Adds the routes of one report. */
export function reportRoutes(app: Hono, options: ApiOptions): void {
  app.get("/api/v1/reports/:id", (c) => answerReport(c, options));
  app.get("/api/v1/reports/:id/raw", (c) => answerBytes(c, options));
}
