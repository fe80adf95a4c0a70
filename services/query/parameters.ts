// Every parameter that a panel can take, as one table: JSON Schema, whether it repeats, and what it
// means. Validation, OpenAPI and the flags of `sealwatch query` follow from it.

import { BOUNDS } from "../core/bounds.ts";
import { normalizeDomain } from "../core/dns/name.ts";
import { TRUST_LEVELS } from "../core/trust.ts";
import { compileSchema } from "../validate/validate.ts";
import type { Panel } from "./panel.ts";
import {
  bucketCount,
  completeRange,
  defaultStep,
  type Range,
  readInstant,
  STEPS,
  type Step,
} from "./range.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

interface Parameter {
  /** May be given several times; a row then matches any of the values. */
  repeatable: boolean;
  schema: JsonSchema;
  description: string;
  example?: string;
}

const NAME = { type: "string", minLength: 1, maxLength: BOUNDS.queryValueCharsMax } as const;
const NAMES = { type: "array", items: NAME, maxItems: BOUNDS.queryValuesMax } as const;
const INSTANT = { ...NAME, description: "YYYY-MM-DD (midnight UTC) or RFC 3339" } as const;

/** What a trend can be split by. */
export const TREND_SERIES = [
  "total",
  "result_type",
  "organization",
  "mx",
  "domain",
  "trust",
] as const;
export type TrendSeries = (typeof TREND_SERIES)[number];

export const PARAMETERS = {
  tenant: {
    repeatable: true,
    schema: NAMES,
    description: "Only these tenants, of those that the caller may see.",
  },
  domain: {
    repeatable: true,
    schema: NAMES,
    description: "Only these policy domains; exact, upper or lower case.",
    example: "example.com",
  },
  organization: {
    repeatable: true,
    schema: NAMES,
    description: "Only reports of these organizations; exact, upper or lower case.",
    example: "Example Mail Inc.",
  },
  mx: {
    repeatable: true,
    schema: NAMES,
    description: "Only failures at these receiving MX hosts.",
    example: "mx1.example.com",
  },
  result_type: {
    repeatable: true,
    schema: NAMES,
    description: "Only failures of these result types (RFC 8460 section 4.3).",
    example: "certificate-expired",
  },
  policy_type: {
    repeatable: true,
    schema: NAMES,
    description: "Only under these policy types: tlsa, sts, no-policy-found, or as sent.",
    example: "sts",
  },
  trust: {
    repeatable: true,
    schema: {
      type: "array",
      items: { type: "string", enum: TRUST_LEVELS },
      maxItems: BOUNDS.queryValuesMax,
    },
    description: "Only what is known this well, by its sender; the panel `trust` explains each.",
    example: "verified",
  },
  from: {
    repeatable: false,
    schema: INSTANT,
    description: `Start, inclusive; without it ${BOUNDS.queryDaysDefault} days before the end.`,
    example: "2026-01-01",
  },
  to: {
    repeatable: false,
    schema: INSTANT,
    description: "End, exclusive; without it the end of today, UTC.",
    example: "2026-02-01",
  },
  reason: {
    repeatable: true,
    schema: NAMES,
    description: "Only failures of these reasons, as the panel `problems` has them in `reason`.",
    example: "mx-not-in-policy",
  },
  compare: {
    repeatable: false,
    schema: { type: "string", enum: ["none", "previous"], default: "none" },
    description:
      "previous: columns that end in _before tell of the period of the same length before the range.",
  },
  step: {
    repeatable: false,
    schema: { type: "string", enum: Object.keys(STEPS) },
    description: "Length of a bucket; without it one that suits the range. Weeks begin on Monday.",
  },
  by: {
    repeatable: false,
    schema: { type: "string", enum: TREND_SERIES, default: "total" },
    description: "What the trend is split by.",
  },
  limit: {
    repeatable: false,
    schema: {
      type: "integer",
      minimum: 1,
      maximum: BOUNDS.queryRowsMax,
      default: BOUNDS.queryRowsDefault,
    },
    description: "Rows at most in one answer; when there are more, meta.next_cursor continues.",
  },
  cursor: {
    repeatable: false,
    schema: NAME,
    description: "meta.next_cursor of the answer before, with all else the same.",
  },
  format: {
    repeatable: false,
    schema: { type: "string", enum: ["json", "csv"] },
    description: "Form of the answer; goes before the Accept header.",
  },
} as const satisfies Record<string, Parameter>;
export type ParameterName = keyof typeof PARAMETERS;

