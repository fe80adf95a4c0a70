// `sealwatch reprocess` against a server on loopback that lists and takes as ours does: what is asked
// for, what is tried again, and how it ends.

import { createServer, type IncomingMessage, type Server } from "node:http";
import { tmpdir } from "node:os";
import { afterEach, expect, test } from "vitest";
import { EXIT } from "../../../services/cli/exit-codes.ts";
import {
  type GivenReprocess,
  reprocessOptions,
  runReprocess,
} from "../../../services/cli/reprocess.ts";
import { BOUNDS } from "../../../services/core/bounds.ts";
import { recordedTerminal } from "./terminal.ts";

const receipt = (last: number) => `01KA000000000000000000000${last}`;
const ONE = receipt(1);

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
}

async function run(
  given: Partial<GivenReprocess>,
  answer: (request: IncomingMessage) => Answer,
  token: string | null = null,
) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const { status = 200, headers = {}, body = {} } = answer(request);
    response.writeHead(status, headers).end(JSON.stringify(body));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const terminal = recordedTerminal();
  const pauses: number[] = [];
  const base = { values: {}, json: true, receipts: [], server: `http://127.0.0.1:${port}` };
  const options = reprocessOptions({ ...base, ...given });
  const pause = async (ms: number) => pauses.push(ms);
  const ended = await runReprocess({ dataDir: tmpdir(), token }, options, {
    terminal,
    pause,
  }).catch((error: Error) => error);
  return { ended, asked, pauses, out: terminal.outText(), err: terminal.errText() };
}

const taken = (request: IncomingMessage): Answer => ({
  status: request.method === "POST" ? 202 : 200,
});

test("messages by their receipts, each once, with the token", async () => {
  const tokens: unknown[] = [];
  const both = [ONE, receipt(2), ONE];
  const { ended, asked, out } = await run(
    { receipts: both },
    (request) => {
      tokens.push(request.headers.authorization);
      return taken(request);
    },
    "swt_x",
  );
  expect(ended).toBe(EXIT.ok);
  expect(asked).toEqual([1, 2].map((n) => `POST /api/v1/quarantine/${receipt(n)}/reprocess`));
  expect(new Set(tokens)).toEqual(new Set(["Bearer swt_x"]));
  expect(JSON.parse(out)).toEqual({ found: 2, accepted: 2, missing: 0 });
});

test("all with a reason, which the server picks, over all pages", async () => {
  const rows = [1, 2, 2, 3, 4].map((n) => ({ receipt: receipt(n) }));
  const { ended, asked, out } = await run(
    { reason: "dkim-unverified", values: { tenant: ["one", "two"], last: ["30d"] } },
    (request) => {
      if (request.method === "POST") return { status: 202 };
      const second = request.url?.includes("cursor=next") ?? false;
      const data = second ? rows.slice(3) : rows.slice(0, 3);
      return { body: { data, meta: { next_cursor: second ? null : "next" } } };
    },
  );
  expect(ended).toBe(EXIT.ok);
  const list = `GET /api/v1/quarantine?limit=${BOUNDS.queryRowsMax}&tenant=one&tenant=two`;
  const picked = `${list}&last=30d&reason=dkim-unverified`;
  expect(asked.slice(0, 2)).toEqual([picked, `${picked}&cursor=next`]);
  expect(asked.slice(2)).toEqual(
    [1, 2, 3, 4].map((n) => `POST /api/v1/quarantine/${receipt(n)}/reprocess`),
  );
  expect(JSON.parse(out)).toEqual({ found: 4, accepted: 4, missing: 0 });
});

test("what is not to be had is named, and the rest is done", async () => {
  const { ended, out, err } = await run({ receipts: [ONE, receipt(2)], json: false }, (request) =>
    request.url?.includes(ONE) ? { status: 404 } : { status: 202 },
  );
  expect([ended, out]).toEqual([EXIT.failed, "1 of 2 messages accepted\n"]);
  expect(err).toContain(`${ONE}: not in quarantine`);
});

test("a limit and a full spool are waited for as the server says, and not for ever", async () => {
  const busy: Answer[] = [
    { status: 429, headers: { "Retry-After": "7" } },
    { status: 503 },
    { status: 429, headers: { "Retry-After": "999999" } },
    { status: 202 },
  ];
  const patient = await run({ receipts: [ONE] }, () => busy.shift() ?? {});
  expect([patient.ended, patient.pauses]).toEqual([
    EXIT.ok,
    [7_000, 1_000, BOUNDS.reprocessPauseMsMax],
  ]);
  const away = await run({ receipts: [ONE] }, () => ({ status: 503, body: { title: "Full" } }));
  expect(away.ended).toMatchObject({ exitCode: EXIT.tryAgain, message: "Full" });
  expect(away.asked).toHaveLength(BOUNDS.reprocessTriesMax);
});

test("a refusal ends it with the server's words", async () => {
  const body = { title: "Not allowed", detail: "This needs the scope reprocess." };
  const { ended, asked } = await run({ receipts: [ONE, receipt(2)] }, () => ({
    status: 403,
    body,
  }));
  expect(ended).toMatchObject({
    exitCode: EXIT.failed,
    message: "Not allowed: This needs the scope reprocess.",
  });
  expect(asked).toHaveLength(1);
});

test("without a server it says so", async () => {
  const options = reprocessOptions({ values: {}, json: false, receipts: [ONE] });
  const config = { dataDir: `${tmpdir()}/none-here`, token: null };
  await expect(
    runReprocess(config, options, { terminal: recordedTerminal() }),
  ).rejects.toMatchObject({
    exitCode: EXIT.tryAgain,
    message: expect.stringContaining("no server with an API runs on"),
  });
});

const MISTAKES: [Partial<GivenReprocess>, RegExp][] = [
  [{}, /by their receipts, or by --reason/],
  [{ receipts: [ONE], reason: "no-report" }, /by their receipts, or by --reason/],
  [{ receipts: [ONE], values: { last: ["1d"] } }, /go with --reason/],
  [{ receipts: ["../x"] }, /is no receipt/],
  [{ reason: "dkim-unverifed" }, /did you mean dkim-unverified\?/],
];

test.each(MISTAKES)("mistake: %j", (given, words) => {
  const whole = { values: {}, json: false, receipts: [], ...given };
  expect(() => reprocessOptions(whole)).toThrow(words);
});
