// The evidence of core/readiness as SQL: one pass over the summaries of the range, grouped by policy
// first, so that what follows is a few rows per domain; and one over the failure details that block.

import { lastCompleteDayMs } from "../core/complete-day.ts";
import { CLEAN_DAYS_MIN, FAILURE_DAYS } from "../core/readiness/rules.ts";
import { isFiltered, whereFilters, whereReported } from "./filters.ts";
import type { PanelQuery } from "./panel.ts";
import {
  dayOf,
  failedIn,
  groupedPolicies,
  newestOf,
  placeOf,
  policySightings,
  withCurrentPolicy,
} from "./policy-sightings.ts";
import { floorDay, printDay } from "./range.ts";

const DAY_MS = 86_400_000;
/** Problems that are named; the panel `problems` has them all. */
const PROBLEMS = 5;
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
  const where = [...whereReported(query), ...whereFilters(query, ["domain", "trust"])];
  const rows = policySightings(
    query.from("policy_summaries", [...where, "domain != ''"]),
    [
      `sumIf(policy_failed, ${recent}) AS recent`,
      `sumIf(policy_failed, policy_mode = 'enforce' AND ${recent}) AS withheld`,
      `groupUniqArrayIf(organization, match(lowerUTF8(organization), '${LARGE_SENDERS}'))
        AS large`,
    ],
    completeTo,
  );
  const byDomain = `(
    SELECT tenant, domain, ${groupedPolicies("type = 'sts'")},
      groupUniqArrayArrayIf(days, type = 'sts') AS reported, groupArrayIf((digest, text), text != '' AND type = 'sts') AS texts,
      sumIf(successful + failed, type = 'sts') AS sessions,
      sumIf(failed, type = 'sts') AS failed_sessions,
      sumIf(recent, type = 'sts') AS recent_failed_sessions,
      sumIf(withheld, type = 'sts') AS withheld_sessions,
      maxIf(last, type = 'sts') AS last_sts, maxIf(last_failed, type = 'sts') AS last_failure,
      arraySort(groupUniqArrayArrayIf(large, type = 'sts')) AS large_senders,
      sumIf(failed, type = 'tlsa') AS tlsa_failed_sessions,
      length(${newestOf("arraySort(groupArrayArrayIf(seen, type = 'no-policy-found'))")})
        AS no_policy_organizations
    FROM ${rows}
    GROUP BY tenant, domain
  )`;
  return `(
    SELECT *, length(reported) AS reported_days, ${count} AS range_days,
      arrayCount(one -> one >= clean_from AND one <= ${completeTo}, reported) AS clean_days,
      length(${newestOf("clean")}) AS clean_organizations
    FROM (
      SELECT *, arrayFilter(sight -> ${dayOf("sight")} >= clean_from
        AND ${dayOf("sight")} <= ${completeTo}, sights) AS clean
      FROM (
        SELECT *, modes[current] AS mode,
          if(current = 0, '', texts.2[indexOf(texts.1, digests[current])]) AS policy_text,
          firsts[current] AS first_seen, ${newestOf("sights")} AS reporters,
          length(reporters) AS organizations,
          arrayCount(sight -> ${failedIn("sight")}, reporters) AS unconfirmed_organizations,
          greatest(toUInt32(toUInt16(last_failure)) + 1, toUInt32(toUInt16(first_seen))) AS clean_from,
          toUInt32(greatest(toInt32(${completeTo}) - toInt32(toUInt16(last_sts)), 0)) AS silent_days,
          arrayCount(sight -> modes[${placeOf("sight")}] = 'enforce', votes)
            AS enforcing_organizations,
          length(stale) AS stale_organizations,
          toUInt32(greatest(arrayMax(arrayMap(sight ->
            toInt32(toUInt16(firsts[${placeOf("sight")} + 1])) + toInt32(kept[${placeOf("sight")}])
            - toInt32(${completeTo}), stale)), 0)) AS stale_wait_days
        FROM ${withCurrentPolicy(byDomain)}
      )
    )
  )`;
}

/**
 * A subquery with the failures of each domain that stand in the way now: problems, blocking_problems,
 * failing_mx. Where domains are asked for they are told apart by MX host and counted; for all domains at
 * once that costs more than all else, and the result types have to do.
 */
export function blockingProblems(query: PanelQuery): string {
  const first = Math.max(completeDays(query).to - CLEAN_DAYS_MIN + 1, 0);
  const rows = query.from("failure_details", [
    ...whereReported(query),
    ...whereFilters(query, ["domain", "trust"]),
    `day >= ${query.bind("blocking_since", "Date", printDay(first * DAY_MS))}`,
    "policy_type = 'sts'",
  ]);
  if (!isFiltered(query, "domain")) {
    return `(
      SELECT tenant, domain, arraySort(groupUniqArray(${PROBLEMS})(toString(result_type))) AS problems,
        CAST(NULL, 'Nullable(UInt64)') AS blocking_problems,
        arraySort(groupUniqArrayIf(${FAILING_MX})(mx, mx != '')) AS failing_mx
      ${rows}
      GROUP BY tenant, domain
    )`;
  }
  return `(
    SELECT tenant, domain, toNullable(count()) AS blocking_problems,
      arraySlice(arrayMap(one -> one.2, arraySort(groupArray((-toInt64(kind_failed),
        concat(type, if(host = '', '', concat(' at ', host)), ', ', toString(kind_failed),
          if(kind_failed = 1, ' session', ' sessions')))))), 1, ${PROBLEMS}) AS problems,
      arraySort(groupUniqArrayIf(${FAILING_MX})(host, host != '')) AS failing_mx
    FROM (
      SELECT tenant, domain, toString(result_type) AS type, mx AS host,
        sum(failed_sessions) AS kind_failed
      ${rows}
      GROUP BY tenant, domain, type, host
    )
    GROUP BY tenant, domain
  )`;
}
