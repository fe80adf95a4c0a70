// Texts that are there to be copied: into a zone file, a shell, a form. Without script they are selected by
// hand, so the button waits for it.

import { showText } from "./format.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "./html.ts";

/** Lines in a box of their own. @param label what they are, where the words before them do not say it */
export function copyable(id: string, label: MaybeHtml | string, lines: string): Html {
  const shown = lines.split("\n").map(showText).join("\n");
  return html`<figure class="copyable">${label === NOTHING ? NOTHING : html`<figcaption>${label}</figcaption>`}
    <pre tabindex="0" id="${id}">${shown}</pre>${copyButton(id)}</figure>`;
}

/** Shown by script, which it needs. @param id of what it copies */
export function copyButton(id: string): Html {
  return html`<button type="button" class="plain copy" data-copy="#${id}" aria-describedby="${id}"
    hidden>Copy</button>`;
}
