// GET /api/v1/reports/{id}: one report whole, and its bytes exactly as received.

import type { Context, Hono } from "hono";
import { BOUNDS } from "../core/bounds.ts";
import { recordParameters } from "../query/newest.ts";
import type { Panel, Row } from "../query/panel.ts";
import {
  reportArrivals,
  reportBytes,
  reportClaims,
  reportDetails,
  reportDomains,
  reportHead,
  reportPlace,
  reportPolicies,
} from "../query/panels/report.ts";
import { parametersOf } from "../query/parameter-table.ts";
import { type PanelParameters, readParameters } from "../query/parameters.ts";
import { readInstant } from "../query/range.ts";
import { runPanel, type Scope } from "../query/run.ts";
import { asSeen, partlySeen, type SeenRow } from "../query/whole-message.ts";
import { scopeOf } from "./access.ts";
import { RAW_HEADERS } from "./headers.ts";
import { json } from "./json.ts";
import type { ApiOptions } from "./options.ts";
import { problem } from "./problem.ts";
import {
  deviationsOf,
  differencesOf,
  policyInWords,
  trustOf,
  withoutDeviations,
} from "./record-words.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DAY_MS = 86_400_000;
const NOT_FOUND = "No report has this id; /api/v1/reports lists them.";

/** Reads of one report: by tenant, day and identity, the sort key of its row. */
async function placeOf(
  options: ApiOptions,
  scope: Scope,
  id: string,
): Promise<PanelParameters | null> {
  if (!UUID.test(id)) return null;
  const range = { fromMs: 0, toMs: DAY_MS };
  const parameters = recordParameters({ report: [id] }, range, { limit: 1 });
  const { rows } = await runPanel(options.store, reportPlace, parameters, scope);
  const place = rows[0];
  if (!place) return null;
  const fromMs = readInstant(String(place["day"])) ?? 0;
  const filters = { report: [id], tenant: [String(place["tenant"])] };
  return recordParameters(filters, { fromMs, toMs: fromMs + DAY_MS });
}

async function answerReport(c: Context, options: ApiOptions): Promise<Response> {
  // One page of failure details is asked for as of any panel; policies come whole up to the bound.
  const nowMs = (options.clock ?? Date.now)();
  const read = readParameters(reportDetails, c.req.queries(), nowMs);
  if (!read.ok) {
    const { code, parameter, detail } = read.problem;
    return problem(c, code, detail, { parameter, known_parameters: parametersOf(reportDetails) });
  }
  const scope = scopeOf(c);
  const place = await placeOf(options, scope, c.req.param("id") ?? "");
  if (!place) return problem(c, "not-found", NOT_FOUND);
  const { limit, cursor } = read.parameters;
  const run = (panel: Panel, parameters: PanelParameters) =>
    runPanel(options.store, panel, parameters, scope);
  const [heads, domains, policies, details, arrivals] = await Promise.all([
    run(reportHead, place),
    run(reportDomains, { ...place, limit: BOUNDS.policiesMax }),
    run(reportPolicies, { ...place, limit: BOUNDS.policiesMax }),
    run(reportDetails, { ...place, limit, cursor }),
    run(reportArrivals, place),
  ]);
  const head = heads.rows[0];
  if (!head) return problem(c, "not-found", NOT_FOUND);
  const told = policies.rows.map(policyInWords);
  const partly = await partlySeen(options.store, scope, [...heads.rows, ...arrivals.rows]);
  const seen = asSeen(head, partly);
  const data = {
    ...withoutDeviations({ ...seen, deviations: null }),
    withheld: seen.withheld,
    ...trustOf(head),
    raw: rawLink(head),
    deviations: deviationsOf(seen),
    domain_sessions: domains.rows,
    details_agree: told.every((policy) => policy["details_agree"]),
    policies: told,
    failure_details: details.rows,
    duplicates: arrivals.rows
      .filter((row) => row["outcome"] === "duplicate")
      .map((row) => asSeen(withoutOutcome(row), partly)),
    conflicts: heads.rows
      .filter((row) => row !== head && row["status"] === "conflict")
      .map((row) => conflictWith(head, asSeen(row, partly))),
    arrivals: arrivals.meta.totals,
  };
  const { next_cursor, rows } = details.meta;
  return json(c, {
    data,
    meta: { limit, rows, next_cursor, generated_at: new Date(nowMs).toISOString() },
  });
}

function rawLink(row: Row): string {
  return `/api/v1/reports/${row["id"]}/raw?content_hash=${row["content_hash"]}`;
}

function withoutOutcome({ outcome: _, ...row }: Row): Row {
  return row;
}

/** Another content under the identity of the one that counts, and in what they differ. */
function conflictWith(head: Row, row: SeenRow): Record<string, unknown> {
  const differences = differencesOf(head, row);
  return { ...withoutDeviations(row), ...trustOf(row), raw: rawLink(row), differences };
}

async function answerBytes(c: Context, options: ApiOptions): Promise<Response> {
  const id = c.req.param("id") ?? "";
  const scope = scopeOf(c);
  const place = await placeOf(options, scope, id);
  if (!place) return problem(c, "not-found", NOT_FOUND);
  const claims = await runPanel(options.store, reportClaims, place, scope);
  const wanted = c.req.query("content_hash");
  const claim = claims.rows.find((one) => wanted === undefined || one["content_hash"] === wanted);
  if (!claim) return problem(c, "not-found", NOT_FOUND);
  const names = ["receipt", "item", "content_hash"];
  const only = Object.fromEntries(names.map((name) => [name, [String(claim[name])]]));
  const parameters = { ...place, filters: { ...place.filters, ...only }, limit: 1 };
  const row = (await runPanel(options.store, reportBytes, parameters, scope)).rows[0];
  if (!row) return problem(c, "not-found", NOT_FOUND);
  return c.body(new Uint8Array(Buffer.from(String(row["raw_base64"]), "base64")), 200, {
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
