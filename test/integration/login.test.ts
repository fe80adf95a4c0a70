// Log-in on the real program, with a real OpenID provider on loopback: every way in, and every way in which
// somebody is kept out.

import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSessions } from "../../services/access/sessions.ts";
import { createToken } from "../../services/access/token-file.ts";
import type { AccessScope } from "../../services/core/scopes.ts";
import { askFrom as askUrlFrom } from "../support/ask-from.ts";
import { type Browser, openBrowser, type Step } from "../support/browser.ts";
import { startProvider, type TestProvider } from "../support/oidc-provider.ts";
import {
  freePort,
  type Program,
  runProgram,
  startProgram,
  temporaryFolder,
  waitUntil,
} from "../support/program.ts";

const COOKIE = "sealwatch_session";
const FLOW = "sealwatch_login";
const STAFF = { sub: "ann", name: "Ann Example", groups: ["others", "staff"] };
const PROXY = "127.0.0.2";

let program: Program;
let provider: TestProvider;
let removeFolder: () => void;
/** What must not stand in any log. */
const secrets: string[] = [];

beforeAll(async () => {
  const temporary = temporaryFolder();
  removeFolder = temporary.remove;
  const ports = { smtp: await freePort(), http: await freePort() };
  const url = `http://127.0.0.1:${ports.http}`;
  const redirectUri = `${url}/login/oidc/callback`;
  const port = await freePort();
  provider = await startProvider({ redirectUri, port, groupsIn: "userinfo" });
  secrets.push(provider.clientSecret);
  program = await startProgram({
    dataDir: temporary.folder,
    ports,
    env: {
      SEALWATCH_LOG_LEVEL: "debug",
      SEALWATCH_PUBLIC_URL: url,
      SEALWATCH_AUTH_LOOPBACK_OPEN: "no",
      SEALWATCH_AUTH_GROUPS: "staff=default,admins=*:admin",
      SEALWATCH_AUTH_USER_HEADER: "X-Forwarded-User",
      SEALWATCH_AUTH_GROUPS_HEADER: "X-Forwarded-Groups",
      SEALWATCH_PROXIES: PROXY,
      SEALWATCH_LIMITS_EXEMPT: "127.0.0.1",
      SEALWATCH_OIDC_ISSUER: provider.issuer,
      SEALWATCH_OIDC_CLIENT_ID: provider.clientId,
      SEALWATCH_OIDC_CLIENT_SECRET: provider.clientSecret,
    },
  });
});
afterAll(async () => {
  await program?.end();
  await provider?.close();
  removeFolder();
});

async function newToken(
  name: string,
  scopes: readonly AccessScope[] = ["read"],
): Promise<{ id: string; token: string }> {
  const request = { name, tenants: ["default"], scopes, expiresMs: null };
  const { text, record } = await createToken(program.dataDir, request, Date.now());
  secrets.push(text);
  return { id: record.id, token: text };
}

const at = (path: string) => `${program.http}${path}`;
const askFrom = (address: string, path: string, headers: Record<string, string>, form?: string) =>
  askUrlFrom(address, at(path), headers, form);
const statusOf = async (browser: Browser, path: string) => (await browser.get(at(path))).status;

async function logInByToken(browser: Browser, token: string, next = "/"): Promise<Step> {
  const step = await browser.post(at("/login"), { token, next });
  secrets.push(browser.cookie(program.http, COOKIE) ?? "no cookie was set");
  return step;
}

/** Begins at the log-in page and stops in front of the callback. */
async function untilCallback(browser: Browser, next = "/"): Promise<string> {
  const begun = await browser.get(at(`/login/oidc?next=${encodeURIComponent(next)}`));
  return walkProvider(browser, begun);
}

async function walkProvider(browser: Browser, begun: Step): Promise<string> {
  const last = await browser.follow(begun, (url) => url.includes("/login/oidc/callback"));
  const callback = last.headers.get("Location");
  if (callback === null) throw new Error(`the provider answered ${last.status}: ${last.text}`);
  const code = new URL(callback).searchParams.get("code");
  if (code !== null) secrets.push(code);
  return callback;
}

async function expectNobody(browser: Browser): Promise<void> {
  expect(browser.cookie(program.http, COOKIE)).toBeUndefined();
  expect(await statusOf(browser, "/api/v1/overview")).toBe(401);
}

