// The routes that are not panels, as the OpenAPI document tells of them; a test holds this table and the
// routes of the program together.

import type { AccessScope } from "../access/caller.ts";
import { reportDetails } from "../query/panels/report.ts";
import type { ParameterName } from "../query/parameter-table.ts";
import type { ProblemCode } from "./problem.ts";
import { REPORT_SCHEMA } from "./report-schema.ts";

/** One operation. Parameters of the path follow from its braces. */
export interface FixedRoute {
  path: string;
  method: "get" | "post";
  id: string;
  tag: "records" | "index" | "reports" | "state";
  summary: string;
  /** What a caller needs; null is open to everybody. */
  scope: AccessScope | null;
  status: "200" | "201" | "202";
  media: string;
  /** Schema of the answer, where it is told. */
  schema?: Record<string, unknown>;
  panelParameters?: readonly ParameterName[];
  parameters?: readonly unknown[];
  problems: readonly ProblemCode[];
  /** Answers that are not problems of the API. */
  others?: Readonly<Record<string, string>>;
  requestBody?: unknown;
}

const JSON_MEDIA = "application/json";
const TEXT = { type: "string" } as const;
const FLAG = { type: "boolean" } as const;
const STORE_PROBLEMS = ["store-failed", "store-unavailable", "query-too-long"] as const;
const CONTENT_HASH = {
  name: "content_hash",
  in: "query",
  schema: TEXT,
  description: "Which content, where the identity has conflicts; without it the one that counts.",
};

const RECORD_ROUTES: readonly FixedRoute[] = [
  {
    path: "/api/v1/reports/{id}",
    method: "get",
    id: "report",
    tag: "records",
    summary:
      "One report: how it came, policies, failures, deviations in words, copies, other contents",
    scope: "read",
    status: "200",
    media: JSON_MEDIA,
    schema: REPORT_SCHEMA,
    panelParameters: reportDetails.parameters,
    problems: ["unknown-parameter", "invalid-parameter", "not-found", ...STORE_PROBLEMS],
  },
  {
    path: "/api/v1/reports/{id}/raw",
    method: "get",
    id: "report-raw",
    tag: "records",
    summary: "The JSON of a report exactly as received, decompressed",
    scope: "read",
    status: "200",
    media: JSON_MEDIA,
    parameters: [CONTENT_HASH],
    problems: ["not-found", ...STORE_PROBLEMS],
  },
  {
    path: "/api/v1/quarantine/{receipt}",
    method: "get",
    id: "quarantined-message",
    tag: "records",
    summary: "One quarantined message: why, and how it came",
    scope: "read",
    status: "200",
    media: JSON_MEDIA,
    problems: ["not-found", ...STORE_PROBLEMS],
  },
  {
    path: "/api/v1/quarantine/{receipt}/raw",
    method: "get",
    id: "quarantined-message-raw",
    tag: "records",
    summary: "A quarantined message exactly as received",
    scope: "read",
    status: "200",
    media: "application/octet-stream",
    problems: ["not-found", ...STORE_PROBLEMS],
  },
  {
    path: "/api/v1/quarantine/{receipt}/reprocess",
    method: "post",
    id: "reprocess",
    tag: "records",
    summary: "Puts a quarantined message into the spool again, under its receipt",
    scope: "reprocess",
    status: "202",
    media: JSON_MEDIA,
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
    scope: "read",
    status: "200",
    media: JSON_MEDIA,
    problems: [],
  },
  {
    path: "/api/v1/openapi.json",
    method: "get",
    id: "openapi",
    tag: "index",
    summary: "This document; the same for every caller",
    scope: "read",
    status: "200",
    media: JSON_MEDIA,
    problems: [],
  },
];

const CHECKS = {
  type: "object",
  required: ["ready", "checks"],
  properties: {
    ready: FLAG,
    checks: {
      type: "object",
      additionalProperties: {
        type: "object",
        required: ["ok"],
        properties: { ok: FLAG, detail: { ...TEXT, description: "For callers who may read." } },
      },
    },
  },
};

const STATE_ROUTES: readonly FixedRoute[] = [
  {
    path: "/healthz",
    method: "get",
    id: "alive",
    tag: "state",
    summary: "Whether the process lives",
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
    scope: null,
    status: "200",
    media: JSON_MEDIA,
    schema: CHECKS,
    problems: [],
    others: { "503": "A check failed; the body is the same" },
  },
  {
    path: "/metrics",
    method: "get",
    id: "metrics",
    tag: "state",
    summary: "Counts over all tenants, for who sees them all, in the text format of Prometheus",
    scope: "read",
    status: "200",
    media: "text/plain",
    schema: TEXT,
    problems: [],
  },
];

const RECEIPT = {
  type: "object",
  required: ["receipt", "status", "bytes"],
  properties: { receipt: TEXT, status: { const: "accepted" }, bytes: { type: "integer" } },
};

const REPORT_BODY = {
  required: true,
  description: "A report, compressed or not; other media types are told by their bytes.",
  content: {
    "application/tlsrpt+gzip": { schema: { type: "string", format: "binary" } },
    "application/tlsrpt+json": { schema: { type: "object" } },
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
  summary: "Takes a report (RFC 8460 section 5.4); the answer names its receipt",
  scope: null,
  status: "201",
  media: JSON_MEDIA,
  schema: RECEIPT,
  problems: [],
  others: REPORT_REFUSALS,
  requestBody: REPORT_BODY,
}));

export const FIXED_ROUTES: readonly FixedRoute[] = [
  ...INDEX_ROUTES,
  ...RECORD_ROUTES,
  ...REPORT_ROUTES,
  ...STATE_ROUTES,
];
