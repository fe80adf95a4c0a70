// The controls of a page: usual ranges, the chosen filters, and a form with all of them. It is a plain GET
// form, so that every choice is in the address.

import { BOUNDS } from "../../core/bounds.ts";
import { REASONS } from "../../core/explain/reason-codes.ts";
import { QUARANTINE_REASONS, REFUSAL_REASONS } from "../../core/outcome.ts";
import { RESULT_TYPES } from "../../core/tlsrpt/result-types.ts";
import { labelOf } from "../../query/labels.ts";
import { PARAMETERS, type ParameterName, wordsOf } from "../../query/parameter-table.ts";
import { floorDay, lastRange, printDay, printInstant, readInstant } from "../../query/range.ts";
import { PROGRESS } from "../reprocess-routes.ts";
import { cutWords, isFilter } from "./asked.ts";
import { UNTIL } from "./asked-days.ts";
import { wordOf } from "./cells.ts";
import type { Definition } from "./definition.ts";
import { showText } from "./format.ts";
import { type Html, html, type MaybeHtml, NOTHING } from "./html.ts";
import { hasTenants, isOfFailures } from "./links.ts";
import type { View } from "./view.ts";

const DAY_MS = 86_400_000;
const RANGES_DAYS = [7, 30, 90, 365] as const;
const RANGE: readonly ParameterName[] = ["last", "from", "to"];
/** Words that are known, offered beside any other. */
const OFFERED: Partial<Record<ParameterName, readonly string[]>> = {
  result_type: Object.keys(RESULT_TYPES),
  policy_type: ["sts", "tlsa", "no-policy-found"],
};
/** Words that would not be understood without another. */
const LABELS: Partial<Record<ParameterName, string>> = {
  from: "From",
  to: "To (not included)",
  timezone: "Time zone of days",
  by: "Split by",
  group: "A row per",
  step: "Step of time",
  compare: "Compare with",
};

/** All of it; nothing for a page without controls. */
export function controlsOf(view: View): MaybeHtml {
  const fields = view.page.controls.filter(
    (name) => name !== "last" && (name !== "tenant" || hasTenants(view)),
  );
  if (view.page.controls.length === 0) return NOTHING;
  const ranged = view.page.controls.includes("last");
  return html`<div class="controls">${ranged ? rangeLinks(view) : NOTHING}
${fields.length > 0 ? form(view, fields) : NOTHING}${chips(view)}</div>
`;
}

/** Links to usual ranges, and which days are meant. */
function rangeLinks(view: View): Html {
  const { range, timezone } = view.parameters;
  const links = RANGES_DAYS.map((days) => {
    const usual = lastRange(days * DAY_MS, view.nowMs, timezone);
    const current = usual.fromMs === range.fromMs && usual.toMs === range.toMs;
    const href = view.address({ last: `${days}d`, from: null, to: null });
    return html`<a href="${href}"${current ? html` aria-current="true"` : NOTHING}>${days} days</a>`;
  });
  return html`<nav class="ranges" aria-label="Usual ranges">${links}</nav>
    <p class="range">${rangeInWords(view)}</p>`;
}

/** The range as days that lie in it, or as instants where it is not of whole days. */
function rangeInWords({ parameters: { range, timezone } }: View): Html {
  const { fromMs, toMs } = range;
  const whole = floorDay(fromMs, timezone) === fromMs && floorDay(toMs, timezone) === toMs;
  const from = printInstant(fromMs, timezone);
  const to = printInstant(whole ? floorDay(toMs - 1, timezone) : toMs, timezone);
  const time = (text: string) => html`<time datetime="${text}">${text}</time>`;
  const zone = timezone === "UTC" ? "" : ` (${timezone})`;
  return from === to ? html`${time(from)}${zone}` : html`${time(from)} to ${time(to)}${zone}`;
}

function form(view: View, fields: readonly ParameterName[]): Html {
  const kept = [...view.url.searchParams].filter(
    ([name]) => ownNames(view).includes(name) || /^(?:sort|limit)\./.test(name),
  );
  const { last, from, to } = view.given;
  // Days that nobody changes go on moving with it.
  const ranged = view.page.controls.includes("last") && !from && !to;
  if (ranged) kept.push(["last", last?.[0] ?? `${BOUNDS.queryDaysDefault}d`]);
  const hidden = kept.map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return html`<details class="filter"><summary>Days and filters</summary>
    <form class="filters" method="get" action="${view.url.pathname}" role="search" aria-label="Filter">
    ${hidden}${fields.map((name) => field(view, name))}
    <button type="submit">Show</button>
    <a class="reset" href="${view.url.pathname}">Reset</a></form></details>`;
}

