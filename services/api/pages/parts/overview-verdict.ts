// The first thing on the overview: which domains are protected, whether TLS works over all of them and is
// demanded, and what is most urgent.

import {
  isProtected,
  type OverviewVerdict,
  overviewVerdict as verdictOf,
} from "../../../query/overview-verdict.ts";
import type { Row } from "../../../query/panel.ts";
import { overview } from "../../../query/panels/overview.ts";
import { problems } from "../../../query/panels/problems.ts";
import { unfiltered } from "../card.ts";
import { toneMark } from "../cells.ts";
import { showCount, showPlural, showRate, showText } from "../format.ts";
import { type Html, html, type MaybeHtml } from "../html.ts";
import { linkOf } from "../links.ts";
import type { View } from "../view.ts";
import { completeDay } from "./domain-verdict.ts";
import { allDomains, type ListedDomain } from "./overview-domains.ts";
import { unsignedNote } from "./unsigned-note.ts";

/** As many as the list beneath it has, so that both are one question. */
const PROBLEMS = "5";
const REPORTED_NOW = ["new", "returned", "ongoing"];
/** Domains that are named; the table has all of them. */
const NAMED = 5;

const SIGNS: Readonly<Record<OverviewVerdict["tone"], string>> = {
  ...{ critical: "◆", high: "▲", notice: "■", ok: "✓", quiet: "?" },
};

/** Makes the sentence. */
export async function overviewVerdict(view: View): Promise<MaybeHtml> {
  const [total, urgent] = await Promise.all([
    view.run(overview, { compare: ["previous"] }),
    mostUrgent(view),
  ]);
  const row = total.rows[0] ?? {};
  const [all, note] = await Promise.all([
    knownDomains(view, Number(row["domains"] ?? 0)),
    unsignedNote(view),
  ]);
  const { tone, words, silentDays } = verdictOf(row, urgent, completeDay(total.meta), all);
  return html`<section class="full" id="verdict" aria-label="In one sentence">
    <p class="verdict ${tone}">${toneMark(tone, SIGNS[tone], words)} <span class="sentence">${all === null ? "" : protectedInWords(all)}
    ${sentence(row)}
    ${silentDays === 0 ? "" : `No report came about the ${silentDays} days since ${row["last_day"]}.`}
    ${urgent === undefined ? "" : urgentInWords(urgent, view)}</span></p>${note}${unfiltered(view, overview)}</section>
`;
}

/** Each with its verdict, where the table beneath knows all of them; its errors are told there. */
async function knownDomains(view: View, count: number): Promise<ListedDomain[] | null> {
  try {
    return await allDomains(view, count);
  } catch {
    return null;
  }
}

function protectedInWords(all: readonly ListedDomain[]): string {
  const others = all.filter((one) => !isProtected(one));
  const [first] = others;
  const count = all.length - others.length;
  if (all.length === 0) return "";
  if (first === undefined) {
    return count === 1 ? "The domain is protected." : `All ${count} domains are protected.`;
  }
  if (all.length === 1) return `${showText(first.domain)}: ${first.title.toLowerCase()}.`;
  const named = others
    .slice(0, NAMED)
    .map(({ domain, title }) => `${showText(domain)} (${title.toLowerCase()})`);
  const more = others.length > NAMED ? [`${others.length - NAMED} more`] : [];
  const names = [...named, ...more].join(", ");
  if (count === 0) return `None of ${all.length} domains is protected: ${names}.`;
  const are = count === 1 ? "is" : "are";
  return `${count} of ${all.length} domains ${are} protected; not ${names}.`;
}

/** The first problem that is reported now; graver ones that are quiet may fill the list. */
async function mostUrgent(view: View): Promise<Row | undefined> {
  const isNow = ({ state }: Row) => REPORTED_NOW.some((one) => one === state);
  const { rows, meta } = await view.run(problems, { limit: [PROBLEMS] });
  const found = rows.find(isNow);
  if (found !== undefined || meta.next_cursor === null) return found;
  return (await view.run(problems, { limit: ["1"], state: REPORTED_NOW })).rows[0];
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

function urgentInWords(row: Row, view: View): Html {
  const href = linkOf("id", row, view);
  const title = showText(row["title"]);
  const mx = showText(row["mx"]);
  return html`Most urgent: ${href === null ? title : html`<a href="${href}">${title}</a>`}${mx === "" ? "" : ` at ${mx}`}, for ${showText(row["domain"])}.`;
}
