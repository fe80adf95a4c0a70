// The OpenAPI document: valid by a public validator, whole in every operation, and with examples that are as
// its own schemas say.

import { Validator } from "@seriousme/openapi-schema-validator";
import { beforeAll, describe, expect, test } from "vitest";
import { openapi } from "../../../services/api/openapi.ts";
import { EXAMPLE_MS, rowExample } from "../../../services/api/openapi-examples.ts";
import { PROBLEMS } from "../../../services/api/problem.ts";
import { whereAfter } from "../../../services/query/cursor.ts";
import { PANELS } from "../../../services/query/index.ts";
import { columnsOf, type Panel } from "../../../services/query/panel.ts";
import { parametersOf } from "../../../services/query/parameter-table.ts";
import { readParameters } from "../../../services/query/parameters.ts";
import { compileSchema } from "../../../services/validate/validate.ts";

type Schema = Record<string, unknown>;

interface Media {
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, { $ref: string }>;
}

interface Parameter {
  name: string;
  in: string;
  description?: string;
  schema: Schema;
  example?: unknown;
}

interface Response {
  description: string;
  headers?: Record<string, { description?: string; schema: Schema; example?: unknown }>;
  content?: Record<string, Media>;
}

interface Operation {
  operationId: string;
  summary: string;
  description: string;
  parameters: Parameter[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, Response>;
}

interface Document {
  openapi: string;
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; examples: Record<string, { value: unknown }> };
}

const document = JSON.parse(JSON.stringify(openapi("0.0.0"))) as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
);

/** What of a value is not as a schema of the document says. */
function faultsOf(schema: Schema, value: unknown): string[] {
  const name = String(schema["$ref"] ?? "").replace("#/components/schemas/", "");
  const checked = compileSchema(document.components.schemas[name] ?? schema)(value);
  return checked.ok ? [] : checked.errors.map(({ pointer, message }) => `${pointer} ${message}`);
}

/** Every example of a body, by where it stands. */
function bodies(): { where: string; schema: Schema; example: unknown }[] {
  return operations.flatMap(({ operationId, responses, requestBody }) => {
    const contents = Object.entries({ ...responses, ...(requestBody && { body: requestBody }) });
    return contents.flatMap(([status, { content = {} }]) =>
      Object.entries(content).flatMap(([type, { schema = {}, example, examples }]) => {
        const named = Object.values(examples ?? {}).map(({ $ref }) => {
          return document.components.examples[$ref.split("/").at(-1) ?? ""]?.value;
        });
        return (examples ? named : [example]).map((one) => ({
          where: `${operationId} ${status} ${type}`,
          schema,
          example: one,
        }));
      }),
    );
  });
}

describe("the document", () => {
  let result: Awaited<ReturnType<Validator["validate"]>>;
  const validator = new Validator();
  beforeAll(async () => {
    result = await validator.validate({ ...structuredClone(document) });
  });

  test("is OpenAPI 3.1 by a public validator", () => {
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
    expect(validator.version).toBe("3.1");
  });

  test("would not be with a mistake in it", async () => {
    const broken = structuredClone(document);
    for (const operation of Object.values(broken.paths["/api/v1/overview"] ?? {})) {
      Object.assign(operation.parameters[0] ?? {}, { in: "somewhere" });
    }
    expect((await new Validator().validate({ ...broken })).valid).toBe(false);
  });
});

