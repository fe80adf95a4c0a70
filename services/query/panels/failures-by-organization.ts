// Which sending organizations fail to reach us by TLS, and how.

import {
  FAILURE_PARAMETERS,
  failureColumns,
  failureSums,
  hashOf,
  ofPeriod,
  share,
  sumBefore,
} from "../failures.ts";
import { FOLDED_ORGANIZATION, isFiltered, ORGANIZATION_SPELLING } from "../filters.ts";
import type { Panel, PanelQuery } from "../panel.ts";
import { detailRows, SESSION_TOTALS, summarySessions } from "../sessions.ts";

const SUMS = [
  "failed_sessions",
  "failed_sessions_before",
  "mx_hosts",
  "domains",
  "active_days",
  "first_day",
  "last_day",
  "policy_types",
] as const;

/** What an organization says in its summaries; of failures when it gave no detail of any. */
function ownSessions(query: PanelQuery): string {
  const of = (aggregate: string, argument: string) => ofPeriod(query, aggregate, argument);
  const failing = "failed > 0 AND NOT before";
  return `
      SELECT ${FOLDED_ORGANIZATION} AS folded, ${ORGANIZATION_SPELLING} AS own_spelling,
        ${of("sum", "successful + failed")} AS own_total, ${of("sum", "failed")} AS own_failed,
        ${sumBefore(query, "failed")} AS own_failed_before,
        uniqExactIf(${hashOf("domain")}, ${failing}) AS own_domains, uniqExactIf(day, ${failing}) AS own_days,
        minOrNullIf(day, ${failing}) AS own_first, maxOrNullIf(day, ${failing}) AS own_last,
        arraySort(arrayMap(level -> toString(level), ${of("groupUniqArray", "trust")})) AS own_trust,
        sumIf(successful + failed, trust = 'verified' AND NOT before) AS own_verified
      FROM ${summarySessions(query)}
      GROUP BY folded`;
}

/**
 * SQL of whether an organization without a detail is shown. Summaries know nothing that details are
 * filtered by, so a filter leaves it out: NULL is in no list. Lists that a dashboard has as variables stand
 * in the condition, since a variable can be at "All" (services/grafana/macros.ts).
 */
function whereUndetailed(query: PanelQuery): string {
  if (isFiltered(query, "reason", "sending_ip")) return "false";
  const filters = (["mx", "result_type"] as const).flatMap((name) => {
    const values = query.parameters.filters[name];
    return values ? [`NULL IN ${query.bind(name, "Array(String)", [...values])}`] : [];
  });
  return ["(own_failed > 0 OR own_failed_before > 0)", ...filters].join(" AND ");
}

export const failuresByOrganization: Panel = {
  id: "failures-by-organization",
  title: "Failures by sending organization",
  description:
    "Failed sessions per sending organization and result type, worst first, beside all sessions of " +
    "that organization. An organization that counts failures without a detail has one row with an " +
    "empty result type, so that nobody's failures are hidden.",
  parameters: FAILURE_PARAMETERS,
  columns: [
    {
      name: "organization",
      type: "text",
      description: "organization-name as last sent; upper and lower case make no difference.",
    },
    {
      name: "result_type",
      type: "text",
      description: "Result type as sent, in lower case; empty where the sender gave no detail.",
    },
    ...failureColumns(SUMS),
    {
      name: "organization_total_sessions",
      type: "count",
      unit: "sessions",
      description: "All sessions of the organization, by its summaries.",
    },
    {
      name: "organization_failed_sessions",
      type: "count",
      unit: "sessions",
      description: "All failed sessions of the organization, by its summaries.",
    },
    {
      name: "organization_success_rate",
      type: "ratio",
      nullable: true,
      description: "Successful by all sessions of the organization; empty without sessions.",
    },
    {
      name: "organization_trust_levels",
      type: "texts",
      rank: "more",
      description: "How well its reports are known to be its own.",
    },
    {
      name: "organization_verified_rate",
      type: "ratio",
      rank: "more",
      nullable: true,
      description: "Sessions of verified reports by all sessions of the organization.",
    },
  ],
  order: [
    { column: "failed_sessions", descending: true },
    { column: "organization" },
    { column: "result_type" },
  ],
  drawing: "table",
  sql: (query) => `
    SELECT own_spelling.2 AS organization, result_type,
      if(detailed, detail.failed_sessions, own_failed) AS failed_sessions,
      if(detailed, detail.failed_sessions_before, own_failed_before) AS failed_sessions_before,
      detail.mx_hosts AS mx_hosts, if(detailed, detail.domains, own_domains) AS domains,
      if(detailed, detail.active_days, own_days) AS active_days,
      if(detailed, detail.first_day, own_first) AS first_day,
      if(detailed, detail.last_day, own_last) AS last_day, detail.policy_types AS policy_types,
      own_total AS organization_total_sessions, own_failed AS organization_failed_sessions,
      ${share("(own_total - own_failed)", "own_total")} AS organization_success_rate,
      own_trust AS organization_trust_levels,
      ${share("own_verified", "own_total")} AS organization_verified_rate
    FROM (
      SELECT any(${FOLDED_ORGANIZATION}) AS folded, toString(any(details.result_type)) AS result_type,
        true AS detailed,
        ${failureSums(query, SUMS)}
      FROM ${detailRows(query)} AS details
      GROUP BY ${hashOf(FOLDED_ORGANIZATION)}, ${hashOf("details.result_type")}
    ) AS detail
    FULL JOIN (${ownSessions(query)}
    ) AS own USING (folded)
    WHERE detailed OR ${whereUndetailed(query)}`,
  totals: SESSION_TOTALS,
};
