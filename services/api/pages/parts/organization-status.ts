// Who still reports and who fell silent, first in one sentence with names, and as a mark.

import type { Row } from "../../../query/panel.ts";
import { organizations } from "../../../query/panels/organizations.ts";
import { NOT_SILENT_DAYS } from "../../../query/reporting-words.ts";
import { cardOf } from "../card.ts";
import { markOf, type Shown, toneMark } from "../cells.ts";
import { showPlural, showText } from "../format.ts";
import { html, type MaybeHtml, NOTHING } from "../html.ts";
import { linkOf, pageLink } from "../links.ts";
import type { View } from "../view.ts";

/** Who is looked through: those who are away longest, since silent ones have the fewest sessions. */
const LOOKED_AT = "200";
const NAMED = 20;
const NAMED_IN_LINE = 3;

/** The status of an organization as a mark. */
export function statusMark(row: Row): Shown {
  return markOf("status", row["status"] ?? null) ?? showText(row["status"]);
}

interface LookedAt {
  rows: readonly Row[];
  silent: readonly Row[];
  /** False where there are more than were looked at. */
  whole: boolean;
  /** False where some of those may be silent too: they are away for as long as the last one or less. */
  allSilent: boolean;
}

async function lookedAt(view: View): Promise<LookedAt> {
  const { rows, meta } = await view.run(organizations, {
    sort: ["-silent_days"],
    limit: [LOOKED_AT],
  });
  const whole = meta.next_cursor === null;
  const allSilent = whole || Number(rows.at(-1)?.["silent_days"]) <= NOT_SILENT_DAYS;
  return { rows, silent: rows.filter((row) => row["status"] === "silent"), whole, allSilent };
}

/** Those from whom reports are missing; a sentence where nobody's are. */
export async function organizationSilence(view: View): Promise<MaybeHtml> {
  const { rows, silent, whole, allSilent } = await lookedAt(view);
  if (rows.length === 0) return "";
  const due = rows.filter((row) => row["status"] === "quiet" && row["cadence"] !== "once");
  const late = rows.filter((row) => Number(row["late_reports"]) > 0);
  const least = (all: boolean) => (all ? "" : "At least ");
  const count = `${least(allSilent)}${showPlural(silent.length, "organization")} silent`;
  const nobody = allSilent ? "Nobody is silent" : "None of those away longest is silent";
  const sentence =
    silent.length === 0
      ? html`<p>${toneMark("ok", "✓", nobody)} ${least(whole)}${showPlural(rows.length, "organization")}
          reported as usual${due.length > 0 ? ", or will soon" : ""}.</p>`
      : html`<p>${toneMark("failed", "!", count)} No report for more than three of its usual intervals. It may
          have sent no mail, or it cannot deliver its reports.</p>`;
  return cardOf({
    id: "silence",
    title: "Who is missing",
    body: [
      sentence,
      named(view, silent),
      due.length === 0 ? "" : html`<h3>A report is due</h3>${named(view, due)}`,
      late.length === 0
        ? ""
        : html`<p>${toneMark("notice", "▲", "Late")} ${least(whole)}${showPlural(late.length, "organization")} sent reports more
            than two days after their day.</p>`,
    ],
  });
}

/** The same in one line for other pages; nothing where nobody is silent. */
export async function organizationSilent(view: View): Promise<MaybeHtml> {
  const { silent, allSilent } = await lookedAt(view);
  if (silent.length === 0) return NOTHING;
  const names = silent.slice(0, NAMED_IN_LINE).map((row, i) => {
    const name = showText(row["organization"]) || "not named";
    const href = linkOf("organization", row, view);
    return html`${i > 0 ? ", " : ""}${href === null ? name : html`<a href="${href}">${name}</a>`}`;
  });
  const more = silent.length - names.length;
  const all = pageLink(view, "/organizations", { domain: view.given["domain"]?.[0] ?? null });
  return html`<p class="full" id="silent">${toneMark("notice", "!", "Silent")} No report for more than
    three of its usual intervals: ${names}${more > 0 ? ` and ${allSilent ? "" : "at least "}${showPlural(more, "other")}` : ""}.
    <a href="${all}">Who reports</a></p>
`;
}

function named(view: View, rows: readonly Row[]): MaybeHtml {
  if (rows.length === 0) return "";
  const entries = rows.slice(0, NAMED).map((row) => {
    const href = linkOf("organization", row, view);
    const name = showText(row["organization"]) || "not named";
    return html`<li>${statusMark(row)} ${href === null ? name : html`<a href="${href}">${name}</a>`}:
      ${showText(row["status_words"])} Cadence: ${showText(row["cadence"])}.</li>`;
  });
  const more = rows.length - NAMED;
  return html`<ul class="told">${entries}</ul>${
    more > 0 ? html`<p class="quiet">And ${showPlural(more, "other")}.</p>` : ""
  }`;
}
