// What a report is about and what it adds to every total, in one sentence and by domain.

import { panelOf } from "../../../query/index.ts";
import { reportDomains, reportHead } from "../../../query/panels/report.ts";
import { dayInWords } from "../../../query/reporting-words.ts";
import { hasReport } from "../../report-record.ts";
import { cardOf } from "../card.ts";
import { toneMark } from "../cells.ts";
import { showPlural, showText } from "../format.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "../html.ts";
import { pageLink } from "../links.ts";
import type { View } from "../view.ts";
import { factList, factsOf, rowTable } from "./record-pieces.ts";
import { reportOf } from "./report-reading.ts";

const FACTS = [
  "organization",
  "day",
  "start_at",
  "end_at",
  "report_id",
  "contact_info",
  "submitter",
  "tenant",
  "status",
  "conforming",
] as const;

/** The report in short. */
export async function reportSummary(view: View): Promise<MaybeHtml> {
  const record = await reportOf(view);
  if (record === null) return "";
  const { head, domains } = record;
  const columns = domains.length === 0 ? [] : reportDomains.columns;
  const names = columns.map(({ name }) => name);
  const told = FACTS.filter((name) => name !== "tenant" || view.scope.tenants === "all");
  return cardOf({
    id: "report",
    title: "What it says",
    width: "half",
    body: [
      html`<p>${verdict(Number(head["failed_sessions"]))} <strong>${showText(head["organization"]) || "A sender without a name"}</strong>
        reported about ${dayInWords(String(head["day"]), view.nowMs)}:
        ${showPlural(head["successful_sessions"], "session")} succeeded and
        ${showPlural(head["failed_sessions"], "session")} failed.</p>`,
      factList("report", factsOf(view, head, reportHead.columns, told)),
      html`<h3>What it adds to the totals</h3>`,
      domains.length === 0
        ? html`<p class="quiet">Nothing: it lists no sessions of your domains.</p>`
        : rowTable({ view, id: "report", rows: domains }, columns, names),
    ],
  });
}

function verdict(failed: number): Html {
  return failed === 0 ? toneMark("ok", "✓", "No failure") : toneMark("failed", "✕", "Failures");
}

/** Stands in place of the page where the caller may see no report of this id. */
export async function reportUnknown(view: View): Promise<MaybeHtml> {
  const { options, scope, path } = view;
  // A place among its details that is not understood is told of by the sections.
  if (await hasReport(options.store, scope, path["report"] ?? "")) return NOTHING;
  view.answer.status = 404;
  const days = panelOf("reports")?.title ?? "Reports";
  return cardOf({
    id: "report",
    title: "No report has this id",
    body: [
      html`<p>It was never here, or it belongs to a tenant whose reports you may not see.</p>
        <p><a href="${pageLink(view, "/reports")}">${days}</a> lists what there is.</p>`,
    ],
  });
}
