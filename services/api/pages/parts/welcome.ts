// What the Overview says when there is nothing to show: the shortest way to the first report, or where the
// newest reports are.

import { overview } from "../../../query/panels/overview.ts";
import { reportRecord, zoneLine } from "../../setup-records.ts";
import { OUR_DOMAIN_EXAMPLE, targetsOf } from "../../setup-targets.ts";
import { copyable } from "../copyable.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "../html.ts";
import type { View } from "../view.ts";
import { USUAL_SENDERS } from "./setup-domains.ts";

/** Nothing when there are reports in the range. */
export async function welcome(view: View): Promise<MaybeHtml> {
  const newest = await view.newest();
  const day = newest["newest_report_day"];
  if (typeof day !== "string") return firstSteps(view);
  const { rows } = await view.run(overview, { compare: ["previous"] }); // as the sections ask
  return rows[0]?.["reports"] === 0 ? elsewhere(view, day) : NOTHING;
}

/** Before the first report ever. */
function firstSteps({ options }: View): Html {
  const [mail] = targetsOf(options, null);
  const record = reportRecord(OUR_DOMAIN_EXAMPLE, mail?.target ?? "");
  const line = record === null ? "" : zoneLine(record);
  return html`<section class="card full" id="welcome" aria-labelledby="welcome-title">
    <header><h2 id="welcome-title">No report has come in yet</h2>
    <p class="about">Three steps, and this page fills itself.</p></header>
    <ol class="steps">
      <li>${copyable("welcome-record", "Publish a record like this for your domain", line)}
        ${mail?.note ? html`<p class="notice">${mail.note}</p>` : NOTHING}
        <p><a href="/setup">Set-up</a> has the record of each of your domains, and how mail and HTTPS reach
        this server.</p></li>
      <li><p>Have a report file already? <a href="/setup#explain">Drop it on the page Set-up</a> to have it
        explained at once, or <a href="/setup#try">send a test report</a>.</p></li>
      <li><p>Wait: senders report once a day about the day before, so the first real report takes 24 to 48
        hours, and only some senders report at all. ${USUAL_SENDERS}</p></li></ol></section>`;
}

/** When reports exist, but none in the range: says so, and leads to the newest month. */
function elsewhere(view: View, newestDay: string): Html {
  const [from, to] = monthOf(newestDay);
  const href = view.address({ from, to, last: null, timezone: null });
  return html`<p class="notice" role="status">Nothing matches in this range. The newest report of all is of
    ${newestDay}: <a href="${href}">show that month</a>, or <a href="${view.url.pathname}">take all choices
    back</a>.</p>`;
}

/** First day of the month, and of the next one. @param day YYYY-MM-DD */
function monthOf(day: string): [string, string] {
  const [year = 0, month = 1] = day.split("-").map(Number);
  const print = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  return [print(Date.UTC(year, month - 1, 1)), print(Date.UTC(year, month, 1))];
}
