// Raw examples of a problem: the newest reports that have it, with its failure details as they were sent.

import { BOUNDS } from "../../../core/bounds.ts";
import { recordParameters } from "../../../query/newest.ts";
import type { Row } from "../../../query/panel.ts";
import { reportDetails } from "../../../query/panels/report.ts";
import { reports } from "../../../query/panels/reports.ts";
import { runPanel } from "../../../query/run.ts";
import { cardOf } from "../card.ts";
import { showCount, showText } from "../format.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "../html.ts";
import { hasTenants, linkOf, pageLink } from "../links.ts";
import type { View } from "../view.ts";
import { filtersOf, problemRow } from "./problem-answers.ts";

const DAY_MS = 86_400_000;
/** Reports that fit it and are looked into, and examples that are shown. */
const LOOKED_AT = 12;
const SHOWN = 5;

interface Example {
  report: Row;
  detail: Row;
}

/** Makes the section; the days are those with the problem, whatever else the range has. */
export async function problemReportsPart(view: View): Promise<MaybeHtml> {
  const problem = await problemRow(view);
  if (problem === undefined) return NOTHING;
  const found = await examplesOf(view, problem);
  const { tenant, problem: _, ...told } = filtersOf(problem);
  const all = pageLink(view, "/reports", {
    ...Object.fromEntries(Object.entries(told).map(([name, [value = ""]]) => [name, value])),
    tenant: hasTenants(view) ? String(problem["tenant"]) : null,
  });
  return cardOf({
    id: "examples",
    title: "Reports that have it",
    about:
      "The newest reports with this failure: with the reason code and all else as sent. Each leads to the whole report " +
      `and to its exact bytes. Of those that fit it the newest ${LOOKED_AT} are looked into, the first ` +
      `${showCount(BOUNDS.queryRowsDefault)} failure details of the domain in each.`,
    body: [
      found.length === 0
        ? html`<p class="empty">It was not found in the newest ${LOOKED_AT} reports that fit it.</p>`
        : tableOf(view, found),
      html`<p><a href="${all}">All reports that fit it</a></p>`,
    ],
  });
}

/** A question cannot ask for what reports leave out, so those that fit the rest are looked into. */
async function examplesOf(view: View, problem: Row): Promise<readonly Example[]> {
  const end = Date.parse(String(problem["last_day"])) + DAY_MS;
  const { rows } = await view.run(reports, {
    ...filtersOf(problem),
    from: [String(problem["first_day"])],
    to: [new Date(end).toISOString().slice(0, 10)],
    timezone: [],
    sort: ["-day"],
    limit: [String(LOOKED_AT)],
  });
  const looked = await Promise.all(
    rows.map(async (report) => {
      const details = await detailsOf(view, report, problem);
      const detail = details.find((one) => isOf(one, problem));
      return detail === undefined ? [] : [{ report, detail }];
    }),
  );
  return looked.flat().slice(0, SHOWN);
}

/** Those of the domain of the problem, which of a report about thousands of domains are few. */
async function detailsOf(
  { options, scope }: View,
  report: Row,
  { domain }: Row,
): Promise<readonly Row[]> {
  const fromMs = Date.parse(String(report["day"]));
  const place = {
    report: [String(report["id"])],
    tenant: [String(report["tenant"])],
    domain: [String(domain)],
  };
  const parameters = recordParameters(place, { fromMs, toMs: fromMs + DAY_MS });
  return (await runPanel(options.store, reportDetails, parameters, scope)).rows;
}

const KEY = ["domain", "policy_type", "result_type", "mx"] as const;

/** A reason that repeats the result type counts as none, see query/problem-rows.ts. */
function isOf(detail: Row, problem: Row): boolean {
  const reason = detail["reason"] === detail["result_type"] ? "" : detail["reason"];
  return reason === problem["reason"] && KEY.every((name) => detail[name] === problem[name]);
}

function tableOf(view: View, examples: readonly Example[]): Html {
  const rows = examples.map(({ report, detail }) => {
    const raw = `/api/v1/reports/${report["id"]}/raw`;
    const address = linkOf("id", report, view) ?? raw;
    const text = (name: string) => html`<td>${showText(detail[name]) || NOT_SAID}</td>`;
    return html`<tr><th scope="row"><a href="${address}">${showText(report["organization"])},
      ${String(report["day"])}</a></th><td class="number">${showCount(detail["failed_sessions"])}</td>
      ${text("reason_code")}${text("additional_information")}${text("sending_ip")}${text("receiving_ip")}
      <td><a href="${raw}">JSON as received</a></td></tr>`;
  });
  const head = ["Reason code", "Additional information", "Sending IP", "Receiving IP", "Raw"];
  return html`<div class="scroll" tabindex="0" role="group" aria-labelledby="examples-title">
    <table><thead><tr><th scope="col">Report</th><th scope="col" class="number">Failed sessions</th>
      ${head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
      <tbody>${rows}</tbody></table></div>`;
}

const NOT_SAID = html`<span class="none">not said</span>`;
