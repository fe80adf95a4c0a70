// What must hold for the items of any message: rows that the store takes and that conserve their sums, days
// within bounds, tenants of the directory only, reasons of the closed set.

import { BOUNDS } from "../../services/core/bounds.ts";
import { OPERATOR_TENANT } from "../../services/core/directory/directory.ts";
import { QUARANTINE_REASONS } from "../../services/core/outcome.ts";
import type { Raw } from "../../services/core/raw.ts";
import {
  FAILURE_DETAIL_COLUMNS,
  POLICY_SUMMARY_COLUMNS,
  QUARANTINE_COLUMNS,
  RECEIPT_COLUMNS,
  REPORT_COLUMNS,
} from "../../services/core/tlsrpt/columns.ts";
import { TRUST } from "../../services/core/trust.ts";
import type { IngestContext } from "../../services/ingest/context.ts";
import type { Item, QuarantineItem, ReportItem } from "../../services/ingest/item.ts";
import { quarantineLine, receiptLine } from "../../services/ingest/lines.ts";
import { readRow } from "./columns.ts";
import { DAY_LAST, TENANTS } from "./contexts.ts";
import { hold } from "./target.ts";

type Row = Record<string, unknown>;

/** Reasons that decoding must never give: they are for its end, its store and its disk. */
const NOT_OF_DECODING = ["decode-crashed", "decode-timeout", "store-refused", "spool-damaged"];

/** Checks all items of one message. */
export function checkItems(items: readonly Item[], raw: Raw, context: IngestContext): void {
  hold(items.length > 0, "a message has an item");
  hold(items.length <= BOUNDS.reportsPerMessageMax + 1, "items are bounded", () => items.length);
  for (const [index, item] of items.entries()) {
    hold(Object.hasOwn(TRUST, item.trust), "the trust is one of the levels", () => item.trust);
    if (item.kind === "report") checkReport(item, raw, context);
    else checkQuarantined(item, raw, context, index);
    const ended = { entry: { raw, index, item }, outcome: "stored" as const, reason: "" };
    readRow("receipts", RECEIPT_COLUMNS, receiptLine(ended, context.nowMs, 1));
  }
  checkApart(items);
}

/** What is quarantined holds the whole message: no tenant may see another's part there. */
function checkApart(items: readonly Item[]): void {
  const reports = new Set(items.flatMap((item) => (item.kind === "report" ? [item.tenant] : [])));
  for (const item of items) {
    if (item.kind === "report" || item.tenant === OPERATOR_TENANT) continue;
    const alone = [...reports].every((tenant) => tenant === item.tenant);
    hold(alone, "quarantine is apart from other tenants' reports", () => [...reports]);
  }
}

function checkQuarantined(
  item: QuarantineItem,
  raw: Raw,
  context: IngestContext,
  index: number,
): void {
  hold(Object.hasOwn(QUARANTINE_REASONS, item.reason), "the reason is known", () => item.reason);
  const broken = NOT_OF_DECODING.includes(item.reason);
  hold(!broken, "decoding comes to an end", () => `${item.reason}: ${item.message}`);
  checkTenant(item.tenant, context, true);
  hold(item.message !== "", "the message says something");
  const line = quarantineLine({ raw, index, item }, item, context.nowMs, true);
  hold(line.endsWith("\n") && line.indexOf("\n") === line.length - 1, "a row is one line");
  readRow("quarantine", QUARANTINE_COLUMNS, line);
}

function checkTenant(tenant: string, context: IngestContext, operators: boolean): void {
  const known = context.directory.open
    ? tenant === OPERATOR_TENANT
    : TENANTS.has(tenant) || (operators && tenant === OPERATOR_TENANT);
  hold(known, "the tenant is one of the directory", () => tenant);
}

function checkReport(item: ReportItem, raw: Raw, context: IngestContext): void {
  const { arrival } = raw;
  checkTenant(item.tenant, context, false);
  hold(item.day >= BOUNDS.reportDayFirst && item.day <= DAY_LAST, "the day can be", () => item.day);
  const cells = `[${item.reportCells},"stored",0,1]`;
  const report = readRow("reports", REPORT_COLUMNS, cells);
  const summaries = readLines("policy_summaries", POLICY_SUMMARY_COLUMNS, item.summaryLines);
  const details = readLines("failure_details", FAILURE_DETAIL_COLUMNS, item.detailLines);
  for (const row of [report, ...summaries, ...details]) checkKeys(row, item);
  checkPlaces(summaries, details);
  checkSums(report, summaries, details);
  const { trust, attribution } = report;
  if (context.dkim === "off") hold(trust !== "verified", "nothing is verified unlooked");
  if (arrival.channel === "https") {
    hold(trust === "keyed" || trust === "posted", "a post is a post", () => String(trust));
    hold(!context.keyRequired || attribution === "key", "a post without a key is not taken");
  }
  if (arrival.channel === "smtp" && context.dkim === "require") {
    hold(trust === "verified", "unsigned mail is not taken", () => String(trust));
  }
}

