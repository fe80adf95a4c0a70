// How far the reprocessing is that the caller has begun: how many have ended and how. With script it counts
// by itself; without, a link looks again.

import { BOUNDS } from "../../../core/bounds.ts";
import { PROGRESS } from "../../reprocess-routes.ts";
import { cardOf } from "../card.ts";
import { html, type MaybeHtml, NOTHING } from "../html.ts";
import { taskPiece } from "../task-piece.ts";
import type { View } from "../view.ts";

const UNKNOWN = html`<p>Nothing that you began is known under this name any more. What was taken went on
  all the same.</p>`;
const NEWEST = html`<p class="quiet">These are the newest. All of a reason are tried by
  <code>sealwatch reprocess --reason</code>.</p>`;

/** The progress of the task in the address; nothing without one. */
export async function messageProgress(view: View): Promise<MaybeHtml> {
  const id = view.url.searchParams.get(PROGRESS);
  if (id === null) return NOTHING;
  const task = view.options.progress?.find(view.caller, id) ?? null;
  const title = "Reprocessing";
  if (task === null) return cardOf({ id: "progress", title, body: UNKNOWN });
  const asked = task.receipts.length + task.refused.length;
  const more = asked < BOUNDS.uploadMessagesMax ? NOTHING : NEWEST;
  return cardOf({ id: "progress", title, body: [await taskPiece(view, task), more] });
}
