// Log-in without a socket: where it leads, which cookies it sets over which connection, and whose forms
// are taken.

import { join } from "node:path";
import fc from "fast-check";
import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSessions } from "../../../services/access/sessions.ts";
import { refuseForeign } from "../../../services/api/foreign.ts";
import { type LoginOptions, loginRoutes } from "../../../services/api/login.ts";
import { localNext } from "../../../services/api/next.ts";
import { BOUNDS } from "../../../services/core/bounds.ts";
import { temporaryFolder } from "../../support/program.ts";

describe("where log-in leads", () => {
  const stays = (text: string) => test(`keeps ${text}`, () => expect(localNext(text)).toBe(text));
  const home = (text: string | undefined) =>
    test(`leaves ${JSON.stringify(text)}`, () => expect(localNext(text)).toBe("/"));

  stays("/");
  stays("/?domain=example.com&from=2026-01-01");
  stays("/api/v1/overview?next=//elsewhere.example"); // only the path matters
  stays("/logs"); // not /login
  home(undefined);
  home("");
  home("overview"); // relative
  home("//evil.example"); // another host
  home("///evil.example");
  home("/\\evil.example"); // a backslash is a slash to browsers
  home("\\\\evil.example");
  home("/\t/evil.example"); // browsers leave tabs out
  home("/\n/evil.example");
  home("/./\r/evil.example");
  home("/.//evil.example"); // becomes //evil.example
  home("/a/..//evil.example");
  home("https://evil.example/");
  home("javascript:alert(1)");
  home("/login");
  home("/login?next=/login"); // in a circle
  home("/?token=swt_0123456789ab_geheim"); // a secret in an address
  home("/?token=s%77t%5f0123456789ab_geheim");
  home("/login/oidc");
  home("/logout");
  home(`/?a=${"b".repeat(BOUNDS.nextCharsMax)}`);
});

test("whatever is asked for, log-in leads to this server", () => {
  const part = fc.constantFrom(
    "/",
    "\\",
    ".",
    "..",
    "\t",
    "%2f",
    "@",
    ":",
    "evil.example",
    "?",
    "#",
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(part).map((parts) => `/${parts.join("")}`),
  );
  fc.assert(
    fc.property(text, (given) => {
      const next = localNext(given);
      expect(next).toMatch(/^\/(?![/\\])/);
      expect(new URL(next, "https://here.example").origin).toBe("https://here.example");
    }),
    { numRuns: 2_000 },
  );
});

describe("the routes", () => {
  let remove: () => void;
  let options: LoginOptions;
  const events: string[] = [];

  beforeEach(async () => {
    const temporary = temporaryFolder();
    remove = temporary.remove;
    const caller = { name: "<desk>", kind: "token", tenants: ["one"], scopes: ["read"] } as const;
    const found = { id: "a", caller, expiresMs: null };
    const sessions = await openSessions({
      folder: join(temporary.folder, "access"),
      lifetimeMs: 3_600_000,
      grants: [],
      tokens: { find: async () => found },
    });
    options = {
      sessions,
      tokens: { check: async (text) => (text === "good" ? found : null) },
      provider: null,
      grants: [],
      secureAlways: false,
      waitSeconds: () => 0,
      emit: (event) => events.push(event),
      version: "1.2.3",
      cssHref: "/assets/sealwatch.css",
    };
  });
  afterEach(() => remove());

  const appOf = (more: Partial<LoginOptions> = {}, publicOrigin: string | null = null) => {
    const app = new Hono();
    app.use(refuseForeign(publicOrigin));
    loginRoutes(app, { ...options, ...more });
    return app;
  };
  const send = (app: Hono, form: Record<string, string>, headers = {}, env = {}) =>
    app.request(
      "http://here.example/login",
      { method: "POST", body: new URLSearchParams(form), headers },
      { peer: "192.0.2.1", ...env },
    );

  test("over TLS the cookie is for this host alone", async () => {
    for (const [more, env] of [
      [{}, { secure: true }],
      [{ secureAlways: true }, { secure: false }],
    ] as const) {
      const answer = await send(appOf(more), { token: " good " }, {}, env);
      expect(answer.status).toBe(303);
      const [cookie = ""] = answer.headers.getSetCookie();
      expect(cookie).toMatch(/^__Host-sealwatch_session=[\w.-]+; Max-Age=\d+; Path=\/; /);
      expect(cookie).toMatch(/; HttpOnly; Secure; SameSite=Lax$/);
    }
    const plain = await send(appOf(), { token: "good" }, {}, { secure: false });
    expect(plain.headers.getSetCookie()[0]).toMatch(
      /^sealwatch_session=.*; HttpOnly; SameSite=Lax$/,
    );
  });

  test("names are escaped", async () => {
    const app = appOf();
    const answer = await send(app, { token: "good" });
    const cookie = answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const page = await app.request("/login", { headers: { Cookie: cookie } });
    expect(await page.text()).toContain("<strong>&lt;desk&gt;</strong>");
  });

  test("whoever tries too often is told when to come again", async () => {
    const answer = await send(appOf({ waitSeconds: () => 7 }), { token: "good" });
    expect(answer.status).toBe(429);
    expect(answer.headers.get("Retry-After")).toBe("7");
    expect(await answer.text()).toContain("Try again in 7 seconds.");
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  test("a form that is none is refused", async () => {
    const post = (body: string, type: string) =>
      appOf().request("/login", { method: "POST", body, headers: { "Content-Type": type } });
    expect((await post('{"token":"good"}', "application/json")).status).toBe(415);
    const long = `token=${"x".repeat(BOUNDS.loginBodyBytesMax)}`;
    expect((await post(long, "application/x-www-form-urlencoded")).status).toBe(413);
  });

  test("without a provider there is no way to one", async () => {
    expect((await appOf().request("/login/oidc")).status).toBe(404);
    expect(await (await appOf().request("/login")).text()).not.toContain("/login/oidc");
  });

  const own = { Host: "here.example", Origin: "http://here.example" };
  const FORMS: [string, Record<string, string>, number][] = [
    ["a program", {}, 303],
    ["our page", { ...own, "Sec-Fetch-Site": "same-origin" }, 303],
    ["our page in an old browser", own, 303],
    ["a person who typed the address", { "Sec-Fetch-Site": "none" }, 303],
    [
      "our page behind a proxy that changes Host",
      { ...own, Origin: "https://public.example" },
      303,
    ],
    ["another site", { ...own, "Sec-Fetch-Site": "cross-site" }, 403],
    ["a neighbour of the same site", { ...own, "Sec-Fetch-Site": "same-site" }, 403],
    ["another site in an old browser", { ...own, Origin: "https://evil.example" }, 403],
    ["a page that hides its origin", { ...own, Origin: "null" }, 403],
    ["another port", { ...own, Origin: "http://here.example:81" }, 403],
  ];
  test.each(FORMS)("a form of %s", async (_, headers, status) => {
    const answer = await send(appOf({}, "https://public.example"), { token: "good" }, headers);
    expect(answer.status).toBe(status);
  });
});
