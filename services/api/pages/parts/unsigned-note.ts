// What a verdict rests on where most of its sessions come from reports that are not signed: anybody can send
// those, and a single one is enough to make mail look withheld.

import { overview } from "../../../query/panels/overview.ts";
import { showRate } from "../format.ts";
import { html, type MaybeHtml, NOTHING } from "../html.ts";
import type { View } from "../view.ts";

/** Below that share of sessions the verdict is mostly of unsigned reports. */
const SIGNED_MIN = 0.5;

/** A sentence with the share; nothing where it is large. It asks what the numbers of the page ask. */
export async function unsignedNote(view: View): Promise<MaybeHtml> {
  const { rows } = await view.run(overview, { compare: ["previous"] });
  const rate = rows[0]?.["verified_rate"];
  if (typeof rate !== "number" || rate >= SIGNED_MIN || view.given["trust"]) return NOTHING;
  const share =
    rate === 0
      ? "No session comes from a report signed by its sender"
      : `Only ${showRate(rate)} of the sessions come from reports signed by their senders`;
  return html`<p class="quiet">${share}; an unsigned report can be forged.
    <a href="${view.address({ trust: "verified" })}">This page of signed reports alone</a>.</p>`;
}
