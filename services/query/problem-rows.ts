// The SQL of the panel `problems`: failure details by cause, and beside each cause the evidence that its
// state, severity and distribution follow from. What the rules are stands in core/problems.

import { BOUNDS } from "../core/bounds.ts";
import { lastCompleteDayMs } from "../core/complete-day.ts";
import { SEVERITIES } from "../core/problems/severity.ts";
import { CLEAR_DAYS, NEW_DAYS, OPEN_STATES, QUIET_DAYS } from "../core/problems/state.ts";
import { FOLDED_ORGANIZATION, whereFilters, whereReported } from "./filters.ts";
import type { PanelQuery } from "./panel.ts";
import { LOW, sqlOfImpact, sqlOfState, sqlOfUrgency } from "./problem-judgement.ts";
import { floorDay, printDay, type Range } from "./range.ts";

const DAY_MS = 86_400_000;

/** Days read at least, up to the range's end: a month to tell what is back, and the week of what is new. */
export const READ_DAYS_MIN = 30 + NEW_DAYS;

/** Days up to the end that reports and successes are remembered of: the bits of a number. */
const DAY_BITS = 64;

/** What one problem is. */
const CAUSE = "tenant, domain, policy_type, result_type, mx, reason";
/**
 * The same failure at whatever MX host. Each sender has words of its own for it, so the reason tells failures
 * apart only where the result type says nothing: `told` is the reason there.
 */
const FAILURE = "tenant, domain, policy_type, result_type, told";
const GENERAL_TYPE = "validation-failure";

/** Filters that are conditions on rows of reports; the others choose among the problems that these make. */
const ROW_FILTERS = ["domain", "organization", "trust"] as const;
const CAUSE_FILTERS = ["mx", "result_type", "policy_type", "reason"] as const;
const PROBLEM_FILTERS = [...CAUSE_FILTERS, "state", "severity", "problem"] as const;

const SEEN_BY_MAX = BOUNDS.problemOrganizationsMax;
const REPORTERS_MAX = BOUNDS.problemReportersMax;
const HOSTS_MAX = BOUNDS.problemHostsMax;

/** What is read: the question about more days, and what the SQL of its rows needs. */
interface Reading {
  wide: PanelQuery;
  /** True for rows of the range itself. */
  current: string;
  endDay: string;
  /** How many days up to the end are not complete yet. */
  incomplete: string;
}

function readFromMs({ fromMs, toMs }: Range): number {
  return Math.min(fromMs, floorDay(toMs - 1) - (READ_DAYS_MIN - 1) * DAY_MS);
}

/** The first UTC day that is read whole for a range: what was seen on it may have begun before. */
export function firstDayRead(range: Range): string {
  return printDay(Math.ceil(readFromMs(range) / DAY_MS) * DAY_MS);
}

/** The same question about as many days as a state is judged by, and SQL that marks rows of the range. */
function lookBack(query: PanelQuery): Reading {
  const { range } = query.parameters;
  const days = lastDays(query);
  const fromMs = readFromMs(range);
  const wide: PanelQuery = {
    ...query,
    // The totals bind their own days, and one name has one value in both statements.
    bind: (name, type, value) => query.bind(`wide_${name}`, type, value),
    parameters: { ...query.parameters, compare: "none", range: { ...range, fromMs } },
  };
  if (fromMs === range.fromMs) return { wide, current: "1", ...days };
  if (range.fromMs === floorDay(range.fromMs)) {
    const current = `day >= ${query.bind("range_day", "Date", printDay(range.fromMs))}`;
    return { wide, current, ...days };
  }
  const from = new Date(range.fromMs).toISOString().slice(0, 19).replace("T", " ");
  const current = `start_at >= ${query.bind("range_from", "DateTime64(3, 'UTC')", from)}`;
  return { wide, current, ...days };
}

/** The last day that states are of, and the last complete one: of the range, and never in the future. */
function lastDays(query: PanelQuery): { endDay: string; incomplete: string } {
  const { range, nowMs } = query.parameters;
  const endMs = Math.max(Math.min(floorDay(range.toMs - 1), floorDay(nowMs)), 0);
  const completeMs = Math.min(endMs, lastCompleteDayMs(nowMs));
  return {
    endDay: query.bind("end_day", "Date", printDay(endMs)),
    incomplete: query.bind("incomplete", "UInt8", (endMs - completeMs) / DAY_MS),
  };
}

