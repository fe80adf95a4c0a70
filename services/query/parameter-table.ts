// Every parameter that a panel can take, as one table: JSON Schema, whether it repeats, and what it
// means. Validation, OpenAPI and the flags of `sealwatch query` follow from it.

import { BOUNDS } from "../core/bounds.ts";
import { SEVERITIES } from "../core/problems/severity.ts";
import { PROBLEM_STATES } from "../core/problems/state.ts";
import { CHANNELS } from "../core/raw.ts";
import { READINESS_STATES } from "../core/readiness/rules.ts";
import { TRUST_LEVELS } from "../core/trust.ts";
import { STEPS } from "./range.ts";
import { UTC } from "./time-zone.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

interface Parameter {
  /** May be given several times; a row then matches any of the values. */
  repeatable: boolean;
  schema: JsonSchema;
  description: string;
  example: string | number;
}

const NAME = { type: "string", minLength: 1, maxLength: BOUNDS.queryValueCharsMax } as const;
const NAMES = { type: "array", items: NAME, maxItems: BOUNDS.queryValuesMax } as const;
const LIST = { ...NAME, maxLength: BOUNDS.queryListCharsMax } as const;
const INSTANT = { ...NAME, description: "YYYY-MM-DD (its midnight) or RFC 3339" } as const;

/** What a trend can be split by. */
export const TREND_SERIES = [
  "total",
  "result_type",
  "organization",
  "mx",
  "domain",
  "policy_type",
  "trust",
] as const;
export type TrendSeries = (typeof TREND_SERIES)[number];

export const PARAMETERS = {
  tenant: {
    repeatable: true,
    schema: NAMES,
    description: "Only these tenants, of those that the caller may see.",
    example: "default",
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
    description: "End, exclusive; without it the end of today.",
    example: "2026-02-01",
  },
  last: {
    repeatable: false,
    schema: NAME,
    description:
      "The time until now instead of from and to, such as 30d, 2w or 12h; whole days count today.",
    example: "30d",
  },
  timezone: {
    repeatable: false,
    schema: { ...NAME, default: UTC },
    description:
      "Time zone whose days are meant in from, to, last and step. A report counts at the instant " +
      "that its period starts, which is midnight UTC for nearly all, whatever the zone.",
    example: "Europe/Berlin",
  },
  reason: {
    repeatable: true,
    schema: NAMES,
    description:
      "Only failures of these reasons, as the panel `problems` has them in `reason`; of what was " +
      "quarantined or refused, only what was for these reasons (docs/reasons.md).",
    example: "mx-not-in-policy",
  },
  sending_ip: {
    repeatable: true,
    schema: NAMES,
    description:
      "Only failures of sessions from these addresses or networks; other text is compared with what " +
      "was sent in place of an address.",
    example: "192.0.2.0/24",
  },
  channel: {
    repeatable: true,
    schema: {
      type: "array",
      items: { type: "string", enum: CHANNELS },
      maxItems: BOUNDS.queryValuesMax,
    },
    description: "Only what came in this way; spool is for what was damaged in the spool.",
    example: "https",
  },
  code: {
    repeatable: true,
    schema: NAMES,
    description: "Only deviations with these codes (docs/deviations.md).",
    example: "period-not-one-day",
  },
  state: {
    repeatable: true,
    schema: {
      type: "array",
      items: { type: "string", enum: PROBLEM_STATES },
      maxItems: BOUNDS.queryValuesMax,
    },
    description: "Only problems in these states (docs/analysis.md).",
    example: "new",
  },
  severity: {
    repeatable: true,
    schema: {
      type: "array",
      items: { type: "string", enum: SEVERITIES },
      maxItems: BOUNDS.queryValuesMax,
    },
    description: "Only problems of these severities (docs/analysis.md).",
    example: "critical",
  },
  readiness: {
    repeatable: true,
    schema: {
      type: "array",
      items: { type: "string", enum: READINESS_STATES },
      maxItems: BOUNDS.queryValuesMax,
    },
    description: "Only domains in these states of readiness (docs/readiness.md).",
    example: "fix-first",
  },
  problem: {
    repeatable: true,
    schema: NAMES,
    description: "Only the problems with these ids, as the panel `problems` has them in `id`.",
    example: "0123456789abcdef0123456789abcdef",
  },
  compare: {
    repeatable: false,
    schema: { type: "string", enum: ["none", "previous"], default: "none" },
    description:
      "previous: columns that end in _before tell of the period of the same length before the range.",
    example: "previous",
  },
  step: {
    repeatable: false,
    schema: { type: "string", enum: Object.keys(STEPS) },
    description: "Length of a bucket; without it one that suits the range. Weeks begin on Monday.",
    example: "week",
  },
  by: {
    repeatable: false,
    schema: { type: "string", enum: TREND_SERIES, default: "total" },
    description: "What the trend is split by.",
    example: "result_type",
  },
  group: {
    repeatable: false,
    schema: { type: "string", enum: ["address", "network"], default: "address" },
    description: "A row per address, or per network of them: /24 of IPv4, /48 of IPv6.",
    example: "network",
  },
  sort: {
    repeatable: false,
    schema: LIST,
    description:
      "Columns to sort by, parted by commas, with a minus before one for descending; ties are in " +
      "the usual order, and rows without a value come last.",
    example: "-failed_sessions,mx",
  },
  fields: {
    repeatable: false,
    schema: LIST,
    description: "Columns of the answer, parted by commas, in this order; all of them without it.",
    example: "mx,failed_sessions",
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
    example: 100,
  },
  cursor: {
    repeatable: false,
    schema: { ...NAME, maxLength: BOUNDS.queryCursorCharsMax },
    description: "meta.next_cursor of the answer before, with all else the same.",
    example: "WyJyZXBvcnRzIl0",
  },
  format: {
    repeatable: false,
    schema: { type: "string", enum: ["json", "csv", "svg"] },
    description:
      "Form of the answer; goes before the Accept header. Panels that have a chart give it as SVG.",
    example: "json",
  },
} as const satisfies Record<string, Parameter>;
export type ParameterName = keyof typeof PARAMETERS;

