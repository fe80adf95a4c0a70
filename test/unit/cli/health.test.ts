// `sealwatch health` against real servers on loopback that answer as ours does, or do not.

import { createServer, type RequestListener, type Server } from "node:http";
import { afterEach, expect, test } from "vitest";
import { EXIT } from "../../../services/cli/exit-codes.ts";
import { runHealth } from "../../../services/cli/health.ts";
import { BOUNDS } from "../../../services/core/bounds.ts";
import { recordedTerminal } from "./terminal.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function ask(
  answer: RequestListener,
  options = { json: false },
  timeoutMs?: number,
  token: string | null = null,
) {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const terminal = recordedTerminal();
  // A server on every interface is asked by loopback.
  const config = { http: { listen: { host: "0.0.0.0", port } }, token };
  const exitCode = await runHealth(config, options, terminal, timeoutMs);
  return { exitCode, out: terminal.outText(), err: terminal.errText() };
}

const body = (ready: boolean, detail: string) =>
  JSON.stringify({
    ready,
    checks: { spool: { ok: true, detail: "0 bytes wait" }, store: { ok: ready, detail } },
  });

test("ready", async () => {
  const paths: (string | undefined)[] = [];
  const result = await ask((request, response) => {
    paths.push(request.url);
    response.end(body(true, "embedded"));
  });
  expect(result).toMatchObject({ exitCode: EXIT.ok, err: "" });
  expect(result.out).toMatch(
    /^ready\ncheck {2}state {2}detail\nspool {2}ok {5}0 bytes wait\nstore {2}ok/,
  );
  expect(paths).toEqual(["/readyz"]);
});

test("not ready, with text that would like to move the cursor", async () => {
  const { exitCode, out } = await ask((_, response) => {
    response.writeHead(503).end(body(false, "away\u001b[2J\nready"));
  });
  expect(exitCode).toBe(EXIT.failed);
  expect(out).toMatch(/^not ready \(HTTP 503\)\n/);
  expect(out).toContain("store  failed  away\\x1b[2J\\x0aready\n");
});

test("the answer as it came", async () => {
  const text = body(true, "embedded");
  const { out } = await ask((_, response) => response.end(text), { json: true });
  expect(out).toBe(`${text}\n`);
});

test.each([
  [null, 'Bearer realm="sealwatch"', /details need a token, in SEALWATCH_TOKEN, that sees all/],
  ["swt_x", 'Bearer realm="sealwatch"', /details need another token that sees all tenants/],
  ["swt_x", 'Bearer realm="sealwatch", error="invalid_token"', /token in .* is not known there/],
])("without details, token %s and %s, it says why", async (token, hint, words) => {
  const bare = JSON.stringify({ ready: true, checks: { spool: { ok: true } } });
  const answer: RequestListener = (_, response) => {
    response.writeHead(200, { "WWW-Authenticate": hint }).end(bare);
  };
  const { exitCode, err } = await ask(answer, { json: false }, undefined, token);
  expect(exitCode).toBe(EXIT.ok);
  expect(err).toMatch(words);
});

test("an answer that is none of ours", async () => {
  expect(await ask((_, response) => response.end("hello"))).toMatchObject({ out: "ready\n" });
  const moved = await ask((_, response) => response.writeHead(302, { location: "/" }).end());
  expect(moved).toMatchObject({ exitCode: EXIT.failed, out: "" });
  const large = await ask((_, response) => response.end("x".repeat(BOUNDS.healthBodyBytesMax + 1)));
  expect(large.err).toMatch(/too large/);
});

test("no answer in time, and nobody there", async () => {
  const slow = await ask(() => {}, { json: false }, 50);
  expect(slow).toMatchObject({ exitCode: EXIT.failed, out: "" });
  expect(slow.err).toMatch(/^sealwatch: no answer from http:.*nothing within 50 ms\n$/);
  const gone = await ask((request) => request.socket.destroy());
  expect(gone.exitCode).toBe(EXIT.failed);
});
