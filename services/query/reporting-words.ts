// How regularly an organization reports, and whether it still does, in words: from the days that it
// reported about. Senders report only about days with mail, so each is measured by its own habit.

import type { Column, Row } from "./panel.ts";
import type { PanelParameters } from "./parameters.ts";

/** daily: at most one day in twenty is missing. */
const DAYS_PER_GAP_MIN = 20;
/** Silent is who is away for more than so many of its usual intervals. */
const INTERVALS_QUIET = 3;
/** Nobody is silent who is away for so few complete days: no interval is shorter than a day. */
export const NOT_SILENT_DAYS = INTERVALS_QUIET;
const WEEK = { from: 6, to: 8 };
/** So many days tell of a habit of every few days, when most of the intervals between them are alike. */
const HABIT_DAYS_MIN = 4;

export type Cadence =
  | "daily"
  | "most days"
  | "weekly"
  | `every ${number} days`
  | "irregular"
  | "once";
export type ReportingStatus = "reporting" | "quiet" | "silent";

/** What is counted of an organization; days are UTC days that reports are about. */
export interface ReportingDays {
  reported: number;
  /** Complete days without a report, between the first and the last day with one. */
  missing: number;
  /** Median of the days from one reported day to the next; null with a single one. */
  interval: number | null;
  /** How many of these are as long as the median, in 0..1; null with a single day. */
  kept: number | null;
  /** Complete days since the last reported day. */
  silent: number;
}

/** How often an organization reports, by its median interval and by what is missing between. */
export function cadenceOf({ reported, missing, interval, kept }: ReportingDays): Cadence {
  if (interval === null) return "once";
  if (interval <= 1) {
    return missing * DAYS_PER_GAP_MIN <= reported + missing ? "daily" : "most days";
  }
  if (interval >= WEEK.from && interval <= WEEK.to) return "weekly";
  const habitual = reported >= HABIT_DAYS_MIN && kept !== null && kept > 0.5;
  return habitual ? `every ${interval} days` : "irregular";
}

/**
 * reporting: the next report is not due yet by the median interval; quiet: it is due; silent: more than
 * three such intervals have passed. Who reported about one day only has no habit to have broken.
 */
export function statusOf({ interval, silent }: ReportingDays): ReportingStatus {
  if (interval === null) return silent === 0 ? "reporting" : "quiet";
  const usual = Math.max(interval, 1);
  if (silent < usual) return "reporting";
  return silent <= INTERVALS_QUIET * usual ? "quiet" : "silent";
}

/**
 * Missing days that its cadence does not explain, as a phrase; "" for none. Who reports every few days
 * misses one only where it was away for two of its intervals; who has no habit misses none.
 */
export function gapsInWords(row: Row): string {
  const interval = Number(row["usual_interval_days"] ?? 0);
  const gaps = Number(row["gap_days"] ?? 0);
  if (interval <= 1) return gaps === 0 ? "" : counted(gaps, "gap day");
  if (row["cadence"] === "irregular") return "";
  const longest = Number(row["longest_gap_days"] ?? 0);
  return longest + 1 < 2 * interval ? "" : `longest gap ${counted(longest, "day")}`;
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** "3 March", with the year where it is not that of the question. */
export function dayInWords(day: string, nowMs: number): string {
  const [year, month, date] = day.split("-").map(Number);
  const words = `${date} ${MONTHS[(month ?? 1) - 1]}`;
  return year === new Date(nowMs).getUTCFullYear() ? words : `${words} ${year}`;
}

export const REPORTING_COLUMNS: readonly Column[] = [
  {
    name: "cadence",
    type: "text",
    description:
      "daily (at most one day in twenty is missing), most days, weekly, every 3 days (or 2, 4, " +
      "and so on, when most intervals are so long), irregular, or once: by the median of the days from " +
      "one reported day to the next.",
  },
  {
    name: "status",
    type: "text",
    rank: "main",
    description:
      "reporting: nothing is due yet by its own usual interval; quiet: a report is due, or it told of " +
      "one day only; silent: more than three such intervals have passed.",
  },
  {
    name: "status_words",
    type: "text",
    rank: "main",
    description: "The status in one sentence.",
  },
];

/** The cells of REPORTING_COLUMNS for a row of the panel `organizations`. */
export function reportingInWords(row: Row, { nowMs }: Pick<PanelParameters, "nowMs">): Row {
  const measured = (name: string) => {
    const cell = row[name];
    return cell === null || cell === undefined ? null : Number(cell);
  };
  const days: ReportingDays = {
    reported: Number(row["days_reported"]),
    missing: Number(row["gap_days"]),
    interval: measured("usual_interval_days"),
    kept: measured("usual_interval_share"),
    silent: Number(row["silent_days"]),
  };
  const status = statusOf(days);
  const lastDay = dayInWords(String(row["last_day"]), nowMs);
  const cadence = cadenceOf(days);
  return { cadence, status, status_words: statusInWords(status, cadence, days.silent, lastDay) };
}

function statusInWords(
  status: ReportingStatus,
  cadence: Cadence,
  silent: number,
  lastDay: string,
): string {
  if (silent === 0) return `The last report is about ${lastDay}.`;
  if (cadence === "once") return `The only report is about ${lastDay}.`;
  if (status === "reporting")
    return `The last report is about ${lastDay}; the next is not due yet.`;
  return `No report since ${lastDay} (${counted(silent, "complete day")}).`;
}
