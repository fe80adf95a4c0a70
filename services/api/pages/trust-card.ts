// What the page says of how far the senders are known: in one sentence, by level, and as a mark beside an
// organization.

import { html } from "hono/html";
import type { Row } from "../../query/panel.ts";
import type { PanelResult } from "../../query/run.ts";
import { trustInWords } from "../../query/trust-words.ts";
import { showCount, showRate, showText } from "./format.ts";
import type { Html, MaybeHtml } from "./html.ts";

/** The share of verified sessions in words; of reports where there are no sessions. */
function sentence(row: Row): Html {
  const rate = row["verified_rate"];
  if (rate === 1)
    return html`<strong>All sessions</strong> come from reports signed by their senders.`;
  if (rate === 0)
    return html`<strong>No session</strong> comes from a report signed by its sender.`;
  if (rate === null) return html`There are no sessions to tell of.`;
  return html`<strong>${showRate(rate)}</strong> of the sessions come from reports signed by their
    senders.`;
}

/** The sentence with a table of the levels beneath it; each links to the page with that level alone. */
export function trustCard(
  overview: Row,
  levels: PanelResult,
  linkTo: (level: string) => string,
  note: MaybeHtml = "",
): Html {
  const rows = levels.rows.map((row) => {
    const level = String(row["trust"]);
    const title = showText(row["title"]) || showText(level) || "not known";
    return html`<tr><th scope="row"><a href="${linkTo(level)}">${title}</a>
      <small>${showText(row["meaning"])}</small></th>
      <td class="number">${showCount(row["reports"])}</td>
      <td class="number">${showCount(row["total_sessions"])}</td>
      <td class="number">${showCount(row["failed_sessions"])}</td>
      <td class="number">${showRate(row["session_share"])}</td></tr>`;
  });
  return html`<section class="card trust" aria-label="How far the senders are known">
    <details><summary>${sentence(overview)} <span class="more">By level of trust</span></summary>
    <div class="scroll" tabindex="0" role="group" aria-label="Levels of trust">
    <table><thead><tr><th scope="col">Level</th><th scope="col" class="number">Reports</th>
      <th scope="col" class="number">Sessions</th><th scope="col" class="number">Failed</th>
      <th scope="col" class="number">Of all sessions</th></tr></thead><tbody>${rows}</tbody></table>
    </div></details>${note}</section>`;
}

/** A mark beside an organization whose reports are not all signed by it: the other levels that they have. */
export function unverified(row: Row): Html | "" {
  const levels = [row["organization_trust_levels"] ?? []].flat();
  const others = levels.filter((level) => level !== "verified");
  if (others.length === 0) return "";
  const title = (level: unknown) => trustInWords(level).title || showText(level);
  const words = others.map((level) => title(level).toLowerCase()).join(", ");
  const partly = others.length < levels.length ? "partly " : "";
  return html`<span class="mark" title="Reports: ${levels.map(title).join(", ")}">${partly}${words}</span>`;
}
