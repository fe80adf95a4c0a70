// What readiness is told of: a domain in testing whose reports are clean, and what differs from it.

import { readStsPolicy } from "../../services/core/mta-sts/policy.ts";
import type { ReadinessFacts } from "../../services/core/readiness/readiness.ts";

export const TESTING =
  "version: STSv1\nmode: testing\nmx: mx1.example.com\nmx: *.example.net\nmax_age: 604800";

/** A domain in testing that reported without a failure for four weeks. */
export const CLEAN: ReadinessFacts = {
  domain: "example.com",
  policy: readStsPolicy(TESTING),
  policy_proven: true,
  mode: "testing",
  range_days: 28,
  reported_days: 30,
  report_span_days: 30,
  silent_days: 0,
  sessions: 5_000,
  recent_failed_sessions: 0,
  clean_days: 28,
  clean_organizations: 4,
  clean_sessions: 5_000,
  policy_fetch_sessions: 0,
  other_failed_sessions: 0,
  undetailed_sessions: 0,
  unstated_sessions: 0,
  policy_faults: 0,
  unconfirmed_wait_days: 0,
  unconfirmed_names: [],
  withheld_sessions: 0,
  enforcing_organizations: 0,
  stale_wait_days: 0,
  organizations: 4,
  failed_sessions: 0,
  last_day: "2026-03-19",
  last_failure_day: null,
  failure_age_days: null,
  stale_organizations: 0,
  unconfirmed_organizations: 0,
  tlsa_failed_sessions: 0,
  no_policy_organizations: 0,
  problems: [],
  failing_mx: [],
  nowMs: Date.parse("2026-03-20T10:00:00Z"),
};

export const FAILED = {
  failed_sessions: 9,
  recent_failed_sessions: 9,
  other_failed_sessions: 9,
  last_failure_day: "2026-03-15",
};
export const ENFORCED = { mode: "enforce", enforcing_organizations: 4 };
