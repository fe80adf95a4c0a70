// The OpenAPI document as programs use it: a client in another language is generated from it, calls every
// operation of the running program, and finds that each answer is what the document says and no more.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assetPath } from "../../services/assets.ts";
import { type Program, startProgram, temporaryFolder, waitUntil } from "../support/program.ts";
import { reportJson } from "../support/reports.ts";
import { ingestTally } from "../support/tally.ts";

const CLIENT = assetPath("test", "e2e", "openapi-client.pl");
/** The client asks for this meta-schema by its address; the unit test of the document holds it whole. */
const META_SCHEMA = "https://spec.openapis.org/oas/3.1/schema/2021-05-20";

interface Operation {
  operationId: string;
  parameters: { name: string; in: string; example?: unknown }[];
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
}

interface Call {
  id: string;
  parameters: Record<string, unknown>;
  body?: string;
}

interface Answer {
  id: string;
  status: number;
  type: string;
  rows: Record<string, unknown>[];
  next: string | null;
  faults: string[];
}

const { folder, remove } = temporaryFolder();
let program: Program;
let document: Document;
let operations: Operation[] = [];
let report = "";
let quarantined = "";

beforeAll(async () => {
  execFileSync("perl", ["-MOpenAPI::Client", "-e", "1"], { stdio: "pipe" });
  program = await startProgram({ dataDir: folder });
  for (const number of [1, 2, 3]) await post(reportJson({ number, failures: number }));
  // One of half a day, so that there is a deviation.
  await post(reportJson({ number: 4, failures: 4 }).replace("23:59:59", "11:59:59"));
  await post("this is no report");
  await waitUntil("five messages to be stored", 30_000, async () => {
    const { received } = await ingestTally(program);
    return received === 5;
  });
  document = await program.get<Document>("/api/v1/openapi.json");
  operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  report = await firstOf("reports", "id");
  quarantined = await firstOf("quarantine", "receipt");
});
afterAll(async () => {
  await program.end();
  remove();
});

async function post(body: string): Promise<void> {
  const headers = { "content-type": "application/tlsrpt+json" };
  const answer = await fetch(`${program.http}/v1/tlsrpt`, { method: "POST", headers, body });
  expect(answer.status).toBe(201);
}

async function firstOf(panel: string, column: string): Promise<string> {
  const { data } = await program.get<{ data: Record<string, string>[] }>(
    `/api/v1/${panel}?from=2016-01-01`,
  );
  return data[0]?.[column] ?? "";
}

/** The document with nothing allowed that it does not name; a client must not be so strict. */
function closed(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((one) => closed(one));
  if (typeof value !== "object" || value === null) return value;
  // A condition describes a part only, and examples are no schemas.
  if (["if", "then", "example", "examples"].includes(key)) return value;
  const members = Object.entries(value).map(([name, one]) => [name, closed(one, name)]);
  const isObject = "properties" in value && "type" in value && !("additionalProperties" in value);
  return Object.fromEntries(isObject ? [...members, ["additionalProperties", false]] : members);
}

/** What the client that is generated from a document says of calls, in their order. */
function callAll(calls: readonly Call[], by: unknown = closed(document)): Answer[] {
  const cache = join(folder, "meta-schemas");
  mkdirSync(cache, { recursive: true });
  const name = createHash("md5").update(META_SCHEMA).digest("hex");
  writeFileSync(join(cache, name), JSON.stringify({ $id: META_SCHEMA, type: "object" }));
  const path = join(folder, "openapi.json");
  writeFileSync(path, JSON.stringify(by));
  const out = execFileSync("perl", [CLIENT], {
    input: JSON.stringify({ document: path, base: program.http, calls }),
    encoding: "utf8",
    timeout: 120_000,
    maxBuffer: 1 << 26,
    env: { ...process.env, JSON_VALIDATOR_CACHE_PATH: cache },
  });
  return out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Answer);
}

/** What names one record, by operation. */
function pathParameters({ operationId, parameters }: Operation): Record<string, string> {
  if (!parameters.some((one) => one.in === "path")) return {};
  if (operationId.startsWith("report")) return { id: report };
  return { receipt: quarantined, key: "not-a-key-that-is-known" };
}

/** A call with those of the parameters that the operation takes. */
function callOf(operation: Operation, parameters: Record<string, unknown>): Call {
  const taken = operation.parameters.map(({ name }) => name);
  const asked = Object.entries(parameters).filter(([name]) => taken.includes(name));
  const isPost = operation.operationId.startsWith("post-report");
  return {
    id: operation.operationId,
    parameters: { ...pathParameters(operation), ...Object.fromEntries(asked) },
    ...(isPost && { body: reportJson({ number: 9 }) }),
  };
}

