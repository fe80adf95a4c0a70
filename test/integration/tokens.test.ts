// Tokens on the real program: made, used, revoked and expired while it runs; who is let in on loopback and
// elsewhere; what a damaged file does; and that no secret is in the log.

import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  freePort,
  type Program,
  runProgram,
  startProgram,
  temporaryFolder,
  waitUntil,
} from "../support/program.ts";

const SOON_MS = 8_000;

let folder = "";
let remove = () => {};
let program: Program | null = null;

beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
});

afterEach(async () => {
  await program?.end();
  program = null;
  remove();
});

async function start(env: Record<string, string> = {}): Promise<Program> {
  program = await startProgram({ dataDir: folder, env, waitFor: "answers" });
  return program;
}

const run = (args: string[], env: Record<string, string> = {}) =>
  runProgram(args, { dataDir: folder, env });

async function makeToken(...flags: string[]): Promise<{ token: string; id: string }> {
  const made = await run(["token", "create", "--name", "t", "--json", ...flags]);
  expect(made.code, made.stderr).toBe(0);
  return JSON.parse(made.stdout);
}

/** A request with any headers, also those that fetch would set by itself. */
function ask(path: string, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request(program?.http + path, { headers }, (answer) => {
      answer.resume().on("end", () => resolve(answer.statusCode ?? 0));
    });
    asked.on("error", reject).end();
  });
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test("a running server takes a new token at once and drops a revoked one within seconds", async () => {
  const { log } = await start({ SEALWATCH_LOG_LEVEL: "debug" });
  const { token, id } = await makeToken("--all-tenants");
  expect(await ask("/api/v1/overview", bearer(token))).toBe(200);
  expect(await ask("/metrics", bearer(token))).toBe(200);
  expect(await ask("/api/v1/overview", bearer(`${token.slice(0, -1)}x`))).toBe(401);
  const listed = await run(["token", "list"]);
  expect(listed.stdout).toContain(id);
  expect(listed.stdout).not.toContain(token.slice(17, 40));
  expect((await run(["token", "revoke", id])).code).toBe(0);
  const revoked = async () => (await ask("/api/v1/overview", bearer(token))) === 401;
  await waitUntil("the revocation", SOON_MS, revoked);
  // Still the machine's own without a token.
  expect(await ask("/api/v1/overview")).toBe(200);
  expect(log()).toContain("request refused");
  expect(log()).not.toContain(token.slice(17, 40));
});

test("a token ends at its time, and a name can be revoked once only", async () => {
  await start();
  const { token } = await makeToken("--all-tenants", "--expires", "3s");
  expect(await ask("/api/v1/overview", bearer(token))).toBe(200);
  const ended = async () => (await ask("/api/v1/overview", bearer(token))) === 401;
  await waitUntil("the expiry", SOON_MS, ended);
  expect((await run(["token", "list"])).stdout).toContain("expired");
  expect((await run(["token", "revoke", "t"])).code).toBe(0);
  expect(await run(["token", "revoke", "t"])).toMatchObject({ code: 1 });
});

test("on loopback the machine needs no token, and whoever a proxy speaks for does", async () => {
  const open = { SEALWATCH_AUTH_LOOPBACK_OPEN: "yes" };
  await start({ SEALWATCH_PUBLIC_URL: "https://reports.example", ...open });
  const { token } = await makeToken("--all-tenants");
  expect(await ask("/api/v1/overview")).toBe(200);
  expect(await ask("/metrics")).toBe(200);
  expect(await ask("/api/v1/overview", { host: `localhost:${program?.httpPort}` })).toBe(200);
  const proxied: Record<string, string>[] = [
    { "x-forwarded-for": "192.0.2.1" },
    { "x-forwarded-for": "127.0.0.1" },
    { "x-forwarded-host": "localhost" },
    { "x-real-ip": "127.0.0.1" },
    { forwarded: "for=127.0.0.1" },
    { via: "1.1 proxy.example" },
    { host: "reports.example" },
  ];
  for (const headers of proxied) {
    expect(await ask("/api/v1/overview", headers), JSON.stringify(headers)).toBe(401);
    expect(await ask("/metrics", headers), JSON.stringify(headers)).toBe(401);
    expect(await ask("/api/v1/overview", { ...headers, ...bearer(token) })).toBe(200);
  }
  expect(program?.log()).toContain("auth.loopback_open");
  expect(program?.log().match(/"proxy-unnamed"/g)).toHaveLength(1);
});

test("where public.url names another host, the machine needs a token unless it is said not to", async () => {
  await start({ SEALWATCH_PUBLIC_URL: "https://reports.example" });
  expect(await ask("/api/v1/overview")).toBe(401);
  expect(program?.log()).not.toContain("loopback-open");
});

