// The API without a socket and without a store: forms, problems, headers, and the OpenAPI document.

import { expect, test } from "vitest";
import { createAccess } from "../../../services/access/access.ts";
import { everybodyWay, MACHINE } from "../../../services/access/ways.ts";
import { createApi } from "../../../services/api/app.ts";
import type { ApiOptions } from "../../../services/api/options.ts";
import { silent } from "../../../services/observe/events.ts";
import { PANELS } from "../../../services/query/index.ts";
import { ingest } from "../../../services/query/panels/ingest.ts";
import { parametersOf } from "../../../services/query/parameter-table.ts";
import { reportRoutes as postRoutes } from "../../../services/receive/http.ts";
import { PROBLEMS as POST_PROBLEMS } from "../../../services/receive/http-problems.ts";
import type { SpoolWriter } from "../../../services/spool/port.ts";
import { type Store, StoreError } from "../../../services/store/port.ts";

const unused = () => Promise.reject(new Error("the API does not write"));

const NO_SPOOL: SpoolWriter = {
  append: () => Promise.reject(new Error("nothing is posted here")),
  refuse() {},
  async seal() {},
  async close() {},
};

/** A store that answers every read with the same rows, or fails with the same error. */
function storeOf(answer: Record<string, unknown>[] | Error): Store {
  return {
    async select<Row>() {
      if (answer instanceof Error) throw answer;
      return answer as Row[];
    },
    insert: unused,
    command: unused,
    ping: async () => {},
    close: async () => {},
  };
}

function appOf(answer: Record<string, unknown>[] | Error, options: Partial<ApiOptions> = {}) {
  return createApi({
    store: storeOf(answer),
    spool: null,
    ready: async () => ({ ready: true, checks: { store: { ok: true, detail: "answers" } } }),
    metrics: async () => ({ contentType: "text/plain; version=0.0.4", text: "up 1\n" }),
    emit: silent,
    access: createAccess([everybodyWay(MACHINE)]),
    loginPath: null,
    reportUrl: null,
    reportAddress: null,
    version: "1.2.3",
    clock: () => Date.parse("2026-03-20T10:00:00Z"),
    ...options,
  });
}

const ROW = { mx: "=SUM(A1)", result_type: 'a,"b"\nc', failed_sessions: "18446744073709551615" };
const FULL = {
  ...ROW,
  reports: "1",
  organizations: "1",
  domains: "1",
  first_day: "2026-03-01",
  last_day: "2026-03-01",
  policy_types: ["sts", "tlsa"],
  trust_levels: ["posted"],
};

test("an answer has data and meta, and counts beyond 2^53 stay exact", async () => {
  const response = await appOf([FULL]).request("/api/v1/failures-by-mx?domain=Example.com&limit=5");
  expect(response.status).toBe(200);
  expect(response.headers.get("Cache-Control")).toBe("private, no-cache");
  expect(await response.json()).toMatchObject({
    data: [{ mx: "=SUM(A1)", failed_sessions: "18446744073709551615", domains: 1 }],
    meta: {
      panel: "failures-by-mx",
      filters: { domain: ["example.com"] },
      from: "2026-02-19",
      to: "2026-03-21",
      limit: 5,
      rows: 1,
      next_cursor: null,
      generated_at: "2026-03-20T10:00:00.000Z",
    },
  });
});

test("CSV by format and by Accept, with formulas defused", async () => {
  const app = appOf([FULL]);
  const fields = "mx,result_type,failed_sessions,first_day,policy_types";
  const path = `/api/v1/failures-by-mx?fields=${fields}`;
  const byFormat = await app.request(`${path}&format=csv`);
  const byAccept = await app.request(path, { headers: { Accept: "text/csv" } });
  const text = await byFormat.text();
  expect(await byAccept.text()).toBe(text);
  expect(byFormat.headers.get("Content-Type")).toMatch(/^text\/csv/);
  expect(byFormat.headers.get("Content-Disposition")).toMatch(/^attachment/);
  const [head, ...rest] = text.split("\r\n");
  expect(head).toBe(fields);
  expect(rest.join("\r\n")).toBe(
    `'=SUM(A1),"a,""b""\\x0ac",18446744073709551615,2026-03-01,sts;tlsa\r\n`,
  );
});

