// How far the reprocessing is that the caller has begun: how many have ended and how. With script it counts by
// itself; without, a link looks again.

import { BOUNDS } from "../../../core/bounds.ts";
import { outcomesOf } from "../../../query/outcomes.ts";
import { showCount, showPlural, showText } from "../../page-format.ts";
import type { Task } from "../../progress.ts";
import { PROGRESS } from "../../reprocess-routes.ts";
import { cardOf } from "../card.ts";
import { toneMark } from "../cells.ts";
import { html, type MaybeHtml } from "../html.ts";
import type { View } from "../view.ts";

const NAMES = ["stored", "duplicate", "conflict", "quarantined"] as const;

/** The progress of the task in the address; nothing without one. */
export async function messageProgress(view: View): Promise<MaybeHtml> {
  const id = view.url.searchParams.get(PROGRESS);
  if (id === null) return "";
  const task = view.options.progress?.find(view.caller, id) ?? null;
  return cardOf({
    id: "progress",
    title: "Reprocessing",
    body:
      task === null
        ? html`<p>Nothing that you began is known under this name any more. What was
      taken went on all the same.</p>`
        : await told(view, task),
  });
}

async function told(view: View, { id, receipts, sinceMs, refused }: Task): Promise<MaybeHtml> {
  const outcomes = await outcomesOf(view.options.store, view.scope, receipts, sinceMs);
  const total = receipts.length;
  const done = outcomes.ended >= total;
  const mark = done ? toneMark("ok", "✓", "Done") : toneMark("quiet", "…", "Under way");
  const counts = NAMES.filter((name) => outcomes[name] > 0).map(
    (name) =>
      html`<li>${showCount(outcomes[name])} ${name === "quarantined" ? "in quarantine again" : name}</li>`,
  );
  const left = refused.map(
    ({ place, why }) => html`<li><code>${showText(place)}</code>: ${showText(why)}</li>`,
  );
  return html`<div role="status" data-progress="/events/progress/${id}">
      <p>${mark} ${showCount(outcomes.ended)} of ${showPlural(total, "message")} ended.</p>
      <progress max="${total}" value="${outcomes.ended}" aria-label="Messages that ended"></progress>
      <ul>${counts}</ul></div>
    ${done ? "" : html`<p><a href="${view.address({})}#progress">Look again</a></p>`}
    ${left.length === 0 ? "" : html`<h3>Not tried</h3><ul>${left}</ul>`}
    ${
      total + refused.length < BOUNDS.uploadMessagesMax
        ? ""
        : html`<p class="quiet">These are the newest. All of a reason are tried by
          <code>sealwatch reprocess --reason</code>.</p>`
    }`;
}
