// What holds for everybody who connects: limits on one address, proxies that are believed, and what is refused
// before any route sees it. Addresses of loopback stand for different peers.

import { request } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { BOUNDS } from "../../services/core/bounds.ts";
import { NO_LIMITS } from "../../services/core/limits/address-limits.ts";
import { parseNetworks } from "../../services/core/net/networks.ts";
import { createEdge, type EdgeSettings, OPEN_EDGE_SETTINGS } from "../../services/receive/edge.ts";
import { reportRoutes } from "../../services/receive/http.ts";
import { type HttpEnv, listenHttp } from "../../services/receive/http-listener.ts";
import type { Running } from "../../services/receive/running.ts";
import { makeCertificate } from "./certificate.ts";
import { begin, dial, dialSilently, stuff } from "./dialogue.ts";
import { endAll, MAIL, start } from "./smtp-stage.ts";
import { openSpooled, recordEvents, type Spooled, until } from "./spooled.ts";

const LISTENERS: Running[] = [];
const SPOOLS: Spooled[] = [];

afterEach(async () => {
  await endAll();
  for (const running of LISTENERS.splice(0)) running.kill();
  for (const spooled of SPOOLS.splice(0)) await spooled.remove();
});

function edgeWith(limits: Partial<EdgeSettings["limits"]["perMinute"]>, more = {}) {
  const perMinute = { ...NO_LIMITS.perMinute, ...limits };
  return createEdge({ ...OPEN_EDGE_SETTINGS, limits: { ...NO_LIMITS, perMinute, ...more } });
}

/** 127.0.0.9 is a proxy; 198.51.100.0/24 has one mail and one post a minute, ten at once. */
function proxyEdge() {
  return createEdge({
    proxies: { proxies: parseNetworks(["127.0.0.9"]), header: "x-forwarded-for" },
    smtpProxyProtocol: true,
    limits: {
      ...NO_LIMITS,
      perMinute: { ...NO_LIMITS.perMinute, "smtp-message": 1, post: 1 },
      exempt: parseNetworks(["127.0.0.0/8"]),
    },
  });
}

async function deliver(dialogue: Awaited<ReturnType<typeof dial>>): Promise<string> {
  await begin(dialogue);
  return dialogue.say(stuff(MAIL));
}

describe("mail from one address", () => {
  test("over its rate is told to come again, and others are not", async () => {
    const stage = await start({ edge: edgeWith({ "smtp-message": 1 }) });
    const greedy = await dial(stage.address, "127.0.0.2");
    await greedy.say("EHLO mail.example.org\r\n");
    const replies: string[] = [];
    for (let mail = 0; mail < 11; mail++) {
      replies.push((await greedy.say("MAIL FROM:<a@example.org>\r\n")).slice(0, 9));
      if (mail < 10) await greedy.say("RSET\r\n");
    }
    expect(replies).toEqual([...new Array(10).fill("250 2.1.0"), "421 4.7.1"]);
    await until(() => greedy.closed(), "the connection is closed");
    expect(await deliver(await dial(stage.address, "127.0.0.3"))).toMatch(/^250 /);
    const { refusals, messages } = await stage.read();
    expect(refusals).toEqual({ "smtp rate-limited": 1 });
    expect(messages).toHaveLength(1);
    expect(stage.names()).toContain("message-limited");
    expect(stage.names()).not.toContain("message-refused");
  });

  test("connects so often and no more", async () => {
    const stage = await start({ edge: edgeWith({ "smtp-connection": 1 }) });
    for (let connection = 0; connection < 10; connection++) {
      (await dial(stage.address, "127.0.0.2")).end();
    }
    const refused = await dialSilently(stage.address, "127.0.0.2");
    expect(await refused.reply()).toMatch(/^421 4\.7\.0 Too many connections from your address/);
    await until(() => refused.closed(), "the connection is closed");
    expect((await dial(stage.address, "127.0.0.3")).closed()).toBe(false);
  });

  test("that sends nothing but commands is ended, and takes turns until then", async () => {
    const stage = await start();
    const greedy = await dial(stage.address, "127.0.0.2");
    greedy.write("NOOP\r\n".repeat(BOUNDS.smtpCommandsMax + 1));
    for (let command = 0; command < BOUNDS.smtpCommandsMax; command++) {
      expect(await greedy.reply()).toMatch(/^250 /);
    }
    expect(await greedy.reply()).toMatch(/^421 4\.7\.0 Too many commands without a message/);
    await until(() => greedy.closed(), "the connection is closed");
    const useful = await dial(stage.address);
    for (let mail = 0; mail < 15; mail++) {
      expect(await deliver(useful)).toMatch(/^250 /);
      useful.write("NOOP\r\n".repeat(80));
      for (let command = 0; command < 80; command++) await useful.reply();
    }
  });

  test("has so many connections open, and gets them back", async () => {
    const stage = await start({ edge: edgeWith({}, { connectionsMax: 2 }) });
    const [first] = [await dial(stage.address), await dial(stage.address)];
    const third = await dialSilently(stage.address);
    expect(await third.reply()).toMatch(/^421 4\.7\.0 /);
    expect((await dial(stage.address, "127.0.0.2")).closed()).toBe(false);
    first?.end();
    let answer = "421";
    for (let attempt = 0; answer.startsWith("421") && attempt < 100; attempt++) {
      answer = await (await dialSilently(stage.address)).reply();
    }
    expect(answer).toMatch(/^220 /);
  });
});

