// May a domain go from testing to enforce, and what does enforce withhold? One row per domain.

import { lastCompleteDayMs } from "../../core/complete-day.ts";
import { readStsPolicy } from "../../core/mta-sts/policy.ts";
import { readiness as readinessOf } from "../../core/readiness/readiness.ts";
import {
  CLEAN_DAYS_MIN,
  type Comparison,
  FAILURE_DAYS,
  READINESS_STATES,
  RULES,
  UNCONFIRMED_DAYS,
} from "../../core/readiness/rules.ts";
import { PROVEN_LEVELS } from "../../core/trust.ts";
import { whereFilters } from "../filters.ts";
import type { Column, Panel, Row } from "../panel.ts";
import type { PanelParameters } from "../parameters.ts";
import { CURRENT_DAYS } from "../policy-sightings.ts";
import { floorDay, type Range } from "../range.ts";
import { blockingProblems, domainEvidence, JOINED_EVIDENCE } from "../readiness-evidence.ts";

const DAY_MS = 86_400_000;

const EVIDENCE: readonly Column[] = [
  {
    name: "mode",
    type: "text",
    description: "Mode of the policy that most organizations saw last.",
  },
  {
    name: "policy_since",
    type: "date",
    nullable: true,
    description: "First day of the range that this policy was seen on; empty without one.",
  },
  { name: "policy_text", type: "text", description: "This policy, as a sender saw it." },
  {
    name: "policy_proven",
    type: "flag",
    description: `True where a report of trust ${PROVEN_LEVELS.join(", ")} has it; next_steps name MX hosts then alone.`,
  },
  {
    name: "reported_days",
    type: "count",
    unit: "days",
    description: "Days with a report under an `sts` policy.",
  },
  {
    name: "report_span_days",
    type: "count",
    unit: "days",
    description:
      "Days from the first of them to the last complete day, or to the last of them if it is later.",
  },
  { name: "range_days", type: "count", unit: "days", description: "Complete days of the range." },
  {
    name: "silent_days",
    type: "count",
    unit: "days",
    nullable: true,
    description: "Complete days since the last report under an `sts` policy; empty without one.",
  },
  {
    name: "last_day",
    type: "date",
    nullable: true,
    description: "Last day with a report under an `sts` policy.",
  },
  { name: "organizations", type: "count", description: "Organizations with a report under `sts`." },
  {
    name: "large_senders",
    type: "texts",
    description: "Those of them that are known to send much, such as Google and Microsoft.",
  },
  {
    name: "sessions",
    type: "count",
    unit: "sessions",
    description: "Sessions under `sts` policies, by their summaries.",
  },
  {
    name: "failed_sessions",
    type: "count",
    unit: "sessions",
    description:
      "Failed ones of them, whatever the result type; each stands in the way of enforce.",
  },
  {
    name: "recent_failed_sessions",
    type: "count",
    unit: "sessions",
    description: `Failed ones of the last ${FAILURE_DAYS} complete days and since.`,
  },
  {
    name: "policy_fetch_sessions",
    type: "count",
    unit: "sessions",
    description:
      "Those of them that could not get the policy, by failure details: that alone withholds no mail.",
  },
  {
    name: "other_failed_sessions",
    type: "count",
    unit: "sessions",
    description:
      "Those of them that failed otherwise: under enforce their mail is not delivered there.",
  },
  {
    name: "undetailed_sessions",
    type: "count",
    unit: "sessions",
    description: "Those of them that no failure detail tells of.",
  },
  {
    name: "last_failure_day",
    type: "date",
    nullable: true,
    description: "Last day with a failed session under an `sts` policy.",
  },
  {
    name: "clean_days",
    type: "count",
    unit: "days",
    description: "Complete days after it with sessions under the policy as it is now.",
  },
  {
    name: "clean_organizations",
    type: "count",
    description: "Organizations that saw this policy on these days.",
  },
  {
    name: "clean_sessions",
    type: "count",
    unit: "sessions",
    description: "Sessions under this policy on these days.",
  },
  {
    name: "withheld_sessions",
    type: "count",
    unit: "sessions",
    description:
      "Failed sessions whose mail was not delivered, of the last " +
      `${FAILURE_DAYS} complete days and since: those under mode enforce, without those that could not get ` +
      "the policy, and unstated_sessions.",
  },
  {
    name: "unstated_sessions",
    type: "count",
    unit: "sessions",
    description: "Those of them whose report does not say the mode, where it is enforce now.",
  },
  {
    name: "policy_faults",
    type: "count",
    description:
      "Faults of the policy for which senders may take it for none; `reasons` names them.",
  },
  {
    name: "enforcing_organizations",
    type: "count",
    description:
      "Organizations whose newest sight of the policy has mode enforce; only those count whose newest " +
      `report lies within ${CURRENT_DAYS} days of the newest day.`,
  },
  {
    name: "stale_organizations",
    type: "count",
    description: "Organizations that still saw an older policy after it was replaced.",
  },
  {
    name: "stale_wait_days",
    type: "count",
    unit: "days",
    description: "Days until the max_age of these older policies has passed; 0 when it has.",
  },
  {
    name: "unconfirmed_organizations",
    type: "count",
    description:
      "Organizations that saw a failure on the last day they reported on, where it is less than " +
      `${UNCONFIRMED_DAYS} complete days ago and a later day is complete.`,
  },
  {
    name: "unconfirmed_names",
    type: "texts",
    description: "Some of them; empty where no domain was asked for.",
  },
  {
    name: "unconfirmed_wait_days",
    type: "count",
    unit: "days",
    description: "Days until none of them is waited for any more, if none reports.",
  },
  {
    name: "blocking_problems",
    type: "count",
    nullable: true,
    description:
      "Pairs of result type and MX host that failed in the last " +
      `${CLEAN_DAYS_MIN} complete days and since; null where no domain was asked for.`,
  },
  {
    name: "problems",
    type: "texts",
    description: "The largest of them; result types alone where no domain was asked for.",
  },
  { name: "failing_mx", type: "texts", description: "MX hosts that were named in them." },
  {
    name: "tlsa_failed_sessions",
    type: "count",
    unit: "sessions",
    description: "Failed sessions under `tlsa` policies (DANE); they do not stand in the way.",
  },
  {
    name: "no_policy_organizations",
    type: "count",
    description: "Organizations that found no policy at all.",
  },
];