test("with auth.loopback_open off, the machine needs a token as well, and commands send theirs", async () => {
  const closed = { SEALWATCH_AUTH_LOOPBACK_OPEN: "no" };
  await start(closed);
  const { token } = await makeToken("--all-tenants");
  expect(await ask("/api/v1/overview")).toBe(401);
  expect(await ask("/healthz")).toBe(200);
  const page = await fetch(`${program?.http}/?domain=a.example`, {
    redirect: "manual",
    headers: { accept: "text/html" },
  });
  expect([page.status, page.headers.get("location")]).toEqual([
    303,
    "/login?next=%2F%3Fdomain%3Da.example",
  ]);
  const server = ["--server", program?.http ?? ""];
  const refused = await run(["query", "overview", ...server]);
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("SEALWATCH_TOKEN")]);
  const asked = await run(["query", "overview", ...server], { SEALWATCH_TOKEN: token });
  expect(asked.code, asked.stderr).toBe(0);
  const http = { SEALWATCH_HTTP_LISTEN: `127.0.0.1:${program?.httpPort}` };
  const blind = await run(["health", "--json"], http);
  const seeing = await run(["health", "--json"], { ...http, SEALWATCH_TOKEN: token });
  expect([blind.code, seeing.code]).toEqual([0, 0]);
  expect(blind.stdout).not.toContain("detail");
  expect(seeing.stdout).toContain("detail");
});

test("a damaged file lets no token in, is said, and opens again when it is mended", async () => {
  await start();
  const { token } = await makeToken("--all-tenants");
  expect(await ask("/api/v1/overview", bearer(token))).toBe(200);
  const path = join(folder, "access", "tokens.json");
  const good = readFileSync(path, "utf8");
  writeFileSync(path, good.slice(0, 50));
  const shut = async () => (await ask("/api/v1/overview", bearer(token))) === 503;
  await waitUntil("the damage to be seen", SOON_MS, shut);
  const state = await program?.get<{ checks: Record<string, unknown> }>("/readyz");
  expect(state?.checks["access"]).toMatchObject({
    ok: false,
    detail: expect.stringContaining("tokens.json is damaged"),
  });
  expect(program?.log()).toContain("file of tokens cannot be used");
  expect(await run(["token", "list"])).toMatchObject({ code: 1 });
  expect(await run(["token", "create", "--name", "x", "--all-tenants"])).toMatchObject({ code: 1 });
  writeFileSync(path, good);
  const open = async () => (await ask("/api/v1/overview", bearer(token))) === 200;
  await waitUntil("the file to be taken", SOON_MS, open);
});

test("an address that others reach wants a token first, and then asks everybody for one", async () => {
  const listen = { SEALWATCH_HTTP_LISTEN: `0.0.0.0:${await freePort()}` };
  const refused = await run(["serve"], { ...listen, SEALWATCH_SMTP_LISTEN: "off" });
  expect([refused.code, refused.stderr]).toEqual([
    78,
    expect.stringContaining("sealwatch token create"),
  ]);
  const { token } = await makeToken("--tenant", "default");
  const port = await freePort();
  const ports = { smtp: await freePort(), http: port };
  const env = { SEALWATCH_HTTP_LISTEN: `0.0.0.0:${port}` };
  program = await startProgram({ dataDir: folder, env, ports, waitFor: "answers" });
  // From this machine, and yet it is no loopback listener: nobody is taken for the machine itself.
  expect(await ask("/api/v1/overview")).toBe(401);
  expect(await ask("/metrics")).toBe(401);
  expect(await ask("/api/v1/overview", bearer(token))).toBe(200);
});

test("--insecure-no-auth lets everybody in, and says so on the page and in the log", async () => {
  const port = await freePort();
  const env = {
    SEALWATCH_HTTP_LISTEN: `0.0.0.0:${port}`,
    SEALWATCH_INSECURE_NO_AUTH: "true",
  };
  const ports = { smtp: await freePort(), http: port };
  program = await startProgram({ dataDir: folder, env, ports, waitFor: "answers" });
  expect(await ask("/api/v1/overview", { "x-forwarded-for": "192.0.2.1" })).toBe(200);
  expect(await ask("/api/v1/overview", bearer("swt_wrong"))).toBe(401);
  const page = await (await fetch(`${program.http}/`)).text();
  expect(page).toContain("Anyone who can reach this address can read it");
  expect(program.log()).toContain("insecure_no_auth");
});

test("a process without the API answers problems too", async () => {
  program = await startProgram({ dataDir: folder, env: { SEALWATCH_ROLES: "smtp,https" } });
  for (const path of ["/api/v1/overview", "/", "/none"]) {
    const answer = await fetch(program.http + path);
    expect([answer.status, answer.headers.get("content-type")], path).toEqual([
      404,
      "application/problem+json",
    ]);
  }
  const wrong = await fetch(`${program.http}/healthz`, { method: "POST" });
  expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  expect(await ask("/metrics", { "x-forwarded-for": "192.0.2.1" })).toBe(401);
});