describe("the PROXY protocol", () => {
  const LINE = "PROXY TCP4 198.51.100.7 192.0.2.1 4711 25\r\n";

  test.each([
    ["version 1", Buffer.from(LINE), "198.51.100.7"],
    [
      "version 2",
      Buffer.from("0d0a0d0a000d0a515549540a2111000cc6336407c00002011267001900", "hex").subarray(
        0,
        28,
      ),
      "198.51.100.7",
    ],
    ["a health check", Buffer.from("PROXY UNKNOWN\r\n"), "127.0.0.9"],
  ])("%s names the client of a mail", async (_name, header, peer) => {
    const stage = await start({ edge: proxyEdge() });
    const dialogue = await dialSilently(stage.address, "127.0.0.9");
    for (const byte of header) dialogue.write(Uint8Array.of(byte));
    expect(await dialogue.reply()).toMatch(/^220 /);
    expect(await deliver(dialogue)).toMatch(/^250 /);
    expect((await stage.read()).messages[0]?.arrival.peer).toBe(peer);
  });

  test("holds with commands that come right behind it, and under STARTTLS", async () => {
    const stage = await start({ edge: proxyEdge(), tls: makeCertificate() });
    const dialogue = await dialSilently(stage.address, "127.0.0.9");
    dialogue.write(`${LINE}EHLO mail.example.org\r\n`);
    expect(await dialogue.reply()).toMatch(/^220 /);
    expect(await dialogue.reply()).toContain("STARTTLS");
    await dialogue.say("STARTTLS\r\n");
    const secured = await dialogue.secure();
    secured.write("EHLO a.example\r\nMAIL FROM:<>\r\nRCPT TO:<reports@example.com>\r\nDATA\r\n");
    for (let reply = ""; !reply.startsWith("354"); ) reply = await dialogue.reply();
    secured.write(stuff(MAIL));
    expect(await dialogue.reply()).toMatch(/^250 /);
    expect((await stage.read()).messages[0]?.arrival).toMatchObject({
      peer: "198.51.100.7",
      tls: expect.stringMatching(/^TLSv1\.3 /),
    });
  });

  test("has the client counted, and not the proxy", async () => {
    const stage = await start({ edge: proxyEdge() });
    const say = async (client: string) => {
      const dialogue = await dialSilently(stage.address, "127.0.0.9");
      dialogue.write(`PROXY TCP4 ${client} 192.0.2.1 4711 25\r\n`);
      await dialogue.reply();
      await dialogue.say("EHLO mail.example.org\r\n");
      const reply = await dialogue.say("MAIL FROM:<a@example.org>\r\n");
      dialogue.end();
      return reply.slice(0, 3);
    };
    const codes: string[] = [];
    for (let mail = 0; mail < 11; mail++) codes.push(await say("198.51.100.7"));
    expect(codes).toEqual([...new Array(10).fill("250"), "421"]);
    expect(await say("198.51.100.8")).toBe("250");
  });

  test("is a bad command from anybody who is no proxy", async () => {
    const stage = await start({ edge: proxyEdge() });
    const dialogue = await dial(stage.address, "127.0.0.3");
    expect(await dialogue.say(LINE)).toMatch(/^500 /);
    expect(await deliver(dialogue)).toMatch(/^250 /);
    expect((await stage.read()).messages[0]?.arrival.peer).toBe("127.0.0.3");
  });

  test.each([
    "EHLO mail.example.org\r\n",
    "PROXY TCP4 somewhere 192.0.2.1 4711 25\r\n",
    `PROXY UNKNOWN ${"x".repeat(5_000)}`,
  ])("is asked for from proxies: %j ends the connection", async (text) => {
    const stage = await start({ edge: proxyEdge() });
    const dialogue = await dialSilently(stage.address, "127.0.0.9");
    dialogue.write(text);
    await until(() => dialogue.closed(), "the connection is closed");
    expect(stage.names()).toContain("proxy-header-invalid");
    const other = await dialSilently(stage.address, "127.0.0.9");
    other.write(LINE);
    expect(await other.reply()).toMatch(/^220 /);
  });

  test("may not be waited for, and may end before it came", async () => {
    const stage = await start({ edge: proxyEdge() });
    const dialogue = await dialSilently(stage.address, "127.0.0.9");
    dialogue.write("PROXY TCP4");
    dialogue.socket.end();
    await until(() => stage.names().includes("proxy-header-invalid"), "it is told");
    const slow = await dialSilently(stage.address, "127.0.0.9");
    await until(() => slow.closed(), "the slow one is closed", BOUNDS.proxyHeaderMsMax + 3_000);
  });
});

