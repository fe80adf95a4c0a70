// What the routes without a panel answer is what their schemas say, member by member. The rows are those of the
// examples; test/e2e/openapi.test.ts asks the whole program.

import { expect, test } from "vitest";
import { createAccess } from "../../../services/access/access.ts";
import { everybodyWay, MACHINE } from "../../../services/access/ways.ts";
import { createApi } from "../../../services/api/app.ts";
import { rowExample } from "../../../services/api/openapi-examples.ts";
import { PROBLEM_SCHEMA } from "../../../services/api/openapi-problems.ts";
import {
  CHECKS_SCHEMA,
  DOCUMENT_SCHEMA,
  INDEX_SCHEMA,
  MESSAGE_SCHEMA,
} from "../../../services/api/openapi-schemas.ts";
import { silent } from "../../../services/observe/events.ts";
import type { Row as PanelRow } from "../../../services/query/panel.ts";
import { quarantinedMessage } from "../../../services/query/panels/quarantine.ts";
import type { JsonSchema } from "../../../services/query/parameter-table.ts";
import { compileSchema } from "../../../services/validate/validate.ts";

const MESSAGE: PanelRow = {
  ...rowExample(quarantinedMessage),
  received_at: "2026-03-09 02:15:07.418",
  dkim_notes: ["body-length-limited"],
  deviation_codes: ["period-not-one-day"],
};

const unused = () => Promise.reject(new Error("the API does not write"));
const app = createApi({
  store: {
    async select<Row>() {
      return [MESSAGE, { ...MESSAGE, item: 1 }] as Row[];
    },
    insert: unused,
    command: unused,
    ping: async () => {},
    close: async () => {},
  },
  spool: null,
  access: createAccess([everybodyWay(MACHINE)]),
  loginPath: null,
  ready: async () => ({ ready: true, checks: { store: { ok: true, detail: "answers" } } }),
  metrics: async () => ({ contentType: "text/plain", text: "" }),
  emit: silent,
  reportUrl: null,
  reportAddress: null,
  version: "0.0.0",
});

/** The schema with nothing allowed that it does not name. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const members = Object.entries(schema).map(([name, one]) => [
    name,
    name === "examples" ? one : closed(one),
  ]);
  const isOpen = "properties" in schema && !("additionalProperties" in schema);
  return Object.fromEntries(isOpen ? [...members, ["additionalProperties", false]] : members);
}

test.each<[string, JsonSchema, number]>([
  ["/api/v1", INDEX_SCHEMA, 200],
  ["/api/v1/openapi.json", DOCUMENT_SCHEMA, 200],
  ["/readyz", CHECKS_SCHEMA, 200],
  [`/api/v1/quarantine/${MESSAGE["receipt"]}`, MESSAGE_SCHEMA, 200],
  ["/api/v1/quarantine/none", PROBLEM_SCHEMA, 404],
  ["/api/v1/overview?last=yesterday", PROBLEM_SCHEMA, 400],
])("%s", async (path, schema, status) => {
  const answer = await app.request(path);
  expect(answer.status).toBe(status);
  const checked = compileSchema(Object(closed(schema)))(await answer.json());
  expect(checked.ok ? [] : checked.errors).toEqual([]);
});