test("an answer is kept by its tag, which does not depend on when it was made", async () => {
  let nowMs = Date.parse("2026-03-20T10:00:00Z");
  const clock = () => nowMs;
  for (const path of ["/api/v1/failures-by-mx", "/api/v1/failures-by-mx?format=csv"]) {
    const ask = (app: ReturnType<typeof appOf>, known?: string) =>
      app.request(path, { headers: known === undefined ? {} : { "If-None-Match": known } });
    const first = await ask(appOf([FULL], { clock }));
    const tag = first.headers.get("ETag") ?? "";
    expect(tag).toMatch(/^W\/"[\w-]{22}"$/);
    expect(first.headers.get("Vary")).toBe("Accept, Authorization, Cookie");
    nowMs += 60_000;
    for (const known of [tag, `"other", ${tag}`, tag.slice(2), "*"]) {
      const again = await ask(appOf([FULL], { clock }), known);
      expect([again.status, await again.text()], known).toEqual([304, ""]);
      expect(again.headers.get("ETag")).toBe(tag);
      expect(again.headers.get("Cache-Control")).toBe("private, no-cache");
    }
    const changed = await ask(appOf([{ ...FULL, failed_sessions: "1" }], { clock }), tag);
    expect(changed.status).toBe(200);
    expect(changed.headers.get("ETag")).not.toBe(tag);
    const other = await ask(appOf([FULL], { clock }), '"other"');
    expect(other.status).toBe(200);
  }
});

test("a tag opens nothing: who is not let in is not told that an answer still stands", async () => {
  const known = (await appOf([FULL]).request("/api/v1/failures-by-mx")).headers.get("ETag") ?? "";
  for (const tag of [known, "*"]) {
    const closed = appOf([FULL], { access: createAccess([]) });
    const headers = { "If-None-Match": tag };
    expect((await closed.request("/api/v1/failures-by-mx", { headers })).status).toBe(401);
  }
});

test("a CSV with more rows links to the next page", async () => {
  const response = await appOf([FULL, FULL]).request("/api/v1/failures-by-mx?format=csv&limit=1");
  expect(response.headers.get("Link")).toMatch(
    /^<\/api\/v1\/failures-by-mx\?.*cursor=.+>; rel="next"$/,
  );
});

const STATUS_CASES: [string, RequestInit, number, string][] = [
  ["/api/v1/overview?domian=x", {}, 400, "unknown-parameter"],
  ["/api/v1/trend?step=x", {}, 400, "invalid-parameter"],
  ["/api/v1/overview?from=2026-02-01&to=2026-01-01", {}, 400, "invalid-range"],
  ["/api/v1/reports?cursor=e30", {}, 400, "invalid-cursor"],
  ["/api/v1/nothing", {}, 404, "not-found"],
  ["/api/v1/reports/not-a-uuid", {}, 404, "not-found"],
  ["/api/v1/quarantine/..%2f..%2fetc", {}, 404, "not-found"],
  ["/api/v1/overview", { method: "DELETE" }, 405, "method-not-allowed"],
  ["/", { method: "POST" }, 405, "method-not-allowed"],
  ["/api/v1/overview", { headers: { Accept: "image/png" } }, 406, "not-acceptable"],
  [
    "/api/v1/quarantine/01KA0000000000000000000001/reprocess",
    { method: "POST", headers: { Origin: "https://evil.example" } },
    403,
    "foreign-origin",
  ],
];

