// The first page: what a postmaster wants to see at once, made by the server from the same panels as
// the API. It needs no script; text from reports is escaped by the template.

import type { Context, Hono } from "hono";
import { html } from "hono/html";
import type { Caller } from "../access/caller.ts";
import { newestReport } from "../query/newest.ts";
import type { Panel } from "../query/panel.ts";
import { failuresByMx } from "../query/panels/failures-by-mx.ts";
import { failuresByOrganization } from "../query/panels/failures-by-organization.ts";
import { ingest } from "../query/panels/ingest.ts";
import { overview } from "../query/panels/overview.ts";
import { reports } from "../query/panels/reports.ts";
import { trend } from "../query/panels/trend.ts";
import { trust } from "../query/panels/trust.ts";
import { type PanelParameters, readParameters } from "../query/parameters.ts";
import { floorDay, printDay } from "../query/range.ts";
import { type PanelResult, runPanel, type Scope } from "../query/run.ts";
import { callerOf, scopeOf } from "./access.ts";
import { whoAmI } from "./login-page.ts";
import type { ApiOptions } from "./options.ts";
import { type Html, trendChart } from "./page-chart.ts";
import { elsewhere, firstSteps } from "./page-empty.ts";
import {
  ingestLine,
  mxTable,
  organizationTable,
  ROWS_SHOWN,
  reportTable,
  tiles,
} from "./page-tables.ts";
import { trustCard, trustChoice } from "./page-trust.ts";
import { problemOf } from "./problem.ts";

const DAY_MS = 86_400_000;
const RANGES_DAYS = [7, 30, 90, 365] as const;

/** What the form holds; names are those of the panels' parameters. */
const FORM = ["domain", "organization", "trust", "from", "to"] as const;
const NO_FORM: Form = { domain: "", organization: "", trust: "", from: "", to: "" };
type Form = Record<(typeof FORM)[number], string>;

function readForm(c: Context): Form {
  const value = (name: string) => (c.req.query(name) ?? "").trim();
  const filters = { domain: value("domain"), organization: value("organization") };
  return { ...filters, trust: value("trust"), from: value("from"), to: value("to") };
}

function searchOf(form: Partial<Form>): string {
  const filled = Object.entries(form).filter(([, value]) => value !== "");
  return filled.length === 0 ? "" : `?${new URLSearchParams(filled)}`;
}

/** Links to usual ranges; `to` is exclusive, so each ends with tomorrow. */
function rangeLinks(form: Form, parameters: PanelParameters, nowMs: number): Html {
  const toMs = floorDay(nowMs) + DAY_MS;
  const items = RANGES_DAYS.map((days) => {
    const fromMs = toMs - days * DAY_MS;
    const { range } = parameters;
    const current = range.fromMs === fromMs && range.toMs === toMs;
    const search = searchOf({ ...form, from: printDay(fromMs), to: printDay(toMs) });
    return current
      ? html`<a href="/${search}" aria-current="true">${days} days</a>`
      : html`<a href="/${search}">${days} days</a>`;
  });
  return html`<nav class="ranges" aria-label="Usual ranges">${items}</nav>`;
}

function filterForm(form: Form, parameters: PanelParameters): Html {
  const { range } = parameters;
  const field = (name: string, label: string, type: string, value: string) =>
    html`<label>${label}<input type="${type}" name="${name}" value="${value}" autocomplete="off"
      autocapitalize="none" spellcheck="false"></label>`;
  return html`<form class="filters" method="get" action="/" role="search">
    ${field("domain", "Domain", "text", form.domain)}
    ${field("organization", "Organization", "text", form.organization)}
    ${trustChoice(form.trust)}
    ${field("from", "From", "date", printDay(range.fromMs))}
    ${field("to", "Until, not including", "date", printDay(range.toMs))}
    <button type="submit">Show</button> <a class="reset" href="/">Reset</a></form>`;
}

const OPEN_DIRECTORY = html`<p class="notice"><strong>Open:</strong> Sealwatch takes reports for every
  domain and files all of them under one tenant. Configure your domains (<code>domains</code>, or
  <code>domains_file</code> for many) to keep out reports about others and to part tenants.</p>`;

