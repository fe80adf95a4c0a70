// How the tests of this folder read a report: made-up arrival and hints, a real hash, cells by name.

import { createHash } from "node:crypto";
import { type Deviation, Deviations } from "../../../../services/core/deviation.ts";
import { NOT_LOOKED_AT } from "../../../../services/core/dkim/verdict.ts";
import type { Arrival } from "../../../../services/core/raw.ts";
import {
  FAILURE_DETAIL_COLUMNS,
  POLICY_SUMMARY_COLUMNS,
  REPORT_COLUMNS,
} from "../../../../services/core/tlsrpt/columns.ts";
import { readJson } from "../../../../services/core/tlsrpt/json-text.ts";
import { parseReport } from "../../../../services/core/tlsrpt/parse.ts";
import type { Hints, Report } from "../../../../services/core/tlsrpt/report.ts";
import { policyDigester, reportRows } from "../../../../services/core/tlsrpt/rows.ts";

export const RECEIVED_AT_MS = Date.UTC(2026, 5, 15, 12);
export const NO_HINTS: Hints = { domain: "", submitter: "", startMs: null, endMs: null };

export const ARRIVAL: Arrival = {
  receipt: "01JXS1Z5A0000000000000000A",
  receivedAtMs: RECEIVED_AT_MS,
  channel: "https",
  peer: "192.0.2.25",
  helo: "",
  tls: "",
  mailFrom: "",
  rcptTo: ["reports@example.com"],
  contentType: "application/tlsrpt+json",
  fileName: "",
  key: "",
  reprocess: false,
};

export function uuidHash(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join("-");
}

export interface Read {
  report: Report | null;
  plain: boolean;
  /** Reason and place of a refusal, or "". */
  refusal: string;
  deviations: Deviation[];
  /** "code place", in order. */
  noted: string[];
}

export function readText(text: string | Uint8Array, hints: Hints = NO_HINTS): Read {
  const deviations = new Deviations();
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const json = readJson(bytes, deviations);
  const parsed = json.ok ? parseReport(json.value, hints, RECEIVED_AT_MS, deviations) : json;
  const list = deviations.finish();
  return {
    report: parsed.ok ? parsed.report : null,
    plain: json.ok && json.plain,
    refusal: parsed.ok ? "" : `${parsed.reason} ${parsed.place}`.trim(),
    deviations: list,
    noted: list.map(({ code, place }) => `${code} ${place}`.trim()),
  };
}

export function readValue(value: unknown, hints: Hints = NO_HINTS): Read {
  return readText(JSON.stringify(value), hints);
}

type Cells = Record<string, unknown>;

export interface Rows {
  report: Cells;
  summaries: Cells[];
  details: Cells[];
  text: string;
}

export function rowsOf(
  report: Report,
  hints: Hints = NO_HINTS,
  deviations: Deviation[] = [],
  plain = false,
  conforming = deviations.length === 0,
): Rows {
  const made = reportRows({
    report,
    plain,
    hints,
    arrival: ARRIVAL,
    delivery: { media: "json", subject: "", messageId: "", headerFrom: "" },
    deviations,
    conforming,
    rawBase64: "e30=",
    rawBytes: 2,
    tenant: "default",
    trust: "posted",
    dkim: NOT_LOOKED_AT,
    attribution: "open",
    countedOn: report.policies.map(({ domain }) => domain || hints.domain),
    hash: uuidHash,
    policyDigest: policyDigester(uuidHash),
  });
  return {
    report: named(upTo(REPORT_COLUMNS, "status"), `[${made.reportCells}]`),
    summaries: lines(made.summaryLines).map((line) => named(SUMMARY_CELLS, line)),
    details: lines(made.detailLines).map((line) => named(DETAIL_CELLS, line)),
    text: JSON.stringify(made),
  };
}

/** The cells that rows.ts makes; the rest is decided when they are stored. */
function upTo(columns: readonly string[], end: string): readonly string[] {
  return columns.slice(0, columns.indexOf(end));
}

const SUMMARY_CELLS = upTo(POLICY_SUMMARY_COLUMNS, "rewritten");
const DETAIL_CELLS = upTo(FAILURE_DETAIL_COLUMNS, "rewritten");

function lines(text: string): string[] {
  return text.split("\n").slice(0, -1);
}

function named(columns: readonly string[], line: string): Cells {
  const cells: unknown[] = JSON.parse(line);
  if (cells.length !== columns.length) {
    throw new Error(`${cells.length} cells for ${columns.length} columns`);
  }
  return Object.fromEntries(columns.map((column, i) => [column, cells[i]]));
}
