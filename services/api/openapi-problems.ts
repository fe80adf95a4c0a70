// Problems in the OpenAPI document: their schema, an example of each, and the answers of an operation that
// can meet some of them.

import { BOUNDS } from "../core/bounds.ts";
import { PROBLEMS, type ProblemCode } from "./problem.ts";

const TEXT = { type: "string" } as const;
const PROBLEM_MEDIA = "application/problem+json";

export const PROBLEM_SCHEMA = {
  type: "object",
  description: "RFC 9457 problem details.",
  required: ["type", "title", "status", "detail", "instance"],
  properties: {
    type: { ...TEXT, enum: Object.keys(PROBLEMS).map(typeOf) },
    title: TEXT,
    status: { type: "integer" },
    detail: { ...TEXT, description: "What is wrong, and the way out." },
    instance: { ...TEXT, description: "The path that was asked for." },
    parameter: { ...TEXT, description: "The parameter that is wrong." },
    known_parameters: {
      type: "array",
      items: TEXT,
      description: "What the address takes, beside a parameter that is wrong.",
    },
    scope: { ...TEXT, description: "The scope that the caller does not have." },
  },
};

/** How the receiver of reports refuses; senders are told no more than a status and a sentence. */
export const REFUSAL_SCHEMA = {
  type: "object",
  description: "RFC 9457 problem details; the status says all that a sender acts on.",
  required: ["type", "title", "status", "detail"],
  properties: {
    type: { const: "about:blank" },
    title: TEXT,
    status: { type: "integer" },
    detail: TEXT,
  },
};

function typeOf(code: string): string {
  return `urn:sealwatch:problem:${code}`;
}

/** What an answer says of each problem, besides its title; see PROBLEM_SCHEMA. */
const EXAMPLES: Record<ProblemCode, { detail: string; [member: string]: unknown }> = {
  "unknown-parameter": {
    detail: "overview takes tenant, domain, trust, from, to, last, timezone, compare, format.",
    parameter: "domian",
    known_parameters: ["tenant", "domain", "trust", "from", "to", "last"],
  },
  "invalid-parameter": {
    detail: "last takes a duration such as 30d, 2w or 12h.",
    parameter: "last",
    known_parameters: ["tenant", "domain", "trust", "from", "to", "last"],
  },
  "invalid-range": {
    detail: "from must be before to; to is exclusive, so one day is from that day to the next.",
    parameter: "from",
    known_parameters: ["tenant", "domain", "trust", "from", "to", "last"],
  },
  "too-many-buckets": {
    detail:
      `The range has more than ${BOUNDS.trendBucketsMax} buckets of a day: ` +
      "take a longer step or a shorter range.",
    parameter: "step",
    known_parameters: ["tenant", "domain", "from", "to", "step"],
  },
  "invalid-cursor": {
    detail:
      "The cursor belongs to another question. Pass meta.next_cursor of the answer before, unchanged.",
  },
  unauthorized: {
    detail: "Send a token as `Authorization: Bearer swt_...`.",
  },
  forbidden: {
    detail: "This needs the scope read, which monitoring does not have.",
    scope: "read",
  },
  "foreign-origin": { detail: "A page of another site asked for this." },
  "foreign-host": { detail: "This server does not answer for other.example." },
  "not-found": { detail: "No report has this id; /api/v1/reports lists them." },
  "method-not-allowed": { detail: "This address takes GET, HEAD." },
  "not-acceptable": { detail: "Ask for application/json or text/csv." },
  "query-too-large": {
    detail: "Ask for a shorter range, fewer domains, fewer rows or a longer step.",
  },
  "rate-limited": { detail: "Too many requests from your address: try again in 12 s." },
  "store-failed": { detail: "The store refused the query; the log says why." },
  internal: { detail: "A mistake of ours; the log has it." },
  "store-unavailable": {
    detail: "Nothing is lost: reports wait in the spool. Try again, or see /readyz.",
  },
  "spool-unavailable": { detail: "This process has no spool: ask one that receives." },
  "access-unavailable": {
    detail: "A file of the folder access cannot be used; /readyz and the log say which.",
  },
  "query-too-long": { detail: "Ask for a shorter range, fewer domains or a longer step." },
};

const CODES = Object.keys(PROBLEMS).filter((code): code is ProblemCode =>
  Object.hasOwn(PROBLEMS, code),
);

/** An example of each problem, by its code. */
export const PROBLEM_EXAMPLES = Object.fromEntries(
  CODES.map((code) => {
    const { status, title } = PROBLEMS[code];
    const instance = "/api/v1/overview";
    const value = { type: typeOf(code), title, status, instance, ...EXAMPLES[code] };
    return [code, { summary: title, value }];
  }),
);

const RETRY_AFTER = {
  "Retry-After": {
    description: "Seconds after which it is worth another try.",
    schema: { type: "integer" },
    example: 5,
  },
};

/** True for a status with which the answer says when to try again. */
function isForLater(status: string): boolean {
  return status === "429" || status === "503";
}

/** The answers of an operation that can meet these problems, by status. */
export function problemResponses(codes: readonly ProblemCode[]): Record<string, unknown> {
  const statuses = new Set(codes.map((code) => String(PROBLEMS[code].status)));
  return Object.fromEntries(
    [...statuses].map((status) => {
      const here = codes.filter((code) => String(PROBLEMS[code].status) === status);
      const schema = { $ref: "#/components/schemas/Problem" };
      const examples = Object.fromEntries(
        here.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
      );
      const response = {
        description: [...new Set(here)].map((code) => PROBLEMS[code].title).join("; "),
        ...(isForLater(status) && { headers: RETRY_AFTER }),
        content: { [PROBLEM_MEDIA]: { schema, examples } },
      };
      return [status, response];
    }),
  );
}

/** The answers of the receiver of reports that take nothing, by status with a sentence each. */
export function refusalResponses(
  refusals: Readonly<Record<string, string>>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(refusals).map(([status, description]) => {
      const schema = { $ref: "#/components/schemas/Refusal" };
      const example = {
        type: "about:blank",
        title: description,
        status: Number(status),
        detail: isForLater(status)
          ? "The sender should try again (RFC 8460 section 5.5)."
          : "Nothing was kept.",
      };
      const headers = isForLater(status) ? { headers: RETRY_AFTER } : {};
      const content = { [PROBLEM_MEDIA]: { schema, example } };
      return [status, { description, ...headers, content }];
    }),
  );
}
