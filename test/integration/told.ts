// Reports of one policy each, told in a line and put straight into the store, for tests of what senders saw.

import { readStsPolicy } from "../../services/core/mta-sts/policy.ts";
import {
  FAILURE_DETAIL_COLUMNS,
  POLICY_SUMMARY_COLUMNS,
} from "../../services/core/tlsrpt/columns.ts";
import type { TestStore } from "../support/engine.ts";
import { uuid } from "./seed.ts";

const DAY_MS = 86_400_000;

export interface Told {
  domain: string;
  tenant?: string;
  trust?: string;
  organization: string;
  day: string;
  type?: string;
  text?: string;
  successful?: number;
  failed?: number;
  details?: { type: string; mx: string; failed: number }[];
}

let told = 0;

/** The days from one to another of March 2026, both included. */
export function days(first: number, last: number): string[] {
  const start = Date.parse(`2026-03-01T00:00:00Z`) + (first - 1) * DAY_MS;
  return Array.from({ length: last - first + 1 }, (_, i) =>
    new Date(start + i * DAY_MS).toISOString().slice(0, 10),
  );
}

/** Texts of one meaning have one digest, as the writer makes it. */
const digests = new Map<string, string>();
function digestOf(text: string): string {
  const digest = digests.get(text) ?? uuid(100 + digests.size);
  digests.set(text, digest);
  return digest;
}

function line(columns: readonly string[], values: Record<string, unknown>): string {
  return `${JSON.stringify(columns.map((name) => values[name] ?? (/count|rewritten|first_of|failed|successful|index|version/.test(name) ? 0 : "")))}\n`;
}

/** Stores reports of one policy each; rows of a report with two policies share nothing that is read here. */
export async function tell(opened: TestStore, reports: readonly Told[]): Promise<void> {
  const summaries: string[] = [];
  const details: string[] = [];
  for (const report of reports) {
    told += 1;
    const { domain, day, organization, text = "", details: failures = [] } = report;
    const shared = {
      tenant: report.tenant ?? "default",
      domain,
      day,
      report_key: uuid(told),
      rows_hash: uuid(told),
      start_at: `${day} 00:00:00`,
      organization,
      trust: report.trust ?? "verified",
      policy_type: report.type ?? "sts",
      policy_mode: readStsPolicy(text)?.mode ?? "",
      version: 1,
    };
    const counts = {
      policy_successful: report.successful ?? 10,
      policy_failed: report.failed ?? 0,
    };
    const policy = { policy_digest: digestOf(text), policy_text: text, mx_patterns: [] };
    summaries.push(line(POLICY_SUMMARY_COLUMNS, { ...shared, ...counts, ...policy }));
    failures.forEach(({ type, mx, failed }, i) => {
      const addresses = { sending_ip: "::", receiving_ip: "::" };
      const row = { ...shared, ...addresses, result_type: type, mx, detail_index: i };
      details.push(line(FAILURE_DETAIL_COLUMNS, { ...row, failed_sessions: failed }));
    });
  }
  await opened.store.insert("policy_summaries", POLICY_SUMMARY_COLUMNS, summaries.join(""));
  if (details.length > 0) {
    await opened.store.insert("failure_details", FAILURE_DETAIL_COLUMNS, details.join(""));
  }
}

/** The same report of each organization on each day. */
export function each(
  organizations: readonly string[],
  on: readonly string[],
  rest: Partial<Told>,
): Told[] {
  return on.flatMap((day) =>
    organizations.map((organization) => ({ domain: "", organization, day, ...rest })),
  );
}
