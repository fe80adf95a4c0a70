// What has to hold before a domain enforces, and while it does, one by one: what is needed, what there is,
// and whether that is enough. The rules decide (rules.ts); this shows them with their evidence.

import {
  CLEAN_DAYS_MIN,
  type Evidence,
  FAILURE_DAYS,
  ORGANIZATIONS_MIN,
  SESSIONS_MIN,
  SILENT_DAYS_MAX,
} from "./rules.ts";
import { lastSeen } from "./silence.ts";

export interface ReadinessCheck {
  /** What is looked at. */
  what: string;
  needed: string;
  /** What the reports say. */
  seen: string;
  met: boolean;
}

/** A number of the evidence. */
export type Measure = Exclude<keyof Evidence, "mode">;

interface Limit {
  what: string;
  measure: Measure;
  least?: number;
  most?: number;
  unit: string;
  /** Mode of the policy that it is looked at under; absent for any. */
  mode?: "enforce" | "testing";
}

/** The limits of RULES, in the order that they decide. */
const LIMITS: readonly Limit[] = [
  { what: "Faults of the policy", measure: "policy_faults", most: 0, unit: "faults" },
  {
    what: `Failed in the last ${FAILURE_DAYS} complete days and since`,
    measure: "recent_failed_sessions",
    most: 0,
    unit: "sessions",
  },
  {
    what: "Complete days since the last report",
    measure: "silent_days",
    most: SILENT_DAYS_MAX,
    unit: "days",
  },
  {
    what: "Days until older copies of the policy are out of date",
    measure: "stale_wait_days",
    most: 0,
    unit: "days",
    mode: "testing",
  },
  {
    what: "Days with reports and without a failure",
    measure: "clean_days",
    least: CLEAN_DAYS_MIN,
    unit: "days",
    mode: "testing",
  },
  {
    what: "Days still to wait for organizations that failed and did not report since",
    measure: "unconfirmed_wait_days",
    most: 0,
    unit: "days",
    mode: "testing",
  },
  {
    what: "Organizations that reported on these days",
    measure: "clean_organizations",
    least: ORGANIZATIONS_MIN,
    unit: "organizations",
    mode: "testing",
  },
  {
    what: "Sessions on these days",
    measure: "clean_sessions",
    least: SESSIONS_MIN,
    unit: "sessions",
    mode: "testing",
  },
  {
    what: "Sessions reported",
    measure: "sessions",
    least: SESSIONS_MIN,
    unit: "sessions",
    mode: "enforce",
  },
];

/**
 * Every check with its evidence; none where no sender saw an MTA-STS policy. In testing they say whether it
 * may enforce, in enforce whether it is sure that nothing is withheld.
 * @param count gives a number of the evidence
 * @param lastDay of a report under the policy; YYYY-MM-DD
 */
export function readinessChecks(
  mode: string,
  count: (measure: Measure) => number,
  lastDay: string | null = null,
): readonly ReadinessCheck[] {
  if (count("reported_days") === 0) return [];
  const isSilent = count("silent_days") > SILENT_DAYS_MAX;
  const unconfirmed = lastDay === null ? "not confirmed of late" : lastSeen(lastDay);
  const policy: ReadinessCheck = {
    what: "The policy as senders see it",
    needed: "mode testing or enforce",
    seen:
      mode === ""
        ? "no report shows it"
        : isSilent
          ? `mode ${mode}, ${unconfirmed}`
          : `mode ${mode}`,
    met: (mode === "testing" || mode === "enforce") && !isSilent,
  };
  const enforced = mode === "enforce" ? "enforce" : "testing";
  const limits = LIMITS.filter((limit) => (limit.mode ?? enforced) === enforced);
  return [policy, ...limits.map((limit) => checkOf(limit, count(limit.measure)))];
}

function checkOf({ what, least, most, unit }: Limit, seen: number): ReadinessCheck {
  const needed =
    least !== undefined ? `at least ${least}` : most === 0 ? "none" : `at most ${most}`;
  const met = seen >= (least ?? 0) && seen <= (most ?? Number.POSITIVE_INFINITY);
  const noun = seen === 1 ? unit.replace(/s$/, "") : unit;
  return { what, needed, seen: `${seen.toLocaleString("en-US")} ${noun}`, met };
}