/** SQL of a number with the bit of a row's day: bit 0 for the last day, 1 for the one before. */
function dayBit(endDay: string): string {
  const ago = `toUInt32(greatest(0, toInt32(${endDay}) - toInt32(day)))`;
  return `if(${ago} < ${DAY_BITS}, bitShiftLeft(toUInt64(1), ${ago}), 0)`;
}

/** SQL of the number that names an organization, whatever the case it wrote its name in. */
const ORGANIZATION = `cityHash64(${FOLDED_ORGANIZATION})`;

/** SQL of the number that names a reason; one that repeats the result type says as much as none. */
const REASON = `if(cityHash64(reason) = cityHash64(result_type), cityHash64(''), cityHash64(reason))`;

/**
 * One row per cause that the range has, with what its own rows tell. They are grouped by hashes, since six
 * columns of text take several times as long; by two of different kinds, so that it is hard to make two
 * causes one on purpose.
 */
function causes({ wide, current, endDay }: Reading): string {
  const rows = [...whereReported(wide), ...whereFilters(wide, ROW_FILTERS)];
  const failed = (mode: string) => `sumIf(failed_sessions, policy_mode = '${mode}' AND ${current})`;
  const last = (mode: string) => `maxIf(day, policy_mode = '${mode}' AND ${current})`;
  // Numbers are compared several times as fast as addresses.
  const address = (end: string, ip: string) =>
    `CAST(${end}If(toUInt128(${ip}), ${current}) AS IPv6)`;
  // A name of a column would stand for its aggregate in the conditions too.
  const names = CAUSE.split(", ").map((column) => `any(${column}) AS its_${column}`);
  return `
    SELECT ${names.join(", ")},
      sumIf(failed_sessions, ${current}) AS failed,
      groupUniqArrayIf(${ORGANIZATION}, ${current}) AS seen_by_all,
      ${failed("enforce")} AS enforce_sessions, ${failed("testing")} AS testing_sessions,
      groupBitOr(${dayBit(endDay)}) AS seen_bits, uniqExactIf(day, ${current}) AS days_active,
      min(start_at) AS first_start, max(start_at) AS last_start,
      min(day) AS first_seen_day, minIf(day, ${current}) AS first_day, max(day) AS last_day,
      ${last("enforce")} AS enforce_day, ${last("testing")} AS testing_day,
      ${last("none")} AS none_day,
      ${address("min", "sending_ip")} AS sender_low, ${address("max", "sending_ip")} AS sender_high,
      ${address("min", "receiving_ip")} AS receiver_low,
      ${address("max", "receiving_ip")} AS receiver_high
    ${wide.from("failure_details", rows)}
    GROUP BY cityHash64(tenant, domain, policy_type, result_type, mx, ${REASON}),
      xxHash64(policy_type, result_type, mx, ${REASON})
    HAVING countIf(${current}) > 0`;
}

/**
 * SQL of the name of a problem, the same in every range.
 * @param its SQL of what a row has in a column of CAUSE
 */
export function problemIdOf(its: (column: string) => string): string {
  const reason = `if(${its("reason")} = ${its("result_type")}, '', ${its("reason")})`;
  const columns = CAUSE.split(", ").map((column) => (column === "reason" ? reason : its(column)));
  return `lower(hex(sipHash128(${columns.join(", ")})))`;
}

/** The causes under their names, with what their own rows say of impact and urgency. */
function namedCauses(reading: Reading): string {
  const columns = CAUSE.split(", ");
  const its = (column: string) =>
    column === "reason" ? "if(its_reason = its_result_type, '', its_reason)" : `its_${column}`;
  const names = columns.map((column) => `toString(${its(column)}) AS ${column}`);
  return `
    SELECT * EXCEPT (${columns.map((column) => `its_${column}`).join(", ")}),
      ${problemIdOf((column) => `its_${column}`)} AS id, ${names.join(", ")},
      if(result_type = '${GENERAL_TYPE}', reason, '') AS told,
      length(seen_by_all) AS seen_count,
      arraySlice(arraySort(seen_by_all), 1, ${SEEN_BY_MAX}) AS seen_by,
      multiIf(enforce_day > toDate(0) AND enforce_day >= greatest(testing_day, none_day), 'enforce',
        testing_day > toDate(0) AND testing_day >= none_day, 'testing',
        none_day > toDate(0), 'none', '') AS policy_mode,
      toUInt64(least(${DAY_BITS - 1}, greatest(0, dateDiff('day', last_day, ${reading.endDay})))) AS last_ago,
      toUInt64(greatest(0, dateDiff('day', last_day, ${reading.endDay}) - ${reading.incomplete})) AS since_days,
      since_days >= ${QUIET_DAYS} AS unseen,
      ${sqlOfImpact()} AS impact, ${sqlOfUrgency()} AS urgency
    FROM (${causes(reading)})`;
}

