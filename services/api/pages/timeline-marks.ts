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
 * @param fromDay first day of the range: what was there from the start is no change
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

/** A policy that came up within the range, beside the one that was there before it. */
function policyMarks(policies: readonly Row[], fromDay: string): Mark[] {
  const told = policies.filter((row) => row["policy_text"] !== "");
  const first = (row: Row) => String(row["first_day"]);
  const inOrder = told.toSorted((a, b) => (first(a) < first(b) ? -1 : 1));
  return inOrder.flatMap((row, i) => {
    const alike = (other: Row) =>
      other["policy_type"] === row["policy_type"] && other["tenant"] === row["tenant"];
    const before = inOrder.slice(0, i).findLast(alike);
    const change = before === undefined ? "first seen" : changeOf(before, row);
    const title = `${nameOf(row)} ${change}`;
    return first(row) > fromDay ? [{ at: first(row), kind: "policy" as const, title }] : [];
  });
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
    const start = { at: began, kind, title: `Began: ${name} (${row["severity"]})` };
    const end = { at: String(row["last_day"]), kind, title: `Last seen: ${name}, now resolved` };
    return [...(began >= fromDay ? [start] : []), ...(row["state"] === "resolved" ? [end] : [])];
  });
}
