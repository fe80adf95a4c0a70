// The state of the program now, as /readyz has it, in words: for who sees all tenants, since it counts over
// all of them and names places on the machine.

import { cardOf } from "../card.ts";
import { toneMark } from "../cells.ts";
import { showText } from "../format.ts";
import { html, type MaybeHtml, NOTHING } from "../html.ts";
import type { View } from "../view.ts";
import { readinessCheck, readinessMark } from "./readiness-checks.ts";

/** Each part of the program with its state; nothing for callers of some tenants. */
export async function ingestState(view: View): Promise<MaybeHtml> {
  if (view.scope.tenants !== "all") return "";
  const { ready, checks } = await view.options.ready();
  const rows = Object.entries(checks).map(([name, { ok, detail }]) => {
    const { title, meaning, fails } = readinessCheck(name);
    const small = meaning === "" ? NOTHING : html`<small>${meaning}</small>`;
    return html`<tr><th scope="row">${title}${small}</th><td>${readinessMark(ok)}</td>
      <td>${showText(detail)}${ok || fails === "" ? NOTHING : html`<br>${fails}`}</td></tr>`;
  });
  return cardOf({
    id: "state",
    title: "State of the program now",
    body: [
      html`<p>${
        ready
          ? toneMark("ok", "✓", "Ready")
          : html`${toneMark("failed", "✕", "Not ready")} What was acknowledged is kept in the spool until it
            can be stored.`
      }</p>`,
      html`<div class="scroll" tabindex="0" role="group" aria-labelledby="state-title"><table><thead><tr>
        <th scope="col">Part</th><th scope="col">State</th><th scope="col">In words</th></tr></thead>
        <tbody>${rows}</tbody></table></div>`,
    ],
  });
}
