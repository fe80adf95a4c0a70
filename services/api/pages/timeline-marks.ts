// What happened to a domain on which day: policies that came up and went, MX hosts that began to fail,
// problems that began and ended, large senders that fell silent. From rows of panels, for the chart of
// sessions and the list beneath it. Pure.

import type { Mark } from "../../charts/chart.ts";
import type { Row } from "../../query/panel.ts";
import { showRate } from "./format.ts";

export interface TimelineRows {
  /** Of the panel `policies`. */
  policies: readonly Row[];
  /** Of the panel `failures-by-mx`. */
  failures: readonly Row[];
  /** Of the panel `problems`. */
  problems: readonly Row[];
  /** Of the panel `organizations`, those with most sessions; and all sessions of the range. */
  organizations: readonly Row[];
  sessions: number;
}

/** The days that the rows are of, YYYY-MM-DD. */
export interface TimelineDays {
  /** First whole UTC day of the range: what was there from the start is no change. */
  from: string;
  /** First day that problems were looked for: those that it has may have begun before. */
  firstRead: string;
}

/** Marks on one chart; of more the most urgent problems and the newest changes are kept. */
const KIND_MAX = 20;

/** Of all sessions of the range: whose silence changes what the numbers are about. */
const LARGE_SHARE = 0.25;
/** Days that reports go on without a policy until it counts as gone: weekly senders had their turn. */
const GONE_DAYS = 7;
const DAY_MS = 86_400_000;

/** The marks of a range in the order of their days. */
export function timelineMarks(rows: TimelineRows, days: TimelineDays): readonly Mark[] {
  const marks = [
    ...newest(policyMarks(rows.policies, days.from)),
    ...goneMarks(rows.policies),
    ...newest(mxMarks(rows.failures, days.from)),
    ...problemMarks(rows.problems.slice(0, KIND_MAX), days),
    ...silenceMarks(rows, days.from),
  ];
  return marks.toSorted(byDay);
}

function byDay(a: Mark, b: Mark): number {
  return a.at === b.at ? 0 : a.at < b.at ? -1 : 1;
}

function newest(marks: readonly Mark[]): readonly Mark[] {
  return marks.toSorted(byDay).slice(-KIND_MAX);
}

/**
 * A policy that came up within the range, beside the one that was there before it. Without one it is new
 * only where an earlier day of the range has a report that tells of none: before that nothing is known.
 */
function policyMarks(policies: readonly Row[], fromDay: string): Mark[] {
  return policies.flatMap((row) => {
    const at = String(row["first_day"]);
    if (row["policy_text"] === "" || at <= fromDay) return [];
    const change = changeSince(
      policies.filter((other) => isBefore(other, row)),
      row,
    );
    return change === ""
      ? []
      : [{ at, kind: "policy" as const, title: `${nameOf(row)} ${change}` }];
  });
}

/**
 * MTA-STS on the last day that it was seen, by whichever text, where reports went on and tell of other
 * policies or none. A row without a text may be one that could not be fetched: it is announced still.
 */
function goneMarks(policies: readonly Row[]): Mark[] {
  const tenants = [...new Set(policies.map(({ tenant }) => tenant))];
  return tenants.flatMap((tenant) => {
    const last = (isSts: boolean) =>
      lastOf(policies.filter((row) => row["tenant"] === tenant && isSts === isOfSts(row)));
    const [at, after] = [last(true), last(false)];
    if (at === "" || after === "") return [];
    if ((Date.parse(after) - Date.parse(at)) / DAY_MS < GONE_DAYS) return [];
    const title = `MTA-STS policy last seen: reports until ${after} tell of none`;
    return [{ at, kind: "policy" as const, title }];
  });
}

const isOfSts = (row: Row) => row["policy_type"] === "sts";

/** The last day of these rows; "" without one. */
function lastOf(rows: readonly Row[]): string {
  return (
    rows
      .map((row) => String(row["last_day"] ?? ""))
      .toSorted()
      .at(-1) ?? ""
  );
}

/** A sender that found no policy looked for one of each type. */
const LOOKED = "no-policy-found";

