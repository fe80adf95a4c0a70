// Stands in place of the page of a problem that the range does not have: says when it was seen, and offers
// longer ranges.

import { BOUNDS } from "../../../core/bounds.ts";
import { problems } from "../../../query/panels/problems.ts";
import { rangeInWords } from "../../../query/range-words.ts";
import { showText } from "../../page-format.ts";
import { cardOf } from "../card.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "../html.ts";
import { pageLink } from "../links.ts";
import type { View } from "../view.ts";
import { problemRow } from "./problem-answers.ts";

const ID = /^[0-9a-f]{32}$/;
const LONGER = ["90d", "365d"] as const;
const DAY_MS = 86_400_000;

/** Nothing where the problem is there. */
export async function problemUnknownPart(view: View): Promise<MaybeHtml> {
  if (!ID.test(view.path["problem"] ?? "")) {
    return unknown(
      "No problem has this id",
      html`<p>The id in the address is not one of a problem.</p>`,
    );
  }
  if ((await problemRow(view)) !== undefined) return NOTHING;
  const { meta } = await view.run(problems);
  const title = `This problem was not seen ${rangeInWords(meta, view.nowMs)}`;
  const ever = { from: [BOUNDS.queryDayFirst], to: [BOUNDS.queryDayLast] };
  const found = (await view.run(problems, ever)).rows[0];
  if (found === undefined) {
    const words = "Nor in any report that is kept: it may belong to another tenant, or be deleted.";
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

function unknown(title: string, body: Html): Html {
  return cardOf({ id: "unknown", title, kind: "unknown", body });
}