/** A field for each value that a filter has, one at least. */
function field(view: View, name: ParameterName): Html {
  if (name === "from" || name === "to") return end(view, name);
  const label = LABELS[name] ?? labelOf(name);
  const values = valuesOf(view, name);
  return html`${(values.length > 0 ? values : [""]).map((value) => one(view, name, label, value))}`;
}

/**
 * The first or the last day of the range, filled with the one in force. What is no day is told as the address
 * has it: a field for days would lose it.
 */
function end(view: View, name: "from" | "to"): Html {
  const { range, timezone } = view.parameters;
  const [given = ""] = valuesOf(view, name);
  const ms = given === "" ? range[`${name}Ms`] : readInstant(given, timezone);
  const isDay = ms !== null && floorDay(ms, timezone) === ms;
  if (given !== "" && !isDay) {
    const label = LABELS[name] ?? labelOf(name);
    return html`<label>${label}<input type="text" name="${name}" value="${given}" autocomplete="off"></label>`;
  }
  const [label, sent, dayMs] =
    name === "from" ? ["From", name, ms] : ["To (included)", UNTIL, ms === null ? null : ms - 1];
  const day = isDay && dayMs !== null ? printDay(dayMs, timezone) : "";
  const filled = given === "" && isDay ? html` data-filled` : NOTHING;
  return html`<label>${label}<input type="date" name="${sent}" value="${day}"${filled}></label>`;
}

function one(view: View, name: ParameterName, label: string, value: string): Html {
  const words = wordsOf(name);
  if (words !== null) {
    const none = isFilter(name) ? "Any" : "Usual";
    const options = words.map((word) =>
      word === value.toLowerCase()
        ? html`<option value="${word}" selected>${wordOf(word)}</option>`
        : html`<option value="${word}">${wordOf(word)}</option>`,
    );
    return html`<label>${label}<select name="${name}"><option value="">${none}</option>${options}</select></label>`;
  }
  const { offered, example } =
    name === "reason"
      ? reasonsOf(view.page)
      : { offered: OFFERED[name], example: String(PARAMETERS[name].example) };
  const list = offered === undefined ? NOTHING : html` list="offered-${name}"`;
  const options = (offered ?? []).map((word) => html`<option value="${word}"></option>`);
  const hint = name === "timezone" ? "UTC" : isFilter(name) ? example : "";
  return html`<label>${label}<input type="text" name="${name}" value="${value}"
    autocomplete="off" autocapitalize="none" spellcheck="false"${list} placeholder="${hint}"></label>
    ${offered === undefined ? NOTHING : html`<datalist id="offered-${name}">${options}</datalist>`}`;
}

/** Why messages did not count, where that is what the page is about; else why sessions failed. */
function reasonsOf({ id, controls }: Definition): { offered: readonly string[]; example: string } {
  if (isOfFailures(controls)) {
    return { offered: [...REASONS], example: String(PARAMETERS.reason.example) };
  }
  const held = Object.keys(QUARANTINE_REASONS);
  const refused = id.endsWith("quarantine") ? [] : Object.keys(REFUSAL_REASONS);
  return { offered: [...held, ...refused], example: "unknown-domain" };
}

/** Names that parts of the page read, which have no field. */
function ownNames({ page }: View): readonly string[] {
  return page.own ?? [];
}

function labelled(name: string): string {
  return Object.hasOwn(LABELS, name) ? (LABELS[name as ParameterName] ?? "") : labelOf(name);
}

/** Values in the address; what the path says is not for the form to change. */
function valuesOf({ url }: View, name: string): string[] {
  return url.searchParams
    .getAll(name)
    .map((value) => value.trim())
    .filter(Boolean);
}

/** The chosen filters, each with the way to take it back. Nobody has chosen the name of a task. */
function chips(view: View): MaybeHtml {
  const filters = view.page.controls.filter((name) => !RANGE.includes(name));
  const own = ownNames(view).filter((name) => name !== PROGRESS);
  const chosen = [...filters, ...own].flatMap((name) =>
    valuesOf(view, name).map((value) => ({ name, value })),
  );
  if (chosen.length === 0) return NOTHING;
  const items = chosen.map(({ name, value }) => {
    const words = `${labelled(name)}: ${showText(cutWords(value))}`;
    return html`<li><a class="chip" href="${without(view, name, value)}"
      aria-label="Take out ${words}">${words} <span aria-hidden="true">×</span></a></li>`;
  });
  return html`<ul class="chips" aria-label="Chosen filters">${items}</ul>`;
}

/** This page without one value of a filter that may have several. */
function without(view: View, name: string, value: string): string {
  const base = new URL(view.address({ [name]: null }), view.url);
  for (const other of valuesOf(view, name)) {
    if (other !== value) base.searchParams.append(name, other);
  }
  return `${base.pathname}${base.search}`;
}
