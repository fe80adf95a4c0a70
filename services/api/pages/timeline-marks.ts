// What happened to a domain on which day: policies that came up, MX hosts that began to fail, problems that
// began and ended. From rows of panels, for the chart of sessions and the list beneath it. Pure.

import type { Mark } from "../../charts/chart.ts";
import type { Row } from "../../query/panel.ts";

export interface TimelineRows {
  /** Of the panel `policies`. */
  policies: readonly Row[];
  /** Of the panel `failures-by-mx`. */
  failures: readonly Row[];
  /** Of the panel `problems`. */
  problems: readonly Row[];
}

/** Marks on one chart; of more the most urgent problems and the newest changes are kept. */
const KIND_MAX = 20;

/**
 * The marks of a range in the order of their days.
 * @param fromDay first whole UTC day of the range: what was there from the start is no change
 */
export function timelineMarks(rows: TimelineRows, fromDay: string): readonly Mark[] {
  const marks = [
    ...newest(policyMarks(rows.policies, fromDay)),
    ...newest(mxMarks(rows.failures, fromDay)),
    ...problemMarks(rows.problems.slice(0, KIND_MAX), fromDay),
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

function problemMarks(problems: readonly Row[], fromDay: string): Mark[] {
  return problems.flatMap((row) => {
    const began = String(row["first_seen"]).slice(0, 10);
    const name = `${row["title"]}${row["mx"] === "" ? "" : ` at ${row["mx"]}`}`;
    const kind = "problem" as const;
    const over = OVER[String(row["state"])];
    const now = over === undefined ? "" : `, ${over}`;
    const start = { at: began, kind, title: `Began: ${name} (${row["severity"]}${now})` };
    const end = { at: String(row["last_day"]), kind, title: `Last seen: ${name}${now}` };
    return [...(began >= fromDay ? [start] : []), ...(over === undefined ? [] : [end])];
  });
}

/** States of problems that are not reported now. */
const OVER: Readonly<Record<string, string>> = { quiet: "now quiet", resolved: "now resolved" };