/**
 * Whether the page can be told from the causes alone, but for those that may turn out to be resolved: these
 * come last, whether they are asked for or not.
 */
function isFirstPageOfMany({ parameters }: PanelQuery): boolean {
  const { filters, cursor, sort } = parameters;
  const { state = OPEN_STATES } = filters;
  const apart = ["domain", "severity", "problem"] as const;
  const asOrdered = cursor === null && sort.length === 0;
  const allOpen = OPEN_STATES.every((one) => state.includes(one));
  return asOrdered && allOpen && apart.every((name) => filters[name] === undefined);
}

/**
 * The causes of the domains on the first page. Resolved ones are of the lowest severity and come last in it,
 * and what was seen in the last days cannot be resolved. So a cause with a page of such ones before it is
 * not on the page, whatever its reporters say: it is left out before these are read. `contends` marks the
 * others.
 */
function firstCauses(query: PanelQuery, reading: Reading): string {
  const chosen = ["1", ...whereFilters(query, CAUSE_FILTERS)]
    .map((one) => `(${one})`)
    .join(" AND ");
  const settled = `${chosen} AND last_ago < ${reading.incomplete} + ${CLEAR_DAYS}`;
  const page = query.bind("page_rows", "UInt64", query.parameters.limit + 1);
  return `
    SELECT * FROM (
      SELECT *, max(contends) OVER (PARTITION BY tenant, domain) AS shown FROM (
        SELECT *, ${chosen} AND countIf(${settled}) OVER (
            ORDER BY urgency, unseen, failed DESC, domain, id ROWS UNBOUNDED PRECEDING
          ) <= ${page} AS contends
        FROM (${namedCauses(reading)})
      )
    ) WHERE shown`;
}

/**
 * What is newest, as one number: the day, and below it what tells rows of one day apart. Pairs would give
 * the same order and take several times as long.
 */
const NEWEST_NAME =
  "bitOr(bitShiftLeft(toUInt128(toUInt16(day)), 64), toUInt128(cityHash64(organization)))";
const NEWEST_POLICY =
  "bitOr(bitShiftLeft(toUInt256(toUInt16(day)), 128), toUInt256(reinterpretAsUInt128(policy_digest)))";

/**
 * One row per domain with who reports on it under which policy type, the largest first, and the MX
 * patterns of the newest policy that has some. What is newest has a second sign, so that each read gives
 * the same.
 */
function reporters({ wide, current, endDay }: Reading): string {
  const rows = [...whereReported(wide), ...whereFilters(wide, ROW_FILTERS)];
  const tuple =
    "own, spelling, first_reported, last_reported, first_success, last_success, success_bits, own_sessions, type";
  return `
    SELECT tenant, domain, sum(all_sessions) AS domain_sessions, count() > ${REPORTERS_MAX} AS reporters_cut,
      argMax(own_patterns, own_patterns_time) AS patterns,
      groupArray((type, first_reported, last_reported, reported_bits)) AS reporter_spans,
      arraySlice(arraySort(r -> (-toInt128(r.8), r.1, r.9), groupArray((${tuple}))), 1, ${REPORTERS_MAX})
        AS reporters
    FROM (
      SELECT tenant, domain, toString(policy_type) AS type, ${ORGANIZATION} AS own,
        toString(argMax(organization, ${NEWEST_NAME})) AS spelling,
        min(day) AS first_reported, max(day) AS last_reported,
        groupBitOr(${dayBit(endDay)}) AS reported_bits,
        minIf(day, policy_successful > 0) AS first_success,
        maxIf(day, policy_successful > 0) AS last_success,
        groupBitOrIf(${dayBit(endDay)}, policy_successful > 0) AS success_bits,
        sumIf(policy_successful + policy_failed, ${current}) AS own_sessions,
        sumIf(sessions_successful + sessions_failed, ${current}) AS all_sessions,
        argMaxIf(mx_patterns, ${NEWEST_POLICY}, notEmpty(mx_patterns)) AS own_patterns,
        maxIf(${NEWEST_POLICY}, notEmpty(mx_patterns)) AS own_patterns_time
      ${wide.from("policy_summaries", rows)}
      GROUP BY tenant, domain, policy_type, own
    )
    GROUP BY tenant, domain`;
}

