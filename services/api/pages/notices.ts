// What a page says before its sections: who else can read it, what of its address was left out, and how new
// what it shows is.

import { lastCompleteDayMs } from "../../core/complete-day.ts";
import type { Row } from "../../query/panel.ts";
import { printDay } from "../../query/range.ts";
import { timeOf } from "./cells.ts";
import { showText } from "./format.ts";
import { type Html, html, type MaybeHtml } from "./html.ts";
import { pageLink } from "./links.ts";
import type { View } from "./view.ts";

const OPEN = html`<p class="notice">Anyone who can reach this address can read it: no token is
  asked for. Keep it on this machine or behind a proxy that asks who you are.</p>`;

const OPEN_DIRECTORY = html`<p class="notice"><strong>Open:</strong> Sealwatch takes reports for every
  domain and files all of them under one tenant. Configure your domains (<code>domains</code>, or
  <code>domains_file</code> for many) to keep out reports about others and to part tenants.</p>`;

/** What there is to be said before anything is read. */
export function noticesOf({ caller, options, leftOut }: View): MaybeHtml[] {
  const wrong = leftOut.map((words) => html`<p class="notice" role="alert">${showText(words)}</p>`);
  return [
    ...(caller.kind === "anybody" ? [OPEN] : []),
    ...((options.openDirectory?.() ?? false) ? [OPEN_DIRECTORY] : []),
    ...wrong,
  ];
}

/** How new the newest report is, and of which days all should have come. */
export function freshness(view: View, newest: Row): Html {
  const day = newest["newest_report_day"] ?? null;
  if (day === null) {
    return html`<p class="freshness">No report has come in yet.
      <a href="${pageLink(view, "/setup")}">Set up</a></p>`;
  }
  const complete = printDay(lastCompleteDayMs(view.nowMs));
  return html`<p class="freshness">Newest report: of <time datetime="${String(day)}">${String(day)}</time>,
    arrived ${timeOf(newest["newest_report_at"] ?? null)}. Of days until
    <time datetime="${complete}">${complete}</time> all should be here.</p>
`;
}
