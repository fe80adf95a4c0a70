// The OpenAPI document as programs use it: a client in another language is generated from it, calls every
// operation of the running program, and finds that each answer is what the document says.

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
  parameters?: { name: string; in: string; example?: unknown }[];
}

interface Answer {
  id: string;
  status: number;
  type: string;
  faults: string[];
}

const { folder, remove } = temporaryFolder();
let program: Program;
let operations: Operation[] = [];
let report = "";
let quarantined = "";

beforeAll(async () => {
  execFileSync("perl", ["-MOpenAPI::Client", "-e", "1"], { stdio: "pipe" });
  program = await startProgram({ dataDir: folder });
  for (const number of [1, 2, 3]) await post(reportJson({ number, failures: number }));
  await post("this is no report");
  await waitUntil("four messages to be stored", 30_000, async () => {
    const { received } = await ingestTally(program);
    return received === 4;
  });
  const document = await program.get<{ paths: Record<string, Record<string, Operation>> }>(
    "/api/v1/openapi.json",
  );
  operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  writeFileSync(join(folder, "openapi.json"), JSON.stringify(document));
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

/** What the generated client says of calls, in their order. */
function callAll(calls: { id: string; parameters: unknown; body?: string }[]): Answer[] {
  const cache = join(folder, "meta-schemas");
  mkdirSync(cache, { recursive: true });
  const name = createHash("md5").update(META_SCHEMA).digest("hex");
  writeFileSync(join(cache, name), JSON.stringify({ $id: META_SCHEMA, type: "object" }));
  const input = JSON.stringify({
    document: join(folder, "openapi.json"),
    base: program.http,
    calls,
  });
  const out = execFileSync("perl", [CLIENT], {
    input,
    encoding: "utf8",
    timeout: 60_000,
    env: { ...process.env, JSON_VALIDATOR_CACHE_PATH: cache },
  });
  return out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Answer);
}

/** What names one record, by operation. */
function pathParameters({ operationId }: Operation): Record<string, string> {
  if (operationId.startsWith("report")) return { id: report };
  return { receipt: quarantined, key: "not-a-key-that-is-known" };
}

describe("a client generated from the document", () => {
  test("calls every operation, and each answer is what the document says", () => {
    const calls = operations.map((operation) => {
      const inPath = operation.parameters?.some((one) => one.in === "path") ?? false;
      const range = operation.parameters?.some(({ name }) => name === "from");
      const parameters = {
        ...(inPath ? pathParameters(operation) : {}),
        ...(range ? { from: "2016-01-01" } : {}),
      };
      const body = operation.operationId.startsWith("post-report")
        ? { body: reportJson({ number: 9 }) }
        : {};
      return { id: operation.operationId, parameters, ...body };
    });
    const answers = callAll(calls);
    expect(answers.map(({ id }) => id)).toEqual(calls.map(({ id }) => id));
    expect(answers.filter(({ faults }) => faults.length > 0)).toEqual([]);
    expect(answers.filter(({ status }) => status < 200 || status > 202)).toEqual([]);
  });

  test("is told in the form of the document what is wrong with a question", () => {
    const [answer] = callAll([{ id: "trend", parameters: { from: "yesterday" } }]);
    expect(answer).toMatchObject({ status: 400, type: "application/problem+json", faults: [] });
  });

  test("does not even send what the document does not allow", () => {
    const [answer] = callAll([{ id: "trend", parameters: { limit: 0 } }]);
    expect(answer?.faults.join()).toMatch(/limit/);
  });
});