/** All parameters in the order of the table. */
export const PARAMETER_NAMES: readonly ParameterName[] = Object.keys(PARAMETERS).filter(
  (name): name is ParameterName => Object.hasOwn(PARAMETERS, name),
);

/** Parameters that select rows by value; report to content_hash are set by routes. */
export type FilterName =
  | "tenant"
  | "domain"
  | "organization"
  | "mx"
  | "result_type"
  | "policy_type"
  | "trust"
  | "reason"
  | "report"
  | "receipt"
  | "item"
  | "content_hash";

/** Parameters that passed: normalised and with defaults. */
export interface PanelParameters {
  filters: Readonly<Partial<Record<FilterName, readonly string[]>>>;
  range: Range;
  step: Step;
  by: TrendSeries;
  compare: "none" | "previous";
  /** Epoch milliseconds of the question: what is complete and what is new follows from it. */
  nowMs: number;
  limit: number;
  cursor: string | null;
}

/** What is wrong with a parameter, for the one who wrote it. */
export interface ParameterProblem {
  code: "unknown-parameter" | "invalid-parameter" | "invalid-range" | "too-many-buckets";
  parameter: string;
  detail: string;
}

export type ParametersRead =
  | { ok: true; parameters: PanelParameters }
  | { ok: false; problem: ParameterProblem };

/** JSON Schema of all parameters of one panel together. */
export function parametersSchema(panel: Pick<Panel, "parameters">): JsonSchema {
  const properties = Object.fromEntries(
    panel.parameters.map((name) => [name, PARAMETERS[name].schema]),
  );
  return { type: "object", properties, additionalProperties: false };
}

/** The words that a parameter takes; null where it takes any text or a number. */
export function wordsOf(name: ParameterName): readonly string[] | null {
  const { schema } = PARAMETERS[name];
  if ("enum" in schema) return schema.enum;
  return "items" in schema && "enum" in schema.items ? schema.items.enum : null;
}

type Check = ReturnType<typeof compileSchema>;
const checks = new WeakMap<readonly ParameterName[], Check>();

function checkOf(panel: Pick<Panel, "parameters">): Check {
  const check = checks.get(panel.parameters) ?? compileSchema(parametersSchema(panel));
  checks.set(panel.parameters, check);
  return check;
}

function failed(
  code: ParameterProblem["code"],
  parameter: string,
  detail: string,
): { ok: false; problem: ParameterProblem } {
  return { ok: false, problem: { code, parameter, detail } };
}

/** Gives each value the type that its schema asks for, as far as the text allows. */
function typed(name: ParameterName, values: readonly string[]): unknown {
  const parameter: Parameter = PARAMETERS[name];
  if (parameter.repeatable) return values;
  const text = values[0] ?? "";
  return parameter.schema["type"] === "integer" && /^\d{1,15}$/.test(text) ? Number(text) : text;
}

const FILTER_PARAMETERS = [
  "tenant",
  "domain",
  "organization",
  "mx",
  "result_type",
  "policy_type",
  "trust",
  "reason",
] as const satisfies readonly FilterName[];

/** Names are compared as the rows hold them; organizations are kept as sent, so both are folded. */
const NORMALIZE: Partial<Record<FilterName, (value: string) => string>> = {
  domain: normalizeDomain,
  mx: normalizeDomain,
  organization: (value) => value.trim().toLowerCase(),
  result_type: (value) => value.trim().toLowerCase(),
  policy_type: (value) => value.trim().toLowerCase(),
};

function isParameter(panel: Pick<Panel, "parameters">, name: string): name is ParameterName {
  const known: readonly string[] = panel.parameters;
  return known.includes(name);
}

