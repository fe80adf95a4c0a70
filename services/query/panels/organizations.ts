// Who reports, how regularly, how late and how correctly: one row per sending organization.

import { BOUNDS } from "../../core/bounds.ts";
import { lastCompleteDayMs } from "../../core/complete-day.ts";
import { FOLDED_ORGANIZATION, whereReports } from "../filters.ts";
import type { Column, Panel, PanelQuery } from "../panel.ts";
import { dayAfter, floorDay } from "../range.ts";
import { REPORTING_COLUMNS, reportingInWords } from "../reporting-words.ts";
import { SESSION_TOTALS, summarySessions } from "../sessions.ts";

const DAY_MS = 86_400_000;
/** No day is before, for the store. */
const FIRST_MS = Date.parse(`${BOUNDS.queryDayFirst}T00:00:00Z`);
/** A file tells when the operator imported it, and nothing of how late its sender was. */
const SENT = "channel != 'import'";
/** From the beginning of the day reported on to the arrival; the day itself is no delay. */
const AGE_SECONDS = "(toInt64(toUnixTimestamp(received_at)) - toInt64(day) * 86400)";
const DELAY_HOURS = `intDiv(greatest(${AGE_SECONDS} - 86400, 0), 3600)`;
/** The day itself and two more. */
const LATE_SECONDS = 3 * 86_400;

const DAYS: readonly Column[] = [
  {
    name: "first_day",
    type: "date",
    rank: "more",
    description: "First day that it told of.",
  },
  { name: "last_day", type: "date", description: "Last day that it told of." },
  {
    name: "days_reported",
    type: "count",
    rank: "more",
    unit: "days",
    description: "Days that it told of.",
  },
  {
    name: "days_expected",
    type: "count",
    rank: "more",
    unit: "days",
    description:
      "Complete days from its first day to the end of the range. A day counts as complete two days later.",
  },
  {
    name: "gap_days",
    type: "count",
    rank: "more",
    unit: "days",
    description: "Complete days without a report between its first and its last day.",
  },
  {
    name: "longest_gap_days",
    type: "count",
    rank: "more",
    unit: "days",
    description: "The longest run of such days.",
  },
  {
    name: "usual_interval_days",
    type: "count",
    rank: "more",
    unit: "days",
    nullable: true,
    description: "Median of the days from one reported day to the next; empty with a single one.",
  },
  {
    name: "usual_interval_share",
    type: "ratio",
    rank: "more",
    nullable: true,
    description: "How many of these intervals are as long as the median; empty with a single day.",
  },
  {
    name: "silent_days",
    type: "count",
    rank: "more",
    unit: "days",
    description: "Complete days up to the end of the range since its last day.",
  },
];

const ARRIVALS: readonly Column[] = [
  {
    name: "first_report_at",
    type: "time",
    rank: "more",
    description: "When the first of them came in.",
  },
  {
    name: "last_report_at",
    type: "time",
    rank: "more",
    description: "When the last of them came in.",
  },
  {
    name: "late_reports",
    type: "count",
    rank: "more",
    unit: "reports",
    description: "Came more than two days after the end of their day; imported files are not late.",
  },
  {
    name: "median_delay_hours",
    type: "count",
    rank: "more",
    unit: "hours",
    nullable: true,
    description:
      "From the end of the day to the arrival; empty where none was sent to us in the range.",
  },
  {
    name: "max_delay_hours",
    type: "count",
    rank: "more",
    unit: "hours",
    nullable: true,
    description: "The longest such delay.",
  },
  {
    name: "channels",
    type: "texts",
    rank: "more",
    description: "How they came in: smtp, https, import.",
  },
];

const QUALITY: readonly Column[] = [
  {
    name: "trust_levels",
    type: "texts",
    rank: "more",
    description: "How well the reports are known as its own.",
  },
  {
    name: "verified_share",
    type: "ratio",
    nullable: true,
    description: "Verified reports by all of its reports; empty without one in the range.",
  },
  {
    name: "deviation_codes",
    type: "texts",
    rank: "more",
    description: "Differences from RFC 8460 in its reports; the panel `deviations` explains each.",
  },
  { name: "deviations", type: "count", description: "How many different ones." },
  {
    name: "nonconforming_share",
    type: "ratio",
    rank: "more",
    nullable: true,
    description:
      "Reports that do not meet RFC 8460's schema by all of its reports; empty without one in the range.",
  },
];

