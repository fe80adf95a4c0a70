// Which Host a request may have, where the API asks for no token.

import { Hono } from "hono";
import { expect, test } from "vitest";
import { hostCheck } from "../../../services/api/hosts.ts";

function appOf(hosts: readonly string[] | null): Hono {
  const app = new Hono();
  app.use(hostCheck(hosts));
  app.all("*", (c) => c.text("in"));
  return app;
}

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
  const response = await appOf(["Reports.example"]).request(`http://${host}/api/v1/overview`);
  expect(response.status).toBe(status);
});

test("a refusal names the way out", async () => {
  const response = await appOf([]).request("http://evil.example/", { method: "POST" });
  expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  expect(await response.json()).toMatchObject({
    type: "urn:sealwatch:problem:foreign-host",
    detail: expect.stringContaining("public.url"),
  });
});

test("health is asked for by any name, and everything is where any is allowed", async () => {
  expect((await appOf([]).request("http://evil.example/healthz")).status).toBe(200);
  expect((await appOf([]).request("http://evil.example/healthz/x")).status).toBe(403);
  expect((await appOf(null).request("http://evil.example/api/v1")).status).toBe(200);
});
