// Gunzip, parse, validate and rows for a report with ten failures, on one thread, against the floor of
// gunzipSync and JSON.parse of the same bytes.

import { gunzipSync, gzipSync } from "node:zlib";
import { OPEN_CONTEXT } from "../../services/ingest/context.ts";
import { ingest } from "../../services/ingest/ingest.ts";
import { reportJson } from "../support/reports.ts";
import { median, type Verdict } from "./report.ts";

const ROUNDS = 15;
const PER_ROUND = 2_000;

/** Bar: within three times the floor. */
export async function benchPipeline(): Promise<Verdict> {
  const bytes = gzipSync(reportJson({ number: 1, failures: 10 }));
  const raw = { arrival, bytes };
  const ours: number[] = [];
  const floors: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const floor = timeFloor(bytes);
    const own = await timeIngest(raw);
    if (round === 0) continue; // warm-up
    floors.push(floor);
    ours.push(own);
  }
  const ratio = median(ours.map((own, i) => own / (floors[i] ?? Number.NaN)));
  return {
    name: "pipeline: one report with 10 failures, gzip to rows, one thread",
    figures: `${median(ours).toFixed(1)} µs a report, floor ${median(floors).toFixed(1)} µs`,
    ratio,
    bar: "at most 3 times the floor",
    met: ratio <= 3,
  };
}

const arrival = {
  receipt: "01K9ZZZZZZZZZZZZZZZZZZZZZZ",
  receivedAtMs: Date.parse("2026-11-02T03:00:00Z"),
  channel: "https" as const,
  peer: "192.0.2.1",
  helo: "",
  tls: "",
  mailFrom: "",
  rcptTo: [],
  contentType: "application/tlsrpt+gzip",
  fileName: "",
  key: "",
  reprocess: false,
};

function timeFloor(bytes: Uint8Array): number {
  const startedAt = process.hrtime.bigint();
  for (let i = 0; i < PER_ROUND; i++) JSON.parse(gunzipSync(bytes).toString("utf8"));
  return Number(process.hrtime.bigint() - startedAt) / 1000 / PER_ROUND;
}

async function timeIngest(raw: Parameters<typeof ingest>[0]): Promise<number> {
  const startedAt = process.hrtime.bigint();
  for (let i = 0; i < PER_ROUND; i++) {
    const [item] = await ingest(raw, OPEN_CONTEXT);
    if (item?.kind !== "report") throw new Error("the report of the benchmark was not accepted");
  }
  return Number(process.hrtime.bigint() - startedAt) / 1000 / PER_ROUND;
}
