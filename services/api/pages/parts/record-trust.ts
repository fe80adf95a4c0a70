// How far the sender of a report or of a quarantined message is known, as both pages say it.

import { labelOf } from "../../../query/labels.ts";
import type { Row } from "../../../query/panel.ts";
import type { TrustWords } from "../../record-words.ts";
import { type Shown, type Tone, toneMark } from "../cells.ts";
import { showText } from "../format.ts";
import { html, type MaybeHtml } from "../html.ts";
import type { Fact } from "./record-pieces.ts";

/** Levels that speak for the sender, and such that speak for nobody. */
const TONES: Readonly<Record<string, readonly [Tone, string]>> = {
  verified: ["ok", "✓"],
  imported: ["quiet", "•"],
  keyed: ["quiet", "•"],
  posted: ["notice", "?"],
  unverified: ["notice", "?"],
};

/** The level of trust as a mark. */
export function trustMark(row: Row, { trust_title: title }: TrustWords): Shown {
  const level = String(row["trust"] ?? "");
  const [tone, sign] = (Object.hasOwn(TONES, level) && TONES[level]) || (["quiet", "?"] as const);
  return toneMark(tone, sign, title || showText(level) || "Not known");
}

/** The verdict on its signatures in words. */
export function dkimFact({ dkim_words: words }: TrustWords): Fact {
  const text = showText(words);
  const value = text === "" ? "" : `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
  const about = "What the DKIM signatures of the mail prove (RFC 6376).";
  return { name: "DKIM", value, about };
}

/** What else is to be said of the signatures. */
export function notesOf(notes: TrustWords["dkim_notes"]): MaybeHtml {
  if (notes.length === 0) return "";
  const entries = notes.map(
    ({ code, title, meaning, rule }) => html`<li><h3>${title || showText(code)}</h3>
      <p>${meaning}</p><p class="quiet">${rule}</p></li>`,
  );
  return html`<ul class="told">${entries}</ul>`;
}

/** Says what is not shown and why; nothing where all is. */
export function withheldWords(withheld: readonly string[]): MaybeHtml {
  if (withheld.length === 0) return "";
  const names = withheld.map(labelOf).join(", ");
  return html`<p class="notice">The message held reports of other tenants too. What is about all of
    it is not shown to you: ${names}.</p>`;
}
