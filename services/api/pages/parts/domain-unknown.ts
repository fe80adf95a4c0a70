// Stands in place of the page of a domain that no report of the range is about: says whether there is an
// older one, and how to get the first.

import { BOUNDS } from "../../../core/bounds.ts";
import { domains } from "../../../query/panels/domains.ts";
import { rangeInWords } from "../../../query/range-words.ts";
import { cardOf } from "../card.ts";
import { showText } from "../format.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "../html.ts";
import { pageLink } from "../links.ts";
import type { View } from "../view.ts";
import { domainOf, domainRows } from "./domain-answers.ts";

/** Nothing where there are reports. */
export async function domainUnknownPart(view: View): Promise<MaybeHtml> {
  const domain = domainOf(view);
  if (domain === "") {
    view.answer.status = 404;
    return unknown("No domain has such a name", neverSeen(view, domain));
  }
  const { rows, meta } = await domainRows(view);
  if (rows.length > 0) return NOTHING;
  const title = `No report about ${domain} ${rangeInWords(meta, view.nowMs)}`;
  const ever = { from: [BOUNDS.queryDayFirst], to: [BOUNDS.queryDayLast] };
  const days = (await view.run(domains, ever)).rows.map((row) => String(row["last_day"]));
  const lastDay = days.toSorted().at(-1);
  if (lastDay === undefined) view.answer.status = 404;
  return unknown(title, lastDay === undefined ? neverSeen(view, domain) : elsewhere(view, lastDay));
}

function unknown(title: string, body: Html): Html {
  return cardOf({ id: "unknown", title: showText(title), kind: "unknown", body });
}

function elsewhere(view: View, lastDay: string): Html {
  const month = lastDay.slice(0, 7);
  const [year = 0, number = 0] = month.split("-").map(Number);
  const next = new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10);
  const address = view.address({ last: null, timezone: null, from: `${month}-01`, to: next });
  return html`<p>The newest report about it is of ${lastDay}.</p>
    <p><a href="${address}">Show that month</a></p>`;
}

function neverSeen(view: View, domain: string): Html {
  const bound = view.scope.tenants !== "all";
  return html`<p>No report names this domain${bound ? ", or it is not among the domains that you may see" : ""}.
    A report comes when the domain publishes where reports are
    to go, and a sender that reports had mail for it: 24 to 48 hours after that at the earliest.</p>
    <p><a href="${pageLink(view, "/setup", { domain })}">Which DNS record to publish</a>, or
    <a href="${pageLink(view, "/")}">all domains</a> that reports are about.</p>`;
}
