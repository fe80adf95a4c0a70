// The checks that are shown agree with the rules that decide.

import fc from "fast-check";
import { expect, it } from "vitest";
import { readinessChecks } from "../../../../services/core/readiness/checks.ts";
import {
  CLEAN_DAYS_MIN,
  decide,
  type Evidence,
} from "../../../../services/core/readiness/rules.ts";

const few = fc.integer({ min: 0, max: 20 });
const evidence = (mode: string): fc.Arbitrary<Evidence> =>
  fc.record({
    mode: fc.constant(mode),
    range_days: fc.integer({ min: CLEAN_DAYS_MIN, max: 60 }),
    reported_days: fc.integer({ min: 1, max: 60 }),
    report_span_days: few,
    silent_days: few,
    sessions: fc.integer({ min: 90, max: 110 }),
    recent_failed_sessions: fc.integer({ min: 0, max: 1 }),
    policy_fetch_sessions: few,
    other_failed_sessions: few,
    policy_faults: fc.integer({ min: 0, max: 1 }),
    clean_days: fc.integer({ min: 10, max: 30 }),
    clean_organizations: fc.integer({ min: 0, max: 4 }),
    clean_sessions: fc.integer({ min: 90, max: 110 }),
    unconfirmed_wait_days: fc.integer({ min: 0, max: 1 }),
    withheld_sessions: fc.constant(0),
    enforcing_organizations: few,
    stale_wait_days: fc.integer({ min: 0, max: 1 }),
  });

const areMet = (seen: Evidence) =>
  readinessChecks(seen.mode, (name) => seen[name]).every(({ met }) => met);

it("all are met exactly where the rules let enforce", () => {
  fc.assert(
    fc.property(evidence("testing"), (seen) => {
      expect(areMet(seen)).toBe(decide(seen).state === "enforce-now");
    }),
    { numRuns: 2_000 },
  );
});

it("all are met exactly where enforce is known to withhold nothing", () => {
  fc.assert(
    fc.property(evidence("enforce"), (seen) => {
      expect(areMet(seen)).toBe(decide(seen).state === "enforcing");
    }),
    { numRuns: 2_000 },
  );
});

it("a policy that nobody shows is not met, and without one nothing is asked", () => {
  const [policy] = readinessChecks("", () => 1);
  expect(policy).toMatchObject({ seen: "no report shows it", met: false });
  expect(readinessChecks("", () => 0)).toEqual([]);
  const days = readinessChecks("testing", () => 1).find(({ what }) => what.startsWith("Days with"));
  expect(days).toMatchObject({ needed: "at least 14", seen: "1 day", met: false });
});
