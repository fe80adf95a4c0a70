// Two tenants on one real program: what one of them is answered is, byte for byte, what it would be if the
// other did not exist. Panels and routes are enumerated, and one without a case fails.

import { join } from "node:path";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAccess } from "../../services/access/access.ts";
import { createApi } from "../../services/api/app.ts";
import { assetRoutes } from "../../services/api/web-assets.ts";
import { silent } from "../../services/observe/events.ts";
import { PANELS } from "../../services/query/index.ts";
import { migrate } from "../../services/store/migrate.ts";
import { openStore } from "../../services/store/open.ts";
import { type Program, runProgram, startProgram, temporaryFolder } from "../support/program.ts";
import { type StandaloneEngine, startStandaloneEngine } from "../support/standalone-engine.ts";
import { pageAddresses } from "./page-addresses.ts";
import { uuid } from "./seed.ts";
import { OURS, QUESTIONS, RANGE } from "./tenant-questions.ts";
import {
  ALPHA,
  BETA,
  MARKS,
  NOBODY,
  type Own,
  receiptOf,
  reportOf,
  SHARED,
  seedTenant,
} from "./two-tenants.ts";

let folder = "";
let remove = () => {};
let engine: StandaloneEngine;
let program: Program;
const tokens: Record<string, string> = {};

async function seed(own: Own): Promise<void> {
  const topology = { kind: "single" } as const;
  const dataFolder = join(folder, "data");
  const clickhouseUrl = engine.url;
  const opened = await openStore({ dataFolder, clickhouseUrl, topology, emit: silent });
  await migrate(opened.store, topology);
  await seedTenant(opened.store, own);
  await opened.stop();
}

const env = () => ({
  SEALWATCH_DATA_DIR: join(folder, "data"),
  SEALWATCH_CLICKHOUSE_URL: engine.url,
});

async function makeToken(name: string, ...flags: string[]): Promise<void> {
  const args = ["token", "create", "--name", name, ...flags];
  const made = await runProgram(args, { dataDir: folder, env: env() });
  expect(made.code, made.stderr).toBe(0);
  tokens[name] = made.stdout.trim();
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  text: string;
}

// Of the clock and the connection, and not of the caller.
const UNTOLD = ["date", "connection", "keep-alive"];

async function ask(path: string, name: string | null, method = "GET"): Promise<Answer> {
  // Sent as by a proxy, or a request without a token would be the machine's own.
  const headers: Record<string, string> = { "x-forwarded-for": "192.0.2.77" };
  if (name !== null) headers["authorization"] = `Bearer ${tokens[name] ?? name}`;
  const answer = await fetch(program.http + path, { method, headers, redirect: "manual" });
  const text = (await answer.text())
    .replace(/"generated_at":"[^"]*"/, '"generated_at":""')
    .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1"); // ports change with each start
  const told = [...answer.headers].filter(([header]) => !UNTOLD.includes(header));
  return { status: answer.status, headers: Object.fromEntries(told), text };
}

/** An answer with one name in it replaced, so that two can be compared. */
function without(answer: Answer, name: string): Answer {
  return JSON.parse(JSON.stringify(answer).replaceAll(name, "..."));
}

const asRow = (text: string) => JSON.parse(text);

const alone = new Map<string, Answer>();
const beside = new Map<string, Answer>();
const AT_ONCE = 4;

