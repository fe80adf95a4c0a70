// The first thing on the overview: over all domains, does TLS work, is it demanded, and what is most urgent.

import type { Row } from "../../../query/panel.ts";
import { overview } from "../../../query/panels/overview.ts";
import { problems } from "../../../query/panels/problems.ts";
import { showCount, showPlural, showRate, showText } from "../../page-format.ts";
import { type Tone, toneMark } from "../cells.ts";
import { type Html, html, type MaybeHtml } from "../html.ts";
import { linkOf } from "../links.ts";
import type { View } from "../view.ts";

/** As many as the list beneath it has, so that both are one question. */
const PROBLEMS = "5";

/** Makes the sentence. */
export async function overviewVerdict(view: View): Promise<MaybeHtml> {
  const [total, urgent] = await Promise.all([
    view.run(overview, { compare: ["previous"] }),
    view.run(problems, { limit: [PROBLEMS] }),
  ]);
  const row = total.rows[0] ?? {};
  const open = urgent.rows.filter(({ state }) => state !== "resolved" && state !== "quiet");
  const [tone, sign, words] = verdictOf(row, open[0]);
  return html`<section class="full" id="verdict" aria-label="In one sentence">
    <p class="verdict ${tone}">${toneMark(tone, sign, words)} <span class="sentence">${sentence(row)}
    ${open[0] === undefined ? "" : mostUrgent(open[0], view)}</span></p></section>
`;
}

function verdictOf(row: Row, worst: Row | undefined): readonly [Tone, string, string] {
  if (Number(row["total_sessions"] ?? 0) === 0) return ["quiet", "?", "Nothing to tell"];
  if (worst?.["severity"] === "critical") return ["critical", "◆", "Act now"];
  if (worst?.["severity"] === "high") return ["high", "▲", "Act soon"];
  if (worst !== undefined) return ["notice", "■", "Some failures"];
  if (Number(row["failed_sessions"]) > 0) return ["notice", "■", "Some failures"];
  return ["ok", "✓", "All well"];
}

function sentence(row: Row): Html {
  const sessions = showPlural(row["total_sessions"], "session");
  if (Number(row["total_sessions"] ?? 0) === 0) {
    const reports = showPlural(row["reports"] ?? 0, "report");
    return html`${reports} in this range, and no session in them.`;
  }
  const failed = Number(row["failed_sessions"]);
  const rate =
    failed === 0
      ? html`TLS worked in <strong>all</strong> of ${sessions}`
      : html`TLS worked in <strong>${showRate(row["success_rate"])}</strong> of ${sessions};
        ${showCount(row["failed_sessions"])} failed`;
  return html`${rate}, to ${showPlural(row["domains"], "domain")}. It was demanded in
    <strong>${showRate(row["protected_rate"])}</strong>.`;
}

function mostUrgent(row: Row, view: View): Html {
  const href = linkOf("id", row, view);
  const title = showText(row["title"]);
  const mx = showText(row["mx"]);
  return html`Most urgent: ${href === null ? title : html`<a href="${href}">${title}</a>`}${mx === "" ? "" : ` at ${mx}`}, for ${showText(row["domain"])}.`;
}
