// The routes that are not panels, as the OpenAPI document tells of them; a test holds this table and the
// routes of the program together.

import type { AccessScope } from "../access/caller.ts";
import type { Panel } from "../query/panel.ts";
import { reportDetails } from "../query/panels/report.ts";
import type { JsonSchema } from "../query/parameter-table.ts";
import {
  CHECKS_SCHEMA,
  DOCUMENT_SCHEMA,
  INDEX_SCHEMA,
  MESSAGE_SCHEMA,
  RAW_REPORT_SCHEMA,
  RECEIPT_SCHEMA,
  REPROCESSED_SCHEMA,
} from "./openapi-schemas.ts";
import type { ProblemCode } from "./problem.ts";
import { REPORT_SCHEMA } from "./report-schema.ts";

/** One operation. Parameters of the path follow from its braces. */
export interface FixedRoute {
  path: string;
  method: "get" | "post";
  id: string;
  tag: "records" | "index" | "reports" | "state";
  summary: string;
  /** How the answer is to be read; one paragraph. */
  description: string;
  /** What a caller needs; null is open to everybody. */
  scope: AccessScope | null;
  status: "200" | "201" | "202";
  media: string;
  schema: JsonSchema;
  /** Made of the schema where there is none. */
  example?: unknown;
  /** The panel whose parameters it takes too. */
  panel?: Panel;
  parameters?: readonly unknown[];
  problems: readonly ProblemCode[];
  /** Refusals that are not problems of the API. */
  refusals?: Readonly<Record<string, string>>;
  /** Statuses under which the answer has the same form. */
  alike?: Readonly<Record<string, string>>;
  requestBody?: unknown;
}

const JSON_MEDIA = "application/json";
const TEXT = { type: "string" } as const;
/** Problems of whatever reads the store. */
export const STORE_PROBLEMS = [
  "query-too-large",
  "store-failed",
  "store-unavailable",
  "query-too-long",
] as const;
/** Bytes have no schema; their media type says what they are. */
const BYTES = { type: "string", contentMediaType: "application/octet-stream" } as const;
const CONTENT_HASH = {
  name: "content_hash",
  in: "query",
  schema: TEXT,
  description: "Which content, where the identity has conflicts; without it the one that counts.",
  example: "d2c1f0a98b7e6d5c4b3a29181716151413121110f0e0d0c0b0a0908070605040",
};

const RECORD_ROUTES: readonly FixedRoute[] = [
  {
    path: "/api/v1/reports/{id}",
    method: "get",
    id: "report",
    tag: "records",
    summary: "One report with all that is known of it",
    description:
      "How it came and how far its sender is known, its policies, failures and deviations in words, " +
      "its copies, and other contents under its identity. Failure details come in pages.",
    scope: "read",
    status: "200",
    media: JSON_MEDIA,
    schema: REPORT_SCHEMA,
    panel: reportDetails,
    problems: [
      "unknown-parameter",
      "invalid-parameter",
      "invalid-cursor",
      "not-found",
      ...STORE_PROBLEMS,
    ],
  },
  {
    path: "/api/v1/reports/{id}/raw",
    method: "get",
    id: "report-raw",
    tag: "records",
    summary: "The JSON of a report exactly as received, decompressed",
    description:
      "The bytes are those of the sender, with whatever RFC 8460 does not allow in them.",
    scope: "read",
    status: "200",
    media: JSON_MEDIA,
    schema: RAW_REPORT_SCHEMA,
    parameters: [CONTENT_HASH],
    problems: ["not-found", ...STORE_PROBLEMS],
  },
  {
    path: "/api/v1/quarantine/{receipt}",
    method: "get",
    id: "quarantined-message",
    tag: "records",
    summary: "One quarantined message: why, and how it came",
    description: "A message has several items when several reports in it could not be used.",
    scope: "read",
    status: "200",
    media: JSON_MEDIA,
    schema: MESSAGE_SCHEMA,
    problems: ["not-found", ...STORE_PROBLEMS],
  },
  {
    path: "/api/v1/quarantine/{receipt}/raw",
    method: "get",
    id: "quarantined-message-raw",
    tag: "records",
    summary: "A quarantined message exactly as received",
    description: "A message with parts of other tenants has no bytes for its caller.",
    scope: "read",
    status: "200",
    media: "application/octet-stream",
    schema: BYTES,
    example: '{"organization-name": "Example Mail Inc.", ',
    problems: ["not-found", ...STORE_PROBLEMS],
  },
  {
    path: "/api/v1/quarantine/{receipt}/reprocess",
    method: "post",
    id: "reprocess",
    tag: "records",
    summary: "Puts a quarantined message into the spool again, under its receipt",
    description: "What becomes of it is told by `quarantine` and `reports` some seconds later.",
    scope: "reprocess",
    status: "202",
    media: JSON_MEDIA,
    schema: REPROCESSED_SCHEMA,
    problems: ["foreign-origin", "not-found", "spool-unavailable", ...STORE_PROBLEMS],
  },
];

