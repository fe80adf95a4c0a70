// The problems of a domain: those that are open in full, those that are over folded away.

import { OPEN_STATES } from "../../../core/problems/state.ts";
import { problems } from "../../../query/panels/problems.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "../html.ts";
import { narrowed } from "../narrowed.ts";
import { sectionOf } from "../section.ts";
import type { View } from "../view.ts";
import { LISTED } from "./problem-answers.ts";

const ROWS = 5;

/** Makes both lists; the second is left out while it is empty. */
export async function domainProblemsPart(view: View): Promise<MaybeHtml> {
  const open = narrowed(view, { state: OPEN_STATES });
  const over = narrowed(view, { state: ["resolved"] });
  const [first, folded] = await Promise.all([
    sectionOf(open, {
      panel: "problems",
      as: "list",
      id: "problems",
      title: "Open problems",
      columns: LISTED,
      rows: ROWS,
      empty: "No problem is open in this range.",
    }),
    resolved(over),
  ]);
  return html`${first}${folded}`;
}

async function resolved(view: View): Promise<MaybeHtml> {
  const { rows, meta } = await view.run(problems, { limit: [String(ROWS)] });
  if (rows.length === 0) return NOTHING;
  const count = meta.next_cursor === null ? String(rows.length) : `more than ${rows.length}`;
  const list = await sectionOf(view, {
    panel: "problems",
    as: "list",
    id: "resolved",
    title: "Resolved problems",
    columns: LISTED,
    rows: ROWS,
  });
  return folded(`Resolved problems: ${count}`, list);
}

function folded(summary: string, body: MaybeHtml): Html {
  return html`<details class="folded full"><summary>${summary}</summary>${body}</details>`;
}
