// Failures grouped by cause, most urgent first: one row is one thing to mend, with its history, what it does
// to mail, who sees it where, and what to do.

import type { Column, Panel } from "../panel.ts";
import { problemRows } from "../problem-rows.ts";
import { PROBLEM_WORDS, problemInWords } from "../problem-words.ts";
import { SESSION_TOTALS } from "../sessions.ts";

const KEY: readonly Column[] = [
  {
    name: "id",
    type: "text",
    description: "Name of the problem that stays the same; the parameter `problem` takes it.",
  },
  { name: "tenant", type: "text", description: "Tenant that the domain belongs to." },
  { name: "domain", type: "text", description: "Policy domain." },
  { name: "policy_type", type: "text", description: "Policy type it was reported under." },
  { name: "result_type", type: "text", description: "Result type as sent, in lower case." },
  { name: "mx", type: "text", description: "Receiving MX host; empty where not said." },
  {
    name: "reason",
    type: "text",
    description:
      "Reason code without what differs from session to session; empty where not said, or where it " +
      "repeats the result type.",
  },
];

const MEASURES: readonly Column[] = [
  {
    name: "failed_sessions",
    type: "count",
    unit: "sessions",
    description:
      "Failed sessions as sent. A session can be listed under several policy types: do not add " +
      "over them.",
  },
  {
    name: "enforce_sessions",
    type: "count",
    unit: "sessions",
    rank: "more",
    description: "Of these, under an MTA-STS policy in mode enforce.",
  },
  {
    name: "testing_sessions",
    type: "count",
    unit: "sessions",
    rank: "more",
    description: "Of these, under an MTA-STS policy in mode testing.",
  },
  {
    name: "organizations",
    type: "count",
    description: "Organizations that saw it, in the range.",
  },
  {
    name: "organization_names",
    type: "texts",
    description: "Names of ten of them at most, as last sent.",
  },
  {
    name: "share_of_mx",
    type: "ratio",
    nullable: true,
    description:
      "Of the failed sessions at this MX host under this policy type; senders do not tell the " +
      "successful ones by host.",
  },
  {
    name: "share_of_domain",
    type: "ratio",
    nullable: true,
    description: "Of all sessions of the domain, by the summaries; empty without sessions.",
  },
];

const HISTORY: readonly Column[] = [
  { name: "first_day", type: "date", description: "First day with it in the range." },
  { name: "last_day", type: "date", description: "Last day with it in the range." },
  {
    name: "first_seen",
    type: "time",
    description:
      "Start of the first report with it, also before the range: of the 37 days before its end at " +
      "least.",
  },
  { name: "last_seen", type: "time", description: "Start of the last report with it." },
  { name: "days_active", type: "count", unit: "days", description: "Days with it in the range." },
  {
    name: "policy_modes",
    type: "texts",
    description: "Modes of the MTA-STS policy that it was reported under.",
  },
  {
    name: "policy_mode",
    type: "text",
    description: "Mode on the last day of these; the strictest one of that day.",
  },
  {
    name: "state",
    type: "text",
    description: "new, returned, ongoing, quiet or resolved.",
  },
  {
    name: "impact",
    type: "text",
    description:
      "What it does to mail: withheld, clear, would-be-withheld, mode-unknown, policy-unseen, " +
      "unproven or not-told.",
  },
  { name: "severity_rank", type: "count", description: "0 is critical, 3 is low." },
  { name: "severity", type: "text", description: "critical, high, medium or low." },
  {
    name: "over_rank",
    type: "count",
    rank: "more",
    description: "0 while it is reported, 1 when it is quiet, 2 when it is resolved.",
  },
];

/** A number that the words rest on. */
function evidence(name: string, description: string, unit?: Column["unit"]): Column {
  return { name, type: "count", rank: "more", description, ...(unit ? { unit } : {}) };
}

const EVIDENCE: readonly Column[] = [
  evidence(
    "organizations_anywhere",
    "Organizations that saw the same failure at any MX host, in whatever words.",
  ),
  evidence(
    "organizations_reporting",
    "Organizations that reported on the domain under the same policy type, of days with the failure.",
  ),
  evidence("organizations_working", "Of those that saw it, reporting successes in these days too."),
  evidence("organizations_before", "Of those that saw it, with successes before its first day."),
  evidence(
    "organization_sessions",
    "All sessions under the policy type of those that saw it.",
    "sessions",
  ),
  evidence("mx_hosts", "MX hosts with the same failure."),
  evidence("mx_hosts_known", "MX hosts that a failure or the newest policy names."),
  evidence("start_days_apart", "Days between the first days of these MX hosts.", "days"),
  {
    name: "sending_network",
    type: "text",
    rank: "more",
    description: "The one network it was sent from, /24 or /48; empty for several or unknown.",
  },
  {
    name: "receiving_address",
    type: "text",
    rank: "more",
    description: "The one address it was received at; empty for several or unknown.",
  },
  evidence("age_days", "Days from the first one seen to the end of the range.", "days"),
  evidence("since_days", "Complete days since the last one seen.", "days"),
  evidence("clear_days", "Of these, with successes of those that saw it.", "days"),
  evidence("clear_organizations", "Of those that saw it, reporting successes since."),
  evidence("absence_days", "Most days of successes between two days with it.", "days"),
  {
    name: "evidence_cut",
    type: "flag",
    rank: "more",
    description: "True when there are more organizations or MX hosts than are looked at.",
  },
];

export const problems: Panel = {
  id: "problems",
  title: "Problems",
  description:
    "Failures grouped by cause, most urgent first: what failed, at which MX host, since when, whether " +
    "it goes on, what it does to mail, who sees it where, and what to do. The rules are in the " +
    "documentation. The filters by MX host, result type, reason and policy type choose among problems that are " +
    "judged by all reports; those by organization and trust leave reports out.",
  parameters: [
    "tenant",
    "domain",
    "organization",
    "mx",
    "result_type",
    "policy_type",
    "trust",
    "reason",
    "state",
    "severity",
    "problem",
    "from",
    "to",
    "limit",
    "cursor",
    "format",
  ],
  columns: [...KEY, ...MEASURES, ...HISTORY, ...EVIDENCE],
  order: [
    { column: "severity_rank" },
    { column: "over_rank" },
    { column: "failed_sessions", descending: true },
    { column: "domain" },
    { column: "id" },
  ],
  drawing: "list",
  list: {
    mark: "severity",
    title: "title",
    about: ["domain", "mx"],
    facts: ["failed_sessions", "organizations", "first_day", "last_day", "state", "whose", "actor"],
    sentences: ["impact_words", "state_words", "distribution_words", "meaning"],
    steps: "fix",
    id: "id",
  },
  sql: problemRows,
  totals: SESSION_TOTALS,
  words: { columns: PROBLEM_WORDS, cells: problemInWords },
};
