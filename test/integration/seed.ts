// A small set of rows with totals that can be added up by hand; see the table in seedPanels.

import {
  FAILURE_DETAIL_COLUMNS,
  POLICY_SUMMARY_COLUMNS,
  QUARANTINE_COLUMNS,
  RECEIPT_COLUMNS,
  REPORT_COLUMNS,
} from "../../services/core/tlsrpt/columns.ts";
import { countedDetails } from "../../services/core/tlsrpt/sessions.ts";
import type { Trust } from "../../services/core/trust.ts";
import type { Store } from "../../services/store/port.ts";

type Values = Record<string, unknown>;

/** A UUID whose digits name what it stands for. */
export function uuid(n: number): string {
  return `00000000-0000-0000-0000-${n.toString().padStart(12, "0")}`;
}

/** A receipt that ends in a number. */
export function receipt(n: number): string {
  return `01KA000000000000000000${n.toString().padStart(4, "0")}`;
}

function line(columns: readonly string[], values: Values, defaults: Values): string {
  const unknown = Object.keys(values).filter((name) => !columns.includes(name));
  if (unknown.length > 0) throw new Error(`no such column: ${unknown.join(", ")}`);
  return `${JSON.stringify(columns.map((name) => values[name] ?? defaults[name] ?? ""))}\n`;
}

const DELIVERY = {
  tenant: "default",
  item: 0,
  channel: "smtp",
  trust: "unverified",
  trust_rank: 0,
  dkim_notes: [],
  attribution: "open",
  peer: "192.0.2.1",
  rcpt_to: ["tlsrpt@example.com"],
  deviation_codes: [],
  deviation_places: [],
  deviation_values: [],
  raw_base64: "e30=",
  raw_bytes: 2,
};

export interface SeedDetail {
  type: string;
  mx: string;
  failed: number;
  sendingIp?: string;
  /** What was sent where it is no address. */
  sendingText?: string;
  reason?: string;
}

export interface SeedPolicy {
  domain: string;
  type: string;
  mode?: string;
  successful: number;
  failed: number;
  details?: SeedDetail[];
}

export interface SeedReport {
  n: number;
  tenant?: string;
  day: string;
  /** UTC time of day that the period starts at; midnight without it. */
  start?: string;
  organization: string;
  policies: SeedPolicy[];
  /** How far the sender is known; "unverified" without it. */
  trust?: Trust;
  report?: Values;
  /** Later versions win; the rows of a report that lost are deleted by a later version. */
  version?: number;
  deleted?: boolean;
}

const REPORT = REPORT_COLUMNS;
const POLICY = [...POLICY_SUMMARY_COLUMNS, "is_deleted"];
const DETAIL = [...FAILURE_DETAIL_COLUMNS, "is_deleted"];

/** Additive sessions of a policy row (invariant 5), on the first row of each domain. */
function additive(policies: readonly SeedPolicy[], index: number): [number, number, number] {
  const { domain } = policies[index] ?? { domain: "" };
  const own = policies.filter((policy) => policy.domain === domain);
  if (own[0] !== policies[index]) return [0, 0, 0];
  const types = [...new Set(own.map(({ type }) => type))];
  const sum = (type: string, count: (policy: SeedPolicy) => number) =>
    own.filter((policy) => policy.type === type).reduce((all, policy) => all + count(policy), 0);
  const total = Math.max(...types.map((type) => sum(type, (p) => p.successful + p.failed)));
  const failed = Math.max(...types.map((type) => sum(type, (p) => p.failed)));
  const held = (p: SeedPolicy) =>
    p.type === "tlsa" || (p.type === "sts" && p.mode === "enforce") ? p.successful + p.failed : 0;
  return [total - failed, failed, Math.max(...types.map((type) => sum(type, held)))];
}

/** The counts of each detail that can be added up, as the writer has them. */
function counted(policies: readonly SeedPolicy[]): number[][] {
  const asCounted = policies.map(({ type, details = [] }) => ({
    type,
    details: details.map(({ type: resultType, mx, failed }) => ({
      resultType,
      receivingMx: mx,
      failed,
    })),
  }));
  return countedDetails(
    asCounted,
    policies.map(({ domain }) => domain),
  );
}

