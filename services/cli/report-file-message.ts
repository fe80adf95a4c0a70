// One message of a report file, read like the writer reads it and put into words; nothing of it is stored.

import type { Reading } from "../core/explain/reading.ts";
import type { Raw } from "../core/raw.ts";
import { OPEN_CONTEXT } from "../ingest/context.ts";
import { ingest } from "../ingest/ingest.ts";
import type { Source } from "../receive/import-sources.ts";
import { readItem } from "./report-file-reading.ts";

type Message = Extract<Source, { kind: "message" }>;

/** Reads each report of a message, within the bounds of the writer. */
export async function readMessage(
  { place, fileName, bytes }: Message,
  nowMs: number,
): Promise<Reading[]> {
  const items = await ingest(rawOf(fileName, bytes, nowMs), { ...OPEN_CONTEXT, nowMs });
  return items.map((item, index) => {
    const of = items.length === 1 ? "" : `, report ${index + 1} of ${items.length}`;
    return readItem(item, `${place}${of}`);
  });
}

function rawOf(fileName: string, bytes: Uint8Array, receivedAtMs: number): Raw {
  const nothing = {
    receipt: "",
    peer: "",
    helo: "",
    tls: "",
    mailFrom: "",
    contentType: "",
    key: "",
  };
  const arrival = { ...nothing, receivedAtMs, channel: "import", rcptTo: [], fileName } as const;
  return { arrival: { ...arrival, rcptTo: [], reprocess: false }, bytes };
}
