// Who may import files by a page.

import { type Caller, may } from "../access/caller.ts";
import type { ApiOptions } from "./options.ts";

/**
 * Importing counts as the operator's own word for a report (core/trust.ts), about any domain: it is for
 * callers who may put messages back and see all tenants.
 */
export function mayImport(caller: Caller, { spool }: Pick<ApiOptions, "spool">): boolean {
  return spool !== null && caller.tenants === "all" && may(caller, "reprocess");
}
