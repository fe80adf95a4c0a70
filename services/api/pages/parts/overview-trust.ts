// How far the senders of all this are known, in a sentence, and the counts of what came in (invariant 3).

import { ingest } from "../../../query/panels/ingest.ts";
import { overview } from "../../../query/panels/overview.ts";
import { trust } from "../../../query/panels/trust.ts";
import { actionsOf, cardOf, unfiltered } from "../card.ts";
import { showCount } from "../format.ts";
import { html, type MaybeHtml, NOTHING } from "../html.ts";
import { pageLink } from "../links.ts";
import { trustCard } from "../trust-card.ts";
import type { View } from "../view.ts";

/** The share of sessions whose reports are signed, with the levels beneath it. */
export async function overviewTrust(view: View): Promise<MaybeHtml> {
  const [total, levels] = await Promise.all([
    view.run(overview, { compare: ["previous"] }),
    view.run(trust),
  ]);
  const row = total.rows[0] ?? {};
  if (row["reports"] === 0) return NOTHING;
  const linkTo = (level: string) => view.address({ trust: level });
  return trustCard(row, levels, linkTo, unfiltered(view, overview));
}

/** Everything that came in, as one sentence that adds up. */
export async function overviewIngest(view: View): Promise<MaybeHtml> {
  const { meta } = await view.run(ingest);
  const [received, stored, duplicate, conflict, quarantined, refused] = [
    "received",
    "stored",
    "duplicate",
    "conflict",
    "quarantined",
    "refused",
  ].map((name) => showCount(meta.totals[name]));
  const held = html`<a href="${pageLink(view, "/quarantine")}">${quarantined} quarantined</a>`;
  const title = "What came in";
  return cardOf({
    id: "ingest",
    title,
    about: "By the time of arrival, whatever day a report is about.",
    actions: actionsOf({ view, panel: ingest, asked: {}, title }),
    body: html`${unfiltered(view, ingest)}<p class="sum"><strong>${received} received</strong> = ${stored} stored + ${duplicate} duplicate
      + ${conflict} conflict + ${held}. Refused before acknowledgement: ${refused}.</p>
      <p><a href="${pageLink(view, "/ingest")}">More of what came in</a></p>`,
  });
}
