// The evidence of core/readiness as SQL: one pass over the summaries of the range, grouped by policy
// first, so that what follows is a few rows per domain; and one over the failure details that block.

import { lastCompleteDayMs } from "../core/complete-day.ts";
import {
  CLEAN_DAYS_MIN,
  FAILURE_DAYS,
  POLICY_FETCH_TYPES,
  UNCONFIRMED_DAYS,
} from "../core/readiness/rules.ts";
import { PROVEN_LEVELS } from "../core/trust.ts";
import { isFiltered, whereFilters, whereReported } from "./filters.ts";
import type { PanelQuery } from "./panel.ts";
import { faultCount } from "./policy-faults.ts";
import {
  dayOf,
  failedIn,
  groupedPolicies,
  newestOf,
  organizationOf,
  placeOf,
  policySightings,
  withCurrentPolicy,
} from "./policy-sightings.ts";
import { floorDay, printDay } from "./range.ts";

const DAY_MS = 86_400_000;
/** Problems that are named; the panel `problems` has them all. */
const PROBLEMS = 5;
const FAILING_MX = 20;
/** Organizations that are named; the counts tell of all. */
const NAMED = 10;
/** Complete days that clean ones are looked for in, the newest: each policy has a sum for each. */
const CLEAN_DAYS_MAX = 366;

/** Senders whose reports tell of much mail, as they write their organization-name. */
const LARGE_SENDERS = "google|microsoft|yahoo|mail\\\\.ru|comcast|web\\\\.de|gmx";

/** The complete days of the range, as numbers of days since 1970; none when `to` is before `from`. */
export function completeDays(query: PanelQuery): { from: number; to: number; count: number } {
  const { range, nowMs } = query.parameters;
  const from = Math.ceil(range.fromMs / DAY_MS);
  const to = Math.min(lastCompleteDayMs(nowMs), floorDay(range.toMs) - DAY_MS) / DAY_MS;
  return { from, to, count: Math.max(to - from + 1, 0) };
}

/** What each domain has over rows of policySightings: of `sts`, but for what is named otherwise. */
function byDomain(rows: string): string {
  return `(
    SELECT tenant, domain, ${groupedPolicies("type = 'sts'")},
      groupUniqArrayArrayIf(days, type = 'sts') AS reported,
      groupArrayIf((digest, text, by_day, proven), text != '' AND type = 'sts') AS texts,
      groupUniqArrayArrayIf(CAST(failed_names, 'Array(String)'), type = 'sts') AS failed_names,
      sumIf(successful + failed, type = 'sts') AS sessions,
      sumIf(failed, type = 'sts') AS failed_sessions,
      sumIf(recent, type = 'sts') AS recent_failed_sessions,
      sumIf(enforced_failed, type = 'sts') AS enforced_failed,
      sumIf(unstated_failed, type = 'sts') AS unstated_failed, minIf(first, type = 'sts') AS first_sts,
      maxIf(last, type = 'sts') AS last_sts, maxIf(last_failed, type = 'sts') AS last_failure,
      arraySort(groupUniqArrayArrayIf(large, type = 'sts')) AS large_senders,
      sumIf(failed, type = 'tlsa') AS tlsa_failed_sessions,
      length(${newestOf("arraySort(groupArrayArrayIf(seen, type = 'no-policy-found'))")})
        AS no_policy_organizations
    FROM ${rows}
    GROUP BY tenant, domain
  )`;
}