async function startHttp(edge = proxyEdge()) {
  const spooled = await openSpooled();
  SPOOLS.push(spooled);
  const { emit, names } = recordEvents();
  const seen: HttpEnv[] = [];
  const app = reportRoutes({
    spool: spooled.spool,
    messageBytesMax: BOUNDS.messageBytesMax,
    edge,
    emit,
  });
  const running = await listenHttp({
    host: "127.0.0.1",
    port: 0,
    fetch: (asked, env) => {
      seen.push(env);
      return app.fetch(asked, env);
    },
    connectionsMax: 20,
    edge,
    emit,
    name: "report",
  });
  LISTENERS.push(running);
  return { ...spooled, names, seen, running, port: Number(running.address.split(":")[1]) };
}

interface Answer {
  status: number;
  retryAfter: string | undefined;
  text: string;
}

function post(
  port: number,
  { from = "127.0.0.1", headers = {} }: { from?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { port, host: "127.0.0.1", localAddress: from, method: "POST", headers };
    const asked = request({ ...options, path: "/v1/tlsrpt" }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      answer.on("end", () => {
        const retryAfter = answer.headers["retry-after"];
        resolve({ status: answer.statusCode ?? 0, retryAfter, text });
      });
    });
    asked.on("error", reject);
    asked.end("{}");
  });
}

/** Writes bytes and returns everything that comes back until the connection ends. */
function speak(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    socket.on("data", (piece: Buffer) => {
      text += piece.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(text));
    socket.write(bytes);
  });
}

describe("posts of one address", () => {
  test("over its rate get 429 and are told when to come again", async () => {
    const stage = await startHttp(edgeWith({ post: 1 }));
    const statuses: number[] = [];
    for (let count = 0; count < 10; count++) {
      statuses.push((await post(stage.port, { from: "127.0.0.2" })).status);
    }
    expect(statuses).toEqual(new Array(10).fill(201));
    const refused = await post(stage.port, { from: "127.0.0.2" });
    expect(refused.status).toBe(429);
    expect(Number(refused.retryAfter)).toBeGreaterThan(0);
    expect(Number(refused.retryAfter)).toBeLessThanOrEqual(60);
    expect((await post(stage.port, { from: "127.0.0.3" })).status).toBe(201);
    expect((await stage.read()).refusals).toEqual({ "https rate-limited": 1 });
  });

  test("are refused before their body is there", async () => {
    const stage = await startHttp(edgeWith({ post: 1 }));
    for (let count = 0; count < 10; count++) await post(stage.port);
    const head = "POST /v1/tlsrpt HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1000000\r\n\r\n";
    const socket = connect(stage.port, "127.0.0.1");
    socket.write(head);
    const piece = await new Promise<string>((resolve) => {
      socket.once("data", (bytes: Buffer) => resolve(bytes.toString("latin1")));
    });
    expect(piece).toMatch(/^HTTP\/1\.1 429 /);
    socket.destroy();
  });

  test("come over so many connections, and leave some to others", async () => {
    const stage = await startHttp(edgeWith({}, { connectionsMax: 1_000 }));
    const open = Array.from({ length: 40 }, () => {
      const socket = connect({ port: stage.port, host: "127.0.0.1", localAddress: "127.0.0.2" });
      socket.on("error", () => {});
      return socket;
    });
    await until(() => stage.names().includes("connection-refused"), "some are refused");
    expect((await post(stage.port, { from: "127.0.0.3" })).status).toBe(201);
    await until(() => open.filter((socket) => !socket.destroyed).length <= 10, "half are left");
    for (const socket of open) socket.destroy();
  });
});