/** Asks all questions as alpha, a few at once. */
async function askAll(answers: Map<string, Answer>): Promise<void> {
  const left = [...QUESTIONS];
  const one = async () => {
    for (let question = left.pop(); question !== undefined; question = left.pop()) {
      answers.set(question, await ask(question, "A"));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

beforeAll(async () => {
  ({ folder, remove } = temporaryFolder());
  engine = await startStandaloneEngine(join(folder, "store"));
  await seed(ALPHA);
  await makeToken("A", "--tenant", "alpha", "--scope", "read,reprocess");
  await makeToken("B", "--tenant", "beta", "--scope", "read,reprocess");
  await makeToken("AB", "--tenant", "alpha", "--tenant", "beta");
  await makeToken("all", "--all-tenants", "--scope", "admin");
  await makeToken("C", "--tenant", "gamma", "--scope", "read,reprocess");
  program = await startProgram({ dataDir: folder, env: env() });
  await askAll(alone);
  await seed(BETA);
  await askAll(beside);
}, 240_000);

afterAll(async () => {
  await program?.end();
  await engine?.stop();
  remove();
});

describe("a tenant beside another", () => {
  test.each(QUESTIONS)("%s is answered as if it were alone", (question) => {
    expect(beside.get(question)).toEqual(alone.get(question));
  });

  test("the answers that were compared had something in them", async () => {
    for (const { id } of PANELS) {
      const text = alone.get(`/api/v1/${id}?${RANGE}`)?.text ?? "{}";
      expect(asRow(text).data.length, id).toBeGreaterThan(0);
      const all = await ask(`/api/v1/${id}?${RANGE}`, "all");
      expect(all.text, id).not.toBe(text);
    }
    expect(alone.get(`/api/v1/reports/${reportOf(ALPHA)}`)?.status).toBe(200);
    expect(alone.get(`/?${RANGE}`)?.text).toContain("alpha.example");
  });

  test.each(PANELS.map(({ id }) => id))("no row of %s crosses over", async (id) => {
    for (const [name, foreign] of Object.entries({ A: MARKS.beta, B: MARKS.alpha })) {
      const json = (await ask(`/api/v1/${id}?${RANGE}`, name)).text;
      const csv = (await ask(`/api/v1/${id}?${RANGE}&format=csv`, name)).text;
      expect(json, name).not.toMatch(foreign);
      expect(csv, name).not.toMatch(foreign);
    }
  });

  test.each(PANELS.map(({ id }) => id))("two tenants together see all of %s", async (id) => {
    const [both, all] = [
      await ask(`/api/v1/${id}?${RANGE}`, "AB"),
      await ask(`/api/v1/${id}?${RANGE}`, "all"),
    ];
    expect(asRow(both.text).data).toEqual(asRow(all.text).data);
    expect(asRow(both.text).meta.totals).toEqual(asRow(all.text).meta.totals);
  });

  test.each(PANELS.map(({ id }) => id))(
    "asking %s for the other is asking for nobody",
    async (id) => {
      const other = await ask(`/api/v1/${id}?${RANGE}&tenant=beta`, "A");
      const nobody = await ask(`/api/v1/${id}?${RANGE}&tenant=fred`, "A");
      // The answer repeats the name that was asked for, so its tag cannot be the same.
      const told = (answer: Answer, name: string) => {
        const { headers, ...rest } = without(answer, name);
        return { ...rest, headers: { ...headers, etag: headers["etag"] !== undefined } };
      };
      expect(told(other, "beta")).toEqual(told(nobody, "fred"));
    },
  );

  test("a cursor of one gives the other rows of its own, if any", async () => {
    for (const panel of PANELS.filter(({ parameters }) => parameters.includes("cursor"))) {
      for (const [from, to, foreign] of [
        ["A", "B", MARKS.alpha],
        ["B", "A", MARKS.beta],
      ] as const) {
        const path = `/api/v1/${panel.id}?${RANGE}&limit=1`;
        const cursor = asRow((await ask(path, from)).text).meta.next_cursor;
        if (cursor === null) continue;
        const answer = await ask(`${path}&cursor=${cursor}`, to);
        expect(answer.status, panel.id).toBe(200);
        expect(JSON.stringify(asRow(answer.text).data), panel.id).not.toMatch(foreign);
        expect(answer.headers["link"] ?? "", panel.id).not.toMatch(foreign);
      }
    }
  });

  test("who has no rows is told of none", async () => {
    for (const { id } of PANELS) {
      const { text } = await ask(`/api/v1/${id}?${RANGE}`, "C");
      expect(text, id).not.toMatch(MARKS.alpha);
      expect(text, id).not.toMatch(MARKS.beta);
      expect(asRow(text).meta.newest_report_at, id).toBeNull();
    }
  });
});

describe("single records", () => {
  const RECORDS: [string, string, string][] = [
    ["/api/v1/reports/:id", reportOf(BETA), NOBODY.report],
    ["/api/v1/reports/:id/raw", reportOf(BETA), NOBODY.report],
    [`/api/v1/reports/:id/raw?content_hash=${uuid(BETA.first)}`, reportOf(BETA), NOBODY.report],
    ["/api/v1/quarantine/:id", receiptOf(BETA), NOBODY.receipt],
    ["/api/v1/quarantine/:id/raw", receiptOf(BETA), NOBODY.receipt],
    ["POST /api/v1/quarantine/:id/reprocess", receiptOf(BETA), NOBODY.receipt],
  ];

  test.each(RECORDS)("%s of the other is one that never was", async (route, theirs, none) => {
    const [path = "", method = "GET"] = route.split(" ").reverse();
    const answers = [theirs, none].map(async (id) =>
      without(await ask(path.replace(":id", id), "A", method), id),
    );
    const [foreign, missing] = await Promise.all(answers);
    expect(foreign?.status).toBe(404);
    expect(foreign).toEqual(missing);
    if (method === "GET") expect((await ask(path.replace(":id", theirs), "B")).status).toBe(200);
  });

  test("without the scope nobody learns whether there is something to reprocess", async () => {
    const answers = [receiptOf(ALPHA), receiptOf(BETA), NOBODY.receipt].map(async (id) =>
      without(await ask(`/api/v1/quarantine/${id}/reprocess`, "AB", "POST"), id),
    );
    const [own, other, none] = await Promise.all(answers);
    expect(own?.status).toBe(403);
    expect(other).toEqual(own);
    expect(none).toEqual(own);
  });

  test("the bytes of a message with parts of both are for those who may see both", async () => {
    for (const name of ["A", "B"]) {
      const { text } = await ask(`/api/v1/quarantine/${SHARED}`, name);
      const { data } = asRow(text);
      expect(data.items).toHaveLength(1);
      expect(data).toMatchObject({ header_from: "", subject: "", rcpt_to: [] });
      expect(data.withheld).toEqual(expect.arrayContaining(["item", "subject", "rcpt_to"]));
      expect(data.items[0].item).toBeNull();
      expect((await ask(`/api/v1/quarantine/${SHARED}/raw`, name)).status).toBe(404);
      const again = await ask(`/api/v1/quarantine/${SHARED}/reprocess`, name, "POST");
      expect(again.status).toBe(404);
    }
    expect((await ask(`/api/v1/quarantine/${SHARED}/raw`, "AB")).status).toBe(200);
    expect((await ask(`/api/v1/quarantine/${receiptOf(ALPHA)}/raw`, "A")).text).toBe(
      "bytes of alpha",
    );
  });
});

/** What strangers, a reader of one tenant and the operator are answered, by route as registered. */
interface Expected {
  path?: string;
  stranger: number;
  reader: number;
  operator: number;
}

const READ: Expected = { stranger: 401, reader: 200, operator: 200 };
const NOWHERE: Expected = { stranger: 401, reader: 404, operator: 404 };
const OPEN: Expected = { stranger: 200, reader: 200, operator: 200 };
const report = (more = "") => ({ ...READ, path: `/api/v1/reports/${reportOf(ALPHA)}${more}` });
const held = (more = "") => ({ ...READ, path: `/api/v1/quarantine/${receiptOf(ALPHA)}${more}` });
const PAGES = pageAddresses({ ...OURS, domain: "example.com" });
const ROUTES: Record<string, Expected> = {
  "GET /healthz": OPEN,
  "GET /readyz": OPEN,
  "GET /metrics": { stranger: 401, reader: 403, operator: 200 },
  "GET /assets/:digest/:name": { ...OPEN, path: assetRoutes(new Hono()).cssHref },
  "GET /login": OPEN,
  "POST /login": { stranger: 415, reader: 415, operator: 415 },
  "POST /logout": { stranger: 303, reader: 303, operator: 303 },
  "GET /api/v1": READ,
  "GET /api/v1/openapi.json": READ,
  "GET /api/v1/reports/:id": report(),
  "GET /api/v1/reports/:id/raw": report("/raw"),
  "GET /api/v1/quarantine/:receipt": held(),
  "GET /api/v1/quarantine/:receipt/raw": held("/raw"),
  // The reader AB has no scope for it; the operator's comes last, since it takes the message away.
  "POST /api/v1/quarantine/:receipt/reprocess": {
    ...held("/reprocess"),
    reader: 403,
    operator: 202,
  },
  "POST /quarantine/reprocess": { stranger: 401, reader: 403, operator: 400 },
  "POST /quarantine/:receipt/reprocess": {
    path: `/quarantine/${NOBODY.receipt}/reprocess`,
    ...{ stranger: 401, reader: 403, operator: 303 },
  },
  "GET /setup/test-report.json": READ,
  // Without a form both say so to those who may send one.
  "POST /explain": { stranger: 401, reader: 400, operator: 400 },
  "POST /import": { stranger: 401, reader: 403, operator: 400 },
  "GET /events/progress/:id": { ...READ, path: "/events/progress/0", reader: 404, operator: 404 },
  "POST /theme": { stranger: 401, reader: 400, operator: 400 },
  "GET /panels": READ,
  "GET /panels/:panel": { ...READ, path: "/panels/trend" },
  ...Object.fromEntries(PAGES.map(([path, at]) => [`GET ${path}`, { ...READ, path: at ?? "" }])),
  // A domain and a problem that nobody has.
  "GET /domains/:domain": { ...NOWHERE, path: "/domains/example.com" },
  "GET /problems/:problem": { ...NOWHERE, path: `/problems/${"0".repeat(32)}` },
  ...Object.fromEntries(PANELS.map(({ id }) => [`GET /api/v1/${id}`, READ])),
};

/** The routes of the app that the program serves; none of them is asked anything. */
function routesOfApp(): string[] {
  const unused = () => Promise.reject(new Error("no route is asked here"));
  const store = { select: unused, insert: unused, command: unused, ping: unused, close: unused };
  const key = { current: unused, replace: unused };
  const app = createApi({
    store,
    spool: null,
    ready: unused,
    metrics: unused,
    emit: silent,
    access: createAccess([]),
    loginPath: "/login",
    login: {
      sessions: { key, begin: unused, read: unused, end: unused },
      tokens: { check: unused },
      provider: null,
      grants: [],
      secureAlways: false,
      waitSeconds: () => 0,
    },
    reportUrl: null,
    reportAddress: null,
    version: "",
  });
  const routes = app.routes.filter(({ method }) => method !== "ALL");
  return [...new Set(routes.map(({ method, path }) => `${method} ${path}`))];
}

describe("every route", () => {
  test("has a case here", () => {
    expect(Object.keys(ROUTES).sort()).toEqual(routesOfApp().sort());
  });

  test.each(Object.entries(ROUTES))("%s", async (route, { path, stranger, reader, operator }) => {
    const [method = "", registered = ""] = route.split(" ");
    const at = path ?? registered;
    expect((await ask(at, null, method)).status).toBe(stranger);
    if (stranger === 401) {
      const wrong = await ask(at, "swt_wrong", method);
      expect([wrong.status, wrong.headers["www-authenticate"]]).toEqual([
        401,
        'Bearer realm="sealwatch", error="invalid_token"',
      ]);
      expect(wrong.text).not.toMatch(/alpha|beta/i);
    }
    expect((await ask(at, "AB", method)).status).toBe(reader);
    expect((await ask(at, "all", method)).status).toBe(operator);
  });

  test("what is at no route is hidden from strangers, and a problem to others", async () => {
    for (const path of ["/api/v1/none", "/none", "/api", "/api/v1/reports/x/y"]) {
      expect((await ask(path, null)).status, path).toBe(401);
      const known = await ask(path, "A");
      expect(known.status, path).toBe(404);
      expect(known.headers["content-type"], path).toBe("application/problem+json");
    }
    const wrongMethod = await ask("/api/v1/overview", "A", "DELETE");
    expect([wrongMethod.status, wrongMethod.headers["allow"]]).toEqual([405, "GET, HEAD"]);
  });

  test("readiness tells names and no insides to whoever does not see all tenants", async () => {
    for (const asking of [null, "A"] as const) {
      const told = asRow((await ask("/readyz", asking)).text);
      expect(told.ready).toBe(true);
      for (const check of Object.values(told.checks))
        expect(Object.keys(Object(check))).toEqual(["ok"]);
    }
  });
});