function layout(options: ApiOptions, caller: Caller, cssHref: string, body: Html): Html {
  const openDirectory = options.openDirectory?.() ?? false;
  const open = html`<p class="notice">Anyone who can reach this address can read it: no token is
    asked for. Keep it on this machine or behind a proxy that asks who you are.</p>`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sealwatch: SMTP TLS reports</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="${cssHref}"></head>
<body><a class="skip" href="#main">To the content</a>
<header class="top"><h1><a href="/">Sealwatch</a></h1><p>SMTP TLS reports</p>
<nav aria-label="Machine-readable"><a href="/api/v1">API</a>
<a href="/api/v1/openapi.json">OpenAPI</a></nav>${whoAmI(caller)}</header>
<main id="main">${caller.kind === "anybody" ? open : ""}${openDirectory ? OPEN_DIRECTORY : ""}${body}</main>
<footer>Sealwatch ${options.version}. Days and times are UTC.</footer></body></html>`;
}

async function dashboard(
  options: ApiOptions,
  scope: Scope,
  form: Form,
  origin: string,
  notice: Html | "",
): Promise<Html> {
  const nowMs = (options.clock ?? Date.now)();
  const given = Object.fromEntries(FORM.map((name) => [name, [form[name]]]));
  const read = readParameters(trend, given, nowMs);
  if (!read.ok) {
    const { detail } = read.problem;
    const words = html`<p class="notice" role="alert">${detail} This is the usual range.</p>`;
    return dashboard(options, scope, NO_FORM, origin, words);
  }
  const { parameters } = read;
  const run = (panel: Panel, more: Partial<PanelParameters> = {}) =>
    runPanel(options.store, panel, { ...parameters, ...more }, scope);
  const [newest, total, levels, sessions, byMx, byOrganization, newestReports, arrivals] =
    await Promise.all([
      newestReport(options.store, scope, nowMs),
      run(overview),
      run(trust),
      run(trend),
      run(failuresByMx),
      run(failuresByOrganization),
      run(reports, { limit: ROWS_SHOWN + 1 }),
      run(ingest),
    ]);
  const range = searchOf({ from: form.from, to: form.to });
  if (newest["newest_report_day"] === null) {
    return html`${notice}${firstSteps(options, origin)}${ingestLine(arrivals, range)}`;
  }
  const row = total.rows[0] ?? {};
  const nothing = row["reports"] === 0;
  const search = searchOf(form);
  return html`${notice}
    <div class="controls">${rangeLinks(form, parameters, nowMs)}${filterForm(form, parameters)}</div>
    ${nothing ? elsewhere(String(newest["newest_report_day"])) : ""}
    ${tiles(row)}
    ${nothing ? "" : trustCard(row, levels, (level) => `/${searchOf({ ...form, trust: level })}`)}
    ${nothing ? "" : chart(sessions, parameters)}
    ${mxTable(byMx, search)}${organizationTable(byOrganization, search)}
    ${reportTable(newestReports, search)}${ingestLine(arrivals, range)}`;
}

function chart(sessions: PanelResult, { range, step }: PanelParameters): Html {
  return html`<section class="card"><h2>Sessions over time</h2>
    ${trendChart(sessions.rows, range, step)}</section>`;
}

/** Adds GET /. */
export function pageRoute(app: Hono, options: ApiOptions, cssHref: string): void {
  app.get("/", async (c) => {
    try {
      const { origin } = new URL(c.req.url);
      const body = await dashboard(options, scopeOf(c), readForm(c), origin, "");
      return c.html(layout(options, callerOf(c), cssHref, body));
    } catch (error) {
      const { code, detail } = problemOf(error);
      options.emit("api-failed", { path: "/", problem: code, error });
      const words = html`<section class="card"><h2>This cannot be shown now</h2>
        <p>${detail}</p><p><a href="/">Try again</a></p></section>`;
      return c.html(layout(options, callerOf(c), cssHref, words), 503);
    }
  });
}