test("a stranger is sent to the log-in page, which leads back", async () => {
  const browser = openBrowser();
  const first = await browser.get(at("/?domain=example.com"));
  expect(first.status).toBe(303);
  expect(first.headers.get("Location")).toBe("/login?next=%2F%3Fdomain%3Dexample.com");
  const page = await browser.follow(first);
  expect(page.status).toBe(200);
  expect(page.headers.get("Cache-Control")).toBe("no-store");
  expect(page.text).toContain('name="next" value="/?domain=example.com"');
  expect(page.text).toContain("/login/oidc?next=%2F%3Fdomain%3Dexample.com");
  expect(page.text).toContain(`Log in at ${new URL(provider.issuer).host}`);
});

test("by a token: in, on, and out for good", async () => {
  const { token } = await newToken("desk");
  const browser = openBrowser();
  const step = await logInByToken(browser, token, "/?domain=example.com");
  expect(step.status).toBe(303);
  expect(step.headers.get("Location")).toBe("/?domain=example.com");
  const [line = ""] = step.headers.getSetCookie();
  expect(line).toMatch(/; Path=\/; HttpOnly; SameSite=Lax$|; HttpOnly; SameSite=Lax$/);
  expect(line).not.toContain(token.replace(/^swt_[0-9a-f]{12}_/, ""));
  const page = await browser.follow(step);
  expect(page.status).toBe(200);
  expect(page.text).toMatch(/action="\/logout"><span>desk<\/span>/);
  expect(await statusOf(browser, "/api/v1/overview")).toBe(200);
  // The rights are the token's: it may read and no more.
  expect(await statusOf(browser, "/metrics")).toBe(403);
  expect((await browser.get(at("/login"))).text).toContain("<strong>desk</strong>");

  const cookie = browser.cookie(program.http, COOKIE) ?? "";
  const out = await browser.post(at("/logout"), {});
  expect(out.headers.get("Location")).toBe("/login?out=1");
  expect((await browser.follow(out)).text).toContain("You have logged out.");
  await expectNobody(browser);

  const thief = openBrowser();
  thief.setCookie(program.http, COOKIE, cookie);
  expect(await statusOf(thief, "/api/v1/overview")).toBe(401);
  const told = await thief.follow(await thief.get(at("/")));
  expect(told.text).toContain("You have logged out. Please log in again");
  await expectNobody(thief);
});

test("a wrong token is told in words and not repeated", async () => {
  const { token } = await newToken("other");
  const unknown = token.replace(/^swt_.{12}/, "swt_000000000000");
  for (const wrong of [unknown, token.slice(0, -2), "", "<script>alert(1)</script>"]) {
    const browser = openBrowser();
    const step = await browser.post(at("/login"), { token: wrong, next: "/?domain=a" });
    expect(step.status).toBe(401);
    expect(step.headers.get("WWW-Authenticate")).toMatch(/^Bearer/);
    expect(step.text).toMatch(/role="alert">[A-Z][^<]+\.</);
    expect(step.text).toContain('value="/?domain=a"');
    if (wrong !== "") expect(step.text).not.toContain(wrong);
    await expectNobody(browser);
  }
});

test("a session ends with its token", async () => {
  const { id, token } = await newToken("short-lived");
  const browser = openBrowser();
  await logInByToken(browser, token);
  expect(await statusOf(browser, "/api/v1/overview")).toBe(200);
  await runProgram(["token", "revoke", id], { dataDir: program.dataDir });
  await waitUntil("the session to end", 10_000, async () => {
    return (await statusOf(browser, "/api/v1/overview")) === 401;
  });
  const told = await browser.follow(await browser.get(at("/")));
  expect(told.text).toContain("has expired or was revoked");
});

test("an expired session is told so once", async () => {
  const sessions = await openSessions({
    folder: join(program.dataDir, "access"),
    lifetimeMs: 3_600_000,
    grants: [],
    tokens: { find: async () => null },
    clock: () => Date.now() - 7_200_000,
  });
  const begun = await sessions.begin({ way: "provider", name: "Ann", marks: [] });
  const browser = openBrowser();
  browser.setCookie(program.http, COOKIE, begun?.cookie ?? "");
  const first = await browser.get(at("/?domain=a"));
  expect(first.headers.get("Location")).toBe("/login?next=%2F%3Fdomain%3Da");
  expect((await browser.follow(first)).text).toContain("Your session has expired.");
  await expectNobody(browser);
});

