// Policies as senders saw them: each text with its lines, what changed from the one before, who sees it and
// who still has an old one.

import { columnsOf, type Row } from "../../../query/panel.ts";
import { policies } from "../../../query/panels/policies.ts";
import { actionsOf, cardOf, emptyOf } from "../card.ts";
import { cellOf, markOf, toneMark } from "../cells.ts";
import { pages } from "../drawings/table.ts";
import { showPlural, showText } from "../format.ts";
import { type Html, html, type MaybeHtml } from "../html.ts";
import { lineChanges } from "../line-changes.ts";
import { hasTenants, linkOf } from "../links.ts";
import type { View } from "../view.ts";

const ID = "policies";
const SHOWN = "20";

/** The policies, a page at a time. */
export async function policyTexts(view: View): Promise<MaybeHtml> {
  const limit = view.url.searchParams.get(`limit.${ID}`) ?? SHOWN;
  const cursor = view.url.searchParams.get(`cursor.${ID}`);
  const asked = { limit: [limit], ...(cursor !== null && { cursor: [cursor] }) };
  const { rows, meta } = await view.run(policies, asked);
  const next = meta.next_cursor;
  const last = rows.at(-1);
  const entries = rows.map((row) => {
    const cutOff = next !== null && last !== undefined && isAlike(last, row);
    return onePolicy(view, row, policyBefore(rows, row) ?? (cutOff ? "later page" : "none"));
  });
  const title = "Policies, and what changed";
  return cardOf({
    id: ID,
    title,
    about: policies.description,
    actions: actionsOf({ view, panel: policies, asked: {}, title }),
    body:
      rows.length === 0 ? emptyOf(view, meta) : [html`${entries}`, pages(view, ID, { rows, meta })],
  });
}

const isAlike = (one: Row, other: Row) =>
  ["tenant", "domain", "policy_type"].every((name) => one[name] === other[name]);

/** Of the same domain and type the text that came up last before this one. */
function policyBefore(rows: readonly Row[], row: Row): Row | undefined {
  const first = (one: Row) => String(one["first_day"]);
  return rows
    .filter((one) => isAlike(one, row) && one["policy_text"] !== "" && first(one) < first(row))
    .sort((a, b) => first(a).localeCompare(first(b)))
    .at(-1);
}

function onePolicy(view: View, row: Row, before: Row | "none" | "later page"): Html {
  const status = markOf("status", row["status"] ?? null) ?? showText(row["status"]);
  const href = linkOf("domain", row, view);
  const domain = showText(row["domain"]);
  const overdue = row["overdue"] === true ? toneMark("failed", "!", "Overdue") : "";
  const tenant = hasTenants(view) ? html`<small>${showText(row["tenant"])}</small>` : "";
  return html`<article class="policy"><h3>${href === null ? domain : html`<a href="${href}">${domain}</a>`}
      <code>${showText(row["policy_type"])}</code> ${status} ${overdue} ${tenant}</h3>
    <p>${showText(row["sentence"])}</p>
    <p>${seen(view, row)}</p>
    ${stillSeen(view, row)}
    ${faults(row)}
    ${textOf(row, before)}</article>`;
}

function seen(view: View, row: Row): Html {
  const [first, last] = [String(row["first_day"]), String(row["last_day"])];
  const days = first === last ? `on ${first}` : `from ${first} to ${last}`;
  return html`Seen ${days}, on ${showPlural(row["days"], "day")}, by
    ${showPlural(row["organizations"], "organization")}: ${cell(view, row, "organization_names")}.
    ${showPlural(row["total_sessions"], "session")} under it,
    ${showPlural(row["failed_sessions"], "failed session")}.`;
}

function stillSeen(view: View, row: Row): MaybeHtml {
  if (row["still_seen_by"] === 0) return "";
  return html`<p>${toneMark("notice", "▲", "Still seen")} by
    ${showPlural(row["still_seen_by"], "organization")} in their newest reports:
    ${cell(view, row, "still_seen_by_names")}.</p>`;
}

function cell(view: View, row: Row, name: string) {
  const column = columnsOf(policies).find((one) => one.name === name);
  return column === undefined ? "" : cellOf(column, row, view);
}

function faults(row: Row): MaybeHtml {
  const found = [row["faults"] ?? []].flat();
  if (found.length === 0) return "";
  return html`<ul>${found.map((fault) => html`<li>${toneMark("notice", "▲", "Fault")} ${String(fault)}</li>`)}</ul>`;
}

const linesOf = (row: Row) => String(row["policy_text"]).split("\n").filter(Boolean);

/** The text; of MTA-STS with what changed. TLSA records of several hosts stand side by side. */
function textOf(row: Row, before: Row | "none" | "later page"): MaybeHtml {
  const lines = linesOf(row);
  if (lines.length === 0) return "";
  const old = typeof before === "string" || row["policy_type"] !== "sts" ? null : before;
  const changes = lineChanges(old === null ? lines : linesOf(old), lines);
  const shown = changes.map(({ change, line }) => {
    if (change === "added")
      return html`<ins><span aria-hidden="true">+ </span>${showText(line)}</ins>\n`;
    if (change === "removed")
      return html`<del><span aria-hidden="true">− </span>${showText(line)}</del>\n`;
    return html`<span>  ${showText(line)}</span>\n`;
  });
  const words =
    old !== null
      ? `What changed from the policy first seen on ${old["first_day"]}: lines with + were added, with − removed.`
      : before === "later page" && row["policy_type"] === "sts"
        ? "The policy before it may be on the next page."
        : "";
  return html`${words === "" ? "" : html`<p class="quiet">${words}</p>`}
    <pre class="raw diff" tabindex="0" role="group" aria-label="Text of the policy">${shown}</pre>`;
}