/** The causes with what is to be known of the same failure, host and domain beside them. */
function neighbours(query: PanelQuery, reading: Reading): string {
  const failure = `OVER (PARTITION BY ${FAILURE})`;
  const domain = "OVER (PARTITION BY tenant, domain)";
  const first = isFirstPageOfMany(query);
  const rows = `
    SELECT *, sum(failed) OVER (PARTITION BY tenant, domain, policy_type, mx) AS host_failed,
      uniqExactIf(mx, mx != '') ${failure} AS mx_hosts,
      dateDiff('day', minIf(host_first_day, mx != '') ${failure},
        maxIf(host_first_day, mx != '') ${failure}) AS apart,
      uniqExactArray(seen_by_all) ${failure} AS organizations_anywhere,
      groupBitOr(seen_bits) ${failure} AS anywhere_bits,
      min(first_day) ${failure} AS anywhere_first, max(last_day) ${failure} AS anywhere_last,
      uniqExactIf(mx, mx != '') ${domain} AS failing_count,
      groupUniqArray(${HOSTS_MAX})(mx) ${domain} AS failing_hosts
    FROM (
      SELECT *, min(first_seen_day) OVER (PARTITION BY ${FAILURE}, mx) AS host_first_day
      FROM (${first ? firstCauses(query, reading) : namedCauses(reading)})
    )`;
  return first ? `SELECT * FROM (${rows}) WHERE contends` : rows;
}

/**
 * The evidence in numbers, from rows of causes with their domains. Only reporters under the policy type
 * of the cause could see it; `own` are those that did. A reporter is (number, spelling, first and last day
 * reported, first and last day of success, bits of the days of success, sessions, policy type). What is
 * used more than once is a column of a subquery: the store resolves a name again wherever it stands,
 * before it reads a row.
 */
function withEvidence({ endDay, incomplete }: Reading, rows: string): string {
  const between = "toUInt64(bitShiftLeft(toUInt64(1), b) - bitShiftLeft(toUInt64(1), a + 1))";
  const completeBit = `bitShiftLeft(toUInt64(1), ${incomplete})`;
  return `(
    SELECT *, toUInt64(bitCount(bitAnd(success_bits, since_bits))) AS clear_days,
      toUInt64(arrayMax(arrayPushBack(arrayMap(
        (a, b) -> bitCount(bitAnd(success_bits, ${between})),
        arrayPopBack(seen_ago), arrayPopFront(seen_ago)), 0))) AS absence_days,
      toUInt64(arrayCount(r -> bitAnd(r.7, since_bits) > 0, own)) AS clear_organizations
    FROM (
      SELECT *, arrayReduce('groupBitOr', arrayPushBack(own.7, toUInt64(0))) AS success_bits
      FROM (
        SELECT *, arrayFilter(r -> r.9 = policy_type AND has(seen_by, r.1), reporters) AS own,
          arraySort(bitPositionsToArray(seen_bits)) AS seen_ago,
          if(last_ago <= ${incomplete}, toUInt64(0),
            toUInt64(bitShiftLeft(toUInt64(1), last_ago) - ${completeBit})) AS since_bits,
          seen_count AS organizations,
          bitAnd(anywhere_bits, toUInt64(bitShiftLeft(toUInt64(2), toUInt64(least(${DAY_BITS - 1},
            greatest(0, dateDiff('day', anywhere_first, ${endDay}))))) - 1)) AS anywhere_days,
          least(anywhere_last, ${endDay} - ${DAY_BITS}) AS long_ago,
          toUInt64(greatest(0, dateDiff('day', first_seen_day, ${endDay}) + 1)) AS age_days
        FROM ${rows}
      )
    )
  )`;
}

/**
 * SQL of the columns that tell of the evidence and that no rule asks for. Who reports on none of the days
 * that the failure was seen on is no witness. Of days too long ago for bits first and last are known.
 */
