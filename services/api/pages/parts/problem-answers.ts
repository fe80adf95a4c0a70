// What the parts of the page of a problem ask together: the problem itself, and what panels of failures are
// asked to tell of it alone.

import { CursorError } from "../../../query/cursor.ts";
import type { Row } from "../../../query/panel.ts";
import { problemPlace } from "../../../query/panels/problem-place.ts";
import { problems } from "../../../query/panels/problems.ts";
import { firstRows, type PanelResult } from "../../../query/run.ts";
import type { Given, View } from "../view.ts";

/** The problem in the range of the page; undefined where it is not there. */
export async function problemRow(view: View): Promise<Row | undefined> {
  return problemWithin(view, {});
}

/** As far as a problem that the range does not have is looked for: years of all failures take too long. */
const YEAR: Given = { last: ["365d"] };

/** The problem in the last year; undefined where it is not there either. */
export async function problemLately(view: View): Promise<Row | undefined> {
  return problemWithin(view, YEAR);
}

/** Of its domain alone, as the address says or the first row that has it: all others are never grouped. */
async function problemWithin(view: View, range: Given): Promise<Row | undefined> {
  if (view.parameters.filters.problem === undefined) return undefined;
  const find = async (place: Given) => (await view.run(problems, { ...place, ...range })).rows[0];
  const { searchParams: said } = view.url;
  const [domain, tenant] = [said.get("domain"), said.get("tenant")];
  const found = domain
    ? await find({ domain: [domain], ...(tenant && { tenant: [tenant] }) })
    : undefined;
  if (found !== undefined) return found;
  const place = (await view.run(problemPlace, range)).rows[0];
  return place && find(filtersOfPlace(place));
}

/** The tenant and domain of a row, as filters. */
export function filtersOfPlace(row: Row): Given {
  return { tenant: [String(row["tenant"])], domain: [String(row["domain"])] };
}

const FILTERS = ["tenant", "domain", "policy_type", "result_type", "mx", "reason"] as const;

/** Filters that fit the problem; what its reports leave out cannot be asked for. */
export function filtersOf(problem: Row): Given {
  const told = FILTERS.filter((name) => problem[name] !== "");
  const named = told.map((name) => [name, [String(problem[name])]]);
  return { ...Object.fromEntries(named), problem: [] };
}

/** The same at whatever MX host, whatever the reason: who sees it where. */
export function failureFilters(problem: Row): Given {
  const { mx: _, reason: __, ...rest } = filtersOf(problem);
  return rest;
}

/**
 * A view that has these rows in place of what a panel would be asked for, by pages whose cursor counts the
 * rows before: one answer for several lists.
 */
export function onlyThese(view: View, rows: readonly Row[], meta: PanelResult["meta"]): View {
  return {
    ...view,
    run: async (_, more = {}) => {
      const cursor = more["cursor"]?.[0] ?? "0";
      if (!/^\d{1,5}$/.test(cursor)) throw new CursorError("The cursor is not of this list.");
      const from = Number(cursor);
      const limit = Math.max(Number(more["limit"]?.[0]) || meta.limit, 1);
      const shown = rows.slice(from, from + limit);
      const next = from + limit < rows.length ? String(from + limit) : null;
      return { rows: shown, meta: { ...meta, limit, rows: shown.length, next_cursor: next } };
    },
  };
}

/** A view whose first page of a panel is of these rows, which fit its filters; what follows is asked for. */
export function firstOfThese(view: View, rows: readonly Row[], meta: PanelResult["meta"]): View {
  const run: View["run"] = async (panel, more) =>
    firstRows(panel, view.asked(panel, more), { rows: [...rows], meta }) ?? view.run(panel, more);
  return { ...view, run };
}

/** What an entry of a list tells; the page of the problem has the rest. */
export const LISTED = [
  "failed_sessions",
  "organizations",
  "first_day",
  "last_day",
  "state",
  "whose",
  "impact_words",
  "distribution_words",
] as const;
