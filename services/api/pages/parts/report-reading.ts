// The report of a page, read once for all of its parts.

import { reportDetails } from "../../../query/panels/report.ts";
import { readParameters } from "../../../query/parameters.ts";
import { type ReportRecord, readReport } from "../../report-record.ts";
import { ParameterError, type View } from "../view.ts";

/** Name of the section with the failure details, for the parameters of its pages. */
export const DETAILS = "failure-details";
const DETAILS_SHOWN = "50";

const known = new WeakMap<View, Promise<ReportRecord | null>>();

/**
 * The report that the address names; null when its caller may see none of that id.
 * @throws ParameterError, StoreError, CursorError
 */
export function reportOf(view: View): Promise<ReportRecord | null> {
  const found = known.get(view) ?? read(view);
  known.set(view, found);
  return found;
}

async function read({ options, scope, path, url, nowMs }: View): Promise<ReportRecord | null> {
  const value = (name: string) => url.searchParams.get(`${name}.${DETAILS}`) ?? "";
  const given = { limit: [value("limit") || DETAILS_SHOWN], cursor: [value("cursor")] };
  const page = readParameters(reportDetails, given, nowMs);
  if (!page.ok) throw new ParameterError(page.problem);
  const { limit, cursor } = page.parameters;
  return readReport(options.store, scope, path["report"] ?? "", { limit, cursor });
}
