// What the exhaustive tests of commits share: entries of received messages, a clock that grows, and what the
// tables say in the end.

import { expect } from "vitest";
import { printReceipt } from "../../services/core/receipt.ts";
import {
  FAILURE_DETAIL_COLUMNS,
  POLICY_SUMMARY_COLUMNS,
  REPORT_COLUMNS,
} from "../../services/core/tlsrpt/columns.ts";
import { trustRank } from "../../services/core/trust.ts";
import { commitBatch } from "../../services/ingest/commit.ts";
import { OPEN_CONTEXT } from "../../services/ingest/context.ts";
import type { Entry } from "../../services/ingest/entry.ts";
import { ingest } from "../../services/ingest/ingest.ts";
import { recordParameters } from "../../services/query/newest.ts";
import type { Panel } from "../../services/query/panel.ts";
import { runPanel, type Scope } from "../../services/query/run.ts";
import type { Store } from "../../services/store/port.ts";
import { type ReportShape, reportJson } from "../support/reports.ts";

let clock = Date.parse("2026-11-02T03:00:00Z");

/** The entries of one received message; every call is another receipt. */
export async function receive(bytes: string | Uint8Array, reprocessOf?: string): Promise<Entry[]> {
  clock += 1;
  const random = crypto.getRandomValues(new Uint8Array(16));
  const raw = {
    arrival: {
      receipt: reprocessOf ?? printReceipt(clock, random),
      receivedAtMs: clock,
      channel: "https" as const,
      peer: "192.0.2.1",
      helo: "",
      tls: "",
      mailFrom: "",
      rcptTo: [],
      contentType: "",
      fileName: "",
      key: "",
      reprocess: reprocessOf !== undefined,
    },
    bytes: Buffer.from(bytes),
  };
  const items = await ingest(raw, OPEN_CONTEXT);
  return items.map((item, index) => ({ raw, index, item }));
}

export const report = (shape: ReportShape) => receive(reportJson(shape));

export interface Sums {
  sessions: number;
  failed: number;
  details: number;
  outcomes: Record<string, number>;
}

/** What the tables hold, merged whole; what readers see must be the same. */
export async function sums(store: Store): Promise<Sums> {
  const [totals] = await store.select<{ s: string; f: string }>(
    `SELECT sum(sessions_successful + sessions_failed) AS s, sum(sessions_failed) AS f
     FROM policy_summaries FINAL`,
  );
  const [details] = await store.select<{ d: string }>(
    "SELECT sum(failed_sessions) AS d FROM failure_details FINAL",
  );
  const rows = await store.select<{ outcome: string; n: string }>(
    "SELECT outcome, sum(items) AS n FROM receipts FINAL GROUP BY outcome",
  );
  const merged = {
    sessions: Number(totals?.s),
    failed: Number(totals?.f),
    details: Number(details?.d),
  };
  expect(await seen(store), "what readers see").toEqual(merged);
  const [claims] = await store.select<{ n: string }>("SELECT count() AS n FROM reports FINAL");
  expect(await seenClaims(store), "the reports that readers see").toBe(Number(claims?.n));
  return {
    ...merged,
    outcomes: Object.fromEntries(rows.map((row) => [row.outcome, Number(row.n)])),
  };
}

const CLAIMS: Panel = {
  id: "claims",
  title: "Claims",
  description: "Every row of the reports that readers see.",
  parameters: [],
  columns: [{ name: "claims", type: "count", description: "Rows." }],
  order: [],
  drawing: "tiles",
  sql: (query) => `SELECT count() AS claims ${query.from("reports")}`,
};

async function seenClaims(store: Store): Promise<number> {
  const parameters = recordParameters({}, { fromMs: 0, toMs: clock });
  const { rows } = await runPanel(store, CLAIMS, parameters, { tenants: "all" });
  return Number(rows[0]?.["claims"]);
}

const SEEN: Panel = {
  id: "seen",
  title: "Seen",
  description: "Sums over every row that readers see.",
  parameters: [],
  columns: ["sessions", "failed", "details"].map((name) => ({
    name,
    type: "count",
    description: name,
  })),
  order: [],
  drawing: "tiles",
  sql: (query) => `
    SELECT sum(sessions_successful + sessions_failed) AS sessions, sum(sessions_failed) AS failed,
      (SELECT sum(failed_sessions) ${query.from("failure_details")}) AS details
    ${query.from("policy_summaries")}`,
};

