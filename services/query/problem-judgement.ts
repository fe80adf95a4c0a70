// The rules of core/problems in SQL, over the columns that problem-rows.ts has for them.

import {
  IMPACT_OTHERWISE,
  IMPACT_RULES,
  LONG_QUIET_DAYS,
  SEVERITIES,
  SEVERITY_OF,
  SINGLE_SESSIONS,
} from "../core/problems/severity.ts";
import {
  CLEAR_DAYS,
  CLEAR_ORGANIZATIONS,
  NEW_DAYS,
  type ProblemState,
  QUIET_DAYS,
} from "../core/problems/state.ts";

/** The rank of the least severity. */
export const LOW = SEVERITIES.length - 1;

const list = (words: readonly string[]) => `(${words.map((word) => `'${word}'`).join(", ")})`;

/** problemState() of core/problems/state.ts in SQL. */
export function sqlOfState(): string {
  const state = (word: ProblemState) => `'${word}'`;
  return `multiIf(
    clear_days >= ${CLEAR_DAYS} AND clear_days > absence_days
      AND clear_organizations * ${CLEAR_ORGANIZATIONS} >= organizations,
      ${state("resolved")},
    since_days >= ${QUIET_DAYS}, ${state("quiet")},
    absence_days >= ${CLEAR_DAYS}, ${state("returned")},
    age_days <= ${NEW_DAYS}, ${state("new")}, ${state("ongoing")})`;
}

/** impactOf() of core/problems/severity.ts in SQL. */
export function sqlOfImpact(): string {
  const branches = IMPACT_RULES.map(
    ({ impact, policyTypes, policyModes, resultTypes, reasons }) => {
      const conditions = [
        ...(policyTypes ? [`policy_type IN ${list(policyTypes)}`] : []),
        ...(policyModes ? [`policy_mode IN ${list(policyModes)}`] : []),
        ...(resultTypes ? [`result_type IN ${list(resultTypes)}`] : []),
        ...(reasons ? [`replaceRegexpOne(reason, '-[0-9]+$', '') IN ${list(reasons)}`] : []),
      ];
      return `${conditions.join(" AND ")}, '${impact}'`;
    },
  );
  return `multiIf(${branches.join(",\n    ")}, '${IMPACT_OTHERWISE}')`;
}

/** The place of severityOf() among SEVERITIES while it is not resolved, in SQL. */
export function sqlOfUrgency(): string {
  const impacts = list(Object.keys(SEVERITY_OF));
  const ranks = Object.values(SEVERITY_OF).map((severity) => SEVERITIES.indexOf(severity));
  return `if(since_days >= ${LONG_QUIET_DAYS}, toUInt64(${LOW}), toUInt64(least(${LOW},
    transform(impact, ${impacts.replace("(", "[").replace(")", "]")}, [${ranks.join(", ")}], ${LOW})
      + (failed <= ${SINGLE_SESSIONS} AND days_active <= 1) + unseen)))`;
}