const TOLD_EVIDENCE = `
      toUInt64(arrayCount(s -> s.1 = policy_type AND (bitAnd(s.4, anywhere_days) > 0
        OR (anywhere_first <= long_ago AND s.2 <= long_ago AND s.3 >= anywhere_first)), reporter_spans))
        AS organizations_reporting,
      toUInt64(arrayCount(r -> r.6 >= first_day AND r.6 > toDate(0), own)) AS organizations_working,
      toUInt64(arrayCount(r -> r.5 < first_seen_day AND r.6 > toDate(0), own))
        AS organizations_before,
      if(failing_count > ${HOSTS_MAX - 1}, failing_count,
        toUInt64(length(arrayDistinct(arrayFilter(name -> name != '' AND NOT startsWith(name, '*'),
          arrayConcat(failing_hosts, arrayMap(name -> lower(name), patterns))))))) AS mx_hosts_known,
      reporters_cut OR seen_count > ${SEEN_BY_MAX} OR failing_count > ${HOSTS_MAX - 1} AS evidence_cut,
      arraySum(own.8) AS organization_sessions`;

/** A network of IPv4 (/24) or IPv6 (/48) that holds all addresses from low to high; '' for several. */
function oneNetwork(low: string, high: string): string {
  const prefix = (address: string) => `cutIPv6(${address}, 10, 1)`;
  const isIpv4 = `startsWith(toString(${low}), '::ffff:')`;
  return `multiIf(${low} = toIPv6('::') OR ${prefix(low)} != ${prefix(high)}, '',
    ${isIpv4}, concat(substring(${prefix(low)}, 8), '/24'), concat(${prefix(low)}, '/48'))`;
}

/** The address when low and high are the same; '' for several, and for none. */
function oneAddress(low: string, high: string): string {
  return `if(${low} = toIPv6('::') OR ${low} != ${high}, '',
    replaceOne(toString(${low}), '::ffff:', ''))`;
}

/** The causes with their evidence and the state and severity that follow from it. */
function judged(query: PanelQuery, reading: Reading): string {
  // The causes are the right side: of the reporters those of their domains alone are read.
  const rows = `(
    SELECT * FROM (${reporters(reading)}) AS domains
    RIGHT JOIN (${neighbours(query, reading)}) AS causes USING (tenant, domain)
  )`;
  return `(
    SELECT *, ${sqlOfState()} AS state,
      if(state = 'resolved', ${LOW}, urgency) AS severity_rank
    FROM ${withEvidence(reading, rows)}
  )`;
}

/** A SELECT of all columns of the panel that come from the store. */
export function problemRows(query: PanelQuery): string {
  const reading = lookBack(query);
  const filters = whereFilters(query, PROBLEM_FILTERS);
  const severities = SEVERITIES.map((severity) => `'${severity}'`).join(", ");
  return `
    SELECT id, tenant, domain, policy_type, result_type, mx, reason, ${TOLD_EVIDENCE},
      organizations, clear_days, clear_organizations, absence_days, age_days,
      failed AS failed_sessions, enforce_sessions, testing_sessions,
      arraySlice(arraySort(own.2), 1, ${BOUNDS.problemNamesMax}) AS organization_names,
      if(host_failed = 0, NULL, failed / host_failed) AS share_of_mx,
      if(domain_sessions = 0, NULL, least(1, failed / domain_sessions)) AS share_of_domain,
      first_day, last_day, first_start AS first_seen, last_start AS last_seen, days_active,
      arrayFilter((mode, day) -> day > toDate(0), ['enforce', 'testing', 'none'],
        [enforce_day, testing_day, none_day]) AS policy_modes, policy_mode,
      state, impact, severity_rank, [${severities}][severity_rank + 1] AS severity,
      transform(state, ['quiet', 'resolved'], [1, 2], 0) AS over_rank, since_days,
      organizations_anywhere, mx_hosts, toUInt64(abs(apart)) AS start_days_apart,
      ${oneNetwork("sender_low", "sender_high")} AS sending_network,
      ${oneAddress("receiver_low", "receiver_high")} AS receiving_address
    FROM ${judged(query, reading)}
    ${filters.length > 0 ? `WHERE ${filters.map((one) => `(${one})`).join(" AND ")}` : ""}`;
}