test.each(STATUS_CASES)("%s %j is %i %s", async (path, init, status, code) => {
  const response = await appOf([]).request(path, init);
  expect(response.status).toBe(status);
  expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  expect(await response.json()).toMatchObject({
    type: `urn:sealwatch:problem:${code}`,
    status,
    detail: expect.any(String),
    instance: path.split("?")[0],
  });
});

test("an unknown parameter is named, and the known ones listed", async () => {
  const response = await appOf([]).request("/api/v1/ingest?domain=example.com");
  expect(await response.json()).toMatchObject({
    parameter: "domain",
    known_parameters: parametersOf(ingest),
  });
});

test("failures of the store are told apart, without its words", async () => {
  const secret = "Code: 1. at http://user:password@db.example";
  const cases: [StoreError | Error, number][] = [
    [new StoreError(secret, { retryable: true }), 503],
    [new StoreError(secret, { retryable: false, code: "159" }), 504],
    [new StoreError(secret, { retryable: true, code: "241" }), 422],
    [new StoreError(secret, { retryable: false, code: "396" }), 422],
    [new StoreError(secret, { retryable: false, code: "62" }), 500],
    [new Error(secret), 500],
  ];
  for (const [error, status] of cases) {
    const events: unknown[] = [];
    const app = appOf(error, { emit: (...event) => events.push(event) });
    const response = await app.request("/api/v1/overview");
    expect(response.status).toBe(status);
    expect(response.headers.get("Retry-After")).toBe(status === 503 ? "5" : null);
    expect(await response.text()).not.toContain("password");
    expect(events).toMatchObject([["api-failed", { path: "/api/v1/overview" }]]);
    const page = await app.request("/", { headers: { Accept: "text/html" } });
    // Its frame is on its way before the store is asked.
    expect(page.status).toBe(200);
    const text = await page.text();
    expect(text).toMatch(/How new this is cannot be told now/);
    expect(text).toMatch(/cannot be shown now/);
    expect(text).toMatch(/<\/html>\s*$/);
    const one = await app.request("/domains/example.com", { headers: { Accept: "text/html" } });
    expect(one.status, "of one thing").toBe(status);
    expect(text).not.toContain("password");
  }
});

test("every answer carries the security headers", async () => {
  for (const path of ["/", "/healthz", "/api/v1", "/api/v1/overview?x=1", "/none", "/metrics"]) {
    const { headers } = await appOf([]).request(path);
    expect(headers.get("Content-Security-Policy"), path).toContain("default-src 'none'");
    expect(headers.get("Content-Security-Policy"), path).toContain("frame-ancestors 'none'");
    expect(headers.get("X-Content-Type-Options"), path).toBe("nosniff");
    expect(headers.get("Referrer-Policy"), path).toBe("same-origin");
  }
});

test("health, readiness and metrics", async () => {
  const app = appOf([]);
  expect((await app.request("/healthz")).status).toBe(200);
  expect(await (await app.request("/readyz")).json()).toMatchObject({ ready: true });
  expect(await (await app.request("/metrics")).text()).toBe("up 1\n");
  const away = appOf([], { ready: async () => ({ ready: false, checks: {} }) });
  expect((await away.request("/readyz")).status).toBe(503);
});

test("the style sheet is kept only under the address of its content", async () => {
  const app = appOf([]);
  const href = /href="(\/assets\/[^"]+)"/.exec(await (await app.request("/")).text())?.[1] ?? "";
  const kept = await app.request(href);
  expect(kept.headers.get("Cache-Control")).toContain("immutable");
  expect(kept.headers.get("Content-Type")).toMatch(/^text\/css/);
  const other = await app.request(href.replace(/[0-9a-f]{12}/, "0".repeat(12)));
  expect([other.status, other.headers.get("Cache-Control")]).toEqual([404, "no-store"]);
});