/** The examples of the document, but for those that ask for what is not here. */
function examplesOf({ parameters }: Operation): Record<string, unknown> {
  const left = ["from", "to", "cursor", "content_hash"];
  const asked = parameters.filter((one) => one.in === "query" && !left.includes(one.name));
  return Object.fromEntries(asked.map(({ name, example }) => [name, example]));
}

const EVERYTHING = { from: "2016-01-01" };
const QUESTION = {
  domain: ["example.com"],
  last: "4000d",
  timezone: "America/New_York",
  compare: "previous",
  step: "month",
  limit: 5,
};

describe("a client generated from the document", () => {
  test("calls every operation, and each answer is what the document says", () => {
    const calls = operations.map((operation) => callOf(operation, EVERYTHING));
    const answers = callAll(calls);
    expect(answers.map(({ id }) => id)).toEqual(calls.map(({ id }) => id));
    expect(answers.filter(({ faults }) => faults.length > 0)).toEqual([]);
    expect(answers.filter(({ status }) => status < 200 || status > 202)).toEqual([]);
    const empty = answers.filter(({ id, rows }) => isPanel(id) && rows.length === 0);
    expect(empty.map(({ id }) => id)).toEqual([]);
  });

  test("asks every panel for a domain, a time, an order and columns", () => {
    const panels = operations.filter(({ operationId }) => isPanel(operationId));
    expect(panels.length).toBeGreaterThan(15);
    const calls = panels.map((operation) => {
      const { sort, fields } = examplesOf(operation);
      return callOf(operation, { ...QUESTION, sort, fields });
    });
    for (const name of ["domain", "last", "timezone", "compare", "sort", "fields"]) {
      expect(calls.some(({ parameters }) => name in parameters)).toBe(true);
    }
    const answers = callAll(calls);
    expect(answers.filter(({ faults, status }) => faults.length > 0 || status !== 200)).toEqual([]);
    for (const [i, { id, rows }] of answers.entries()) {
      const fields = calls[i]?.parameters["fields"];
      expect(rows.length, id).toBeGreaterThan(0);
      for (const row of rows) {
        expect(Object.keys(row).sort(), id).toEqual(String(fields).split(",").sort());
      }
    }
  });

  test("asks every panel what the examples of its parameters ask", () => {
    const panels = operations.filter(({ operationId }) => isPanel(operationId));
    const answers = callAll(panels.map((one) => callOf(one, examplesOf(one))));
    expect(answers.filter(({ faults, status }) => faults.length > 0 || status !== 200)).toEqual([]);
  });

  test("follows a cursor to the last page", () => {
    const seen: unknown[] = [];
    let cursor: string | null = null;
    do {
      const page: Record<string, unknown> = { ...EVERYTHING, limit: 1, sort: "failed_sessions" };
      const [answer] = callAll([
        { id: "reports", parameters: cursor === null ? page : { ...page, cursor } },
      ]);
      expect(answer).toMatchObject({ status: 200, faults: [] });
      seen.push(...(answer?.rows ?? []).map((row) => row["failed_sessions"]));
      cursor = answer?.next ?? null;
    } while (cursor !== null && seen.length < 10);
    // Report 9, with one failure, was posted by the test of all operations.
    expect(seen.slice(-3)).toEqual([2, 3, 4]);
    expect(cursor).toBeNull();
  });

  test("is told in the form of the document what is wrong with a question", () => {
    const answers = callAll([
      { id: "trend", parameters: { from: "yesterday" } },
      { id: "report", parameters: { id: "00000000-0000-4000-8000-000000000000" } },
    ]);
    const problem = { type: "application/problem+json", faults: [] };
    expect(answers).toMatchObject([
      { ...problem, status: 400 },
      { ...problem, status: 404 },
    ]);
  });

  test("does not even send what the document does not allow", () => {
    const [answer] = callAll([{ id: "trend", parameters: { limit: 0 } }]);
    expect(answer?.faults.join()).toMatch(/limit/);
  });

  test("finds what an answer has that the document does not say, and what it lacks", () => {
    const call = { id: "trend", parameters: EVERYTHING };
    const text = JSON.stringify(closed(document));
    const renamed = JSON.parse(text.replaceAll('"failed_sessions"', '"failed"'));
    expect(callAll([call], renamed)[0]?.faults.join("\n")).toMatch(
      /failed_sessions(.|\n)*failed\b/,
    );
    const retyped = JSON.parse(text.replaceAll('"type":["integer","string"]', '"type":"boolean"'));
    expect(callAll([call], retyped)[0]?.faults.join()).toMatch(/boolean/);
  });
});

function isPanel(id: string): boolean {
  return document.paths[`/api/v1/${id}`] !== undefined && id !== "openapi.json";
}
