// The state of the program now, as /readyz has it, in words: for who sees all tenants, since it counts over
// all of them and names places on the machine.

import { showText } from "../../page-format.ts";
import { cardOf } from "../card.ts";
import { toneMark } from "../cells.ts";
import { html, type MaybeHtml } from "../html.ts";
import type { View } from "../view.ts";

const NAMES: Readonly<Record<string, string>> = {
  spool: "Spool and disk",
  domains: "Domains",
  store: "Store",
  writer: "Writer",
  clock: "Clock",
  certificate: "Certificate",
};

const MEANINGS: Readonly<Record<string, string>> = {
  spool: "Where messages are made durable before they are acknowledged.",
  domains: "Whose reports are taken.",
  store: "Where reports are kept and asked for.",
  writer: "Takes messages out of the spool and stores them.",
  clock: "Arrivals are told by it.",
  certificate: "Shown to senders that encrypt.",
};

/** Each part of the program with its state; nothing for callers of some tenants. */
export async function ingestState(view: View): Promise<MaybeHtml> {
  if (view.scope.tenants !== "all") return "";
  const { ready, checks } = await view.options.ready();
  const rows = Object.entries(checks).map(([name, { ok, detail }]) => {
    const mark = ok ? toneMark("ok", "✓", "Well") : toneMark("failed", "✕", "Fails");
    const title = Object.hasOwn(NAMES, name) ? NAMES[name] : name;
    const meaning = Object.hasOwn(MEANINGS, name) ? html`<small>${MEANINGS[name]}</small>` : "";
    return html`<tr><th scope="row">${title}${meaning}</th><td>${mark}</td><td>${showText(detail)}</td></tr>`;
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