test("the OpenAPI document has every route of the program, and no other", async () => {
  const app = appOf([]);
  const reports = postRoutes({ spool: NO_SPOOL, messageBytesMax: 1, emit: silent });
  // biome-ignore lint/suspicious/noExplicitAny: the document is read as its readers read it
  const document: any = await (await app.request("/api/v1/openapi.json")).json();
  const operations = Object.entries<Record<string, unknown>>(document.paths).flatMap(
    ([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  // Pages are for people; a last slash is the same address to the report receiver.
  const forPeople = /^\w+ \/(?!(?:api|v1)(?:\/|$)|healthz$|readyz$|metrics$)/;
  const served = [...app.routes, ...reports.routes]
    .filter(({ method, path }) => method !== "ALL" && !path.endsWith("tlsrpt/"))
    .filter(({ path }) => !path.endsWith(":key/"))
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`)
    .filter((route) => !forPeople.test(route));
  expect(operations.sort()).toEqual([...new Set(served)].sort());
  expect(document.openapi).toBe("3.1.0");
  for (const panel of PANELS) {
    const names = document.paths[`/api/v1/${panel.id}`].get.parameters.map(
      ({ name }: { name: string }) => name,
    );
    expect(names).toEqual(parametersOf(panel));
  }
  const refusals = Object.values(POST_PROBLEMS).map(({ status }) => String(status));
  const told = Object.keys(document.paths["/v1/tlsrpt"].post.responses);
  expect(told.sort()).toEqual([...new Set(["201", ...refusals])].sort());
});

test("the OpenAPI document says what each operation needs", async () => {
  // biome-ignore lint/suspicious/noExplicitAny: the document is read as its readers read it
  const document: any = await (await appOf([]).request("/api/v1/openapi.json")).json();
  expect(Object.keys(document.components.securitySchemes)).toEqual(["token", "session"]);
  const open = ["/healthz", "/readyz", "/v1/tlsrpt", "/v1/tlsrpt/{key}"];
  for (const [path, methods] of Object.entries<Record<string, never>>(document.paths)) {
    for (const operation of Object.values<{ security: object[]; responses: object }>(methods)) {
      const schemes = operation.security.flatMap((one) => Object.keys(one));
      expect(schemes, path).toEqual(open.includes(path) ? [] : ["token", "session"]);
      expect("401" in operation.responses, path).toBe(!open.includes(path));
    }
  }
});

test("a form that cannot be taken answers people with a page, programs with a problem", async () => {
  const send = (path: string, headers: Record<string, string>) =>
    appOf([]).request(path, { method: "POST", body: "theme=pink", headers });
  for (const [path, status] of [
    ["/theme", 400],
    ["/quarantine/reprocess?reason=not-json", 503],
    ["/quarantine/01KN6K9M0044YSQPP54GNWVNZZ/reprocess", 503],
  ] as const) {
    const page = await send(path, { Accept: "text/html,*/*;q=0.8" });
    expect(page.status).toBe(status);
    expect(page.headers.get("Content-Type")).toContain("text/html");
    expect(await page.text()).toContain("To the overview");
    expect(page.headers.get("Retry-After")).toBe(status === 503 ? "5" : null);
    const problem = await send(path, { Accept: "*/*" });
    expect(problem.status).toBe(status);
    expect(problem.headers.get("Content-Type")).toBe("application/problem+json");
  }
});

test("who sends a form and is not known is sent to log in, and from there to the page it was on", async () => {
  const app = appOf([], { access: createAccess([]), loginPath: "/login" });
  const send = (headers: Record<string, string>) =>
    app.request("/import", {
      method: "POST",
      body: "x",
      headers: { Accept: "text/html", ...headers },
    });
  const location = async (referer: string) =>
    (await send({ Referer: referer })).headers.get("Location");
  expect(await location("http://localhost/setup?last=90d")).toBe(
    `/login?next=${encodeURIComponent("/setup?last=90d")}`,
  );
  expect(await location("nowhere")).toBe("/login?next=%2F");
  expect((await send({ Accept: "*/*" })).status).toBe(401);
  expect((await send({ Authorization: "Bearer x" })).status).toBe(401);
});