/** SQL of the rules: the place of the first that holds, from 1; the last one always does. */
function ruleSql(): string {
  const branches = RULES.flatMap(({ when }, i) =>
    when.length > 0 ? [[when, i + 1] as const] : [],
  );
  const sql = branches.map(([when, place]) => `${when.map(comparisonSql).join(" AND ")}, ${place}`);
  return `multiIf(${sql.join(", ")}, ${RULES.length})`;
}

/** Names and values are those of our own table, so they need no binding. */
function comparisonSql([name, comparison, value]: Comparison): string {
  return `${name} ${comparison} ${typeof value === "number" ? value : `'${value}'`}`;
}

const STATES = `[${RULES.map(({ state }) => `'${state}'`).join(", ")}]`;
const RANKS = `[${RULES.map(({ state }) => READINESS_STATES.indexOf(state) + 1).join(", ")}]`;

/** Days from a day to the last complete one of the range. */
function daysSince(day: string | null, range: Range, nowMs: number): number | null {
  const endMs = Math.min(floorDay(range.toMs - 1), lastCompleteDayMs(nowMs));
  return day === null ? null : Math.round((endMs - Date.parse(day)) / DAY_MS);
}

/** The words of a row; its policy text and names come from outside and stay text. */
function cells(row: Row, { nowMs, range }: PanelParameters): Row {
  const text = (name: string) => String(row[name] ?? "");
  const count = (name: string) => Number(row[name] ?? 0);
  const day = (name: string) => (row[name] === null ? null : text(name));
  const texts = (name: string) => {
    const cell = row[name];
    return Array.isArray(cell) ? cell : [];
  };
  const policy = readStsPolicy(text("policy_text"));
  const told = readinessOf({
    domain: text("domain"),
    policy,
    policy_proven: row["policy_proven"] === true,
    nowMs,
    mode: text("mode"),
    range_days: count("range_days"),
    reported_days: count("reported_days"),
    silent_days: count("silent_days"),
    sessions: count("sessions"),
    recent_failed_sessions: count("recent_failed_sessions"),
    clean_days: count("clean_days"),
    clean_organizations: count("clean_organizations"),
    clean_sessions: count("clean_sessions"),
    report_span_days: count("report_span_days"),
    policy_fetch_sessions: count("policy_fetch_sessions"),
    other_failed_sessions: count("other_failed_sessions"),
    undetailed_sessions: count("undetailed_sessions"),
    unstated_sessions: count("unstated_sessions"),
    policy_faults: count("policy_faults"),
    unconfirmed_wait_days: count("unconfirmed_wait_days"),
    unconfirmed_names: texts("unconfirmed_names"),
    withheld_sessions: count("withheld_sessions"),
    enforcing_organizations: count("enforcing_organizations"),
    stale_wait_days: count("stale_wait_days"),
    organizations: count("organizations"),
    failed_sessions: count("failed_sessions"),
    last_day: day("last_day"),
    last_failure_day: day("last_failure_day"),
    failure_age_days: daysSince(day("last_failure_day"), range, nowMs),
    stale_organizations: count("stale_organizations"),
    unconfirmed_organizations: count("unconfirmed_organizations"),
    tlsa_failed_sessions: count("tlsa_failed_sessions"),
    no_policy_organizations: count("no_policy_organizations"),
    problems: texts("problems"),
    failing_mx: texts("failing_mx"),
  });
  return {
    because: told.because,
    title: told.title,
    sentence: told.sentence,
    reasons: [...told.reasons],
    next_steps: [...told.nextSteps],
    wait_days: told.waitDays,
    max_age_seconds: policy?.maxAgeSeconds ?? null,
    mx_patterns: [...(policy?.mx ?? [])],
  };
}

