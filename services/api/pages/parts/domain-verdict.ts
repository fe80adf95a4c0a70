// The first thing on the page of a domain: protected or not, and why, in one sentence; for each tenant that
// has the domain, since their reports are not about the same mail.

import { domainVerdict, VERDICT_TITLES, type Verdict } from "../../../query/domain-verdict.ts";
import type { Row } from "../../../query/panel.ts";
import { rangeInWords } from "../../../query/range-words.ts";
import type { PanelMeta } from "../../../query/run.ts";
import { type Tone, toneMark } from "../cells.ts";
import { showCount, showRate, showText } from "../format.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "../html.ts";
import type { View } from "../view.ts";
import { domainRows, policyRows, problemRows, readinessRows } from "./domain-answers.ts";
import { unsignedNote } from "./unsigned-note.ts";

/** How each verdict is marked. */
export const TONES: Readonly<Record<Verdict, readonly [Tone, string]>> = {
  withheld: ["failed", "◆"],
  unprotected: ["notice", "▲"],
  "cannot-tell": ["quiet", "?"],
  partly: ["notice", "▲"],
  failing: ["notice", "▲"],
  protected: ["ok", "✓"],
};

/** What is said where policies were left out: one of those would look as if nobody saw it. */
const CUT = {
  verdict: "cannot-tell",
  title: VERDICT_TITLES["cannot-tell"],
  sentence: "More policies were reported than are read at once: choose a shorter range.",
} as const;

const DAY_MS = 86_400_000;

/** Makes the sentence with its mark; nothing where no report is about the domain. */
export async function domainVerdictPart(view: View): Promise<MaybeHtml> {
  const [found, ready, seen, open, note] = await Promise.all([
    domainRows(view),
    readinessRows(view),
    policyRows(view),
    problemRows(view),
    unsignedNote(view),
  ]);
  if (found.rows.length === 0) return NOTHING;
  const one = found.rows.length === 1;
  const cut = seen.meta.next_cursor !== null;
  const verdicts = found.rows.map((row) => {
    const own = ({ rows }: { rows: readonly Row[] }) =>
      rows.filter(({ tenant }) => tenant === row["tenant"]);
    const told = domainVerdict({
      domain: row,
      readiness: own(ready)[0],
      policies: own(seen),
      problems: own(open),
      completeDay: completeDay(found.meta),
      isPast: isPast(found.meta),
      shown: {
        range: rangeInWords(found.meta, view.nowMs),
        rate: showRate(row["success_rate"]),
        protectedRate: showRate(row["protected_rate"]),
        sessions: showCount(row["total_sessions"]),
      },
    });
    const { verdict, title, sentence } = cut && told.verdict !== "withheld" ? CUT : told;
    const [tone, sign] = TONES[verdict];
    return html`<p class="verdict ${tone}">${one ? NOTHING : tenantLink(view, row)}
      ${toneMark(tone, sign, title)}
      <span class="sentence">${showText(sentence)}</span></p>`;
  });
  return html`<section class="card full domain-verdict" id="verdict" aria-label="In one sentence">
    ${
      one
        ? NOTHING
        : html`<p>This domain belongs to ${String(verdicts.length)} tenants. All below is of
      them together; choose one to see it alone.</p>`
    }
    ${verdicts}${note}</section>`;
}

function tenantLink(view: View, row: Row): Html {
  const tenant = String(row["tenant"]);
  return html`<a class="tenant" href="${view.address({ tenant })}">${showText(tenant)}</a>`;
}

/** Whether the range ended before the last complete day there is. */
export function isPast(meta: PanelMeta): boolean {
  return completeDay(meta) < meta.complete_through;
}

/** The last complete day that lies in the range. */
export function completeDay({ complete_through, to }: PanelMeta): string {
  const last = new Date(Date.parse(to) - DAY_MS).toISOString().slice(0, 10);
  return last < complete_through ? last : complete_through;
}
