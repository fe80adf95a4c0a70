// What the tests of the spool write and read.

import type { Emit, EventFields, EventName } from "../../../services/observe/events.ts";
import type { Arriving, SegmentOutcome, SpoolRecord } from "../../../services/spool/port.ts";
import type { OpenSpoolReader } from "../../../services/spool/spool-reader.ts";

export const FOLDER = "/data";

export const ARRIVING: Arriving = {
  channel: "https",
  peer: "192.0.2.7",
  helo: "",
  tls: "TLSv1.3 TLS_AES_256_GCM_SHA384",
  mailFrom: "",
  rcptTo: ["tlsrpt@example.com"],
  contentType: "application/tlsrpt+gzip",
  fileName: "",
  key: "",
  reprocess: false,
};

export const OUTCOME: SegmentOutcome = {
  received: 3,
  stored: 1,
  duplicate: 1,
  conflict: 0,
  quarantined: 1,
  reasons: { "not-json": 1 },
  examples: [{ receipt: "", fileName: "a.json", reason: "not-json", message: "no JSON" }],
};

export interface Recorder {
  emit: Emit;
  seen: { event: EventName; fields: EventFields }[];
  of(event: EventName): EventFields[];
}

/** Keeps the events that were told. */
export function recorder(): Recorder {
  const seen: Recorder["seen"] = [];
  return {
    seen,
    emit: (event, fields = {}) => void seen.push({ event, fields }),
    of: (event) => seen.filter((entry) => entry.event === event).map((entry) => entry.fields),
  };
}

/** Everything that waits, oldest first. */
export async function readAll(reader: OpenSpoolReader): Promise<SpoolRecord[]> {
  const records: SpoolRecord[] = [];
  for (const segment of await reader.list()) records.push(...(await reader.read(segment)));
  return records;
}

/** Receipts and bodies as text of the messages among the records. */
export function messages(records: readonly SpoolRecord[]): [receipt: string, body: string][] {
  return records.flatMap((record): [string, string][] =>
    record.kind === "message"
      ? [[record.raw.arrival.receipt, Buffer.from(record.raw.bytes).toString()]]
      : [],
  );
}