/** A subquery with one row per tenant and domain: every column of the evidence but the problems. */
export function domainEvidence(query: PanelQuery): string {
  const { from, to, count } = completeDays(query);
  const cleanFirst = Math.max(from, to - CLEAN_DAYS_MAX + 1);
  const cleanEnd = Math.max(to, cleanFirst) + 1;
  const completeTo = query.bind("complete_to", "UInt16", Math.max(to, 0));
  const recent = `toUInt16(day) + ${FAILURE_DAYS} > ${completeTo}`;
  const where = [...whereReported(query), ...whereFilters(query, ["domain", "trust"])];
  const named = isFiltered(query, "domain");
  const rows = policySightings(
    query.from("policy_summaries", [...where, "domain != ''"]),
    [
      `sumIf(policy_failed, ${recent}) AS recent`,
      `sumIf(policy_failed, policy_mode = 'enforce' AND ${recent}) AS enforced_failed`,
      `sumIf(policy_failed, policy_mode = '' AND ${recent}) AS unstated_failed`,
      `sumResample(${cleanFirst}, ${cleanEnd}, 1)(policy_successful + policy_failed, toUInt16(day))
        AS by_day`,
      `${named ? "groupUniqArrayIf(toString(organization), policy_failed > 0)" : "[]"} AS failed_names`,
      `max(trust IN (${PROVEN_LEVELS.map((level) => `'${level}'`).join(", ")})) AS proven`,
      `groupUniqArrayIf(organization, match(lowerUTF8(organization), '${LARGE_SENDERS}'))
        AS large`,
    ],
    completeTo,
  );
  return `(
    SELECT *, length(reported) AS reported_days, ${count} AS range_days,
      if(empty(reported), 0, toUInt32(greatest(toUInt16(last_sts), ${completeTo})) + 1
        - toUInt16(first_sts)) AS report_span_days,
      arrayCount(one -> one > 0, clean_by_day) AS clean_days, arraySum(clean_by_day) AS clean_sessions,
      length(${newestOf("clean")}) AS clean_organizations,
      length(unconfirmed) AS unconfirmed_organizations,
      toUInt32(arrayMax(arrayMap(sight -> ${dayOf("sight")} + ${UNCONFIRMED_DAYS} - ${completeTo},
        unconfirmed))) AS unconfirmed_wait_days,
      arraySort(name -> (lowerUTF8(name), name), arrayFilter(name -> has(unconfirmed_hashes,
        bitShiftRight(bitShiftLeft(cityHash64(lowerUTF8(name)), 24), 24)), failed_names)) AS spellings,
      arraySlice(arrayFilter((name, before) -> lowerUTF8(name) != lowerUTF8(before), spellings,
        arrayShiftRight(spellings, 1)), 1, ${NAMED})
        AS unconfirmed_names
    FROM (
      SELECT *, arrayFilter(sight -> ${placeOf("sight")} = current AND ${dayOf("sight")} >= clean_from
        AND ${dayOf("sight")} <= ${completeTo}, ordered) AS clean,
        arraySlice(texts.3[text_place], greatest(toInt64(clean_from) - ${cleanFirst}, 0) + 1) AS clean_by_day,
        arrayMap(sight -> ${organizationOf("sight")}, unconfirmed) AS unconfirmed_hashes,
        ${faultCount("policy_text", "mode")} AS policy_faults
      FROM (
        SELECT *, modes[current] AS mode,
          if(current = 0, 0, indexOf(texts.1, digests[current])) AS text_place,
          texts.2[text_place] AS policy_text, texts.4[text_place] = 1 AS policy_proven,
          firsts[current] AS first_seen, ${newestOf("sights")} AS reporters,
          length(reporters) AS organizations,
          arrayFilter(sight -> ${failedIn("sight")} AND ${dayOf("sight")} < ${completeTo}
            AND ${dayOf("sight")} + ${UNCONFIRMED_DAYS} > ${completeTo}, reporters) AS unconfirmed,
          greatest(toUInt32(toUInt16(last_failure)) + 1, toUInt32(toUInt16(first_seen))) AS clean_from,
          toUInt32(greatest(toInt32(${completeTo}) - toInt32(toUInt16(last_sts)), 0)) AS silent_days,
          arrayCount(sight -> modes[${placeOf("sight")}] = 'enforce', votes)
            AS enforcing_organizations,
          length(stale) AS stale_organizations,
          toUInt32(greatest(arrayMax(arrayMap(sight ->
            toInt32(toUInt16(firsts[${placeOf("sight")} + 1])) + toInt32(kept[${placeOf("sight")}])
            - toInt32(${completeTo}), stale)), 0)) AS stale_wait_days
        FROM ${withCurrentPolicy(byDomain(rows))}
      )
    )
  )`;
}