const SESSIONS: readonly Column[] = [
  {
    name: "domains",
    type: "count",
    rank: "more",
    description: "Policy domains that it told of; above 65,000 an estimate.",
  },
  { name: "total_sessions", type: "count", unit: "sessions", description: "All its sessions." },
  {
    name: "failed_sessions",
    type: "count",
    unit: "sessions",
    description: "Those of them that TLS failed in.",
  },
  {
    name: "success_rate",
    type: "ratio",
    nullable: true,
    description: "Successful by all sessions; empty without sessions.",
  },
];

/** The last complete day that the range holds, as a number of days since 1970. */
function through({ parameters, bind }: PanelQuery): string {
  const lastMs = Math.min(lastCompleteDayMs(parameters.nowMs), floorDay(parameters.range.toMs - 1));
  return bind("through", "Int32", String(lastMs / DAY_MS));
}

/** A hash of all that many reports of an organization have in common, which is faster than these. */
const KIND = `cityHash64(organization) + cityHash64(channel) * 3 + cityHash64(trust) * 5
  + cityHash64(deviation_codes) * 7 + conforming`;

/**
 * Reports by organization: all but domains and sessions. First by kind, which makes few rows of many
 * reports; names are folded after that.
 */
function reporters(query: PanelQuery): string {
  return `
    SELECT ${FOLDED_ORGANIZATION} AS folded, max((last, organization)) AS spelling,
      arraySort(groupUniqArrayArray(kind_days)) AS days, sum(kind_reports) AS reports,
      min(first_at) AS first_at, max(last_at) AS last_at,
      sumIf(late, ${SENT}) AS late_reports,
      quantileExactWeightedMergeIf(0.5)(delays, ${SENT}) AS median_delay,
      maxIf(longest, ${SENT}) AS max_delay, sumIf(kind_reports, ${SENT}) AS sent,
      arraySort(groupUniqArray(channel)) AS channels,
      arraySort(groupUniqArray(trust)) AS trust_levels,
      sumIf(kind_reports, trust = 'verified') / reports AS verified_share,
      arraySort(groupUniqArrayArray(deviation_codes)) AS codes,
      sumIf(kind_reports, NOT conforming) / reports AS nonconforming_share
    FROM (
      SELECT any(organization) AS organization, any(toString(channel)) AS channel,
        any(toString(trust)) AS trust, any(deviation_codes) AS deviation_codes,
        any(conforming) AS conforming, count() AS kind_reports,
        groupUniqArray(toInt32(day)) AS kind_days, max(day) AS last, min(received_at) AS first_at,
        max(received_at) AS last_at, countIf(${AGE_SECONDS} > ${LATE_SECONDS}) AS late,
        quantileExactWeightedState(0.5)(${DELAY_HOURS}, 1) AS delays,
        max(${DELAY_HOURS}) AS longest
      FROM (
        SELECT organization, channel, trust, deviation_codes, conforming, day, received_at,
          ${KIND} AS kind
        ${query.from("reports", [...whereReports(query), "status = 'stored'"])}
      )
      GROUP BY kind
    )
    GROUP BY folded`;
}

/** Organizations that reported about the days before the range, with what is known of these days. */
function earlierReporters(query: PanelQuery): string {
  const { range, timezone } = query.parameters;
  const fromMs = Math.max(dayAfter(range.fromMs, -BOUNDS.reporterLookBackDays, timezone), FIRST_MS);
  const earlier: PanelQuery = {
    ...query,
    // The range binds its own days under the same names.
    bind: (name, type, value) => query.bind(`earlier_${name}`, type, value),
    parameters: {
      ...query.parameters,
      range: { fromMs, toMs: Math.max(range.fromMs, FIRST_MS + 1) },
    },
  };
  return `
    SELECT ${FOLDED_ORGANIZATION} AS folded, max((last, organization)) AS earlier_spelling,
      arraySort(groupUniqArrayArray(its_days)) AS earlier_days, min(its_first) AS earlier_first_at,
      max(its_last) AS earlier_last_at
    FROM (
      SELECT organization, max(day) AS last, groupUniqArray(toInt32(day)) AS its_days,
        min(received_at) AS its_first, max(received_at) AS its_last
      ${query.from("reports", [...whereReports(earlier), "status = 'stored'"])}
      GROUP BY organization
    )
    GROUP BY folded`;
}

