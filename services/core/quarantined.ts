// A quarantined message on its way back into the spool.

import { type Arrival, CHANNELS } from "./raw.ts";

/** Columns of `quarantine` that the arrival of a message is made of. */
export const ARRIVAL_COLUMNS = [
  "receipt",
  "received_at",
  "channel",
  "peer",
  "helo",
  "tls",
  "mail_from",
  "rcpt_to",
  "file_name",
  "content_type",
  "url_key",
] as const;

/**
 * The arrival as it was, so that the message is the same to every later step but for the flag.
 * @param row has ARRIVAL_COLUMNS; times are in UTC, with or without the letters of ISO 8601
 */
export function quarantinedArrival(row: Readonly<Record<string, unknown>>): Arrival {
  const rcptTo = row["rcpt_to"];
  return {
    receipt: text(row["receipt"]),
    receivedAtMs: Date.parse(`${text(row["received_at"]).replace(" ", "T").replace(/Z?$/, "Z")}`),
    channel: CHANNELS.find((known) => known === row["channel"]) ?? "import",
    peer: text(row["peer"]),
    helo: text(row["helo"]),
    tls: text(row["tls"]),
    mailFrom: text(row["mail_from"]),
    rcptTo: Array.isArray(rcptTo) ? rcptTo.map(text) : [],
    contentType: text(row["content_type"]),
    fileName: text(row["file_name"]),
    key: text(row["url_key"]),
    reprocess: true,
  };
}

function text(cell: unknown): string {
  return typeof cell === "string" ? cell : "";
}