/** Inserts one report with its policies and details, as the writer does. */
export async function seedReport(store: Store, seed: SeedReport): Promise<void> {
  const { n, day, organization, policies } = seed;
  const shared = {
    tenant: seed.tenant ?? "default",
    day,
    report_key: uuid(n),
    rows_hash: uuid(n),
    start_at: `${day} ${seed.start ?? "00:00:00"}`,
    organization,
    trust: seed.trust ?? "unverified",
    version: seed.version ?? 1,
    rewritten: seed.version === undefined && !seed.deleted ? 0 : 1,
  };
  const fact = { ...shared, is_deleted: seed.deleted ? 1 : 0 };
  const counts = policies.map((_, i) => additive(policies, i));
  const head = {
    ...shared,
    content_hash: uuid(n),
    receipt: receipt(n),
    received_at: `${day} 12:00:00.000`,
    end_at: `${day} 23:59:59`,
    report_id: `id-${n}`,
    domains: [...new Set(policies.map(({ domain }) => domain))],
    conforming: true,
    successful_sessions: counts.reduce((all, [ok]) => all + ok, 0),
    failed_sessions: counts.reduce((all, [, failed]) => all + failed, 0),
    status: "stored",
    ...seed.report,
  };
  await store.insert("reports", REPORT, line(REPORT, head, DELIVERY));
  if (head.status !== "stored" && !seed.deleted) return;
  const summaries = policies.map((policy, i) => {
    const details = policy.details ?? [];
    const row = {
      ...fact,
      domain: policy.domain,
      policy_domain: policy.domain,
      policy_index: i,
      policy_type: policy.type,
      policy_digest: uuid(0),
      mx_patterns: [],
      policy_successful: policy.successful,
      policy_failed: policy.failed,
      details_failed: details.reduce((all, { failed }) => all + failed, 0),
      sessions_successful: counts[i]?.[0],
      sessions_failed: counts[i]?.[1],
      sessions_protected: counts[i]?.[2],
      policy_mode: policy.mode ?? "",
      first_of_report: i === 0 ? 1 : 0,
      first_of_domain: policies.findIndex(({ domain }) => domain === policy.domain) === i ? 1 : 0,
    };
    return line(POLICY, row, {});
  });
  await store.insert("policy_summaries", POLICY, summaries.join(""));
  const countedOf = counted(policies);
  const details = policies.flatMap((policy, i) =>
    (policy.details ?? []).map((detail, j) => {
      const row = {
        ...fact,
        domain: policy.domain,
        result_type: detail.type,
        mx: detail.mx,
        policy_index: i,
        detail_index: j,
        policy_type: policy.type,
        policy_mode: policy.mode ?? "",
        sending_ip: detail.sendingIp ?? "::",
        sending_ip_text: detail.sendingText ?? "",
        receiving_ip: "::",
        reason: detail.reason ?? "",
        failed_sessions: detail.failed,
        counted_sessions: countedOf[i]?.[j] ?? 0,
      };
      return line(DETAIL, row, {});
    }),
  );
  if (details.length > 0) {
    await store.insert("failure_details", DETAIL, details.join(""));
  }
}

/** Inserts one row of the ledger. */
export async function seedReceipt(store: Store, values: Values): Promise<void> {
  const defaults = {
    tenant: "default",
    item: 0,
    channel: "smtp",
    trust: values["outcome"] === "refused" ? "" : "unverified",
    items: 1,
    report_key: uuid(0),
    report_day: "2026-03-01",
    version: 1,
    is_deleted: 0,
  };
  await store.insert("receipts", RECEIPT_COLUMNS, line(RECEIPT_COLUMNS, values, defaults));
}

/** Inserts one quarantined thing. */
export async function seedQuarantine(store: Store, values: Values): Promise<void> {
  const defaults = { ...DELIVERY, version: 1, is_deleted: 0 };
  await store.insert("quarantine", QUARANTINE_COLUMNS, line(QUARANTINE_COLUMNS, values, defaults));
}
