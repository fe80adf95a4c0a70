// Sessions of a domain over time, with what happened to it marked on the chart and listed beneath.

import type { Mark } from "../../../charts/chart.ts";
import { organizations } from "../../../query/panels/organizations.ts";
import { firstDayRead } from "../../../query/problem-rows.ts";
import { printDay } from "../../../query/range.ts";
import { cardOf } from "../card.ts";
import { showText } from "../format.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "../html.ts";
import { sectionOf } from "../section.ts";
import { timelineMarks } from "../timeline-marks.ts";
import type { View } from "../view.ts";
import { hostRows, policyRows, problemRows, WHOLE } from "./domain-answers.ts";

const KINDS: Readonly<Record<Mark["kind"], string>> = {
  policy: "Policy",
  mx: "MX host",
  problem: "Problem",
};

const DAY_MS = 86_400_000;
/** Senders with most sessions that are looked at: as many as the page lists, so that both are one answer. */
const SENDERS = "10";

/** Makes the chart and the list; the chart stands alone when nothing happened. */
export async function domainTimelinePart(view: View): Promise<MaybeHtml> {
  const [policies, failures, problems, senders] = await Promise.all([
    policyRows(view),
    hostRows(view),
    problemRows(view),
    view.run(organizations, { ...WHOLE, limit: [SENDERS] }),
  ]);
  const { successful_sessions, failed_sessions } = senders.meta.totals;
  const rows = {
    ...{ policies: policies.rows, failures: failures.rows, problems: problems.rows },
    ...{ organizations: senders.rows },
    sessions: Number(successful_sessions ?? 0) + Number(failed_sessions ?? 0),
  };
  const firstRead = firstDayRead(view.parameters.range);
  const marks = timelineMarks(rows, { from: firstDay(view), firstRead });
  const chart = await sectionOf(view, {
    panel: "trend",
    as: "chart",
    id: "timeline",
    title: "Sessions over time, and what changed",
    marks,
  });
  return html`${chart}${marks.length === 0 ? NOTHING : listOf(marks)}`;
}

/** The first UTC day whose start lies in the range, whatever the zone of its days. */
function firstDay({ parameters: { range } }: View): string {
  return printDay(Math.ceil(range.fromMs / DAY_MS) * DAY_MS);
}

function listOf(marks: readonly Mark[]): Html {
  const items = marks.map(
    ({ at, kind, title }) => html`<li><time datetime="${at}">${at}</time>
      <span class="kind">${KINDS[kind]}</span> <span>${showText(title)}</span></li>`,
  );
  return cardOf({
    id: "changes",
    title: "What changed",
    about:
      "What the marks on the timeline stand for, for the whole domain whatever the page is filtered by. " +
      "Days are days of reports, so a change may be older than its mark.",
    body: html`<ol class="marks">${items}</ol>`,
  });
}
