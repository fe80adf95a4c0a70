// Which policy which organization saw when, as SQL: from rows of policy_summaries to one row per tenant,
// domain and policy type with all its policies, and which of them is the current one. The panels
// `policies` and `readiness` begin here, so that they agree.

/**
 * An organization's newest sight counts for what is current when it lies within this many days of the
 * newest of its domain: long enough for a weekly sender, too short for one that went silent.
 */
export const CURRENT_DAYS = 7;

/**
 * A sight is an organization (40 bits of its hash), a day (16 bits), the place of a policy (7 bits, 0 in
 * sets) and whether a session failed (1 bit), in one number: sets and sorts of numbers cost little, and
 * sort by these in turn.
 */
const SIGHT =
  "bitShiftLeft(cityHash64(lowerUTF8(organization)), 24) + toUInt64(toUInt16(day)) * 256 + " +
  "(policy_failed > 0)";
/** Policies of one domain and type that are told apart, the newest; a place has 7 bits. */
export const POLICIES_MAX = 100;

/** SQL of the day of a sight, as the number of days since 1970. */
export function dayOf(sight: string): string {
  return `bitAnd(bitShiftRight(${sight}, 8), 65535)`;
}

/** SQL of the organization of a sight. */
export function organizationOf(sight: string): string {
  return `bitShiftRight(${sight}, 24)`;
}

/** SQL of the place of the policy in `policies`, from 1. */
export function placeOf(sight: string): string {
  return `toUInt8(bitShiftRight(bitAnd(${sight}, 255), 1))`;
}

/** SQL that is 1 where a session failed. */
export function failedIn(sight: string): string {
  return `toUInt8(bitAnd(${sight}, 1))`;
}

/** SQL of the newest sight of each organization, out of sights in order: the last before another's. */
export function newestOf(sights: string): string {
  return `arrayFilter((sight, next) -> ${organizationOf("sight")} != ${organizationOf("next")},
    ${sights}, arrayShiftLeft(${sights}, 1))`;
}

/** SQL of what newestOf and the newest up to a day need of sights in order. */
function reduced(sights: string, completeTo: string | null): string {
  if (completeTo === null) return newestOf(sights);
  return `arrayFilter((sight, next) -> ${organizationOf("sight")} != ${organizationOf("next")}
    OR (${dayOf("sight")} <= ${completeTo} AND ${dayOf("next")} > ${completeTo}),
    ${sights}, arrayShiftLeft(${sights}, 1))`;
}

/** Names of organizations beside the number that stands for them. */
export const NAMES =
  "groupUniqArray((bitShiftRight(bitShiftLeft(cityHash64(lowerUTF8(organization)), 24), 24), " +
  "toString(organization)))";

/** Seconds of max_age in a policy's text, 0 when it says none. */
const MAX_AGE = "toUInt64OrZero(extract(text, '(?i)(?:^|\\\\n)max_age: *([0-9]{1,10})'))";

/** How many days after it was replaced a sender may keep a policy (RFC 8461 section 3.2, 5.1). */
const KEPT_DAYS = `toUInt32(least(intDiv(${MAX_AGE} + 86399, 86400), 366))`;

/**
 * A subquery of one row per tenant, domain, type and digest of policy: mode, text, first, last, days,
 * seen (the newest sight of each organization), kept_days, successful, failed, last_failed (1970 without),
 * and more sums. Of texts of one meaning the longest is
 * shown. Rows are grouped by a hash, which takes a third of the time that their texts take.
 * @param rows "FROM ... WHERE ..."
 * @param sums more aggregates over the rows, each "expression AS name"
 * @param completeTo SQL of a day: seen has the newest sight up to it too; null for none
 */
export function policySightings(
  rows: string,
  sums: readonly string[] = [],
  completeTo: string | null = null,
): string {
  return `(
    SELECT *, key.1 AS tenant, key.2 AS domain, toString(key.3) AS type, key.4 AS digest,
      toString(key.5) AS mode, ${KEPT_DAYS} AS kept_days, arraySort(every) AS in_order,
      ${reduced("in_order", completeTo)} AS seen,
      arrayDistinct(arrayMap(sight -> ${dayOf("sight")}, every)) AS days
    FROM (
      SELECT any((tenant, domain, policy_type, policy_digest, policy_mode)) AS key,
        argMax(policy_text, length(policy_text)) AS text, min(day) AS first, max(day) AS last,
        groupUniqArray(${SIGHT}) AS every, maxIf(day, policy_failed > 0) AS last_failed,
        sum(policy_successful) AS successful, sum(policy_failed) AS failed
        ${sums.map((sum) => `, ${sum}`).join("")}
      ${rows}
      GROUP BY cityHash64(policy_digest, tenant, domain, policy_type)
    )
  )`;
}

/**
 * Columns over groups of rows of policySightings, of those that meet a condition:
 * - policies: those with a text, in the order that they were first seen, as tuples of first, last,
 *   digest, mode, seen, kept_days;
 * - sights: what was seen, in order, with and without a text.
 */
export function groupedPolicies(condition: string): string {
  return `arraySlice(arraySort(groupArrayIf(
      (first, last, digest, mode, seen, kept_days), text != '' AND ${condition})),
      -${POLICIES_MAX}) AS policies,
    arraySort(groupArrayArrayIf(seen, ${condition})) AS sights`;
}

/**
 * A subquery of rows with `policies`, and which of them is the current one:
 * - votes: of each organization the newest sight of a policy, of two on one day the one that came up
 *   later, where it lies within the last CURRENT_DAYS days;
 * - current: the place of the policy that most of them have, of equals the one that came up later; 0
 *   without a policy;
 * - stale: votes for a policy that came up before the current one, on a day after the next one came up.
 *
 * Each step is a subquery of its own, since an array that a lambda takes along is copied per element.
 */
export function withCurrentPolicy(rows: string): string {
  const replaced = `toUInt16(firsts[${placeOf("sight")} + 1])`;
  return `(
    SELECT *, arrayFilter(sight -> ${placeOf("sight")} < current AND ${dayOf("sight")} > ${replaced}, votes)
      AS stale
    FROM (
      SELECT *, if(empty(policies), 0, toUInt32(arraySort(arrayMap(
        place -> (countEqual(voted, place), place), arrayEnumerate(firsts)))[-1].2)) AS current
      FROM (
        SELECT *, arrayFilter(sight -> ${dayOf("sight")} + ${CURRENT_DAYS} > last_number, newest) AS votes,
          arrayMap(sight -> ${placeOf("sight")}, votes) AS voted
        FROM (
          SELECT *, policies.1 AS firsts, policies.3 AS digests, policies.4 AS modes, policies.6 AS kept,
            arrayMax(arrayMap(one -> toUInt16(one), policies.2)) AS last_number,
            ${newestOf("ordered")} AS newest
          FROM (
            SELECT *, arraySort(arrayFlatten(arrayMap((seen, place) ->
              arrayMap(sight -> sight + place * 2, seen), policies.5, arrayEnumerate(policies)))) AS ordered
            FROM ${rows}
          )
        )
      )
    )
  )`;
}
