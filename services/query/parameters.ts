// Reads the parameters of a panel: checked by the table, normalised and with defaults.

import { BOUNDS } from "../core/bounds.ts";
import { normalizeDomain } from "../core/dns/name.ts";
import { parseNetwork } from "../core/net/networks.ts";
import { compileSchema } from "../validate/validate.ts";
import { type AskedTime, readAskedTime } from "./asked-range.ts";
import { readFields } from "./fields.ts";
import type { Order, Panel } from "./panel.ts";
import {
  PARAMETERS,
  type ParameterName,
  parametersOf,
  parametersSchema,
  TREND_SERIES,
  type TrendSeries,
  wordsOf,
} from "./parameter-table.ts";
import { bucketCount, defaultStep, type Range, STEPS, type Step } from "./range.ts";
import { readSort } from "./sort.ts";

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
  | "state"
  | "severity"
  | "readiness"
  | "problem"
  | "sending_ip"
  | "channel"
  | "code"
  | "report"
  | "receipt"
  | "item"
  | "content_hash";

/** Parameters that passed: normalised and with defaults. */
export interface PanelParameters {
  filters: Readonly<Partial<Record<FilterName, readonly string[]>>>;
  range: Range;
  /** The range as a duration until now, when it was asked for so. */
  last: string | null;
  /** Name of the time zone whose days are meant; "UTC" under any of its names. */
  timezone: string;
  step: Step;
  by: TrendSeries;
  compare: "none" | "previous";
  group: "address" | "network";
  /** Epoch milliseconds of the question: what is complete and what is new follows from it. */
  nowMs: number;
  /** Before the panel's own order, see sort.ts. */
  sort: readonly Order[];
  /** Columns of the answer in this order; null for all. */
  fields: readonly string[] | null;
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

/** The values of each parameter, as they were given. */
type Texts = Partial<Record<ParameterName, string[]>>;

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
  const { repeatable, schema } = PARAMETERS[name];
  if (repeatable) return values;
  const text = values[0] ?? "";
  return schema.type === "integer" && /^\d{1,15}$/.test(text) ? Number(text) : text;
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
  "state",
  "severity",
  "readiness",
  "problem",
  "sending_ip",
  "channel",
  "code",
] as const satisfies readonly FilterName[];

/** Names are compared as the rows hold them; organizations are kept as sent, so both are folded. */
const NORMALIZE: Partial<Record<FilterName, (value: string) => string>> = {
  domain: normalizeDomain,
  mx: normalizeDomain,
  organization: (value) => value.trim().toLowerCase(),
  result_type: (value) => value.trim().toLowerCase(),
  policy_type: (value) => value.trim().toLowerCase(),
  sending_ip: (value) => parseNetwork(value.trim())?.text ?? value,
};

function isParameter(panel: Pick<Panel, "parameters">, name: string): name is ParameterName {
  const known: readonly string[] = parametersOf(panel);
  return known.includes(name);
}

/** Our own words are taken in upper and lower case; what is none stays as it is, to be told so. */
function foldWord(name: ParameterName, value: string): string {
  const folded = value.trim().toLowerCase();
  return wordsOf(name)?.includes(folded) ? folded : value;
}

/**
 * Reads the parameters of a panel from text. Empty values count as absent, since forms send them.
 * @param given every value of every name, in the order given
 * @param nowMs epoch milliseconds; the default range ends with this day
 */
export function readParameters(
  panel: Panel,
  given: Readonly<Record<string, readonly string[]>>,
  nowMs: number,
): ParametersRead {
  const values: Partial<Record<ParameterName, unknown>> = {};
  const texts: Texts = {};
  for (const [name, all] of Object.entries(given)) {
    if (!isParameter(panel, name)) {
      const known = parametersOf(panel).join(", ");
      return failed("unknown-parameter", name, `${panel.id} takes ${known || "no parameters"}.`);
    }
    const present = all.filter((value) => value !== "").map((value) => foldWord(name, value));
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

function assemble(panel: Panel, texts: Texts, nowMs: number): ParametersRead {
  const filters: Partial<Record<FilterName, readonly string[]>> = {};
  for (const name of FILTER_PARAMETERS) {
    if (texts[name]) filters[name] = texts[name].map(NORMALIZE[name] ?? String);
  }
  const time = readAskedTime(askedTime(texts), nowMs);
  if ("code" in time) return { ok: false, problem: time };
  const { range, timezone } = time;
  const step = stepNamed(texts.step?.[0]) ?? defaultStep(range, timezone);
  const stepped = panel.parameters.includes("step");
  if (stepped && bucketCount(range, step, timezone) > BOUNDS.trendBucketsMax) {
    const detail = `The range has more than ${BOUNDS.trendBucketsMax} buckets of ${step === "hour" ? "an" : "a"} ${step}: `;
    return failed("too-many-buckets", "step", `${detail}take a longer step or a shorter range.`);
  }
  const sort = texts.sort ? readSort(panel, texts.sort[0] ?? "") : [];
  if ("detail" in sort) return failed("invalid-parameter", "sort", sort.detail);
  const fields = texts.fields ? readFields(panel, texts.fields[0] ?? "") : null;
  if (fields !== null && "detail" in fields) {
    return failed("invalid-parameter", "fields", fields.detail);
  }
  const by = TREND_SERIES.find((series) => series === texts.by?.[0]) ?? "total";
  const limit = Number(texts.limit?.[0] ?? BOUNDS.queryRowsDefault);
  const cursor = texts.cursor?.[0] ?? null;
  const compare = texts.compare?.[0] === "previous" ? "previous" : "none";
  const group = texts.group?.[0] === "network" ? "network" : "address";
  const chosen = { ...time, step, by, compare, group } as const;
  return { ok: true, parameters: { filters, ...chosen, nowMs, sort, fields, limit, cursor } };
}

function stepNamed(name: string | undefined): Step | undefined {
  return name !== undefined && name in STEPS ? (name as Step) : undefined;
}

function askedTime({ from, to, last, timezone, cursor }: Texts): AskedTime {
  return {
    ...(from && { from: from[0] }),
    ...(to && { to: to[0] }),
    ...(last && { last: last[0] }),
    ...(timezone && { timezone: timezone[0] }),
    ...(cursor && { cursor: cursor[0] }),
  };
}