const INDEX_ROUTES: readonly FixedRoute[] = [
  {
    path: "/api/v1",
    method: "get",
    id: "index",
    tag: "index",
    summary: "The panels with their parameters and columns",
    description: "Each panel is at its href; docs/api.md has what all of them share.",
    scope: "read",
    status: "200",
    media: JSON_MEDIA,
    schema: INDEX_SCHEMA,
    problems: [],
  },
  {
    path: "/api/v1/openapi.json",
    method: "get",
    id: "openapi",
    tag: "index",
    summary: "This document; the same for every caller",
    description: "OpenAPI 3.1, to make a client from.",
    scope: "read",
    status: "200",
    media: JSON_MEDIA,
    schema: DOCUMENT_SCHEMA,
    problems: [],
  },
];

const STATE_ROUTES: readonly FixedRoute[] = [
  {
    path: "/healthz",
    method: "get",
    id: "alive",
    tag: "state",
    summary: "Whether the process lives",
    description: "For supervisors; it asks nothing of the store or the disk.",
    scope: null,
    status: "200",
    media: "text/plain",
    schema: { const: "ok\n" },
    problems: [],
  },
  {
    path: "/readyz",
    method: "get",
    id: "ready",
    tag: "state",
    summary: "Whether reports can be made durable and the store can be used",
    description:
      "Who may read all tenants is told details of each check, others whether it passed.",
    scope: null,
    status: "200",
    media: JSON_MEDIA,
    schema: CHECKS_SCHEMA,
    problems: ["rate-limited"],
    alike: { "503": "A check failed; the body is the same" },
  },
  {
    path: "/metrics",
    method: "get",
    id: "metrics",
    tag: "state",
    summary: "Counts over all tenants in the text format of Prometheus",
    description: "For who sees all tenants.",
    scope: "read",
    status: "200",
    media: "text/plain",
    schema: TEXT,
    example:
      "# TYPE sealwatch_messages_accepted_total counter\n" +
      'sealwatch_messages_accepted_total{channel="https"} 31\n',
    problems: [],
  },
];

const REPORT_BODY = {
  required: true,
  description: "A report, compressed or not; other media types are told by their bytes.",
  content: {
    "application/tlsrpt+gzip": { schema: { type: "string", contentMediaType: "application/gzip" } },
    "application/tlsrpt+json": {
      schema: { type: "object" },
      example: RAW_REPORT_SCHEMA["examples"][0],
    },
  },
};

/** How senders of reports are refused: by limits only (RFC 8460 section 5.4: they do not try again). */
const REPORT_REFUSALS = {
  "400": "The body ended before its announced length",
  "404": "No reports are taken under this key",
  "413": "The body is larger than message_bytes_max",
  "429": "Too many reports from this address",
  "503": "Too busy, or the disk or the spool is full; Retry-After says when to try again",
};

/** At the report listener where there is one, otherwise beside the API. Senders have no token. */
const REPORT_ROUTES: readonly FixedRoute[] = ["/v1/tlsrpt", "/v1/tlsrpt/{key}"].map((path) => ({
  path,
  method: "post",
  id: path.endsWith("}") ? "post-report-with-key" : "post-report",
  tag: "reports",
  summary: path.endsWith("}") ? "Takes a report at an address with a key" : "Takes a report",
  description:
    "RFC 8460 section 5.4. The report is durable when the answer comes, which names its receipt; what " +
    "cannot be read is taken too and kept in quarantine.",
  scope: null,
  status: "201",
  media: JSON_MEDIA,
  schema: RECEIPT_SCHEMA,
  problems: [],
  refusals: REPORT_REFUSALS,
  requestBody: REPORT_BODY,
}));

export const FIXED_ROUTES: readonly FixedRoute[] = [
  ...INDEX_ROUTES,
  ...RECORD_ROUTES,
  ...REPORT_ROUTES,
  ...STATE_ROUTES,
];