/**
 * Reads the parameters of a panel from text. Empty values count as absent, since forms send them.
 * @param given every value of every name, in the order given
 * @param nowMs epoch milliseconds; the default range ends with this day
 */
export function readParameters(
  panel: Pick<Panel, "id" | "parameters">,
  given: Readonly<Record<string, readonly string[]>>,
  nowMs: number,
): ParametersRead {
  const values: Partial<Record<ParameterName, unknown>> = {};
  const texts: Partial<Record<ParameterName, string[]>> = {};
  for (const [name, all] of Object.entries(given)) {
    if (!isParameter(panel, name)) {
      const known = panel.parameters.join(", ");
      return failed("unknown-parameter", name, `${panel.id} takes ${known || "no parameters"}.`);
    }
    const present = all.filter((value) => value !== "");
    if (present.length === 0) continue;
    if (present.length > 1 && !PARAMETERS[name].repeatable) {
      return failed("invalid-parameter", name, "It may be given once.");
    }
    texts[name] = present;
    values[name] = typed(name, present);
  }
  const checked = checkOf(panel)(values);
  if (!checked.ok) {
    const first = checked.errors[0];
    const name = first?.pointer.split("/")[1] ?? "";
    const words = isParameter(panel, name) ? wordsOf(name) : null;
    const expected = words ? `takes ${words.join(", ")}` : (first?.message ?? "is not valid");
    return failed("invalid-parameter", name, `${name} ${expected}.`);
  }
  return assemble(panel, texts, nowMs);
}

function assemble(
  panel: Pick<Panel, "parameters">,
  texts: Partial<Record<ParameterName, string[]>>,
  nowMs: number,
): ParametersRead {
  const filters: Partial<Record<FilterName, readonly string[]>> = {};
  for (const name of FILTER_PARAMETERS) {
    if (texts[name]) filters[name] = texts[name].map(NORMALIZE[name] ?? String);
  }
  const range = readRange(texts.from?.[0], texts.to?.[0], nowMs);
  if ("code" in range) return { ok: false, problem: range };
  const step = stepNamed(texts.step?.[0]) ?? defaultStep(range);
  if (panel.parameters.includes("step") && bucketCount(range, step) > BOUNDS.trendBucketsMax) {
    const detail = `The range has more than ${BOUNDS.trendBucketsMax} buckets of a ${step}: `;
    return failed("too-many-buckets", "step", `${detail}take a longer step or a shorter range.`);
  }
  const by = TREND_SERIES.find((series) => series === texts.by?.[0]) ?? "total";
  const limit = Number(texts.limit?.[0] ?? BOUNDS.queryRowsDefault);
  const cursor = texts.cursor?.[0] ?? null;
  const compare = texts.compare?.[0] === "previous" ? "previous" : "none";
  return { ok: true, parameters: { filters, range, step, by, compare, nowMs, limit, cursor } };
}

function stepNamed(name: string | undefined): Step | undefined {
  return name !== undefined && name in STEPS ? (name as Step) : undefined;
}

function readRange(
  from: string | undefined,
  to: string | undefined,
  nowMs: number,
): Range | ParameterProblem {
  const fromMs = from === undefined ? null : readInstant(from);
  const toMs = to === undefined ? null : readInstant(to);
  const expected =
    "is not a day (2026-01-31, UTC midnight) or an RFC 3339 time (2026-01-31T06:00:00Z)" +
    ` from ${BOUNDS.queryDayFirst} to ${BOUNDS.queryDayLast}.`;
  if (from !== undefined && fromMs === null) {
    return { code: "invalid-parameter", parameter: "from", detail: `from ${expected}` };
  }
  if (to !== undefined && toMs === null) {
    return { code: "invalid-parameter", parameter: "to", detail: `to ${expected}` };
  }
  const range = completeRange(fromMs, toMs, nowMs);
  if (range.fromMs < range.toMs) return range;
  const detail =
    "from must be before to; to is exclusive, so one day is from that day to the next.";
  return { code: "invalid-range", parameter: "from", detail };
}
