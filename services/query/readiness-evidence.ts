// The evidence of core/readiness as SQL: one pass over the summaries of the range, grouped by policy
// first, so that what follows is a few rows per domain; and one over the failure details that block.

import { CLEAN_DAYS_MIN, FAILURE_DAYS } from "../core/readiness/rules.ts";
import { lastCompleteDayMs } from "../core/complete-day.ts";
import { whereFilters, whereReported } from "./filters.ts";
import type { PanelQuery } from "./panel.ts";
import {
  dayOf,
  GROUPED_POLICIES,
  newestOf,
  organizationOf,
  placeOf,
  policySightings,
  withCurrentPolicy,
} from "./policy-sightings.ts";
import { floorDay } from "./range.ts";

const DAY_MS = 86_400_000;
/** Problems that are named; the panel `problems` has them all. */
const PROBLEMS = 5;
/** Kinds of failure of one domain that the largest are found among; a domain has a few per MX host. */
const PROBLEM_KINDS = 200;
const FAILING_MX = 20;

/** Senders whose reports tell of much mail, as they write their organization-name. */
const LARGE_SENDERS = "google|microsoft|yahoo|mail\\\\.ru|comcast|web\\\\.de|gmx";

/** The complete days of the range, as numbers of days since 1970; none when `to` is before `from`. */
export function completeDays(query: PanelQuery): { from: number; to: number; count: number } {
  const { range, nowMs } = query.parameters;
  const from = Math.ceil(range.fromMs / DAY_MS);
  const to = Math.min(lastCompleteDayMs(nowMs), floorDay(range.toMs) - DAY_MS) / DAY_MS;
  return { from, to, count: Math.max(to - from + 1, 0) };
}

/** A subquery with one row per tenant and domain: every column of the evidence but the problems. */
export function domainEvidence(query: PanelQuery): string {
  const { to, count } = completeDays(query);
  const completeTo = query.bind("complete_to", "UInt16", Math.max(to, 0));
  const recent = `toUInt16(day) + ${FAILURE_DAYS} > ${completeTo}`;
  const rows = policySightings(
    query,
    [...whereReported(query), ...whereFilters(query, ["domain", "trust"]), "domain != ''"],
    [
      `sumIf(policy_failed, ${recent}) AS recent`,
      `sumIf(policy_failed, policy_mode = 'enforce' AND ${recent}) AS withheld`,
      `groupUniqArrayIf(toString(organization), match(lowerUTF8(organization), '${LARGE_SENDERS}'))
        AS large`,
    ],
  );
  const byType = `(
    SELECT tenant, domain, type, ${GROUPED_POLICIES},
      groupUniqArrayArray(failing) AS failures, sum(successful + failed) AS type_sessions,
      sum(failed) AS type_failed, sum(recent) AS type_recent, sum(withheld) AS type_withheld,
      groupUniqArrayArray(large) AS type_large
    FROM ${rows}
    GROUP BY tenant, domain, type
  )`;
  const byDomain = `(
    SELECT tenant, domain, anyIf(each.policies, type = 'sts') AS policies,
      anyIf(each.sights, type = 'sts') AS sights, anyIf(each.failures, type = 'sts') AS failures,
      sumIf(type_sessions, type = 'sts') AS sessions,
      sumIf(type_failed, type = 'sts') AS failed_sessions,
      sumIf(type_recent, type = 'sts') AS recent_failed_sessions,
      sumIf(type_withheld, type = 'sts') AS withheld_sessions,
      arraySort(anyIf(type_large, type = 'sts')) AS large_senders,
      sumIf(type_failed, type = 'tlsa') AS tlsa_failed_sessions,
      maxIf(${distinct(organizationOf("sight"), "each.sights")}, type = 'no-policy-found')
        AS no_policy_organizations
    FROM ${byType} AS each
    GROUP BY tenant, domain
  )`;
  return `(
    SELECT *, ${distinct(dayOf("sight"), "clean")} AS clean_days,
      ${distinct(organizationOf("sight"), "clean")} AS clean_organizations,
      toUInt32(greatest(toInt32(${completeTo}) - toInt32(last_sts), 0)) AS silent_days
    FROM (
      SELECT *, arrayFilter(sight -> ${dayOf("sight")} >= clean_from
        AND ${dayOf("sight")} <= ${completeTo}, sights) AS clean
      FROM (
        SELECT *, policies[current].1 AS present_first, modes[current] AS mode,
          policies[current].5 AS policy_text,
          ${distinct(dayOf("sight"), "sights")} AS reported_days,
          ${distinct(organizationOf("sight"), "sights")} AS organizations,
          arrayMax(arrayMap(sight -> ${dayOf("sight")}, sights)) AS last_sts,
          arrayMax(arrayMap(sight -> ${dayOf("sight")}, failures)) AS last_failure,
          greatest(toUInt32(last_failure) + 1, toUInt32(toUInt16(present_first))) AS clean_from,
          ${count} AS range_days,
          arrayCount(sight -> modes[toUInt8(${placeOf("sight")})] = 'enforce', votes)
            AS enforcing_organizations,
          length(stale) AS stale_organizations,
          toUInt32(greatest(arrayMax(arrayMap(sight ->
            toInt32(toUInt16(firsts[toUInt8(${placeOf("sight")} + 1)]))
            + toInt32(kept[toUInt8(${placeOf("sight")})]) - toInt32(${completeTo}), stale)), 0))
            AS stale_wait_days,
          length(arrayIntersect(${newestOf("sights")}, failures)) AS unconfirmed_organizations
        FROM ${withCurrentPolicy(byDomain)}
      )
    )
  )`;
}

/** SQL of how many different values an expression over `sight` has. */
function distinct(value: string, sights: string): string {
  return `length(arrayDistinct(arrayMap(sight -> ${value}, ${sights})))`;
}

/** A subquery with the failures of each domain that stand in the way now: largest kinds, MX hosts. */
export function blockingProblems(query: PanelQuery): string {
  const since = query.bind(
    "blocking_since",
    "UInt16",
    Math.max(completeDays(query).to - CLEAN_DAYS_MIN + 1, 0),
  );
  const conditions = [
    ...whereReported(query),
    ...whereFilters(query, ["domain", "trust"]),
    `toUInt16(day) >= ${since}`,
    "policy_type = 'sts'",
  ];
  const kind = "concat(result_type, if(mx = '', '', concat(' at ', mx)))";
  return `(
    SELECT tenant, domain,
      arrayMap(one -> concat(one.1, ': ', toString(one.2), if(one.2 = 1, ' session', ' sessions')),
        approx_top_sum(${PROBLEMS}, ${PROBLEM_KINDS})(${kind}, failed_sessions)) AS problems,
      uniq(result_type, mx) AS blocking_problems,
      arraySort(groupUniqArrayIf(${FAILING_MX})(mx, mx != '')) AS failing_mx
    ${query.from("failure_details", conditions)}
    GROUP BY tenant, domain
  )`;
}
