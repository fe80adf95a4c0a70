// What an operator sees of a running program: named events in the log, checks in /readyz, and metrics.

import { Agent, request } from "node:http";
import { expect } from "vitest";
import { type Program, waitUntil } from "./program.ts";
import { ingestTally, isDrained, overview, storedReportIds } from "./tally.ts";

export interface Readiness {
  ready: boolean;
  checks: Record<string, { ok: boolean; detail: string }>;
}

/** /readyz, whatever its status. */
export async function readiness(program: Program): Promise<Readiness> {
  const answer = await fetch(`${program.http}/readyz`);
  const told = (await answer.json()) as Readiness;
  expect(answer.status).toBe(told.ready ? 200 : 503);
  return told;
}

/** Waits until a check of /readyz reads so. */
export async function waitForCheck(
  program: Program,
  name: string,
  ok: boolean,
  detail: RegExp,
  timeoutMs = 30_000,
): Promise<void> {
  let last: unknown;
  await waitUntil(`/readyz to say of ${name}: ${detail}`, timeoutMs, async () => {
    const check = (await readiness(program)).checks[name];
    last = check;
    return check?.ok === ok && detail.test(check.detail);
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}; it says ${JSON.stringify(last)}\n${program.log()}`);
  });
}

/** Fields of the log lines of one event. */
export function eventsOf(program: Program, name: string): Record<string, unknown>[] {
  return program
    .log()
    .split("\n")
    .filter((line) => line.includes(`"event":"${name}"`) && line.endsWith("}"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Waits until the log tells of an event. */
export async function waitForEvent(program: Program, name: string): Promise<void> {
  await waitUntil(`the event ${name}`, 60_000, () => eventsOf(program, name).length > 0).catch(
    (error: unknown) => {
      throw new Error(`${String(error)}\n${program.log().slice(-6_000)}`);
    },
  );
}

/** The sum of the samples of a metric whose labels hold the text. */
export async function metric(program: Program, name: string, labels = ""): Promise<number> {
  const text = await (await fetch(`${program.http}/metrics`)).text();
  const lines = text.split("\n").filter((line) => /^[{ ]/.test(line.slice(name.length)));
  return lines
    .filter((line) => line.startsWith(name) && line.includes(labels))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}

const SESSIONS_PER_REPORT = 11;

/**
 * Waits until the spool is drained and checks that every acknowledged report counts exactly once, that
 * totals agree with them, and that nothing else ended otherwise than it should.
 * @param extra counts of the ledger besides those of stored reports
 */
export async function expectOnce(
  program: Program,
  acknowledged: readonly number[],
  extra: { duplicate?: number; quarantined?: number } = {},
): Promise<void> {
  await waitUntil("the spool to drain", 60_000, () => isDrained(program)).catch(
    (error: unknown) => {
      throw new Error(`${String(error)}\n${program.log().slice(-6_000)}`);
    },
  );
  const stored = await storedReportIds(program);
  const numbers = new Map([...stored].map(([id, n]) => [Number(id.split("_").at(-1)), n]));
  expect(
    acknowledged.filter((number) => !numbers.has(number)),
    "acknowledged, not there",
  ).toEqual([]);
  expect(
    [...numbers].filter(([, count]) => count !== 1),
    "there twice",
  ).toEqual([]);
  const totals = await overview(program);
  expect(totals.reports).toBe(stored.size);
  expect(totals.total_sessions).toBe(stored.size * SESSIONS_PER_REPORT);
  const { duplicate = 0, quarantined = 0 } = extra;
  expect(await ingestTally(program)).toEqual({
    received: stored.size + duplicate + quarantined,
    stored: stored.size,
    duplicate,
    conflict: 0,
    quarantined,
  });
}

/** One connection that stays open, for a program that has no descriptors left for another. */
export function keptConnection(program: Program) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = (method: string, path: string, body = "") =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const headers = { "content-type": "application/tlsrpt+json" };
      const sent = request(`${program.http}${path}`, { method, agent, headers }, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
      });
      sent.on("error", reject);
      sent.end(body);
    });
  return { ask, close: () => agent.destroy() };
}