/**
 * Who fell silent before the range is there too, by its days before: without reports of the range all
 * that is counted of it is 0 or empty.
 */
function allReporters(query: PanelQuery): string {
  const either = (name: string) => `if(reports = 0, earlier_${name}, ${name})`;
  return `
    SELECT folded, ${either("spelling")}.2 AS shown, ${either("days")} AS told_days, reports,
      ${either("first_at")} AS first_report_at, ${either("last_at")} AS last_report_at, late_reports,
      median_delay, max_delay, sent, channels, trust_levels, verified_share, codes,
      nonconforming_share
    FROM (${reporters(query)}) AS reporters
    FULL JOIN (${earlierReporters(query)}) AS earlier USING (folded)`;
}

/** A report can tell of more domains than were chosen; the summaries tell them apart. */
function withSessions(query: PanelQuery): string {
  return `
    SELECT * FROM (${allReporters(query)}) AS reporters
    LEFT JOIN (
      SELECT ${FOLDED_ORGANIZATION} AS folded, sum(successful + failed) AS own_total,
        sum(failed) AS own_failed, uniq(cityHash64(domain)) AS told_domains
      FROM ${summarySessions(query)}
      GROUP BY folded
    ) AS sessions USING (folded)`;
}

export const organizations: Panel = {
  id: "organizations",
  title: "Who reports",
  description:
    "Sending organizations that reported about days in the range, most sessions first: since when, " +
    "how regularly, how late, and how correctly. Today and yesterday are not complete yet, so they " +
    "never make a gap. An organization reports only about days on which it sent mail. One without a " +
    `report in the range is listed when it had one in the ${BOUNDS.reporterLookBackDays} days before: ` +
    "its columns about days and arrivals are those of then, and its counts of reports and sessions are 0.",
  parameters: [
    "tenant",
    "domain",
    "organization",
    "trust",
    "from",
    "to",
    "limit",
    "cursor",
    "format",
  ],
  columns: [
    {
      name: "organization",
      type: "text",
      rank: "main",
      description: "organization-name as last sent; upper and lower case make no difference.",
    },
    { name: "reports", type: "count", unit: "reports", description: "Reports that count." },
    ...SESSIONS,
    ...DAYS,
    ...ARRIVALS,
    ...QUALITY,
  ],
  order: [{ column: "total_sessions", descending: true }, { column: "organization" }],
  drawing: "table",
  sql: (query) => `
    SELECT shown AS organization, reports, told_domains AS domains,
      own_total AS total_sessions, own_failed AS failed_sessions,
      if(own_total = 0, NULL, (own_total - own_failed) / own_total) AS success_rate,
      toDate(told_days[1]) AS first_day, toDate(told_days[-1]) AS last_day,
      length(told_days) AS days_reported,
      greatest(${through(query)} - told_days[1] + 1, 0) AS days_expected,
      arraySum(gaps) AS gap_days, if(empty(gaps), 0, arrayMax(gaps)) AS longest_gap_days,
      arrayMap((day, next) -> next - day, arrayPopBack(told_days), arrayPopFront(told_days)) AS intervals,
      arrayReduce('medianExactLow', intervals) AS median_interval,
      if(empty(intervals), NULL, toNullable(median_interval)) AS usual_interval_days,
      if(empty(intervals), NULL, countEqual(intervals, median_interval) / length(intervals))
        AS usual_interval_share,
      greatest(${through(query)} - told_days[-1], 0) AS silent_days,
      first_report_at, last_report_at, late_reports,
      if(sent = 0, NULL, median_delay) AS median_delay_hours,
      if(sent = 0, NULL, max_delay) AS max_delay_hours, channels, trust_levels,
      if(reports = 0, NULL, reporters.verified_share) AS verified_share,
      codes AS deviation_codes, length(codes) AS deviations,
      if(reports = 0, NULL, reporters.nonconforming_share) AS nonconforming_share,
      arrayMap((day, next) -> greatest(least(next - 1, ${through(query)}) - day, 0),
        arrayPopBack(told_days), arrayPopFront(told_days)) AS gaps
    FROM (${withSessions(query)}) AS reporters`,
  totals: SESSION_TOTALS,
  words: { columns: REPORTING_COLUMNS, cells: reportingInWords },
};
