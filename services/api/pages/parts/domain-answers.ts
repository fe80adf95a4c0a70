// What the parts of the page of a domain ask together: what holds for the whole domain, whatever the page is
// filtered by beside its range and tenant.

import { domains } from "../../../query/panels/domains.ts";
import { failuresByMx } from "../../../query/panels/failures-by-mx.ts";
import { policies } from "../../../query/panels/policies.ts";
import { problems } from "../../../query/panels/problems.ts";
import { readiness } from "../../../query/panels/readiness.ts";
import type { PanelResult } from "../../../query/run.ts";
import type { Given, View } from "../view.ts";

/** Filters of the page that a judgement of the whole domain has no use for. */
export const WHOLE: Given = {
  organization: [],
  mx: [],
  result_type: [],
  policy_type: [],
  trust: [],
};

/** A row per tenant that has the domain; none when no report of the range is about it. */
export function domainRows(view: View): Promise<PanelResult> {
  return view.run(domains, WHOLE);
}

export function readinessRows(view: View): Promise<PanelResult> {
  return view.run(readiness, WHOLE);
}

export function policyRows(view: View): Promise<PanelResult> {
  return view.run(policies, WHOLE);
}

/** Failures by MX host. */
export function hostRows(view: View): Promise<PanelResult> {
  return view.run(failuresByMx, WHOLE);
}

/** Problems in every state, most urgent first. */
export function problemRows(view: View): Promise<PanelResult> {
  return view.run(problems, WHOLE);
}

/** The domain as the rows have it; "" for a name that cannot be asked for. */
export function domainOf({ parameters }: View): string {
  return parameters.filters.domain?.[0] ?? "";
}