/** Recent failed sessions by details: all, and by mode; of each those that could not get the policy. */
const MODES = { all: "1", enforced: "policy_mode = 'enforce'", unstated: "policy_mode = ''" };
const DETAIL_SUMS = Object.keys(MODES).flatMap((mode) => [`detailed_${mode}`, `fetch_${mode}`]);

function detailSums(failed: string, recent: string): string {
  const fetch = `result_type IN (${POLICY_FETCH_TYPES.map((type) => `'${type}'`).join(", ")})`;
  const sums = Object.entries(MODES).map(
    ([mode, condition]) =>
      `sumIf(${failed}, ${recent} AND ${condition}) AS detailed_${mode}, ` +
      `sumIf(${failed}, ${recent} AND ${condition} AND ${fetch}) AS fetch_${mode}`,
  );
  return sums.join(", ");
}

/**
 * SQL of failed sessions whose mail enforce withholds: all but those that could not get the policy. Since
 * details of one session may overlap, those that tell of another failure count in any case.
 */
function withheldOf(failed: string, mode: keyof typeof MODES): string {
  return `toUInt64(greatest(toInt64(${failed}) - toInt64(fetch_${mode}),
    toInt64(least(${failed}, detailed_${mode} - fetch_${mode}))))`;
}

/** SQL of the columns of the evidence that need both, the summaries and the details. */
export const JOINED_EVIDENCE = `least(fetch_all, recent_failed_sessions) AS policy_fetch_sessions,
  ${withheldOf("recent_failed_sessions", "all")} AS other_failed_sessions,
  toUInt64(greatest(toInt64(recent_failed_sessions) - toInt64(detailed_all), 0)) AS undetailed_sessions,
  if(mode = 'enforce', ${withheldOf("unstated_failed", "unstated")}, 0) AS unstated_sessions,
  ${withheldOf("enforced_failed", "enforced")} + unstated_sessions AS withheld_sessions`;

/**
 * A subquery with the failures of each domain that stand in the way now: problems, blocking_problems,
 * failing_mx. Where domains are asked for they are told apart by MX host and counted; for all domains at
 * once that costs more than all else, and the result types have to do.
 */
export function blockingProblems(query: PanelQuery): string {
  const { to } = completeDays(query);
  const first = Math.max(to - CLEAN_DAYS_MIN + 1, 0);
  const recent = query.bind("recent_since", "UInt16", Math.max(to - FAILURE_DAYS + 1, 0));
  const rows = query.from("failure_details", [
    ...whereReported(query),
    ...whereFilters(query, ["domain", "trust"]),
    `day >= ${query.bind("blocking_since", "Date", printDay(first * DAY_MS))}`,
    "policy_type = 'sts'",
  ]);
  if (!isFiltered(query, "domain")) {
    return `(
      SELECT tenant, domain, ${detailSums("failed_sessions", `toUInt16(day) >= ${recent}`)},
        arraySlice(arraySort(groupUniqArray(toString(result_type))), 1, ${PROBLEMS}) AS problems,
        CAST(NULL, 'Nullable(UInt64)') AS blocking_problems,
        arraySlice(arraySort(groupUniqArrayIf(mx, mx != '')), 1, ${FAILING_MX}) AS failing_mx
      ${rows}
      GROUP BY tenant, domain
    )`;
  }
  return `(
    SELECT tenant, domain, ${DETAIL_SUMS.map((name) => `sum(kind.${name}) AS ${name}`).join(", ")},
      toNullable(count()) AS blocking_problems,
      arraySlice(arrayMap(one -> one.2, arraySort(groupArray((-toInt64(kind_failed),
        concat(type, if(host = '', '', concat(' at ', host)), ', ', toString(kind_failed),
          if(kind_failed = 1, ' session', ' sessions')))))), 1, ${PROBLEMS}) AS problems,
      arraySlice(arraySort(groupUniqArrayIf(host, host != '')), 1, ${FAILING_MX}) AS failing_mx
    FROM (
      SELECT tenant, domain, toString(result_type) AS type, mx AS host,
        ${detailSums("failed_sessions", `toUInt16(day) >= ${recent}`)},
        sum(failed_sessions) AS kind_failed
      ${rows}
      GROUP BY tenant, domain, type, host
    ) AS kind
    GROUP BY tenant, domain
  )`;
}
