// What the real program shows to whom: which listener has which routes, the headers of its answers, that a flood
// does not shut others out, and that no secret comes out of it.

import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { PANELS } from "../../services/query/index.ts";
import { measureSender, percentile, startFlood } from "../support/flood.ts";
import {
  freePort,
  type Program,
  startProgram,
  temporaryFolder,
  waitUntil,
} from "../support/program.ts";
import { makeCertificate } from "./certificate.ts";
import { dial } from "./dialogue.ts";

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function stage(env: Record<string, string>, yaml = ""): Promise<Program> {
  const { folder, remove } = temporaryFolder();
  cleanups.push(remove);
  writeFileSync(join(folder, "sealwatch.yaml"), yaml);
  const program = await startProgram({ dataDir: folder, env, waitFor: "answers" });
  cleanups.push(() => program.end());
  return program;
}

describe("the report listener", () => {
  const PATHS = [
    ...["/", "/healthz", "/readyz", "/metrics", "/api/v1", "/api/v1/openapi.json", "/login"],
    ...["/logout", "/assets/sealwatch.css", "/api/v1/report", "/api/v1/quarantine/reprocess"],
    ...PANELS.map(({ id }) => `/api/v1/${id}`),
  ];

  test.each(["smtp,https,writer,api", "smtp,https"])(
    "has none of the site's routes: %s",
    async (roles) => {
      const port = await freePort();
      const program = await stage({
        SEALWATCH_ROLES: roles,
        SEALWATCH_REPORT_LISTEN: `127.0.0.1:${port}`,
      });
      const documented = roles.includes("api")
        ? Object.keys((await program.get<{ paths: object }>("/api/v1/openapi.json")).paths)
        : [];
      const paths = [...PATHS, ...documented.filter((path) => !path.startsWith("/v1/tlsrpt"))];
      for (const path of paths) {
        for (const method of ["GET", "POST", "DELETE"]) {
          const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
            method,
            redirect: "manual",
          });
          expect(answer.status, `${method} ${path}`).toBe(404);
          expect(answer.headers.get("content-type")).toBe("application/problem+json");
        }
      }
      const posted = await fetch(`http://127.0.0.1:${port}/v1/tlsrpt`, {
        method: "POST",
        body: "{}",
      });
      expect(posted.status).toBe(201);
      // And the site takes no reports then.
      const wrong = await fetch(`${program.http}/v1/tlsrpt`, { method: "POST", body: "{}" });
      expect(wrong.status).toBeGreaterThanOrEqual(400);
    },
  );
});

describe("every answer", () => {
  function head(program: Program, path: string, method = "GET", headers = {}) {
    return new Promise<Record<string, unknown>>((resolve, reject) => {
      const asked = request(`${program.http}${path}`, { method, headers }, (answer) => {
        answer.resume().on("end", () => resolve({ ...answer.headers, status: answer.statusCode }));
      });
      asked.on("error", reject).end();
    });
  }

  test("of the site forbids what pages do not need, errors and redirects too", async () => {
    const program = await stage({
      SEALWATCH_PUBLIC_URL: "https://tlsrpt.example.com",
      SEALWATCH_AUTH_LOOPBACK_OPEN: "yes",
    });
    const asked: [string, string, object, number?][] = [
      ["/", "GET", {}],
      ["/healthz", "GET", {}, 200],
      ["/metrics", "GET", {}, 200],
      ["/nothing", "GET", {}, 404],
      ["/api/v1/overview?nonsense=1", "GET", {}, 400],
      ["/api/v1", "DELETE", {}, 405],
      ["/", "GET", { host: "evil.example" }, 403],
      ["/", "GET", { host: "tlsrpt.example.com", "x-forwarded-for": "192.0.2.1" }],
    ];
    for (const [path, method, headers, status] of asked) {
      const answer = await head(program, path, method, headers);
      if (status !== undefined) expect(answer["status"], path).toBe(status);
      const policy = String(answer["content-security-policy"]);
      expect(policy, path).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(answer).toMatchObject({
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": expect.stringContaining("geolocation=()"),
        "strict-transport-security": expect.stringMatching(/^max-age=\d{8}/),
      });
      expect(answer).not.toHaveProperty("server");
      expect(answer).not.toHaveProperty("x-powered-by");
    }
  });

  test("of a site in clear says nothing of https", async () => {
    const program = await stage({});
    expect(await head(program, "/healthz")).not.toHaveProperty("strict-transport-security");
    const posted = await fetch(`${program.http}/v1/tlsrpt`, { method: "POST", body: "{}" });
    expect(posted.headers.get("x-content-type-options")).toBe("nosniff");
  });

  test("comes so often to one address", async () => {
    const program = await stage({
      SEALWATCH_LIMITS_EXEMPT: "192.0.2.1",
      SEALWATCH_LIMITS_REQUESTS_PER_MINUTE: "5",
    });
    const from = (localAddress: string) =>
      new Promise<{ status: number; retry: string | undefined }>((resolve, reject) => {
        const asked = request(`${program.http}/api/v1`, { localAddress }, (answer) => {
          const retry = answer.headers["retry-after"];
          answer.resume().on("end", () => resolve({ status: answer.statusCode ?? 0, retry }));
        });
        asked.on("error", reject).end();
      });
    const statuses: number[] = [];
    for (let count = 0; count < 6; count++) statuses.push((await from("127.0.0.2")).status);
    expect(statuses.slice(0, 5)).toEqual(new Array(5).fill(200));
    expect(await from("127.0.0.2")).toEqual({ status: 429, retry: expect.stringMatching(/^\d+$/) });
    expect((await from("127.0.0.3")).status).toBe(200);
  });
});