export const readiness: Panel = {
  id: "readiness",
  title: "Ready to enforce?",
  description:
    "Whether each domain may go from testing to enforce (MTA-STS), from all that its reports of the " +
    "range say, and what enforce withholds now. Every failure under an `sts` policy stands in the " +
    "way, whatever its type. A domain that nobody reported on has no row. The rules are in the documentation.",
  parameters: ["tenant", "domain", "trust", "readiness", "from", "to", "limit", "cursor", "format"],
  columns: [
    { name: "tenant", type: "text", description: "Tenant that the domain belongs to." },
    { name: "domain", type: "text", description: "Policy domain." },
    { name: "state", type: "text", description: `${READINESS_STATES.join(", ")}.` },
    {
      name: "rank",
      type: "count",
      description: "Place of the state, most pressing first, from 1.",
    },
    ...EVIDENCE,
  ],
  order: [
    { column: "rank" },
    { column: "recent_failed_sessions", descending: true },
    { column: "sessions", descending: true },
    { column: "domain" },
    { column: "tenant" },
  ],
  drawing: "list",
  list: {
    mark: "state",
    title: "title",
    about: ["domain", "mode"],
    facts: ["clean_days", "organizations", "sessions", "failed_sessions", "last_failure_day"],
    sentences: ["sentence", "reasons"],
    steps: "next_steps",
  },
  sql: (query) => {
    const chosen = whereFilters(query, ["readiness"]);
    return `
    SELECT * REPLACE (if(reported_days = 0, NULL, silent_days) AS silent_days), ${RANKS}[rule] AS rank, ${STATES}[rule] AS state
    FROM (
      SELECT *, ${ruleSql()} AS rule, if(current = 0, NULL, first_seen) AS policy_since,
        if(reported_days = 0, NULL, last_sts) AS last_day,
        if(failed_sessions = 0, NULL, last_failure) AS last_failure_day
      FROM (
        SELECT *, ${JOINED_EVIDENCE}
        FROM ${domainEvidence(query)} AS evidence
        LEFT JOIN ${blockingProblems(query)} AS blocking USING (tenant, domain)
      )
    )
    ${chosen.length > 0 ? `WHERE ${chosen.join(" AND ")}` : ""}`;
  },
  words: {
    columns: [
      { name: "because", type: "text", description: "What decided the state, as a word." },
      { name: "title", type: "text", description: "The state in words." },
      { name: "sentence", type: "text", description: "Why, in a sentence." },
      { name: "reasons", type: "texts", description: "The evidence, a sentence each." },
      { name: "next_steps", type: "texts", description: "What to do next, in order." },
      {
        name: "wait_days",
        type: "count",
        unit: "days",
        nullable: true,
        description: "Days still to wait; empty where waiting is not what there is to do.",
      },
      {
        name: "max_age_seconds",
        type: "count",
        nullable: true,
        description: "max_age of the policy; empty when it is not said or not valid.",
      },
      { name: "mx_patterns", type: "texts", description: "MX patterns of the policy." },
    ],
    cells,
  },
};
