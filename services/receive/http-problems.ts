// What an HTTP client is told for each reason of a refusal (RFC 9457). A body that is not a report is
// no reason: it is kept and answered 201.

import type { RefusalReason } from "../core/outcome.ts";

export interface Problem {
  status: 400 | 404 | 413 | 429 | 503;
  title: string;
  detail: string;
  retryAfterSeconds?: number;
}

const LATER = "The sender should try again (RFC 8460 section 5.5).";

export const PROBLEMS = {
  "too-large": {
    status: 413,
    title: "Content Too Large",
    detail: "The report is larger than this server takes; send it compressed with gzip.",
  },
  "spool-full": {
    status: 503,
    title: "Too much is waiting here",
    detail: LATER,
    retryAfterSeconds: 3600,
  },
  "disk-full": {
    status: 503,
    title: "The disk is nearly full here",
    detail: LATER,
    retryAfterSeconds: 3600,
  },
  "spool-failed": {
    status: 503,
    title: "The report could not be stored",
    detail: LATER,
    retryAfterSeconds: 300,
  },
  "too-busy": {
    status: 503,
    title: "Too many reports at once",
    detail: LATER,
    retryAfterSeconds: 60,
  },
  "recipient-unknown": {
    status: 404,
    title: "No reports are taken at this address",
    detail: "Check the rua= of the record that names it.",
  },
  "rate-limited": {
    status: 429,
    title: "Too many reports from your address",
    detail: LATER,
    retryAfterSeconds: 60,
  },
  stopping: {
    status: 503,
    title: "The server is stopping",
    detail: LATER,
    retryAfterSeconds: 60,
  },
  aborted: {
    status: 400,
    title: "The body ended too early",
    detail: "Nothing was kept; send the report again.",
  },
} as const satisfies Record<RefusalReason, Problem>;