describe("each operation", () => {
  test("has a name of its own, a summary, a description and a tag that is explained", () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = document.tags.map(({ name }) => name);
    for (const operation of operations) {
      const { operationId, summary, description } = operation;
      expect(summary.length, operationId).toBeGreaterThan(2);
      expect(description.length, operationId).toBeGreaterThan(20);
      expect(description, operationId).toMatch(/[.]$/);
      expect(tags, operationId).toEqual(expect.arrayContaining([...Object(operation).tags]));
    }
  });

  test("explains each parameter, with an example that it takes", () => {
    const faults = operations.flatMap(({ operationId, parameters }) =>
      parameters.flatMap(({ name, description = "", schema, example }) =>
        [
          ...(description.length > 10 ? [] : ["has no description"]),
          ...(example === undefined ? ["has no example"] : faultsOf(schema, example)),
        ].map((fault) => `${operationId} ${name} ${fault}`),
      ),
    );
    expect(faults).toEqual([]);
  });

  test("names the parameters of its path", () => {
    for (const { path, parameters } of operations) {
      const inPath = parameters.filter((one) => one.in === "path").map(({ name }) => `{${name}}`);
      expect(path.match(/\{\w+\}/g) ?? []).toEqual(inPath);
    }
  });

  test("has schema and example of each body, and the one is as the other says", () => {
    const all = bodies();
    expect(all.length).toBeGreaterThan(operations.length * 2);
    const faults = all.flatMap(({ where, schema, example }) => {
      const open = where.includes("body application/tlsrpt+gzip");
      const missing = example === undefined && !open ? ["has no example"] : [];
      const none = Object.keys(schema).length === 0 ? ["has no schema"] : [];
      const wrong = example === undefined ? [] : faultsOf(schema, example);
      return [...missing, ...none, ...wrong].map((fault) => `${where} ${fault}`);
    });
    expect(faults).toEqual([]);
  });

  test("has no example of what it does not describe", () => {
    const unknown = bodies()
      .filter(({ where }) => where.includes("200 application/json") && !where.startsWith("openapi"))
      .flatMap(({ where, schema, example }) => strangers(schema, example).map((at) => where + at));
    expect(unknown).toEqual([]);
  });

  test("answers problems with their type, and says when to try again", () => {
    const told = new Set<string>();
    for (const { operationId, responses } of operations) {
      for (const [status, { headers = {}, content = {} }] of Object.entries(responses)) {
        const { examples } = content["application/problem+json"] ?? {};
        for (const code of Object.keys(examples ?? {})) {
          expect(String(PROBLEMS[code as keyof typeof PROBLEMS].status)).toBe(status);
          told.add(code);
        }
        const later = content["application/problem+json"] && ["429", "503"].includes(status);
        expect("Retry-After" in headers, `${operationId} ${status}`).toBe(Boolean(later));
      }
    }
    // No operation answers that it is not one.
    const all = Object.keys(PROBLEMS).filter((code) => code !== "method-not-allowed");
    expect([...told].sort()).toEqual(all.sort());
  });
});

describe.each(PANELS.map((panel) => ({ id: panel.id, panel })))("the panel $id", ({ panel }) => {
  const operation = operations.find(({ operationId }) => operationId === panel.id);

  test("has an example that holds each column, and each text of words", () => {
    const row = rowExample(panel);
    expect(Object.keys(row).sort()).toEqual(namesOf(panel).sort());
    for (const { name, type } of panel.words?.columns ?? []) {
      if (type === "text") expect(row[name], name).not.toBe("example");
    }
  });

  test("has a schema that each missing column breaks, unless columns were chosen", () => {
    const { schema = {}, example } =
      operation?.responses["200"]?.content?.["application/json"] ?? {};
    const { data, meta } = structuredClone(example) as { data: Schema[]; meta: Schema };
    delete data[0]?.[namesOf(panel)[0] ?? ""];
    expect(faultsOf(schema, { data, meta })).not.toEqual([]);
    expect(faultsOf(schema, { data, meta: { ...meta, fields: ["any"] } })).toEqual([]);
  });

  test("can be asked what its examples ask", () => {
    const asked = Object.fromEntries(
      (operation?.parameters ?? []).map(({ name, example }) => [
        name,
        [example].flat().map(String),
      ]),
    );
    const { last: _, cursor = [], ...plain } = asked;
    expect(Object.keys(asked)).toEqual(parametersOf(panel));
    const read = readParameters(panel, plain, EXAMPLE_MS);
    expect(read).toMatchObject({ ok: true });
    const bare = readParameters(panel, {}, EXAMPLE_MS);
    if (!bare.ok) throw new Error(bare.problem.detail);
    const query = { parameters: bare.parameters, bind: (name: string) => name, from: () => "" };
    for (const one of cursor) expect(whereAfter(panel, query, one)).toContain("after_0");
  });
});

function namesOf(panel: Panel): string[] {
  return columnsOf(panel).map(({ name }) => name);
}

/** Where a value has members that its schema does not name. */
function strangers(schema: Schema, value: unknown, at = ""): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((one, i) => strangers(Object(schema["items"]), one, `${at}/${i}`));
  }
  const { properties, additionalProperties } = schema;
  if (typeof value !== "object" || value === null || additionalProperties) return [];
  return Object.entries(value).flatMap(([name, one]) => {
    const known = Object(properties)[name];
    return known ? strangers(known, one, `${at}/${name}`) : [`${at}/${name}`];
  });
}