/** The same sums by the way that all panels read. */
export async function seen(
  store: Store,
  scope: Scope = { tenants: "all" },
): Promise<Omit<Sums, "outcomes">> {
  const parameters = recordParameters({}, { fromMs: 0, toMs: clock });
  const { rows } = await runPanel(store, SEEN, parameters, scope);
  const { sessions, failed, details } = rows[0] ?? {};
  return { sessions: Number(sessions), failed: Number(failed), details: Number(details) };
}

export const at = () => {
  clock += 1;
  return clock;
};

/** What the tables say of the one identity in them, FINAL. */
export async function trusts(store: Store): Promise<Record<string, string[]>> {
  const distinct = async (table: string, where: string) => {
    const rows = await store.select<{ trust: string }>(
      `SELECT DISTINCT trust FROM ${table} FINAL WHERE ${where} ORDER BY trust`,
    );
    return rows.map((row) => row.trust);
  };
  return {
    reports: await distinct("reports", "status = 'stored'"),
    policy_summaries: await distinct("policy_summaries", "1"),
    failure_details: await distinct("failure_details", "1"),
    receipts: await distinct("receipts", "outcome = 'stored'"),
  };
}

export const VERIFIED_EVERYWHERE = {
  reports: ["verified"],
  policy_summaries: ["verified"],
  failure_details: ["verified"],
  receipts: ["verified"],
};

/** The same entries as if a signature of the contact's domain had been on their mail. */
export function verified(entries: Entry[]): Entry[] {
  return entries.map((entry) => {
    if (entry.item.kind !== "report") throw new Error("only reports are verified here");
    const change = (columns: readonly string[], line: string) => {
      const cells: unknown[] = JSON.parse(line);
      cells[columns.indexOf("trust")] = "verified";
      if (columns.includes("trust_rank")) cells[columns.indexOf("trust_rank")] = VERIFIED_RANK;
      return JSON.stringify(cells);
    };
    const all = (columns: readonly string[], lines: string) =>
      lines.replaceAll(/^.+$/gm, (line) => change(columns, line));
    const { reportCells, summaryLines, detailLines } = entry.item;
    const item = {
      ...entry.item,
      trust: "verified" as const,
      trustRank: VERIFIED_RANK,
      reportCells: change(REPORT_COLUMNS, `[${reportCells}]`).slice(1, -1),
      summaryLines: all(POLICY_SUMMARY_COLUMNS, summaryLines),
      detailLines: all(FAILURE_DETAIL_COLUMNS, detailLines),
    };
    return { ...entry, item };
  });
}

const VERIFIED_RANK = trustRank("verified", "contact");

/** A store whose n-th call fails, before or after it was carried out. */
export function failAt(store: Store, nth: number, when: "before" | "after"): Store {
  let calls = 0;
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (calls === nth && when === "before") throw new Error("crashed before the call");
    const result = await work();
    if (calls === nth && when === "after") throw new Error("crashed after the call");
    return result;
  };
  return intercept(store, step);
}

export function intercept(store: Store, step: <T>(work: () => Promise<T>) => Promise<T>): Store {
  return {
    insert: (...call) => step(() => store.insert(...call)),
    select: (...call) => step(() => store.select(...call)),
    command: (...call) => step(() => store.command(...call)),
    ping: () => store.ping(),
    close: () => store.close(),
  };
}

/**
 * Runs one commit per writer, with the order of their calls of the store decided by the seed.
 * @param look called after each call of the store
 */
export async function race(
  store: Store,
  seed: number,
  writers: Entry[][],
  look: () => Promise<void> = async () => {},
): Promise<void> {
  const queue: (() => void)[] = [];
  let running = writers.length;
  let state = seed * 2_654_435_761 + 1;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  const release = () => {
    if (queue.length < running || running === 0) return;
    queue.splice(Math.floor(random() * queue.length), 1)[0]?.();
  };
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    await new Promise<void>((resolve) => {
      queue.push(resolve);
      release();
    });
    const result = await work();
    await look();
    return result;
  };
  await Promise.all(
    writers.map(async (entries) => {
      await commitBatch(intercept(store, step), entries, at());
      running -= 1;
      release();
    }),
  );
}
