// One row per policy domain: how well TLS works for its mail, worst first.

import { hashOf, ofPeriod, share, sumBefore, whereOnFirstPage } from "../failures.ts";
import { FOLDED_ORGANIZATION, isFiltered } from "../filters.ts";
import type { Column, Panel, PanelQuery } from "../panel.ts";
import {
  detailRows,
  PROTECTED_COLUMNS,
  policiesSeen,
  SESSION_TOTALS,
  summarySessions,
} from "../sessions.ts";

/** What one domain has in the period, and in the one before. */
const MEASURES: readonly Column[] = [
  { name: "reports", type: "count", unit: "reports", description: "Reports that count." },
  { name: "organizations", type: "count", description: "Organizations that reported." },
  {
    name: "total_sessions",
    type: "count",
    rank: "main",
    unit: "sessions",
    description: "Sessions reported.",
  },
  {
    name: "successful_sessions",
    type: "count",
    unit: "sessions",
    description: "Sessions that TLS succeeded in.",
  },
  {
    name: "failed_sessions",
    type: "count",
    rank: "main",
    unit: "sessions",
    description: "Sessions that TLS failed in, by the summaries.",
  },
  {
    name: "success_rate",
    type: "ratio",
    rank: "main",
    nullable: true,
    description: "Successful by total sessions; empty without sessions.",
  },
  ...PROTECTED_COLUMNS,
  {
    name: "failing_mx_hosts",
    type: "count",
    description: "MX hosts that failure details name; senders may leave them out.",
  },
];

const STATE: readonly Column[] = [
  { name: "policy_types", type: "texts", description: "Policy types that senders saw." },
  {
    name: "sts_mode",
    type: "text",
    description:
      "Mode of the MTA-STS policy on the last day that one was seen; testing, or else none, when " +
      "senders saw several that day. Empty without one.",
  },
  {
    name: "first_day",
    type: "date",
    nullable: true,
    description: "First day reported on; empty when only the period before has reports.",
  },
  { name: "last_day", type: "date", nullable: true, description: "Last day reported on." },
  {
    name: "last_failed_day",
    type: "date",
    rank: "main",
    nullable: true,
    description: "Last day with a failed session; empty without one.",
  },
];

const BEFORE: readonly Column[] = [
  {
    name: "reports_before",
    type: "count",
    unit: "reports",
    nullable: true,
    description: "Reports that count in the period before; empty without `compare`.",
  },
  {
    name: "total_sessions_before",
    type: "count",
    unit: "sessions",
    nullable: true,
    description: "Sessions reported in the period before.",
  },
  {
    name: "failed_sessions_before",
    type: "count",
    unit: "sessions",
    nullable: true,
    description: "Sessions that TLS failed in, in the period before.",
  },
  {
    name: "success_rate_before",
    type: "ratio",
    nullable: true,
    description: "Successful by total sessions of the period before; empty without sessions.",
  },
];

const ORDER = [
  { column: "failed_sessions", descending: true },
  { column: "domain" },
  { column: "tenant" },
] as const;

/** Numbers that stand for the keys of a row; by two functions, or names that are swapped would be one. */
const GROUP = `bitXor(${hashOf("domain")}, cityHash64(tenant))`;

/** Of summaries and details alike: only the domains that the page is about. */
function firstPage(query: PanelQuery): string {
  if (isFiltered(query, "domain")) return "";
  return whereOnFirstPage({ order: ORDER }, query, GROUP, summarySessions(query));
}

function sessions(query: PanelQuery): string {
  const of = (aggregate: string, argument: string) => ofPeriod(query, aggregate, argument);
  const { types, stsMode } = policiesSeen(query);
  return `
      SELECT tenant, domain, ${of("sum", "first_of_domain")} AS reports,
        ${of("uniqExact", hashOf(FOLDED_ORGANIZATION))} AS organizations,
        ${of("sum", "successful")} AS succeeded, ${of("sum", "failed")} AS failing,
        ${of("sum", "protected")} AS protected_sessions,
        ${types} AS policy_types, ${stsMode} AS sts_mode,
        ${of("minOrNull", "day")} AS first_day, ${of("maxOrNull", "day")} AS last_day,
        maxOrNullIf(day, failed > 0 AND NOT before) AS last_failed_day,
        ${sumBefore(query, "first_of_domain")} AS reports_before,
        ${sumBefore(query, "successful + failed")} AS total_before,
        ${sumBefore(query, "failed")} AS failed_before
      FROM ${summarySessions(query)}
      ${firstPage(query)}
      GROUP BY tenant, domain`;
}

export const domains: Panel = {
  id: "domains",
  title: "Domains",
  description:
    "One row per policy domain, most failed sessions first: how much was reported, by how many, how " +
    "well TLS worked, whether it was demanded, and which policies senders saw. Reports that name no domain share an empty one.",
  parameters: [
    "tenant",
    "domain",
    "organization",
    "policy_type",
    "trust",
    "compare",
    "from",
    "to",
    "limit",
    "cursor",
    "format",
  ],
  columns: [
    { name: "domain", type: "text", rank: "main", description: "Policy domain." },
    { name: "tenant", type: "text", description: "Tenant that it belongs to." },
    ...MEASURES,
    ...STATE,
    ...BEFORE,
  ],
  order: ORDER,
  drawing: "table",
  sql: (query) => `
    SELECT domain, toString(tenant) AS tenant, reports, organizations,
      succeeded + failing AS total_sessions, succeeded AS successful_sessions,
      failing AS failed_sessions, ${share("succeeded", "total_sessions")} AS success_rate,
      protected_sessions, ${share("protected_sessions", "total_sessions")} AS protected_rate,
      failing_mx_hosts, policy_types, sts_mode, first_day, last_day, last_failed_day, reports_before,
      total_before AS total_sessions_before, failed_before AS failed_sessions_before,
      ${share("(total_before - failed_before)", "total_before")} AS success_rate_before
    FROM (${sessions(query)}
    ) AS summaries
    LEFT JOIN (
      SELECT tenant, domain, uniqExactIf(${hashOf("mx")}, mx != '' AND NOT before) AS failing_mx_hosts
      FROM ${detailRows(query)}
      ${firstPage(query)}
      GROUP BY tenant, domain
    ) AS details USING (tenant, domain)`,
  totals: SESSION_TOTALS,
};
