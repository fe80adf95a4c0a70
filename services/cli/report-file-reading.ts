// What a report file says, in words: the verdict, the policies, the problems with their explanations, the
// deviations, and whether its numbers agree. Pure: an item of ingest in, a document out.

import { showPlural } from "../api/pages/format.ts";
import { explain } from "../core/explain/explain.ts";
import type {
  ReadDeviation,
  Reading,
  ReadPolicy,
  ReadProblem,
  ReadReport,
  UnusableFile,
} from "../core/explain/reading.ts";
import { QUARANTINE_REASONS } from "../core/outcome.ts";
import type { Item, QuarantineItem } from "../ingest/item.ts";
import { deviationInWords } from "../query/deviation-words.ts";
import { type Cells, type ItemRows, rowsOf } from "./report-file-cells.ts";
import { grouped } from "./table.ts";

/** Reads an item. @param file where it was found */
export function readItem(item: Item, file: string): Reading {
  return item.kind === "report" ? readReport(rowsOf(item), file) : readUnusable(item, file);
}

function readUnusable(item: QuarantineItem, file: string): UnusableFile {
  const { reason, message, place, delivery } = item;
  const { title, advice } = QUARANTINE_REASONS[reason];
  const deviations = item.deviations.map((one) => ({ ...one, ...words(one.code) }));
  const docs = `docs/reasons.md#${reason}`;
  const { media } = delivery;
  return {
    file,
    usable: false,
    verdict: title,
    reason,
    message,
    place,
    advice,
    docs,
    media,
    deviations,
  };
}

function readReport(rows: ItemRows, file: string): ReadReport {
  const { report } = rows;
  const policies = rows.policies.map(readPolicy);
  const problems = readProblems(rows.details);
  const successful = report.count("successful_sessions");
  const failed = report.count("failed_sessions");
  const places = report.texts("deviation_places");
  const values = report.texts("deviation_values");
  return {
    file,
    usable: true,
    verdict: verdictOf(successful, failed, problems),
    organization: report.text("organization"),
    contact_info: report.text("contact_info"),
    submitter: report.text("submitter"),
    report_id: report.text("report_id"),
    start_at: report.time("start_at"),
    end_at: report.time("end_at"),
    domains: report.texts("domains"),
    media: report.text("media"),
    successful_sessions: successful,
    failed_sessions: failed,
    policies,
    problems,
    deviations: report.texts("deviation_codes").map((code, index) => {
      return { code, place: places[index] ?? "", value: values[index] ?? "", ...words(code) };
    }),
    details_agree: policies.every((one) => one.failed_sessions === one.details_failed),
    notes: [...policies.flatMap(differenceOf), ...doubleListing(policies)],
  };
}

function words(code: string): Pick<ReadDeviation, "title" | "meaning" | "docs"> {
  const { title, meaning, docs } = deviationInWords(code);
  return { title, meaning, docs };
}

function readPolicy(row: Cells): ReadPolicy {
  return {
    domain: row.text("domain"),
    policy_domain: row.text("policy_domain"),
    policy_type: row.text("policy_type"),
    policy_mode: row.text("policy_mode"),
    policy_text: row.text("policy_text"),
    mx_patterns: row.texts("mx_patterns"),
    successful_sessions: row.count("policy_successful"),
    failed_sessions: row.count("policy_failed"),
    details_failed: row.count("details_failed"),
  };
}

/** The problems of a report, those with the most failed sessions first. */
function readProblems(details: readonly Cells[]): ReadProblem[] {
  const groups = new Map<string, Cells[]>();
  for (const detail of details) {
    const key = JSON.stringify(KEY.map((column) => detail.text(column)));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [detail]);
    else group.push(detail);
  }
  const problems = [...groups.values()].map(readProblem);
  return problems.sort((one, other) => other.failed_sessions - one.failed_sessions);
}

const KEY = ["domain", "policy_type", "policy_mode", "result_type", "mx", "reason"] as const;

function readProblem(details: readonly Cells[]): ReadProblem {
  const text = (column: (typeof KEY)[number]) => details[0]?.text(column) ?? "";
  const distinct = (of: (detail: Cells) => string[]) =>
    [...new Set(details.flatMap(of))].filter((one) => one !== "");
  const kind = {
    resultType: text("result_type"),
    reason: text("reason"),
    policyType: text("policy_type"),
    policyMode: text("policy_mode"),
  };
  const names = { domain: text("domain"), mx: text("mx") };
  return {
    domain: names.domain,
    mx: names.mx,
    policy_type: kind.policyType,
    policy_mode: kind.policyMode,
    result_type: kind.resultType,
    reason: kind.reason,
    failed_sessions: details.reduce((sum, detail) => sum + detail.count("failed_sessions"), 0),
    said: distinct((one) => [one.text("reason_code"), one.text("additional_information")]),
    sending_ips: distinct((one) => [one.address("sending_ip")]),
    receiving_ips: distinct((one) => [one.address("receiving_ip")]),
    ...explain(kind, names),
  };
}

/** The whole report in one sentence without its full stop. */
function verdictOf(successful: number, failed: number, problems: readonly ReadProblem[]): string {
  const total = successful + failed;
  if (total === 0) {
    return problems.length === 0 ? "No sessions are reported" : `No sessions, but ${why(problems)}`;
  }
  const all = total === 1 ? "The only session" : `All ${grouped(total)} sessions`;
  if (failed === 0) return `${all} succeeded${problems.length > 0 ? `, but ${why(problems)}` : ""}`;
  const some = `${grouped(failed)} of ${grouped(total)} sessions`;
  return `${successful === 0 ? all : some} failed: ${why(problems)}`;
}

function why([first, ...others]: readonly ReadProblem[]): string {
  if (first === undefined) return "the report does not say why";
  const at = first.mx === "" ? "" : ` at ${first.mx}`;
  const word = first.known ? "" : ` (${first.result_type || "no result type"})`;
  const more = others.length === 1 ? ", and 1 other problem" : `, and ${others.length} others`;
  return `${first.title}${word}${at}${others.length === 0 ? "" : more}`;
}

/** What is to be said where summary and details differ; the summary counts (RFC 8460 section 4). */
function differenceOf(policy: ReadPolicy): string[] {
  const { failed_sessions: failed, details_failed: details } = policy;
  if (failed === details) return [];
  const about = `${policy.policy_type} of ${policy.policy_domain || "no domain"}`;
  if (details === 0) return [`${about}: ${showPlural(failed, "failed session")} without details.`];
  const which =
    details > failed ? "details may tell of a session twice" : "the rest is not told of";
  return [
    `${about}: ${showPlural(failed, "failed session")} in the summary, ${grouped(details)} in the details. ` +
      `The summary counts; ${which}.`,
  ];
}

/** RFC 8460 section 4: one session may stand under several policies. */
function doubleListing(policies: readonly ReadPolicy[]): string[] {
  const typesOf = new Map<string, Set<string>>();
  for (const { domain, policy_type } of policies) {
    typesOf.set(domain, (typesOf.get(domain) ?? new Set()).add(policy_type));
  }
  return [...typesOf].flatMap(([domain, distinct]) => {
    const types = [...distinct];
    if (types.length < 2) return [];
    return [
      `${domain || "No domain"} has sessions under ${types.join(" and ")}. The same session may ` +
        "stand under each, so that they are not added up: the type with the most counts.",
    ];
  });
}