describe("X-Forwarded-For", () => {
  test("names the client when a proxy says it, and the socket stays known", async () => {
    const stage = await startHttp();
    const headers = {
      "x-forwarded-for": "203.0.113.9, 198.51.100.7",
      "x-forwarded-proto": "https",
    };
    expect((await post(stage.port, { from: "127.0.0.9", headers })).status).toBe(201);
    expect(stage.seen[0]).toMatchObject({
      peer: "198.51.100.7",
      socketPeer: "127.0.0.9",
      secure: true,
      tls: "",
    });
    expect((await stage.read()).messages[0]?.arrival.peer).toBe("198.51.100.7");
  });

  test("is nothing when anybody else says it", async () => {
    const stage = await startHttp();
    const headers = { "x-forwarded-for": "198.51.100.7", "x-forwarded-proto": "https" };
    await post(stage.port, { from: "127.0.0.3", headers });
    expect(stage.seen[0]).toMatchObject({ peer: "127.0.0.3", secure: false });
  });

  test("has the client counted", async () => {
    const stage = await startHttp();
    const headers = { "x-forwarded-for": "198.51.100.7" };
    for (let count = 0; count < 10; count++) {
      expect((await post(stage.port, { from: "127.0.0.9", headers })).status).toBe(201);
    }
    expect((await post(stage.port, { from: "127.0.0.9", headers })).status).toBe(429);
    const other = { "x-forwarded-for": "198.51.100.8" };
    expect((await post(stage.port, { from: "127.0.0.9", headers: other })).status).toBe(201);
  });
});

describe("a request that can be read in two ways", () => {
  const END = "Connection: close\r\n\r\n";

  test.each([
    [
      "both lengths",
      `Host: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n${END}0\r\n\r\n`,
    ],
    ["two lengths", `Host: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n${END}{} `],
    ["a length with a sign", `Host: a\r\nContent-Length: +2\r\n${END}{}`],
    ["an unknown coding", `Host: a\r\nTransfer-Encoding: chunked, x\r\n${END}0\r\n\r\n`],
    ["a folded header", `Host: a\r\nX: a\r\n b\r\nTransfer-Encoding : chunked\r\n${END}`],
    ["no host", END],
    ["two hosts", `Host: a.example\r\nHost: b.example\r\nContent-Length: 0\r\n${END}`],
    ["a host that is none", `Host: a b\r\nContent-Length: 0\r\n${END}`],
  ])("%s: is refused with words", async (_name, headers) => {
    const stage = await startHttp();
    const text = await speak(stage.port, `POST /v1/tlsrpt HTTP/1.1\r\n${headers}`);
    expect(text).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(text.toLowerCase()).toContain("content-type: application/problem+json");
    expect(text.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
    expect((await stage.read()).messages).toEqual([]);
  });

  test("headers without an end are refused with words", async () => {
    const stage = await startHttp();
    const text = await speak(stage.port, `POST / HTTP/1.1\r\nHost: a\r\nX: ${"x".repeat(20_000)}`);
    expect(text).toMatch(/^HTTP\/1\.1 431 /);
    expect(text).toContain('"status":431');
  });

  test("HTTP/1.0 needs no host", async () => {
    const stage = await startHttp();
    const text = await speak(stage.port, "POST /v1/tlsrpt HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}");
    expect(text).toMatch(/^HTTP\/1\.1 201 /);
  });
});
