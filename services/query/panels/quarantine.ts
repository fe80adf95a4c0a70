// What came in and could not be used, newest first, with the reason in words; and one of them whole.

import { BOUNDS } from "../../core/bounds.ts";
import { selectedColumns } from "../fields.ts";
import { whereFilters, whereReceived } from "../filters.ts";
import { whereOnPage } from "../newest-first.ts";
import type { Column, Panel } from "../panel.ts";
import { orderOf } from "../sort.ts";
import { rowTrustInWords, TRUST_COLUMNS } from "../trust-words.ts";
import { REASON_COLUMNS, reasonInWords } from "./ingest.ts";

const LISTED: readonly Column[] = [
  { name: "tenant", type: "text", description: "Tenant that it belongs to." },
  {
    name: "receipt",
    type: "text",
    rank: "main",
    description: "Receipt of the message that it came in.",
  },
  { name: "item", type: "count", description: "Place in the message, from 0." },
  { name: "received_at", type: "time", rank: "main", description: "When the message came in." },
  {
    name: "channel",
    type: "text",
    description: "How it came in: smtp, https, import; spool for what was damaged there.",
  },
  { name: "reason", type: "text", rank: "main", description: "Why it could not be used." },
  { name: "message", type: "text", rank: "main", description: "What was found, in one sentence." },
  {
    name: "place",
    type: "text",
    rank: "more",
    description: "JSON pointer, part or header that it is about.",
  },
  { name: "peer", type: "text", description: "IP address of the sending side." },
  { name: "mail_from", type: "text", rank: "more", description: "Envelope sender." },
  { name: "header_from", type: "text", description: "From header; anybody can write it." },
  ...TRUST_COLUMNS,
  { name: "subject", type: "text", description: "Subject header." },
  { name: "file_name", type: "text", rank: "more", description: "Name of the imported file." },
  { name: "media", type: "text", rank: "more", description: "What the bytes turned out to be." },
  {
    name: "raw_bytes",
    type: "count",
    rank: "more",
    unit: "bytes",
    description: "Size as received.",
  },
];

/** Text columns are given as String, since a cursor and JSON know no LowCardinality. */
function select(columns: readonly Column[]): string {
  return columns.map(({ name }) => name).join(", ");
}

export const quarantine: Panel = {
  id: "quarantine",
  title: "Quarantine",
  description:
    "What was received and could not be used, newest first. Nothing here was lost: the bytes are " +
    "kept and can be looked at and reprocessed.",
  parameters: ["tenant", "trust", "channel", "reason", "from", "to", "limit", "cursor", "format"],
  columns: LISTED,
  order: [
    { column: "received_at", descending: true },
    { column: "receipt", descending: true },
    { column: "item" },
    { column: "tenant" },
  ],
  drawing: "table",
  sql: (query) => {
    const { fields, sort } = query.parameters;
    const columns = selectedColumns(quarantine, fields, orderOf(quarantine, sort));
    const page = whereOnPage(quarantine, query, "quarantine", whereReceived(query));
    return `SELECT ${select(columns)} ${query.from("quarantine", page)}`;
  },
  totals: {
    columns: [
      { name: "quarantined", type: "count", unit: "items", description: "Things in quarantine." },
    ],
    sql: (query) =>
      `SELECT count() AS quarantined ${query.from("quarantine", whereReceived(query))}`,
  },
  words: {
    columns: [
      ...REASON_COLUMNS,
      {
        name: "trust_title",
        type: "text",
        description: "The trust in words; mail that was not looked at is not checked.",
      },
    ],
    cells: (row) => ({
      ...reasonInWords(row["reason"]),
      trust_title: rowTrustInWords(row).title,
    }),
  },
};

const DELIVERED: readonly Column[] = [
  ...LISTED,
  { name: "helo", type: "text", description: "HELO name of the sending side." },
  { name: "tls", type: "text", description: "TLS version and cipher; empty in clear." },
  { name: "rcpt_to", type: "texts", description: "Envelope recipients." },
  { name: "content_type", type: "text", description: "Content-Type of the request." },
  { name: "url_key", type: "text", description: "Last part of the address posted to." },
  { name: "message_id", type: "text", description: "Message-ID header." },
  { name: "deviation_codes", type: "texts", description: "Deviations seen on the way." },
  { name: "deviation_places", type: "texts", description: "Where." },
  { name: "deviation_values", type: "texts", description: "What was there." },
];

/** All items of one receipt; a message with several reports can have several. */
export const quarantinedMessage: Panel = {
  id: "quarantined-message",
  title: "A quarantined message",
  description: "All that is known of one quarantined message but its bytes.",
  parameters: [],
  columns: DELIVERED,
  order: [{ column: "item" }],
  drawing: "table",
  sql: (query) => `
    SELECT ${select(DELIVERED)} ${query.from("quarantine", whereFilters(query, ["receipt"]))}`,
  words: { columns: REASON_COLUMNS, cells: (row) => reasonInWords(row["reason"]) },
};

/** The bytes kept with one item, as base64 since they need not be UTF-8. */
export const quarantinedBytes: Panel = {
  id: "quarantined-bytes",
  title: "The bytes of a quarantined message",
  description: "The message exactly as received.",
  parameters: [],
  columns: [
    { name: "item", type: "count", description: "Place in the message, from 0." },
    { name: "raw_base64", type: "text", description: "The bytes in base64." },
  ],
  order: [{ column: "item" }],
  drawing: "table",
  sql: (query) => `
    SELECT item, base64Encode(raw) AS raw_base64
    ${query.from("quarantine", whereFilters(query, ["receipt", "item"]))}`,
};

/** The beginning of them, as much as a page shows, and the size of all. */
export const quarantinedBeginning: Panel = {
  ...quarantinedBytes,
  id: "quarantined-beginning",
  title: "The beginning of the bytes of a quarantined message",
  columns: [
    ...quarantinedBytes.columns,
    { name: "raw_bytes", type: "count", unit: "bytes", description: "Size of the message." },
  ],
  sql: (query) => `
    SELECT item, base64Encode(substring(raw, 1, ${BOUNDS.pageRawBytesMax})) AS raw_base64,
      length(raw) AS raw_bytes
    ${query.from("quarantine", whereFilters(query, ["receipt", "item"]))}`,
};