test("a changed cookie is no session", async () => {
  const { token } = await newToken("tampered");
  const browser = openBrowser();
  await logInByToken(browser, token);
  const cookie = browser.cookie(program.http, COOKIE) ?? "";
  const [body = "", mac = ""] = cookie.split(".");
  const json = Buffer.from(body, "base64url").toString();
  const admin = json.replace(
    /"holder":.*\}\}/,
    '"holder":{"way":"provider","name":"x","marks":[]}}',
  );
  for (const forged of [admin, json.replace(/"token":"./, '"token":"z')]) {
    expect(forged).not.toBe(json);
    const thief = openBrowser();
    const value = `${Buffer.from(forged).toString("base64url")}.${mac}`;
    thief.setCookie(program.http, COOKIE, value);
    expect(await statusOf(thief, "/api/v1/overview")).toBe(401);
    expect((await thief.get(at("/login"))).text).toContain("not known any more");
  }
});

test("at the provider: in with the groups' rights, and out", async () => {
  provider.person = STAFF;
  const browser = openBrowser();
  const callback = await untilCallback(browser, "/?domain=example.com");
  const step = await browser.get(callback);
  expect(step.headers.get("Location")).toBe("/?domain=example.com");
  secrets.push(browser.cookie(program.http, COOKIE) ?? "no cookie was set");
  const page = await browser.follow(step);
  expect(page.status).toBe(200);
  expect(page.text).toContain("<span>Ann Example</span>");
  expect(browser.cookie(program.http, FLOW)).toBeUndefined();
  expect(await statusOf(browser, "/metrics")).toBe(403);
  const out = await browser.follow(await browser.post(at("/logout"), {}));
  expect(out.text).toContain("You may still be logged in at");
  await expectNobody(browser);
});

test("a person of a group with more rights has them", async () => {
  provider.person = { sub: "eve", name: "<b>Eve</b>", groups: ["staff", "admins"] };
  const browser = openBrowser();
  const page = await browser.follow(await browser.get(await untilCallback(browser)));
  expect(page.text).toContain("<span>&lt;b&gt;Eve&lt;/b&gt;</span>");
  expect(await statusOf(browser, "/metrics")).toBe(200);
});

test("a person without a granted group is told which are looked for", async () => {
  for (const groups of [undefined, [], ["Staff", "*"]]) {
    provider.person = { sub: "bob", name: "Bob", ...(groups && { groups }) };
    const browser = openBrowser();
    const step = await browser.get(await untilCallback(browser));
    expect(step.status).toBe(403);
    expect(step.text).toContain("it takes one of the groups staff, admins");
    await expectNobody(browser);
  }
});

test("a person who declines is not let in", async () => {
  provider.person = null;
  const browser = openBrowser();
  const step = await browser.get(await untilCallback(browser));
  expect(step.status).toBe(403);
  expect(step.text).toContain("did not let you in");
  await expectNobody(browser);
});

test("an answer with another state is refused", async () => {
  provider.person = STAFF;
  const browser = openBrowser();
  const callback = new URL(await untilCallback(browser));
  callback.searchParams.set("state", "another");
  const step = await browser.get(callback.href);
  expect(step.status).toBe(400);
  expect(step.text).toContain("does not belong to this log-in");
  await expectNobody(browser);
});

test("an ID token for another nonce is refused", async () => {
  provider.person = STAFF;
  const browser = openBrowser();
  const begun = await browser.get(at("/login/oidc"));
  const sent = new URL(begun.headers.get("Location") ?? "");
  expect(sent.searchParams.get("code_challenge_method")).toBe("S256");
  sent.searchParams.set("nonce", "another");
  const step = await browser.get(await walkProvider(browser, await browser.get(sent.href)));
  expect(step.status).toBe(400);
  expect(step.text).toContain("does not belong to this log-in");
  await expectNobody(browser);
});

test("a code is good once", async () => {
  provider.person = STAFF;
  const browser = openBrowser();
  const callback = await untilCallback(browser);
  const flow = browser.cookie(program.http, FLOW) ?? "";
  expect((await browser.get(callback)).status).toBe(303);
  const thief = openBrowser();
  expect((await thief.get(callback)).status).toBe(400);
  thief.setCookie(program.http, FLOW, flow);
  const step = await thief.get(callback);
  expect(step.status).toBe(400);
  expect(step.text).toContain("does not belong to this log-in");
  await expectNobody(thief);
});

