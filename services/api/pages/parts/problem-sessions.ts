// A problem over time, by sending organization, by MX host and by sending address: the panels of failures,
// asked for it alone.

import { BOUNDS } from "../../../core/bounds.ts";
import type { Row } from "../../../query/panel.ts";
import { trend } from "../../../query/panels/trend.ts";
import { showCount } from "../format.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "../html.ts";
import { narrowed, withoutTotals } from "../narrowed.ts";
import { sectionOf } from "../section.ts";
import type { View } from "../view.ts";
import { failureFilters, filtersOf, problemRow } from "./problem-answers.ts";

const ROWS = 10;

/** Its failed sessions over time. */
export async function problemTimelinePart(view: View): Promise<MaybeHtml> {
  const row = await problemRow(view);
  if (row === undefined) return NOTHING;
  const own = withoutTotals(narrowed(view, filtersOf(row)));
  const [chart, { rows }] = await Promise.all([
    sectionOf(own, {
      panel: "trend",
      as: "chart",
      id: "timeline",
      title: "Its sessions over time",
    }),
    own.run(trend, { limit: [String(BOUNDS.queryRowsMax)] }), // as the chart asks: one answer
  ]);
  return html`${chart}${wider(row, rows)}`;
}

/** Says so where what its reports leave out cannot be asked for, and the panels tell of more. */
function wider(row: Row, buckets: readonly Row[]): MaybeHtml {
  const sum = buckets.reduce((all, bucket) => all + BigInt(String(bucket["failed_sessions"])), 0n);
  if (String(sum) === String(row["failed_sessions"])) return NOTHING;
  const left = [row["mx"] === "" ? "MX host" : "", row["reason"] === "" ? "reason" : ""];
  const what = left.filter((word) => word !== "").join(" or ");
  return html`<p class="notice full">This problem is of reports that say no ${what || "more"}. The numbers by
    time, organization and address cannot leave the others out: they are of ${showCount(String(sum))} failed
    sessions, this problem of ${showCount(row["failed_sessions"])}.</p>`;
}

/** Who sees it, and at which MX hosts the same failure is seen. */
export async function problemSendersPart(view: View): Promise<MaybeHtml> {
  const row = await problemRow(view);
  if (row === undefined) return NOTHING;
  const own = withoutTotals(narrowed(view, filtersOf(row)));
  return joined([
    sectionOf(own, {
      panel: "failures-by-organization",
      as: "table",
      title: "Who sees it",
      columns: [
        "organization",
        "failed_sessions",
        "failed_share",
        "active_days",
        "first_day",
        "last_day",
        "organization_success_rate",
      ],
      rows: ROWS,
    }),
    sectionOf(withoutTotals(narrowed(view, failureFilters(row))), {
      panel: "organization-by-mx",
      as: "matrix",
      title: "Who sees the same failure at which MX host",
    }),
    sectionOf(own, {
      panel: "failures-by-sending-ip",
      as: "table",
      title: "Sending addresses",
      columns: [
        "sending_ip",
        "network",
        "failed_sessions",
        "organizations",
        "active_days",
        "first_day",
        "last_day",
        "reverse_name",
        "as_organization",
      ],
      rows: ROWS,
    }),
  ]);
}

async function joined(sections: readonly Promise<MaybeHtml>[]): Promise<Html> {
  return html`${await Promise.all(sections)}`;
}
