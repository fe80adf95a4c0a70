// The failure details of a report, a page at a time, each with what failed in words.

import { BOUNDS } from "../../../core/bounds.ts";
import { columnsOf, type Row } from "../../../query/panel.ts";
import { problems } from "../../../query/panels/problems.ts";
import { reportDetails } from "../../../query/panels/report.ts";
import { readParameters } from "../../../query/parameters.ts";
import { dayAfter, printDay } from "../../../query/range.ts";
import { cardOf } from "../card.ts";
import { type DrawnColumn, drawnColumn, tableOf } from "../drawings/table.ts";
import { html, type MaybeHtml } from "../html.ts";
import { pageLink, placeOf, rangeOf } from "../links.ts";
import type { View } from "../view.ts";
import { DETAILS, reportOf } from "./report-reading.ts";

const COLUMNS = [
  "title",
  "result_type",
  "failed_sessions",
  "mx",
  "domain",
  "policy_type",
  "sending_ip",
  "receiving_ip",
  "reason_code",
  "additional_information",
  "actor",
] as const;

/** The details of the report with links to more of them. */
export async function reportDetailTable(view: View): Promise<MaybeHtml> {
  const record = await reportOf(view);
  if (record === null) return "";
  const { rows, meta } = record.details;
  const disagree = record.policies.filter(({ words }) => !words.details_agree).length;
  const about =
    disagree === 0
      ? "What failed, by MX host and address. The details add up to the summaries."
      : "What failed, by MX host and address. Totals come from the summaries, which say something else here: " +
        "details may overlap, or be left out (RFC 8460 section 4).";
  return cardOf({
    id: DETAILS,
    title: "Failure details",
    about,
    body:
      rows.length === 0
        ? html`<p class="quiet">None.</p>`
        : tableOf({ view, id: DETAILS, columns: columnsFor(view, record.head, rows), rows, meta }),
  });
}

/** What failed leads to the problem that it is a case of. */
function columnsFor(view: View, head: Row, rows: readonly Row[]): DrawnColumn[] {
  const range = rangeWith(view, Date.parse(String(head["start_at"])));
  const href = (row: Row) => {
    const place = placeOf({ domain: row["domain"] ?? null, tenant: head["tenant"] ?? null }, view);
    return pageLink(view, `/problems/${row["problem"]}`, { ...range, ...place });
  };
  return filled(rows).flatMap((name) => {
    const column = columnsOf(reportDetails).find((one) => one.name === name);
    if (column === undefined) return [];
    const drawn = drawnColumn(column, view);
    const linked = (row: Row) => html`<a href="${href(row)}">${drawn.cell(row)}</a>`;
    return [name === "title" ? { ...drawn, cell: linked } : drawn];
  });
}

/** The range of the page where it holds the report, or else the days up to it, as many as are usual. */
function rangeWith({ url, nowMs }: View, startMs: number): Record<string, string | null> {
  const asked = rangeOf(url);
  const given = Object.fromEntries([...asked.keys()].map((name) => [name, asked.getAll(name)]));
  const read = readParameters(problems, given, nowMs);
  const range = read.ok ? read.parameters.range : null;
  if (range !== null && range.fromMs <= startMs && startMs < range.toMs) return {};
  const from = printDay(dayAfter(startMs, 1 - BOUNDS.queryDaysDefault));
  return { last: null, timezone: null, from, to: printDay(dayAfter(startMs, 1)) };
}

/** Columns that some row has something in; the first ones are always there. */
function filled(rows: readonly Row[]): string[] {
  return COLUMNS.filter((name, place) => place < 4 || rows.some((row) => (row[name] ?? "") !== ""));
}
