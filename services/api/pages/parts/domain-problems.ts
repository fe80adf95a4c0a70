// The problems of a domain: those that are open in full, those that are over folded away.

import { OPEN_STATES } from "../../../core/problems/state.ts";
import type { Row } from "../../../query/panel.ts";
import { problems } from "../../../query/panels/problems.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "../html.ts";
import { narrowed } from "../narrowed.ts";
import { sectionOf } from "../section.ts";
import type { View } from "../view.ts";
import { LISTED, onlyThese } from "./problem-answers.ts";

const ROWS = 5;

/** Makes both lists; the second is left out while it is empty. */
export async function domainProblemsPart(view: View): Promise<MaybeHtml> {
  // Without a filter it is the answer that the other parts of the page are made of.
  const { rows, meta } = await view.run(problems);
  const listed = (id: string, states: readonly string[]) => {
    const own = narrowed(view, { state: states });
    const isSorted = view.url.searchParams.has(`sort.${id}`);
    if (isSorted || meta.next_cursor !== null) return own;
    return onlyThese(own, rows.filter(isOf(states)), meta);
  };
  const open = listed("problems", OPEN_STATES);
  const over = listed("resolved", ["resolved"]);
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

function isOf(states: readonly string[]) {
  return ({ state }: Row) => states.some((one) => one === state);
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