test("a log-in that another browser began cannot be ended in this one", async () => {
  provider.person = STAFF;
  const callback = await untilCallback(openBrowser());
  const victim = openBrowser();
  const fresh = await victim.get(callback);
  expect(fresh.status).toBe(400);
  expect(fresh.text).toContain("was not begun in this browser");
  await untilCallback(victim);
  expect((await victim.get(callback)).status).toBe(400);
  await expectNobody(victim);
});

test("a session is no log-in under way, and the other way round", async () => {
  provider.person = STAFF;
  const browser = openBrowser();
  await untilCallback(browser);
  const thief = openBrowser();
  thief.setCookie(program.http, COOKIE, browser.cookie(program.http, FLOW) ?? "");
  expect(await statusOf(thief, "/api/v1/overview")).toBe(401);
});

const ELSEWHERE = ["https://evil.example/", "//evil.example", "/\\evil.example"];

test("log-in leads to this server only", async () => {
  const { token } = await newToken("redirected");
  provider.person = STAFF;
  for (const next of ELSEWHERE) {
    const step = await logInByToken(openBrowser(), token, next);
    expect(step.headers.get("Location"), next).toBe("/");
    const page = await openBrowser().get(at(`/login?next=${encodeURIComponent(next)}`));
    expect(page.text, next).toContain('name="next" value="/"');
  }
  const browser = openBrowser();
  const step = await browser.get(await untilCallback(browser, "//evil.example"));
  expect(step.headers.get("Location")).toBe("/");
});

test("pages of other sites change nothing", async () => {
  const { token } = await newToken("target", ["read", "reprocess"]);
  const browser = openBrowser();
  await logInByToken(browser, token);
  const paths = ["/login", "/logout", "/api/v1/quarantine/01KA0000000000000000000001/reprocess"];
  const foreign: Record<string, string>[] = [
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site" },
  ];
  for (const path of paths) {
    for (const headers of foreign) {
      const step = await browser.post(at(path), { token }, headers);
      expect([path, step.status]).toEqual([path, 403]);
      expect(step.headers.getSetCookie()).toEqual([]);
    }
    for (const origin of ["https://evil.example", "null", "http://127.0.0.1:1"]) {
      const headers = {
        Origin: origin,
        Cookie: `${COOKIE}=${browser.cookie(program.http, COOKIE)}`,
      };
      const answer = await fetch(at(path), { method: "POST", headers });
      expect([path, answer.status]).toEqual([path, 403]);
    }
  }
  expect(await statusOf(browser, "/api/v1/overview")).toBe(200);
  expect((await browser.get(at("/logout"))).status).toBe(405);
  expect(await statusOf(browser, "/api/v1/overview")).toBe(200);
});

test("the header of a proxy counts from a named address only", async () => {
  const ann = { "X-Forwarded-User": "ann", "X-Forwarded-Groups": "staff" };
  const admin = { "X-Forwarded-User": "ann", "X-Forwarded-Groups": "admins" };
  expect(await askFrom(PROXY, "/api/v1/overview", ann)).toBe(200);
  expect(await askFrom(PROXY, "/metrics", ann)).toBe(403);
  expect(await askFrom(PROXY, "/metrics", admin)).toBe(200);
  expect(await askFrom(PROXY, "/api/v1/overview", { "X-Forwarded-User": "ann" })).toBe(403);
  expect(await askFrom(PROXY, "/api/v1/overview", {})).toBe(401);
  for (const address of ["127.0.0.1", "127.0.0.3"]) {
    expect(await askFrom(address, "/api/v1/overview", admin)).toBe(401);
    const claim = { ...admin, "X-Forwarded-For": PROXY, Forwarded: `for=${PROXY}` };
    expect(await askFrom(address, "/api/v1/overview", claim)).toBe(401);
  }
});

test("attempts to log in are limited by address", async () => {
  const statuses: number[] = [];
  while (statuses.at(-1) !== 429 && statuses.length < 50) {
    statuses.push(await askFrom("127.0.0.4", "/login", {}, "token=wrong"));
  }
  expect(statuses.at(-1)).toBe(429);
  expect(await askFrom("127.0.0.4", "/login/oidc", {})).toBe(429);
  expect(await askFrom("127.0.0.5", "/login", {}, "token=wrong")).toBe(401);
});

test("no secret stands in the log", () => {
  const log = program.log();
  expect(log).toContain("somebody logged in");
  expect(log).toContain("log-in refused");
  expect(secrets.length).toBeGreaterThan(20);
  expect(secrets.filter((secret) => secret.length < 15)).toEqual([]);
  expect(secrets.filter((secret) => log.includes(secret))).toEqual([]);
});
