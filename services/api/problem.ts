// Errors as RFC 9457 problem details. The table names every problem that the API answers with; types
// are URNs since a problem has one name wherever it is served.

import type { Context } from "hono";
import { PrivateFileError } from "../access/private-file.ts";
import type { Emit } from "../observe/events.ts";
import { CursorError } from "../query/cursor.ts";
import { ReaderGone, StoreError } from "../store/port.ts";

interface ProblemKind {
  status: 400 | 401 | 403 | 404 | 405 | 406 | 422 | 429 | 500 | 503 | 504;
  title: string;
}

export const PROBLEMS = {
  "unknown-parameter": { status: 400, title: "Unknown parameter" },
  "invalid-parameter": { status: 400, title: "Invalid parameter" },
  "invalid-range": { status: 400, title: "The range is empty" },
  "too-many-buckets": { status: 400, title: "Too many buckets" },
  "invalid-cursor": { status: 400, title: "Invalid cursor" },
  unauthorized: { status: 401, title: "Who asks is not known" },
  forbidden: { status: 403, title: "Not allowed" },
  "foreign-origin": { status: 403, title: "Request from another site" },
  "foreign-host": { status: 403, title: "Request for another host" },
  "not-found": { status: 404, title: "Not found" },
  "method-not-allowed": { status: 405, title: "Method not allowed" },
  "not-acceptable": { status: 406, title: "No form of the answer is acceptable" },
  "query-too-large": { status: 422, title: "The query is too large" },
  "rate-limited": { status: 429, title: "Too many requests" },
  "store-failed": { status: 500, title: "The store failed" },
  internal: { status: 500, title: "Internal error" },
  "store-unavailable": { status: 503, title: "The store does not answer" },
  "spool-unavailable": { status: 503, title: "The spool takes nothing" },
  "access-unavailable": { status: 503, title: "Who asks cannot be looked up" },
  "query-too-long": { status: 504, title: "The query took too long" },
} as const satisfies Record<string, ProblemKind>;
export type ProblemCode = keyof typeof PROBLEMS;

/** Seconds after which a client may try again when a part of the program is away. */
const RETRY_AFTER_SECONDS = "5";

/**
 * Answers with a problem.
 * @param detail a sentence that names the thing, the place and the way out
 * @param more further members, such as the parameter
 */
export function problem(
  c: Context,
  code: ProblemCode,
  detail: string,
  more: Record<string, unknown> = {},
): Response {
  const { status, title } = PROBLEMS[code];
  const type = `urn:sealwatch:problem:${code}`;
  const body = { type, title, status, detail, instance: new URL(c.req.url).pathname, ...more };
  const headers = new Headers({
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
  });
  if (status === 503) headers.set("Retry-After", RETRY_AFTER_SECONDS);
  c.set("problem", { status, title, detail });
  return c.newResponse(JSON.stringify(body), status, Object.fromEntries(headers));
}

/** What a person is told of a problem. */
export interface ToldProblem extends ProblemKind {
  detail: string;
}

/** The problem that the request is answered with; null for any other answer. */
export function toldProblem(c: Context): ToldProblem | null {
  const media = c.res.headers.get("Content-Type");
  return media === "application/problem+json" ? (c.get("problem") ?? null) : null;
}

// ClickHouse's codes for a time bound that was met: TIMEOUT_EXCEEDED, TOO_SLOW.
const TIME_CODES: readonly string[] = ["159", "160"];
// And for one of rows, bytes or memory: TOO_MANY_ROWS, MEMORY_LIMIT_EXCEEDED, TOO_MANY_BYTES,
// TOO_MANY_ROWS_OR_BYTES.
const SIZE_CODES: readonly string[] = ["158", "241", "307", "396"];

/** The problem that a thrown error is; what it says of the store's inside stays in the log. */
export function problemOf(error: unknown): { code: ProblemCode; detail: string } {
  if (error instanceof CursorError) {
    const detail = `${error.message} Pass meta.next_cursor of the answer before, unchanged.`;
    return { code: "invalid-cursor", detail };
  }
  if (error instanceof PrivateFileError) {
    const detail = "A file of the folder access cannot be used; /readyz and the log say which.";
    return { code: "access-unavailable", detail };
  }
  if (!(error instanceof StoreError)) {
    return { code: "internal", detail: "A mistake of ours; the log has it." };
  }
  if (TIME_CODES.includes(error.code)) {
    const detail = "Ask for a shorter range, fewer domains or a longer step.";
    return { code: "query-too-long", detail };
  }
  if (SIZE_CODES.includes(error.code)) {
    const detail = "Ask for a shorter range, fewer domains, fewer rows or a longer step.";
    return { code: "query-too-large", detail };
  }
  if (error.retryable) {
    const detail = "Nothing is lost: reports wait in the spool. Try again, or see /readyz.";
    return { code: "store-unavailable", detail };
  }
  return { code: "store-failed", detail: "The store refused the query; the log says why." };
}

/** Tells the operator of an error, unless it is only that whoever asked went away. */
export function tellFailure(emit: Emit, path: string, error: unknown, gone?: AbortSignal): void {
  if (error instanceof ReaderGone || gone?.aborted) return;
  emit("api-failed", { path, problem: problemOf(error).code, error });
}

/** Answers with the problem that a thrown error is, and tells the operator of what is no caller's fault. */
export function answerError(c: Context, error: unknown, emit: Emit): Response {
  const { code, detail } = problemOf(error);
  if (!(error instanceof CursorError)) {
    tellFailure(emit, c.req.path, error);
  }
  return problem(c, code, detail);
}
