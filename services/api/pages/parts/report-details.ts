// The failure details of a report, a page at a time, each with what failed in words.

import { columnsOf, type Row } from "../../../query/panel.ts";
import { reportDetails } from "../../../query/panels/report.ts";
import { cardOf } from "../card.ts";
import { html, type MaybeHtml } from "../html.ts";
import type { View } from "../view.ts";
import { rowTable } from "./record-pieces.ts";
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
        : rowTable({ view, id: DETAILS, rows, meta }, columnsOf(reportDetails), filled(rows)),
  });
}

/** Columns that some row has something in; the first ones are always there. */
function filled(rows: readonly Row[]): string[] {
  return COLUMNS.filter((name, place) => place < 4 || rows.some((row) => (row[name] ?? "") !== ""));
}