/** All parameters in the order of the table. */
export const PARAMETER_NAMES: readonly ParameterName[] = Object.keys(PARAMETERS).filter(
  (name): name is ParameterName => Object.hasOwn(PARAMETERS, name),
);

/** Whatever names parameters, as a panel does. */
export interface ParameterHolder {
  parameters: readonly ParameterName[];
}

/** Parameters that a panel has without naming them: it has those that they go with. */
const FOLLOWING: Partial<Record<ParameterName, readonly ParameterName[]>> = {
  last: ["from", "to"],
  timezone: ["from", "to"],
  sort: ["limit", "format"],
  fields: ["format"],
};

const known = new WeakMap<readonly ParameterName[], readonly ParameterName[]>();

/** Every parameter of a panel, in the order of the table. */
export function parametersOf({ parameters }: ParameterHolder): readonly ParameterName[] {
  const found = known.get(parameters);
  if (found) return found;
  const all = PARAMETER_NAMES.filter(
    (name) =>
      parameters.includes(name) || FOLLOWING[name]?.every((other) => parameters.includes(other)),
  );
  known.set(parameters, all);
  return all;
}

/** JSON Schema of all parameters of one panel together. */
export function parametersSchema(panel: ParameterHolder): JsonSchema {
  const properties = Object.fromEntries(
    parametersOf(panel).map((name) => [name, PARAMETERS[name].schema]),
  );
  return { type: "object", properties, additionalProperties: false };
}

/** The words that a parameter takes; null where it takes any text or a number. */
export function wordsOf(name: ParameterName): readonly string[] | null {
  const { schema } = PARAMETERS[name];
  if ("enum" in schema) return schema.enum;
  return "items" in schema && "enum" in schema.items ? schema.items.enum : null;
}