/** The rows of a text, each with what the writer adds. */
function readLines(table: string, names: readonly string[], text: string): Row[] {
  if (text === "") return [];
  hold(text.endsWith("]\n"), `rows of ${table} end with a line feed`);
  return text
    .slice(0, -1)
    .split("\n")
    .map((line) => readRow(table, names, `${line.slice(0, -1)},0,1]`));
}

function checkKeys(row: Row, item: ReportItem): void {
  const same =
    row["tenant"] === item.tenant &&
    row["day"] === item.day &&
    row["report_key"] === item.reportKey &&
    row["rows_hash"] === item.rowsHash &&
    row["organization"] === item.organization &&
    row["trust"] === item.trust;
  hold(same, "all rows of a report have its keys", () => row);
}

function checkPlaces(summaries: readonly Row[], details: readonly Row[]): void {
  for (const [i, row] of summaries.entries()) {
    hold(row["policy_index"] === i, "policies are numbered", () => row);
  }
  const seen = new Map<unknown, number>();
  for (const row of details) {
    const at = seen.get(row["policy_index"]) ?? 0;
    seen.set(row["policy_index"], at + 1);
    hold(row["detail_index"] === at, "details are numbered", () => row);
    const policy = summaries[Number(row["policy_index"])];
    hold(policy !== undefined, "a detail has its policy", () => row);
    const alike =
      policy?.["domain"] === row["domain"] && policy?.["policy_type"] === row["policy_type"];
    hold(alike, "a detail is of its policy's domain and type", () => row);
  }
}

function sumOf(rows: readonly Row[], column: string): number {
  return rows.reduce((sum, row) => sum + Number(row[column]), 0);
}

function checkSums(report: Row, summaries: readonly Row[], details: readonly Row[]): void {
  for (const row of summaries) {
    const own = details.filter((one) => one["policy_index"] === row["policy_index"]);
    hold(row["details_failed"] === sumOf(own, "failed_sessions"), "details add up", () => row);
  }
  for (const side of ["successful", "failed"]) {
    const sum = sumOf(summaries, `sessions_${side}`);
    hold(report[`${side}_sessions`] === sum, `${side} sessions add up`, () => sum);
  }
  checkCounted(details);
  hold(sumOf(summaries, "first_of_report") === 1, "one row is the first of its report");
  const domains = new Set(summaries.map((row) => String(row["domain"])));
  const listed = report["domains"];
  const all = Array.isArray(listed) ? listed.map(String) : [];
  hold(all.length === domains.size && all.every((one) => domains.has(one)), "domains are listed");
  for (const domain of domains) {
    checkDomain(
      domain,
      summaries.filter((row) => row["domain"] === domain),
    );
  }
}

/** Invariant 5 for failure details: per domain, MX and result type the policy type with the most counts. */
function checkCounted(details: readonly Row[]): void {
  const groups = new Map<string, Row[]>();
  for (const row of details) {
    const key = JSON.stringify([row["domain"], row["mx"], row["result_type"]]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  for (const rows of groups.values()) {
    const types = new Set(rows.map((row) => row["policy_type"]));
    const sums = [...types].map((type) =>
      sumOf(
        rows.filter((row) => row["policy_type"] === type),
        "failed_sessions",
      ),
    );
    hold(sumOf(rows, "counted_sessions") === Math.max(...sums), "details count once", () => rows);
  }
}

function isEnforced(row: Row): boolean {
  return row["policy_type"] === "sts" && row["policy_mode"] === "enforce";
}

/** Invariant 5: within a domain the sum within a policy type, then the largest over the types. */
function checkDomain(domain: string, rows: readonly Row[]): void {
  hold(sumOf(rows, "first_of_domain") === 1, "one row is the first of its domain", () => domain);
  const types = new Set(rows.map((row) => row["policy_type"]));
  let total = 0;
  let failed = 0;
  let held = 0;
  for (const type of types) {
    const of = rows.filter((row) => row["policy_type"] === type);
    const lost = sumOf(of, "policy_failed");
    total = Math.max(total, lost + sumOf(of, "policy_successful"));
    failed = Math.max(failed, lost);
    const holding = of.filter((row) => type === "tlsa" || isEnforced(row));
    held = Math.max(held, sumOf(holding, "policy_failed") + sumOf(holding, "policy_successful"));
  }
  const counted = [sumOf(rows, "sessions_successful"), sumOf(rows, "sessions_failed")];
  const right = counted[0] === total - failed && counted[1] === failed;
  hold(right, "sessions are the largest over the policy types", () => ({ domain, counted, total }));
  const said = sumOf(rows, "sessions_protected");
  hold(said === held && held <= total, "protected are the largest too", () => ({
    domain,
    said,
    held,
  }));
}