test("while one address floods mail and posts, another is served promptly", async () => {
  const program = await stage({
    SEALWATCH_LOG_LEVEL: "warn",
    SEALWATCH_LIMITS_EXEMPT: "192.0.2.1",
    SEALWATCH_LIMITS_POSTS_PER_MINUTE: "30",
    SEALWATCH_LIMITS_SMTP_MESSAGES_PER_MINUTE: "30",
    SEALWATCH_LIMITS_CONNECTIONS_PER_ADDRESS: "20",
  });
  const flood = startFlood(program, { from: "127.0.0.3", posts: 100, mails: 100 });
  cleanups.push(flood.kill);
  await waitUntil("the flood to be limited", 30_000, () =>
    program.log().includes('"address-limited"'),
  );
  const served = await measureSender(program, { from: "127.0.0.2", rounds: 20 });
  const counts = await flood.stop();
  expect(served.refused).toEqual([]);
  expect(percentile(served.postMs, 95)).toBeLessThan(5_000);
  expect(percentile(served.mailMs, 95)).toBeLessThan(5_000);
  // It was a flood, and it was refused: all but the first 300 of each, and most of its connections.
  expect(counts["http 429"]).toBeGreaterThan(100);
  expect(counts["http 201"]).toBeLessThan(400);
  expect(counts["smtp 421"]).toBeGreaterThan(10);
  const metrics = await (await fetch(`${program.http}/metrics`)).text();
  expect(metrics).toMatch(
    /sealwatch_messages_refused_total\{channel="https",reason="rate-limited"\} \d{3,}/,
  );
});

test("no secret comes out of the program, whatever goes wrong, at level debug", async () => {
  const SECRETS = {
    password: "Geheim-Passwort-1",
    client: "Geheim-Client-2",
    key: "geheimer-schluessel-3",
    bearer: "swt_geheimes-token-4",
    cookie: "geheime-sitzung-5",
  };
  const storePort = await freePort();
  const tls = makeCertificate();
  const { folder, remove } = temporaryFolder();
  cleanups.push(remove);
  writeFileSync(join(folder, "tls.crt"), tls.cert);
  writeFileSync(join(folder, "tls.key"), tls.key);
  const program = await stage({
    SEALWATCH_LOG_LEVEL: "debug",
    // Nobody listens there: every call of the store fails and is told.
    SEALWATCH_CLICKHOUSE_URL: `http://sealwatch:${SECRETS.password}@127.0.0.1:${storePort}/sealwatch`,
    SEALWATCH_REPORT_LISTEN: `127.0.0.1:${await freePort()}`,
    SEALWATCH_TLS_CERT: join(folder, "tls.crt"),
    SEALWATCH_TLS_KEY: join(folder, "tls.key"),
    SEALWATCH_PUBLIC_URL: "https://tlsrpt.example.com",
    SEALWATCH_AUTH_LOOPBACK_OPEN: "yes",
    SEALWATCH_OIDC_ISSUER: `http://127.0.0.1:${storePort}`,
    SEALWATCH_OIDC_CLIENT_ID: "sealwatch",
    SEALWATCH_OIDC_CLIENT_SECRET: SECRETS.client,
    SEALWATCH_AUTH_GROUPS: "*=default",
  });
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${program.http}${path}`, { redirect: "manual", ...init });
  await ask(`/v1/tlsrpt/${SECRETS.key}`, { method: "POST", body: "{}" });
  await ask(`/v1/tlsrpt/${SECRETS.key}`, { headers: { "x-forwarded-for": "192.0.2.1" } });
  await ask("/api/v1/overview", { headers: { authorization: `Bearer ${SECRETS.bearer}` } });
  await ask("/api/v1/overview", { headers: { cookie: `sealwatch=${SECRETS.cookie}` } });
  await ask("/api/v1/overview");
  await ask(`/login?next=/v1/tlsrpt/${SECRETS.key}`);
  await ask("/login", { method: "POST", body: new URLSearchParams({ token: SECRETS.bearer }) });
  await ask("/login/oidc");
  await ask("/readyz");
  await ask("/metrics");
  const mail = await dial(`127.0.0.1:${program.smtpPort}`);
  await mail.say(`AUTH PLAIN ${SECRETS.bearer}\r\n`);
  mail.end();
  writeFileSync(
    join(program.dataDir, "sealwatch.yaml"),
    `clickhouse:\n  url: "${SECRETS.password}"\n`,
  );
  process.kill(program.pid, "SIGHUP");
  await waitUntil("the store's failure and the reload to be told", 20_000, () => {
    const log = program.log();
    return /"store-/.test(log) && log.includes('"configuration-');
  });
  const metrics = await (await ask("/metrics")).text();
  await program.end();
  const told = program.log() + metrics;
  for (const [name, secret] of Object.entries(SECRETS)) {
    expect(told.includes(secret), `${name} in:\n${linesWith(told, secret)}`).toBe(false);
  }
  const keyLine = readFileSync(join(folder, "tls.key"), "utf8").split("\n")[1] ?? "";
  expect(keyLine.length).toBeGreaterThan(20);
  expect(told.includes(keyLine)).toBe(false);
});

function linesWith(text: string, part: string): string {
  return text
    .split("\n")
    .filter((line) => line.includes(part))
    .join("\n");
}
