// Whose a problem is, by its id: the first row that has it tells the tenant and the domain, which the panel
// `problems` is then asked for instead of grouping the failures of all.

import { whereReported } from "../filters.ts";
import type { Panel } from "../panel.ts";
import { problemIdOf } from "../problem-rows.ts";

export const problemPlace: Panel = {
  id: "problem-place",
  title: "Place of a problem",
  description: "The tenant and the domain of a problem; no row where the range does not have it.",
  parameters: ["tenant", "problem", "from", "to"],
  columns: [
    { name: "tenant", type: "text", description: "Tenant that the domain belongs to." },
    { name: "domain", type: "text", description: "Policy domain." },
  ],
  order: [],
  drawing: "table",
  sql: (query) => {
    const ids = query.bind("problem", "Array(String)", [
      ...(query.parameters.filters.problem ?? []),
    ]);
    const where = [...whereReported(query), `${problemIdOf(String)} IN ${ids}`];
    return `
      SELECT toString(place.1) AS tenant, toString(place.2) AS domain
      FROM (SELECT (tenant, domain) AS place ${query.from("failure_details", where)} LIMIT 1)`;
  },
};
