// Since when domains are reported about, and by whom: what the page Set-up says of each.

import { BOUNDS } from "../../core/bounds.ts";
import { whereFilters, whereReported } from "../filters.ts";
import type { Panel } from "../panel.ts";

/** One row per domain that has a report in the range. */
export const domainReporters: Panel = {
  id: "domain-reporters",
  title: "Who reports about a domain",
  description: "First and last day reported on, and organizations that report, by domain.",
  parameters: ["domain", "from", "to", "limit", "format"],
  columns: [
    { name: "tenant", type: "text", description: "Tenant that it belongs to." },
    { name: "domain", type: "text", description: "Policy domain." },
    { name: "reports", type: "count", unit: "reports", description: "Reports that count." },
    { name: "first_day", type: "date", description: "First day reported on." },
    { name: "last_day", type: "date", description: "Last day reported on." },
    {
      name: "organizations",
      type: "texts",
      description: `Organizations that reported, as sent; ${BOUNDS.setupOrganizationsMax} at most.`,
    },
  ],
  order: [{ column: "domain" }, { column: "tenant" }],
  drawing: "table",
  sql: (query) => `
    SELECT toString(tenant) AS tenant, toString(domain) AS domain, sum(first_of_domain) AS reports,
      min(day) AS first_day, max(day) AS last_day,
      arraySlice(arraySort(groupUniqArray(toString(organization))), 1, ${BOUNDS.setupOrganizationsMax})
        AS organizations
    ${query.from("policy_summaries", [...whereReported(query), ...whereFilters(query, ["domain"])])}
    GROUP BY tenant, domain`,
};
