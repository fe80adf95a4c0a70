// What to do about a problem: likely causes, steps to mend it, steps that show that it is mended, and where
// the standard has it.

import type { Cell } from "../../../query/panel.ts";
import { cardOf } from "../card.ts";
import { showText } from "../format.ts";
import { html, type MaybeHtml, NOTHING } from "../html.ts";
import { stepList } from "../steps.ts";
import type { View } from "../view.ts";
import { problemRow } from "./problem-answers.ts";

/** Makes the section; nothing where the range does not have the problem. */
export async function problemStepsPart(view: View): Promise<MaybeHtml> {
  const row = await problemRow(view);
  if (row === undefined) return NOTHING;
  const over = row["state"] === "resolved";
  const steps = titled("To mend it", stepList(row["fix"], "fix"));
  return cardOf({
    id: "steps",
    title: "What to do",
    body: [
      titled("Likely causes", causes(row["causes"])),
      over ? html`<p>It is resolved: there is nothing to mend.</p>` : steps,
      titled("To see that it is mended", stepList(row["verify"], "verify")),
      html`<p class="about">${showText(row["reference"])}.</p>`,
    ],
  });
}

function causes(cell: Cell | undefined): MaybeHtml {
  if (!Array.isArray(cell) || cell.length === 0) return NOTHING;
  return html`<ul>${cell.map((cause) => html`<li>${showText(cause)}</li>`)}</ul>`;
}

function titled(title: string, body: MaybeHtml): MaybeHtml {
  return body === NOTHING ? NOTHING : html`<h3>${title}</h3>${body}`;
}
