// How far an import or a reprocessing is, as a piece of a page.

import { outcomesOf } from "../../query/outcomes.ts";
import type { Task } from "../progress.ts";
import { progressWords } from "../progress-words.ts";
import { showText } from "./format.ts";
import { type Html, html, NOTHING } from "./html.ts";
import { pageLink } from "./links.ts";
import type { View } from "./view.ts";

/** How far something is, followed by script where there is some. */
export async function taskPiece(view: View, task: Task): Promise<Html> {
  const { id, receipts, sinceMs, refused } = task;
  const outcomes = await outcomesOf(view.options.store, view.scope, receipts, sinceMs);
  const total = receipts.length;
  const done = outcomes.ended >= total;
  // An import changes nothing of the page that tells of it; where messages are tried again, they are listed.
  const older = task.kind === "import" ? "" : "What is below is from before: load it again";
  const follow = done ? NOTHING : html` data-progress="/events/progress/${id}"`;
  return html`<div class="task"${follow}><progress max="${total}" value="${outcomes.ended}"
    aria-label="${task.kind === "import" ? "Import" : "Reprocessing"}"></progress>
    <p role="status" data-progress-words>${progressWords(outcomes, total)}</p>
    ${done ? NOTHING : html`<p data-progress-again="${older}"><a href="${view.address({})}">Look again</a></p>`}
    ${refused.map(({ place, why }) => html`<p class="notice">${showText(place)} ${showText(why)}</p>`)}
    <p><a href="${pageLink(view, "/reports")}">Reports</a>
    <a href="${pageLink(view, "/quarantine")}">Quarantine</a></p></div>`;
}
