// What is in quarantine by reason: how much, what each reason means and what to do about it, and a button
// that tries all of one again.

import { QUARANTINE_REASONS } from "../../../core/outcome.ts";
import type { Row } from "../../../query/panel.ts";
import { ingest } from "../../../query/panels/ingest.ts";
import { quarantine } from "../../../query/panels/quarantine.ts";
import { actionsOf, cardOf, emptyOf } from "../card.ts";
import { showCount, showText } from "../format.ts";
import { type Html, html, type MaybeHtml } from "../html.ts";
import type { View } from "../view.ts";
import { canReprocess } from "./message-again.ts";

/** The reasons with their counts, most first. */
export async function messageKinds(view: View): Promise<MaybeHtml> {
  const [counted, listed] = await Promise.all([
    view.run(ingest),
    view.run(quarantine, { limit: ["1"] }),
  ]);
  const kinds = byReason(counted.rows);
  const title = "By reason";
  const sum = listed.meta.totals["quarantined"];
  return cardOf({
    id: "kinds",
    title,
    about: "Nothing here was lost: the bytes are kept, can be looked at, and can be tried again.",
    actions: actionsOf({ view, panel: ingest, asked: {}, title }),
    body:
      kinds.length === 0
        ? emptyOf(view, counted.meta, "Nothing was put into quarantine.")
        : [
            html`<p><strong>${showCount(sum)}</strong> in quarantine.</p>`,
            html`<ul class="kinds">${kinds.map((kind) => oneKind(view, kind))}</ul>`,
          ],
  });
}

interface Kind {
  reason: string;
  items: bigint;
  row: Row;
}

/** The ledger counts by channel too; counts can be larger than a number holds exactly. */
export function byReason(rows: readonly Row[], outcome = "quarantined"): Kind[] {
  const kinds = new Map<string, Kind>();
  for (const row of rows) {
    if (row["outcome"] !== outcome) continue;
    const reason = String(row["reason"]);
    const before = kinds.get(reason)?.items ?? 0n;
    kinds.set(reason, { reason, items: before + BigInt(String(row["items"])), row });
  }
  return [...kinds.values()].sort((a, b) => (a.items < b.items ? 1 : -1));
}

function oneKind(view: View, { reason, items, row }: Kind): Html {
  const title = showText(row["reason_title"]) || showText(reason);
  const again = canReprocess(view) && Object.hasOwn(QUARANTINE_REASONS, reason);
  return html`<li><p class="number">${showCount(String(items))}</p><div>
    <h3><a href="${view.address({ reason })}">${title}</a> <code>${showText(reason)}</code></h3>
    <p>${showText(row["reason_advice"])}</p></div>
    ${again ? reprocessAll(view, reason) : ""}</li>`;
}

/** Of what the page shows: the filters and the range go with it. */
function reprocessAll(view: View, reason: string): Html {
  const { search } = new URL(view.dataAddress(quarantine, { reason: [reason] }), view.url);
  return html`<form method="post" action="/quarantine/reprocess${search}">
    <button class="plain" type="submit" aria-label="Reprocess all of ${reason}">Reprocess all</button></form>`;
}
