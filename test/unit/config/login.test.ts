// Options of log-in: what is taken, what is refused, and what is wrong together.

import { describe, expect, it, test } from "vitest";
import { loaded, problems } from "./loading.ts";

const OIDC = {
  SEALWATCH_OIDC_ISSUER: "https://login.example.com/app/",
  SEALWATCH_OIDC_CLIENT_ID: "sealwatch",
  SEALWATCH_PUBLIC_URL: "https://tlsrpt.example.com",
  SEALWATCH_AUTH_GROUPS: "cn=staff=default, admins=*:admin",
};
const PROXY = {
  SEALWATCH_AUTH_USER_HEADER: "X-Remote-User",
  SEALWATCH_AUTH_GROUPS: "*=default",
  SEALWATCH_PROXIES: "192.0.2.7",
};

test("a provider with all it takes", () => {
  const { config } = loaded({ env: OIDC });
  // The last slash belongs to the issuer's name.
  expect(config.oidc.issuer).toBe("https://login.example.com/app/");
  expect(config.oidc.scopes).toEqual(["openid", "profile", "email"]);
  expect(config.auth.groups).toEqual([
    { group: "cn=staff", tenants: ["default"], scopes: ["read"] },
    { group: "admins", tenants: "all", scopes: ["read", "admin"] },
  ]);
});

test("a proxy with all it takes, its header in lower case", () => {
  expect(loaded({ env: PROXY }).config.auth.userHeader).toBe("x-remote-user");
});

test("the secret is masked", () => {
  const env = { ...OIDC, SEALWATCH_OIDC_CLIENT_SECRET: "hush-hush" };
  expect(JSON.stringify(loaded({ env }).effective)).not.toContain("hush-hush");
});

describe("contradictions", () => {
  const without = (env: Record<string, string>, name: string) =>
    Object.fromEntries(Object.entries(env).filter(([key]) => key !== name));
  const wrong = (env: Record<string, string>, words: string) =>
    it(words, () => expect(problems({ env }).join("\n")).toContain(words));

  wrong(without(OIDC, "SEALWATCH_OIDC_CLIENT_ID"), "oidc.issuer without oidc.client_id");
  wrong(without(OIDC, "SEALWATCH_OIDC_ISSUER"), "oidc.client_id without oidc.issuer");
  wrong({ SEALWATCH_OIDC_CLIENT_SECRET: "x" }, "oidc.client_secret without oidc.issuer");
  wrong(without(OIDC, "SEALWATCH_PUBLIC_URL"), "oidc.issuer without public.url");
  wrong(without(OIDC, "SEALWATCH_AUTH_GROUPS"), "oidc.issuer without auth.groups");
  wrong({ ...OIDC, SEALWATCH_OIDC_SCOPES: "profile" }, "oidc.scopes lacks openid");
  wrong(without(PROXY, "SEALWATCH_AUTH_GROUPS"), "auth.user_header without auth.groups");
  wrong(without(PROXY, "SEALWATCH_PROXIES"), "auth.user_header without proxies");
  wrong({ SEALWATCH_AUTH_GROUPS_HEADER: "X-G" }, "auth.groups_header without auth.user_header");
  const many = Array.from({ length: 101 }, (_, at) => `g${at}=default`).join(",");
  wrong({ ...OIDC, SEALWATCH_AUTH_GROUPS: many }, "auth.groups has 101 grants and may have 100");
});

describe("values", () => {
  const wrong = (name: string, value: string, words: string) =>
    it(`${name}=${value}`, () => {
      const found = problems({ env: { ...OIDC, [`SEALWATCH_${name}`]: value } }).join("\n");
      expect(found).toContain(words);
    });

  wrong("OIDC_ISSUER", "http://login.example.com", "not https://"); // codes in clear
  wrong("OIDC_ISSUER", "https://user:pw@login.example.com", "a URL with a user");
  wrong("OIDC_ISSUER", "https://login.example.com/?a=b", "a query");
  wrong("OIDC_ISSUER", "login.example.com", "not a URL");
  wrong("OIDC_CLIENT_ID", "a b", "not a word");
  wrong("OIDC_CLIENT_AUTH", "digest", "none of the known words");
  wrong("AUTH_USER_HEADER", "X User", "not the name of a header");
  wrong("AUTH_USER_HEADER", "Authorization", "a header with another meaning");
  wrong("AUTH_SESSION_HOURS", "0", "out of range");
  wrong("AUTH_GROUPS", "staff=default,staff=*:write", "item 2: a scope other than");
});
