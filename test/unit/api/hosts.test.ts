// Which Host a request may have, where the API asks for no token.

import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { refuseBrowserPosts } from "../../../services/api/browser-posts.ts";
import { type Hosts, hostCheck } from "../../../services/api/hosts.ts";
import { hostsOf } from "../../../services/cli/listeners.ts";

function appOf(hosts: Hosts): Hono {
  const app = new Hono();
  app.use(hostCheck(hosts));
  app.all("*", (c) => c.text("in"));
  return app;
}

const NONE = { names: [], plain: false };

const CASES: [string, number][] = [
  ["localhost", 200],
  ["LOCALHOST:8080", 200],
  ["127.0.0.1:8080", 200],
  ["127.8.9.1", 200],
  ["[::1]:8080", 200],
  ["reports.example:443", 200], // public.url
  ["Reports.Example", 200],
  ["evil.example:8080", 403], // a name that its owner points at us
  ["reports.example.evil.example", 403],
  ["127.0.0.1.evil.example", 403], // begins like an address
  ["localhost.evil.example", 403],
  ["192.0.2.1:8080", 403],
  ["[2001:db8::1]", 403],
];

test.each(CASES)("Host %s is %i", async (host, status) => {
  const response = await appOf({ names: ["Reports.example"], plain: false }).request(
    `http://${host}/api/v1/overview`,
  );
  expect(response.status).toBe(status);
});

test("a refusal names the way out", async () => {
  const response = await appOf(NONE).request("http://evil.example/", { method: "POST" });
  expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  expect(await response.json()).toMatchObject({
    type: "urn:sealwatch:problem:foreign-host",
    detail: expect.stringContaining("public.url"),
  });
});

test("health is asked for by any name, and everything is where any is allowed", async () => {
  expect((await appOf(NONE).request("http://evil.example/healthz")).status).toBe(200);
  expect((await appOf(NONE).request("http://evil.example/healthz/x")).status).toBe(403);
  expect((await appOf(null).request("http://evil.example/api/v1")).status).toBe(200);
});

test.each([
  ["192.0.2.1:8080", 200],
  ["[2001:db8::1]", 200],
  ["sealwatch:8080", 200], // a container's name
  ["reports.example", 200], // public.url
  ["evil.example:8080", 403],
  ["192.0.2.1.evil.example", 403],
])("where plain names are let in, Host %s is %i", async (host, status) => {
  const hosts = { names: ["reports.example"], plain: true };
  expect((await appOf(hosts).request(`http://${host}/api/v1`)).status).toBe(status);
});

const LISTEN = { http: { listen: { host: "0.0.0.0", port: 8080 } } };

test("a listener that lets everybody in is asked for by no foreign name", () => {
  const url = "https://reports.example";
  const config = { ...LISTEN, public: { url, reportAddress: null } };
  expect(hostsOf({ ...config, insecureNoAuth: true })).toEqual({
    names: ["127.0.0.1", "reports.example"],
    plain: true,
  });
  expect(hostsOf({ ...config, insecureNoAuth: false })).toBeNull();
});

describe("a report that is posted on loopback", () => {
  const app = new Hono();
  app.use(refuseBrowserPosts(NONE, "https://reports.example"));
  app.post("*", (c) => c.text("taken", 201));
  const OWN = "http://localhost:8080";
  test.each<[string, string, Record<string, string>, number]>([
    ["a sender's", OWN, {}, 201],
    ["a sender's through a proxy", "http://tlsrpt.example.com", {}, 201],
    ["our own page's", OWN, { Origin: OWN, "Sec-Fetch-Site": "same-origin" }, 201],
    ["our own page's, behind a proxy", OWN, { Origin: "https://reports.example" }, 201],
    ["another site's", OWN, { "Sec-Fetch-Site": "cross-site" }, 403],
    ["another port's", OWN, { "Sec-Fetch-Site": "same-site" }, 403],
    ["an old browser's", OWN, { Origin: "https://evil.example" }, 403],
    ["a file's", OWN, { Origin: "null" }, 403],
    ["a name's that points at us", "http://evil.example", { Origin: "http://evil.example" }, 403],
  ])("%s", async (_name, base, headers, status) => {
    const asked = { method: "POST", body: "{}", headers: { Host: new URL(base).host, ...headers } };
    expect((await app.request(`${base}/v1/tlsrpt`, asked)).status).toBe(status);
  });
});
