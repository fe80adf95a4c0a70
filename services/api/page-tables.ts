// The tables and tiles of the page. Each links to the panel that it shows, with the same filters.

import { html } from "hono/html";
import { isKnownResultType, RESULT_TYPES } from "../core/tlsrpt/result-types.ts";
import type { Cell, Row } from "../query/panel.ts";
import type { PanelResult } from "../query/run.ts";
import type { Html } from "./page-chart.ts";
import { showCount, showPlural, showRate, showText, showTime } from "./page-format.ts";
import { trustOf, unverified } from "./page-trust.ts";

/** Rows of each table on the page; the panels have the rest. */
export const ROWS_SHOWN = 10;

/** A table with its heading; a name that begins with # is that of a column of numbers. */
interface Section {
  id: string;
  title: string;
  head: readonly string[];
  rows: readonly Html[];
  /** How many rows there are in all, in words. */
  all: string;
  /** Said instead of a table without rows. */
  empty: string;
  links: Html;
}

/** A section with its table in a container that scrolls by itself, or a sentence when empty. */
function section({ id, title, head, rows, all, empty, links }: Section): Html {
  const columns = head.map((name) =>
    name.startsWith("#")
      ? html`<th scope="col" class="number">${name.slice(1)}</th>`
      : html`<th scope="col">${name}</th>`,
  );
  const shown = rows.slice(0, ROWS_SHOWN);
  const rest =
    rows.length > ROWS_SHOWN
      ? html`<p class="quiet">The first ${ROWS_SHOWN} of ${all}. JSON and CSV have all of them.</p>`
      : "";
  const table = html`<div class="scroll" tabindex="0" role="group" aria-labelledby="${id}">
    <table><thead><tr>${columns}</tr></thead><tbody>${shown}</tbody></table></div>${rest}`;
  return html`<section class="card"><header><h2 id="${id}">${title}</h2>${links}</header>
    ${rows.length > 0 ? table : html`<p class="quiet">${empty}</p>`}</section>`;
}

function added(sum: number, count: Cell): number {
  return sum + Number(count);
}

/** How many rows a panel has: exact, or more than an answer holds. */
function countRows({ rows, meta }: PanelResult): string {
  const more = meta.next_cursor === null ? "" : "more than ";
  return `${more}${showPlural(rows.length, "row")}`;
}

/** JSON and CSV of a panel with the filters of the page. */
export function links(panel: string, search: string): Html {
  const address = `/api/v1/${panel}${search}`;
  const csv = `${address}${search === "" ? "?" : "&"}format=csv`;
  return html`<nav aria-label="${panel} as data"><a href="${address}">JSON</a>
    <a href="${csv}">CSV</a></nav>`;
}

/** A result type in words, with the word of the RFC and, once on the page, the advice beneath it. */
function resultType(row: Row, advised: boolean): Html {
  const type = String(row["result_type"]);
  if (type === "") return html`<span class="quiet">no detail given</span>`;
  if (!isKnownResultType(type)) return html`<code>${showText(type)}</code>`;
  const { title, advice } = RESULT_TYPES[type];
  return html`${title}<small><code>${type}</code></small>${
    advised ? html`<small class="advice">${advice}</small>` : ""
  }`;
}

/** The first and last day of a failure, on one line when they are the same. */
function days(row: Row): Html {
  const first = String(row["first_day"]);
  const last = String(row["last_day"]);
  return html`${first}${first === last ? "" : html`<small>to ${last}</small>`}`;
}

export const NUMBER = (cell: string) => html`<td class="number">${cell}</td>`;

export function tiles(row: Row): Html {
  const tile = (name: string, value: string, note: string, kind = "") =>
    html`<div class="tile ${kind}"><dt>${name}</dt><dd>${value}<small>${note}</small></dd></div>`;
  const failed = row["failed_sessions"];
  const conflicts = !row["conflicts"] ? "" : `; ${showPlural(row["conflicts"], "conflict")}`;
  const range = row["first_day"] ? `${row["first_day"]} to ${row["last_day"]}` : "";
  const total = showPlural(row["total_sessions"], "session");
  return html`<dl class="tiles">
    ${tile("Success rate", showRate(row["success_rate"]), `of ${total}`)}
    ${tile("TLS demanded", showRate(row["protected_rate"]), "by DANE or MTA-STS in mode enforce")}
    ${tile(
      "Failed sessions",
      showCount(failed),
      failed === 0 ? "none reported" : "by report summaries",
      failed === 0 ? "good" : "bad",
    )}
    ${tile("Reports", showCount(row["reports"]), `${range}${conflicts}`)}
    ${tile("Organizations", showCount(row["organizations"]), "that reported")}
    ${tile("Domains", showCount(row["domains"]), "reported on")}
    ${tile("Last arrival", showTime(row["last_report_at"]), "of these reports", "long")}
  </dl>`;
}

