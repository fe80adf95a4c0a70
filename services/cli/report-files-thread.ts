// The thread that explains files for the page, one at a time: it decodes, reads and cuts. It holds no state
// between them, so that it may be ended at any moment: a hostile file costs this thread, never the server.

import { parentPort } from "node:worker_threads";
import { BOUNDS } from "../core/bounds.ts";
import {
  CUT_LISTS,
  type CutReport,
  type FileReading,
  type Reading,
  type ReadReport,
} from "../core/explain/reading.ts";
import { readBytes } from "../receive/import-sources.ts";
import { readMessage } from "./report-file-message.ts";

/** What the thread is told. */
export interface FileToExplain {
  name: string;
  bytes: Uint8Array;
  messageBytesMax: number;
  nowMs: number;
}

/** Reads a file as `sealwatch report` does, up to BOUNDS.explainReadingsMax reports. */
export async function readFile(file: FileToExplain): Promise<FileReading> {
  const { name, bytes, messageBytesMax, nowMs } = file;
  const readings: Reading[] = [];
  const unread: { place: string; why: string }[] = [];
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for await (const source of readBytes(whole, name, name, messageBytesMax)) {
    if (readings.length + unread.length >= BOUNDS.explainReadingsMax) {
      return { readings: readings.map(cut), unread, more: true };
    }
    if (source.kind === "message") readings.push(...(await readMessage(source, nowMs)));
    else unread.push({ place: source.place, why: source.why });
  }
  const more = readings.length > BOUNDS.explainReadingsMax;
  return { readings: readings.slice(0, BOUNDS.explainReadingsMax).map(cut), unread, more };
}

function cut(reading: Reading): FileReading["readings"][number] {
  if (!reading.usable) {
    return { ...reading, deviations: reading.deviations.slice(0, BOUNDS.explainListMax) };
  }
  return cutReport(reading);
}

function cutReport(report: ReadReport): CutReport {
  const few = <T>(list: readonly T[], max: number = BOUNDS.explainNamesMax) => list.slice(0, max);
  const left = (list: readonly unknown[]) => Math.max(list.length - BOUNDS.explainListMax, 0);
  const [policies, problems, notes, deviations] = CUT_LISTS.map((name) => left(report[name]));
  return {
    ...report,
    domains: few(report.domains),
    policies: few(report.policies, BOUNDS.explainListMax).map((one) => ({
      ...one,
      mx_patterns: few(one.mx_patterns),
      policy_text: "",
    })),
    problems: few(report.problems, BOUNDS.explainListMax).map((one) => ({
      ...one,
      said: few(one.said),
      sending_ips: few(one.sending_ips),
      receiving_ips: few(one.receiving_ips),
    })),
    notes: few(report.notes, BOUNDS.explainListMax),
    deviations: few(report.deviations, BOUNDS.explainListMax),
    left_out: {
      policies: policies ?? 0,
      problems: problems ?? 0,
      notes: notes ?? 0,
      deviations: deviations ?? 0,
    },
  };
}

parentPort?.on("message", async (file: FileToExplain) => {
  parentPort?.postMessage(await readFile(file));
});
