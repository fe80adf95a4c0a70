// Conditions that parameters put on rows, as SQL text of our own with bound values.

import { parseNetwork } from "../core/net/networks.ts";
import type { PanelQuery } from "./panel.ts";
import type { FilterName } from "./parameters.ts";
import { floorDay, periodBefore, printDay, type Range } from "./range.ts";

/** One organization however it wrote its name: filters and groups compare it like identities do. */
export const FOLDED_ORGANIZATION = "lowerUTF8(organization)";

/** The spelling of the newest day, for an aggregate over rows of one folded organization. */
export const ORGANIZATION_SPELLING = "max((day, toString(organization)))";

/** Unlike DateTime, which ends in 2106, it holds every instant that a range may begin or end with. */
const INSTANT = "DateTime64(3, 'UTC')";

/** SQL expression per filter, where it is not the column of the same name. */
const EXPRESSIONS: Partial<Record<FilterName, string>> = {
  organization: FOLDED_ORGANIZATION,
  problem: "id",
  report: "report_key",
  item: "toString(item)",
  readiness: "state",
};

/** One condition per filter that is set, out of those that the table can be asked for. */
export function whereFilters(query: PanelQuery, names: readonly FilterName[]): string[] {
  return names.flatMap((name) => {
    const values = query.parameters.filters[name];
    if (values === undefined) return [];
    if (name === "sending_ip") return whereAddress(query, values);
    const type = ["report", "content_hash"].includes(name) ? "Array(UUID)" : "Array(String)";
    return `${EXPRESSIONS[name] ?? name} IN ${query.bind(name, type, [...values])}`;
  });
}

/** Addresses and networks by range; other text is compared with what was sent instead of an address. */
function whereAddress(query: PanelQuery, values: readonly string[]): string {
  const branches = values.map((value, i) => {
    const network = parseNetwork(value);
    if (network === null) {
      return `sending_ip_text = ${query.bind(`sending_text_${i}`, "String", value)}`;
    }
    const groups = network.groups.map((group) => group.toString(16)).join(":");
    const address = query.bind(`sending_ip_${i}`, "IPv6", groups);
    const range = `IPv6CIDRToRange(${address}, ${query.bind(`sending_bits_${i}`, "UInt8", network.bits)})`;
    return `sending_ip BETWEEN ${range}.1 AND ${range}.2`;
  });
  return branches.join(" OR ");
}

/** True when one of the filters is set. */
export function isFiltered(query: PanelQuery, ...names: FilterName[]): boolean {
  return names.some((name) => query.parameters.filters[name] !== undefined);
}

/**
 * Reports whose period starts in the range. The day prunes partitions and the sort key; the start
 * is looked at only when an end of the range is not a midnight.
 */
export function whereReported(query: PanelQuery): string[] {
  const { fromMs, toMs } = readRange(query);
  const lastDay = floorDay(toMs - 1);
  const conditions = [
    `day >= ${query.bind("from_day", "Date", printDay(fromMs))}`,
    `day <= ${query.bind("last_day", "Date", printDay(lastDay))}`,
  ];
  if (fromMs !== floorDay(fromMs)) {
    conditions.push(`start_at >= ${query.bind("from_at", INSTANT, printTime(fromMs))}`);
  }
  if (toMs !== floorDay(toMs)) {
    conditions.push(`start_at < ${query.bind("to_at", INSTANT, printTime(toMs))}`);
  }
  return conditions;
}

/** The range that rows are read of: with `compare` the period before too, which has the same length. */
export function readRange(query: PanelQuery): Range {
  const { range, compare, timezone } = query.parameters;
  if (compare !== "previous") return range;
  return { fromMs: periodBefore(range, timezone).fromMs, toMs: range.toMs };
}

/** SQL that is 1 for a row of the period before, by its start; 0 for all without `compare`. */
export function isBefore(query: PanelQuery): string {
  if (query.parameters.compare !== "previous") return "0";
  const { fromMs } = query.parameters.range;
  return `start_at < ${query.bind("current_from", INSTANT, printTime(fromMs))}`;
}

/** Rows of the reports table by range and filters; a report has several domains. */
export function whereReports(query: PanelQuery): string[] {
  const conditions = [
    ...whereReported(query),
    ...whereFilters(query, ["organization", "trust", "channel", "report"]),
  ];
  const domains = query.parameters.filters.domain;
  if (domains) {
    conditions.push(`hasAny(domains, ${query.bind("domain", "Array(String)", [...domains])})`);
  }
  return conditions;
}

/** Things that came in during the range, by our clock, and are known so well. */
export function whereReceived(query: PanelQuery): string[] {
  const { fromMs, toMs } = query.parameters.range;
  return [
    `received_at >= ${query.bind("from_at", INSTANT, printTime(fromMs))}`,
    `received_at < ${query.bind("to_at", INSTANT, printTime(toMs))}`,
    ...whereFilters(query, ["trust", "channel", "reason"]),
  ];
}

/** "YYYY-MM-DD hh:mm:ss" in UTC, the form that every date setting of the store reads. */
function printTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace("T", " ");
}
