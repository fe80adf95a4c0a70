// Who sees the details of /readyz and the metrics: callers with all tenants. And whoever a proxy names
// without anything being granted to them is told so.

import { Hono } from "hono";
import { expect, test } from "vitest";
import { createAccess, type Identified } from "../../../services/access/access.ts";
import type { Caller } from "../../../services/access/caller.ts";
import { needs } from "../../../services/api/access.ts";
import { createHealth } from "../../../services/api/health.ts";
import { limitCaller } from "../../../services/api/rate-limit.ts";
import { silent } from "../../../services/observe/events.ts";

const caller = (more: Partial<Caller>): Caller => ({
  name: "grafana",
  kind: "token",
  tenants: "all",
  scopes: ["read"],
  ...more,
});

function healthFor(identified: Identified) {
  return createHealth({
    ready: async () => ({ ready: true, checks: { domains: { ok: true, detail: "3 domains" } } }),
    metrics: async () => ({ contentType: "text/plain", text: "up 1\n" }),
    access: createAccess([{ identify: async () => identified }]),
    loginPath: null,
    emit: silent,
  });
}

const ungranted = { kind: "ungranted", name: "ann", wanted: ["staff"], has: 2 } as const;

const CASES: [string, Identified, boolean, number, string | null][] = [
  ["a token that reads all", caller({}), true, 200, null],
  ["an administrator of one", caller({ tenants: ["one"], scopes: ["admin"] }), false, 403, ""],
  ["a reader of one", caller({ tenants: ["one"] }), false, 403, ""],
  ["a stranger", null, false, 401, ""],
  ["a wrong token", "refused", false, 401, ', error="invalid_token"'],
  ["somebody without a group", ungranted, false, 403, ""],
];

test.each(CASES)("%s", async (_, identified, details, metrics, hint) => {
  const app = healthFor(identified);
  const ready = await app.request("/readyz");
  expect(ready.status).toBe(200);
  expect(await ready.json()).toEqual({
    ready: true,
    checks: { domains: details ? { ok: true, detail: "3 domains" } : { ok: true } },
  });
  const challenge = hint === null ? null : `Bearer realm="sealwatch"${hint}`;
  expect(ready.headers.get("WWW-Authenticate")).toBe(challenge);
  expect((await app.request("/metrics")).status).toBe(metrics);
});

test("who is known and has no group is told which are looked for", async () => {
  const answer = await healthFor(ungranted).request("/metrics");
  expect(await answer.json()).toMatchObject({
    status: 403,
    detail: expect.stringContaining("one of the groups staff, and the proxy named 2 others"),
  });
});

test("two tokens of one name have limits of their own", async () => {
  const asked: string[] = [];
  const limits = { ofAddress: () => 0, ofCaller: (name: string) => Number(asked.push(name) < 0) };
  for (const id of ["a1", "b2"]) {
    const access = createAccess([{ identify: async () => caller({ id }) }]);
    const app = new Hono();
    app.use(needs("read", { access, emit: silent, loginPath: null }));
    app.use(limitCaller({ limits }));
    app.get("/", (c) => c.text("ok"));
    expect((await app.request("/")).status).toBe(200);
  }
  expect(new Set(asked).size).toBe(2);
});
