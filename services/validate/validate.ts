// JSON Schema 2020-12 for the whole program: reports, configuration, API parameters. The only
// import of ajv. What is wrong is a list of places and sentences, never a thrown error.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Ajv2020, type AnySchemaObject, type ErrorObject, type Options } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { assetPath } from "../assets.ts";
import { BOUNDS } from "../core/bounds.ts";
import { isPlainName } from "../core/dns/name.ts";
import { canonicalIp } from "../core/tlsrpt/ip.ts";
import { remembered } from "../core/tlsrpt/memo.ts";

/** One violation: where (JSON pointer, RFC 6901; "" is the whole value) and what. */
export interface Violation {
  pointer: string;
  message: string;
}

export type Validation = { ok: true } | { ok: false; errors: Violation[] };

/** Says of a value whether it follows the schema, and where not. */
export type Validate = (value: unknown) => Validation;

/** Schemas are ours and checked at once: an unknown keyword or format is a mistake, and throws. */
const OPTIONS: Options = { strict: true, strictRequired: false, allowUnionTypes: true };

const FORMATS = ["date", "date-time", "hostname", "ipv4", "ipv6", "email", "uri"] as const;

/** Stops at the first violation: bounded by the size of the value, with one error object. */
const first = once(() => withFormats(new Ajv2020(OPTIONS)));

/** Names all of them; only ever shown a clipped copy, so that hostile values cost no more. */
const all = once(() => withFormats(new Ajv2020({ ...OPTIONS, allErrors: true })));

/**
 * Compiles a schema once. The result answers in time linear in the value; when it does not
 * conform, the violations are those of the first `violationElementsMax` elements of each array, and
 * always the first one found anywhere.
 * @throws Error when the schema itself is wrong, which is a mistake of ours
 */
export function compileSchema(schema: AnySchemaObject): Validate {
  const checkFirst = first().compile(schema);
  const checkAll = once(() => all().compile(schema));
  return (value) => {
    if (checkFirst(value)) return { ok: true };
    const errors = [...(checkFirst.errors ?? [])];
    const list = checkAll();
    if (!list(clipped(value))) errors.push(...(list.errors ?? []));
    return { ok: false, errors: toViolations(errors) };
  };
}

const reportSchema = once(() => readSchema("tlsrpt", "report.schema.json"));
const checkReport = once(() => first().compile(reportSchema()));
const listReport = once(() => compileSchema(reportSchema()));

/** Whether a value is a report in the strict form of RFC 8460 section 4.4. Makes no list. */
export function conforms(value: unknown): boolean {
  return checkReport()(value) === true;
}

/**
 * What keeps a report from conforming, at most `max`; [] when it conforms. Slower than `conforms`,
 * and meant for values of which that said no.
 */
export function violations(value: unknown, max: number): Violation[] {
  const result = listReport()(value);
  return result.ok ? [] : result.errors.slice(0, max);
}

/** Reads a schema file of the package, by its path below schemas/. */
export function readSchema(...path: string[]): AnySchemaObject {
  return JSON.parse(readFileSync(assetPath("schemas", ...path), "utf8"));
}

type FormatTest = (text: string) => boolean;

/** The formats that our schemas may use. */
function withFormats(ajv: Ajv2020): Ajv2020 {
  for (const name of FORMATS) ajv.addFormat(name, { type: "string", validate: formatTest(name) });
  return ajv;
}

/** What reports have much of is tested in a short way of the same result. */
function formatTest(name: (typeof FORMATS)[number]): FormatTest {
  const test = libraryTest(name);
  switch (name) {
    case "hostname":
      return (text) => isPlainName(text) || (isShort(text) && test(text));
    case "date-time": {
      const known = remembered(test, BOUNDS.dateMemoMax);
      return (text) => isShort(text) && known(text);
    }
    case "ipv4":
      return (text) => !text.includes(":") && canonicalIp(text) !== "";
    case "ipv6":
      return (text) => text.includes(":") && canonicalIp(text) !== "";
    default:
      return (text) => isShort(text) && test(text);
  }
}

/** Formats are tried on short text only, whatever they cost. */
function isShort(text: string): boolean {
  return text.length <= BOUNDS.formatCharsMax;
}

function libraryTest(name: (typeof FORMATS)[number]): FormatTest {
  const format = addFormats.default.get(name);
  if (format instanceof RegExp) return (text) => format.test(text);
  if (typeof format === "function") return (text) => format(text) === true;
  assert(typeof format === "object" && typeof format.validate === "function", name);
  const { validate } = format;
  return (text) => Reflect.apply(validate, undefined, [text]) === true;
}

/** The first use compiles, so that a role that validates nothing pays nothing at its start. */
function once<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** A copy with the first elements of each array, as deep as any schema of ours looks. */
function clipped(value: unknown, depth: number = BOUNDS.jsonDepthMax): unknown {
  if (typeof value !== "object" || value === null || depth === 0) return value;
  if (Array.isArray(value)) {
    return value.slice(0, BOUNDS.violationElementsMax).map((one) => clipped(one, depth - 1));
  }
  const copy = Object.entries(value).map(([name, one]) => [name, clipped(one, depth - 1)]);
  return Object.fromEntries(copy);
}

/** One violation for each place and sentence; the branches of a choice are left to the choice. */
function toViolations(errors: ErrorObject[]): Violation[] {
  const seen = new Map<string, Violation>();
  for (const error of errors) {
    if (/\/anyOf\/|\/oneOf\//.test(error.schemaPath) || error.keyword === "if") continue;
    const violation = { pointer: error.instancePath, message: sentence(error) };
    seen.set(`${violation.pointer} ${violation.message}`, violation);
  }
  const list = [...seen.values()];
  return list.length > 0 ? list : errors.slice(0, 1).map(plain);
}

function plain(error: ErrorObject): Violation {
  return { pointer: error.instancePath, message: error.message ?? error.keyword };
}

/** ajv's sentence, with the names that it leaves to the parameters. */
function sentence(error: ErrorObject): string {
  const { message } = plain(error);
  const { additionalProperty, unevaluatedProperty, allowedValues, allowedValue } = error.params;
  const name: unknown = additionalProperty ?? unevaluatedProperty;
  if (typeof name === "string") return `must not have the member ${JSON.stringify(name)}`;
  if (Array.isArray(allowedValues)) return `must be one of ${allowedValues.join(", ")}`;
  if (allowedValue !== undefined) return `must be ${JSON.stringify(allowedValue)}`;
  return message;
}
