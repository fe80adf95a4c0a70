// Stands in place of the page of a problem that the range does not have: says when it was seen, and offers
// longer ranges.

import { printInstant } from "../../../query/range.ts";
import { rangeInWords } from "../../../query/range-words.ts";
import { cardOf } from "../card.ts";
import { showText } from "../format.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "../html.ts";
import { pageLink } from "../links.ts";
import type { View } from "../view.ts";
import { problemLately, problemRow } from "./problem-answers.ts";

const ID = /^[0-9a-f]{32}$/;
const LONGER = ["90d", "365d"] as const;
const DAY_MS = 86_400_000;

/** Nothing where the problem is there. */
export async function problemUnknownPart(view: View): Promise<MaybeHtml> {
  if (!ID.test(view.path["problem"] ?? "")) {
    view.answer.status = 404;
    return unknown(
      "No problem has this id",
      html`<p>The id in the address is not one of a problem.</p>`,
    );
  }
  if ((await problemRow(view)) !== undefined) return NOTHING;
  const title = `This problem was not seen ${rangeInWords(asked(view), view.nowMs)}`;
  const found = await problemLately(view);
  if (found === undefined) {
    view.answer.status = 404;
    const words =
      "Nor in the last 365 days, which is as far as is looked: it may be older, belong to another tenant, or be deleted.";
    return unknown(
      title,
      html`<p>${words}</p><p><a href="${pageLink(view, "/problems")}">All problems</a></p>`,
    );
  }
  const [first, last] = [String(found["first_seen"]).slice(0, 10), String(found["last_day"])];
  const to = new Date(Date.parse(last) + DAY_MS).toISOString().slice(0, 10);
  const then = view.address({ last: null, timezone: null, from: first, to });
  const ranges = LONGER.map((range) => {
    const address = view.address({ last: range, from: null, to: null });
    return html` <a href="${address}">Last ${range.slice(0, -1)} days</a>`;
  });
  return unknown(
    title,
    html`<p>${showText(found["title"])} of ${showText(found["domain"])} was seen from ${first} to ${last}.</p>
      <p><a href="${then}">Show these days</a>${ranges}</p>`,
  );
}

function asked({ parameters: { range, last, timezone } }: View) {
  const ends = [range.fromMs, range.toMs].map((ms) => printInstant(ms, timezone));
  return { from: ends[0] ?? "", to: ends[1] ?? "", last };
}

function unknown(title: string, body: Html): Html {
  return cardOf({ id: "unknown", title, kind: "unknown", body });
}