export function mxTable(result: PanelResult, search: string): Html {
  const rows = result.rows.map(
    (row) => html`<tr>
      <th scope="row">${showText(row["mx"]) || html`<span class="quiet">not said</span>`}</th>
      ${NUMBER(showCount(row["failed_sessions"]))}<td class="result">${resultType(row, true)}</td>
      ${NUMBER(showCount(row["organizations"]))}${NUMBER(showCount(row["domains"]))}
      <td class="day">${days(row)}</td><td>${showText(row["policy_types"])}</td></tr>`,
  );
  return section({
    id: "by-mx",
    title: "Failures by MX host",
    head: ["MX host", "#Failed", "Result", "#Organizations", "#Domains", "Days", "Policy"],
    rows,
    all: countRows(result),
    empty: "No failure details in this range.",
    links: links("failures-by-mx", search),
  });
}

export function organizationTable(result: PanelResult, search: string): Html {
  const rows = result.rows.map(
    (row) => html`<tr>
      <th scope="row">${showText(row["organization"]) || "not named"} ${unverified(row)}</th>
      ${NUMBER(showCount(row["failed_sessions"]))}<td class="result">${resultType(row, false)}</td>
      ${NUMBER(showCount(row["mx_hosts"]))}
      <td class="day">${days(row)}</td>
      ${NUMBER(showCount(row["organization_total_sessions"]))}
      ${NUMBER(showRate(row["organization_success_rate"]))}</tr>`,
  );
  const head = ["Organization", "#Failed", "Result", "#MX hosts", "Days"];
  return section({
    id: "by-organization",
    title: "Failures by sending organization",
    head: [...head, "#All its sessions", "#Its success rate"],
    rows,
    all: countRows(result),
    empty: "No organization reported a failure in this range.",
    links: links("failures-by-organization", search),
  });
}

export function reportTable(result: PanelResult, search: string): Html {
  const rows = result.rows.map((row) => {
    const domains = [row["domains"]].flat();
    const more = domains.length > 2 ? html`<small>and ${domains.length - 2} more</small>` : "";
    const status =
      row["status"] === "stored" ? "" : html`<span class="mark">${row["status"]}</span>`;
    const name = showText(row["organization"]) || "not named";
    return html`<tr><th scope="row"><a href="/api/v1/reports/${row["id"]}">${name}</a> ${status}</th>
      <td class="day">${row["day"]}</td><td>${showText(domains.slice(0, 2))}${more}</td>
      ${NUMBER(showCount(row["successful_sessions"]))}${NUMBER(showCount(row["failed_sessions"]))}
      ${NUMBER(showCount(row["deviations"]))}<td>${trustOf(row)}</td><td>${row["channel"]}</td>
      <td class="day">${showTime(row["received_at"])}</td></tr>`;
  });
  const head = ["Organization", "Day", "Domains", "#Successful", "#Failed", "#Deviations"];
  return section({
    id: "newest",
    title: "Newest reports",
    head: [...head, "Trust", "By", "Received"],
    rows,
    all: showPlural(Object.values(result.meta.totals).reduce(added, 0), "row"),
    empty: "No report in this range.",
    links: links("reports", search),
  });
}

/** The counts of invariant 3 as one sentence that adds up. */
export function ingestLine(result: PanelResult, search: string): Html {
  const { totals } = result.meta;
  const [received, stored, duplicate, conflict, quarantined, refused] = [
    "received",
    "stored",
    "duplicate",
    "conflict",
    "quarantined",
    "refused",
  ].map((name) => showCount(totals[name]));
  const held = html`<a href="/api/v1/quarantine${search}">${quarantined} quarantined</a>`;
  return html`<section class="card"><header><h2 id="ingest">What came in</h2>
    ${links("ingest", search)}</header>
    <p class="sum"><strong>${received} received</strong> = ${stored} stored + ${duplicate} duplicate
      + ${conflict} conflict + ${held}. Refused before acknowledgement: ${refused}.</p>
    <p class="quiet">By the time of arrival, whatever day a report is about.</p></section>`;
}
