// The page of all problems: how many there are by severity, state and whose fault they are, each of which is
// a filter; and the list of those that are chosen, most urgent first. Without a choice it has what is open.

import { SEVERITIES } from "../../../core/problems/severity.ts";
import { OPEN_STATES, PROBLEM_STATES } from "../../../core/problems/state.ts";
import type { Row } from "../../../query/panel.ts";
import { problems } from "../../../query/panels/problems.ts";
import type { PanelResult } from "../../../query/run.ts";
import { cardOf } from "../card.ts";
import { markOf, type Shown, wordOf } from "../cells.ts";
import { showCount, showPlural } from "../format.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "../html.ts";
import { pageLink } from "../links.ts";
import { narrowed } from "../narrowed.ts";
import { sectionOf } from "../section.ts";
import type { View } from "../view.ts";
import { firstOfThese, LISTED, onlyThese } from "./problem-answers.ts";

const ROWS = 20;
const WHOSE = ["yours", "theirs", "on the path", "unclear"] as const;

/** All problems of the other filters, up to the rows of one answer: what is counted. */
function counted(view: View): Promise<PanelResult> {
  return view.run(problems, { state: [], severity: [] });
}

/** What is chosen of one thing; "" for nothing. */
function chosen(view: View, name: "state" | "severity" | "whose"): string {
  if (name === "whose") return WHOSE.find((one) => one === whoseAsked(view)) ?? "";
  return view.parameters.filters[name]?.[0] ?? "";
}

const whoseAsked = (view: View) => view.url.searchParams.get("whose") ?? "";

/** As the page says it of a filter, whose words are known before its parts are made. */
function whoseLeftOut(view: View): MaybeHtml {
  if (whoseAsked(view) === chosen(view, "whose")) return NOTHING;
  return html`<p class="notice full" role="alert">whose takes ${WHOSE.join(", ")}. It was left out.</p>`;
}

function isChosen(row: Row, view: View, but: string): boolean {
  const { state, severity } = view.parameters.filters;
  const whose = chosen(view, "whose");
  return (
    (but === "state" || (state ?? OPEN_STATES).some((one) => one === row["state"])) &&
    (but === "severity" || (severity ?? SEVERITIES).some((one) => one === row["severity"])) &&
    (but === "whose" || whose === "" || row["whose"] === whose)
  );
}

/** Counts as links that filter; nothing without a failure. */
export async function problemCountsPart(view: View): Promise<MaybeHtml> {
  const { rows, meta } = await counted(view);
  if (rows.length === 0) return NOTHING;
  const cut =
    meta.next_cursor === null
      ? NOTHING
      : html`<p class="partial">There are more than ${showPlural(rows.length, "problem")}: the most urgent
        ${showCount(rows.length)} are counted here.</p>`;
  const card = cardOf({
    id: "counts",
    title: "How many",
    about:
      "Problems by what can be chosen. Those that are resolved are left out until they are asked for.",
    kind: "problem-counts",
    body: [
      cut,
      choiceOf(view, rows, "severity", SEVERITIES),
      choiceOf(view, rows, "state", PROBLEM_STATES),
      choiceOf(view, rows, "whose", WHOSE),
    ],
  });
  return html`${whoseLeftOut(view)}${card}`;
}

/** One thing to choose by, counted among what the other choices leave. */
function choiceOf(
  view: View,
  rows: readonly Row[],
  name: "state" | "severity" | "whose",
  words: readonly string[],
): Html {
  const among = rows.filter((row) => isChosen(row, view, name));
  const now = chosen(view, name);
  const link = (word: string, label: Shown, count: number) => {
    const address = view.address({ [name]: word === "" ? null : word });
    const text = html`${label} <b>${showCount(count)}</b>`;
    return word === now
      ? html`<li><a href="${address}" aria-current="true">${text}</a></li>`
      : html`<li><a href="${address}">${text}</a></li>`;
  };
  const of = (word: string) => among.filter((row) => row[name] === word).length;
  const rest = among.filter((row) => name !== "state" || row["state"] !== "resolved").length;
  const title = name === "whose" ? "Whose fault" : wordOf(name);
  return html`<div class="choice"><h3 id="by-${name}">${title}</h3><ul aria-labelledby="by-${name}">
    ${link("", name === "state" ? "All open" : "All", rest)}
    ${words.map((word) => link(word, markOf(name, word) ?? wordOf(word), of(word)))}</ul></div>`;
}

/** The list, most urgent first. */
export async function problemListPart(view: View): Promise<MaybeHtml> {
  const { rows, meta } = await counted(view);
  if (rows.length === 0 && meta.totals["reports"] === 0 && (await isBeforeReports(view))) {
    return cardOf({
      ...{ id: "problems", title: "Open problems" },
      body: html`<p class="empty">No reports yet, so there is nothing to judge by.
        <a href="${pageLink(view, "/setup")}">Set up</a></p>`,
    });
  }
  const state = view.parameters.filters.state === undefined ? { state: OPEN_STATES } : {};
  const open = narrowed(view, state);
  const reports = showPlural(meta.totals["reports"] ?? 0, "report");
  const whose = chosen(view, "whose");
  const sort = view.url.searchParams.get("sort.problems") ?? "";
  const resort = whose !== "" && sort !== "";
  const told = resort ? await open.run(problems, { sort: [sort] }) : { rows, meta };
  // What was counted is the answer too, but in another order, or where more follow. Whose they are the panel
  // cannot be asked for.
  const whole = whose !== "" || (meta.next_cursor === null && sort === "");
  const picked = told.rows.filter((row) => isChosen(row, view, ""));
  const more = sort === "" ? firstOfThese(open, picked, meta) : open;
  const list = await sectionOf(whole ? onlyThese(open, picked, told.meta) : more, {
    panel: "problems",
    as: "list",
    id: "problems",
    title: view.parameters.filters.state === undefined ? "Open problems" : "Problems",
    columns: LISTED,
    rows: ROWS,
    empty:
      rows.length === 0
        ? `No failure in this range. ${reports} ${meta.totals["reports"] === 1 ? "was" : "were"} looked at.`
        : "No problem is like this; choose otherwise above.",
  });
  const cut =
    told.meta.next_cursor === null
      ? ""
      : ` Of more problems, the first in this order are looked at: ${showCount(told.rows.length)}.`;
  if (whose === "") return list;
  return html`<p class="notice full">Whose fault it is follows from the words of each problem and is no filter of
    the API: what “Data” leads to leaves this choice out.${cut}</p>${list}`;
}

async function isBeforeReports(view: View): Promise<boolean> {
  return (await view.newest())["newest_report_day"] === null;
}
