// What the parts of the page of a problem ask together: the problem itself, and what panels of failures are
// asked to tell of it alone.

import type { Row } from "../../../query/panel.ts";
import { problems } from "../../../query/panels/problems.ts";
import type { Given, View } from "../view.ts";

/** The problem in the range of the page; undefined where it is not there. */
export async function problemRow(view: View): Promise<Row | undefined> {
  if (view.parameters.filters.problem === undefined) return undefined;
  return (await view.run(problems)).rows[0];
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
