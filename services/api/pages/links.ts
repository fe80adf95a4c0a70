// Where a cell leads: the page of a domain, a problem, a report and so on. Every link keeps the range, and
// the filters that the other page has too, so that what is counted here is what is listed there.

import type { Cell, Row } from "../../query/panel.ts";
import { isFilter } from "./asked.ts";
import { controlsAt } from "./definition.ts";
import type { View } from "./view.ts";

/** Names in an address that say which days are meant. */
const RANGE = ["last", "from", "to", "timezone"] as const;

/** Which days an address says, for addresses that are to say the same. */
export function rangeOf({ searchParams }: URL): URLSearchParams {
  const range = new URLSearchParams();
  for (const name of RANGE) {
    for (const value of searchParams.getAll(name)) range.append(name, value);
  }
  return range;
}

type Maker = (value: string, row: Row, view: View) => string | null;

/** What the values of a column are names of. */
const MAKERS: Readonly<Record<string, Maker>> = {
  domain: domainLink,
  domains: domainLink,
  organization: organizationLink,
  organization_names: organizationLink,
  still_seen_by_names: organizationLink,
  mx: (value, _, view) => filterLink("mx", value, view),
  failing_mx: (value, _, view) => filterLink("mx", value, view),
  result_type: (value, _, view) =>
    view.page.controls.includes("result_type") ? filterLink("result_type", value, view) : null,
  id: recordLink,
  example_report: recordLink,
  // A report has a receipt too, and a page of its own.
  receipt: (value, row, view) => ("id" in row ? null : pageLink(view, `/quarantine/${value}`)),
};

/** The address that a cell leads to, or null; for columns with one text. */
export function linkOf(column: string, row: Row, view: View): string | null {
  return linkOfValue(column, row[column] ?? null, row, view);
}

/** The same for one text of a column that holds several. */
export function linkOfValue(column: string, value: Cell, row: Row, view: View): string | null {
  if (typeof value !== "string" || value === "" || !Object.hasOwn(MAKERS, column)) return null;
  return MAKERS[column]?.(value, row, view) ?? null;
}

/**
 * A page with the range of this one, the filters of this one that are controls of it, and more parameters;
 * null and "" leave one out.
 */
export function pageLink(
  view: View,
  path: string,
  more: Readonly<Record<string, string | null>> = {},
): string {
  const search = new URLSearchParams();
  for (const name of RANGE) {
    if (Object.hasOwn(more, name)) continue;
    // A page without these as controls passes on what it was reached with.
    const values = view.given[name] ?? view.url.searchParams.getAll(name);
    for (const value of values) search.append(name, value);
  }
  const controls: readonly string[] = controlsAt(path);
  const otherReasons = isOfFailures(controls) !== isOfFailures(view.page.controls);
  for (const [name, values] of Object.entries(view.given)) {
    if (!isFilter(name) || !controls.includes(name) || Object.hasOwn(more, name)) continue;
    if (name === "reason" && otherReasons) continue;
    for (const value of values) search.append(name, value);
  }
  for (const [name, value] of Object.entries(more)) {
    if (value !== null && value !== "") search.set(name, value);
  }
  return `${path}${search.size > 0 ? `?${search}` : ""}`;
}

/**
 * Whether reasons are why sessions failed, on a page of these controls, or why messages did not count: one
 * name for two things.
 */
export function isOfFailures(controls: readonly string[]): boolean {
  return !controls.includes("channel") || controls.includes("result_type");
}

/** True when what this caller sees can belong to several tenants, so that an address has to name one. */
export function hasTenants({ scope, options }: View): boolean {
  if (scope.tenants !== "all") return scope.tenants.length > 1;
  return options.openDirectory !== undefined && !options.openDirectory();
}

function domainLink(domain: string, row: Row, view: View): string | null {
  // A browser would take these for steps in the path.
  if (domain === "." || domain === "..") return null;
  const named = hasTenants(view) && typeof row["tenant"] === "string";
  const tenant = named ? { tenant: String(row["tenant"]) } : {};
  return pageLink(view, `/domains/${encodeURIComponent(domain)}`, tenant);
}

function organizationLink(organization: string, _: Row, view: View): string {
  return pageLink(view, "/organizations", { organization });
}

/** This page with that value alone; the overview where this page cannot be filtered by it. */
function filterLink(name: string, value: string, view: View): string {
  if (view.page.controls.some((one) => one === name)) return view.address({ [name]: value });
  return pageLink(view, "/", { [name]: value });
}

/** Ids of problems are 32 hexadecimal digits, those of reports have hyphens. */
function recordLink(id: string, row: Row, view: View): string | null {
  if (/^[0-9a-f]{32}$/.test(id)) return pageLink(view, `/problems/${id}`, placeOf(row, view));
  return /^[0-9a-f-]{36}$/.test(id) ? pageLink(view, `/reports/${id}`) : null;
}

/** Whose a problem is, which its id alone does not say: without it, it would have to be looked for. */
export function placeOf(row: Row, view: View): { domain: string | null; tenant: string | null } {
  const text = (name: string) => (typeof row[name] === "string" ? String(row[name]) : null);
  return { domain: text("domain"), tenant: hasTenants(view) ? text("tenant") : null };
}