function isBefore(other: Row, row: Row): boolean {
  const type = other["policy_type"];
  const alike = type === row["policy_type"] || type === LOOKED;
  return alike && other["tenant"] === row["tenant"] && firstOf(other) < firstOf(row);
}

const firstOf = (row: Row) => String(row["first_day"]);

/** What is new about a policy; "" for nothing that is known. */
function changeSince(earlier: readonly Row[], row: Row): string {
  const told = earlier.filter(
    (other) => other["policy_text"] !== "" && other["policy_type"] !== LOOKED,
  );
  const before = told.toSorted((a, b) => (firstOf(a) < firstOf(b) ? -1 : 1)).at(-1);
  if (before === undefined) return earlier.length === 0 ? "" : "first seen";
  // Each MX host has TLSA records of its own, side by side: others are no change.
  return row["policy_type"] === "tlsa" ? "" : changeOf(before, row);
}

function nameOf(row: Row): string {
  const type = row["policy_type"];
  return type === "sts" ? "MTA-STS policy" : type === "tlsa" ? "TLSA records" : `Policy (${type})`;
}

/** What the newer of two policies says otherwise. */
function changeOf(before: Row, after: Row): string {
  const patterns = (row: Row) => (Array.isArray(row["mx_patterns"]) ? row["mx_patterns"] : []);
  const [old, now] = [patterns(before), patterns(after)];
  const without = (list: readonly string[], other: readonly string[]) =>
    list.filter((one) => !other.includes(one));
  const [added, gone] = [without(now, old), without(old, now)];
  const mode = before["mode"] !== after["mode"] && after["mode"] !== "";
  const changes = [
    ...(mode ? [`mode ${before["mode"] || "not said"} became ${after["mode"]}`] : []),
    ...(added.length > 0 ? [`${added.join(", ")} added`] : []),
    ...(gone.length > 0 ? [`${gone.join(", ")} left out`] : []),
  ];
  return changes.length > 0 ? `changed: ${changes.join("; ")}` : "changed";
}

/** Hosts are named with a failure only, so this is the first failure, not the first session. */
function mxMarks(failures: readonly Row[], fromDay: string): Mark[] {
  const firsts = new Map<string, string>();
  for (const row of failures) {
    const [mx, day] = [String(row["mx"]), String(row["first_day"] ?? "")];
    const known = firsts.get(mx);
    if (mx !== "" && day !== "" && (known === undefined || day < known)) firsts.set(mx, day);
  }
  return [...firsts]
    .filter(([, day]) => day > fromDay)
    .map(([mx, at]) => ({ at, kind: "mx", title: `First failure at ${mx} in this range` }));
}

/** Senders with a large part of the sessions that report no more: their numbers end there. */
function silenceMarks({ organizations, sessions }: TimelineRows, fromDay: string): Mark[] {
  return organizations.flatMap((row) => {
    const [own, at] = [Number(row["total_sessions"] ?? 0), String(row["last_day"])];
    const isLarge = own > 0 && own >= sessions * LARGE_SHARE;
    if (!isLarge || row["status"] !== "silent" || at < fromDay) return [];
    const share = showRate(Math.min(own / sessions, 1));
    const title = `Last report of ${row["organization"]}, silent since (${share} of all sessions)`;
    return [{ at, kind: "problem" as const, title }];
  });
}

function problemMarks(problems: readonly Row[], days: TimelineDays): Mark[] {
  return problems.flatMap((row) => {
    const began = String(row["first_seen"]).slice(0, 10);
    const name = `${row["title"]}${row["mx"] === "" ? "" : ` at ${row["mx"]}`}`;
    const kind = "problem" as const;
    const over = OVER[String(row["state"])];
    const now = over === undefined ? "" : `, ${over}`;
    const start = { at: began, kind, title: `Began: ${name} (${row["severity"]}${now})` };
    const end = { at: String(row["last_day"]), kind, title: `Last seen: ${name}${now}` };
    const isKnown = began >= days.from && began > days.firstRead;
    return [...(isKnown ? [start] : []), ...(over === undefined ? [] : [end])];
  });
}

/** States of problems that are not reported now. */
const OVER: Readonly<Record<string, string>> = { quiet: "now quiet", resolved: "now resolved" };
