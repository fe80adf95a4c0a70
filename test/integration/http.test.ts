// The HTTPS receiver and its listener over real sockets.

import { request } from "node:http";
import { request as requestTls } from "node:https";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { Hono } from "hono";
import { afterEach, describe, expect, test } from "vitest";
import { BOUNDS } from "../../services/core/bounds.ts";
import { RECEIPT_PATTERN } from "../../services/core/receipt.ts";
import { createEdge } from "../../services/receive/edge.ts";
import { type ReportRoutesOptions, reportRoutes } from "../../services/receive/http.ts";
import { type HttpOptions, listenHttp } from "../../services/receive/http-listener.ts";
import { createInFlight } from "../../services/receive/in-flight.ts";
import type { Running } from "../../services/receive/running.ts";
import { SpoolRefusal } from "../../services/spool/port.ts";
import { makeCertificate } from "./certificate.ts";
import { openSpooled, recordEvents, type Spooled, until } from "./spooled.ts";

const MIB = 1024 * 1024;

interface Stage extends Spooled {
  running: Running;
  url: string;
  names: () => string[];
}

const stages: Stage[] = [];

async function start(
  routes: Partial<ReportRoutesOptions> = {},
  options: Partial<HttpOptions> = {},
): Promise<Stage> {
  const spooled = await openSpooled();
  const { emit, names } = recordEvents();
  const { spool } = spooled;
  const app = reportRoutes({ spool, messageBytesMax: BOUNDS.messageBytesMax, emit, ...routes });
  const running = await listenHttp({
    host: "127.0.0.1",
    port: 0,
    fetch: app.fetch,
    connectionsMax: 50,
    emit,
    name: "report",
    ...options,
  });
  const stage = { ...spooled, running, names, url: `http://${running.address}/v1/tlsrpt` };
  stages.push(stage);
  return stage;
}

afterEach(async () => {
  for (const stage of stages.splice(0)) {
    stage.running.kill();
    await stage.remove();
  }
});

const post = (
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
) => fetch(url, { method: "POST", body, headers });

/** Writes raw bytes and returns everything that comes back until the connection ends. */
function speak(address: string, bytes: string | Buffer, stay = false): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(address.split(":")[1]), "127.0.0.1");
    let text = "";
    socket.on("data", (piece: Buffer) => {
      text += piece.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(text));
    if (stay) socket.write(bytes);
    else socket.end(bytes);
  });
}

describe("a report", () => {
  test("is durable, byte for byte, when 201 names its receipt", async () => {
    const stage = await start();
    const body = gzipSync(JSON.stringify({ "report-id": "1" }));
    const headers = { "content-type": "application/tlsrpt+gzip" };
    const answer = await post(`${stage.url}/some-key`, body, headers);
    expect(answer.status).toBe(201);
    expect(answer.headers.get("content-type")).toBe("application/json");
    const told = JSON.parse(await answer.text());
    expect(told).toEqual({
      receipt: expect.stringMatching(RECEIPT_PATTERN),
      status: "accepted",
      bytes: body.length,
    });
    const { messages, refusals } = await stage.read();
    expect(messages).toHaveLength(1);
    expect(Buffer.from(messages[0]?.bytes ?? [])).toEqual(body);
    expect(messages[0]?.arrival).toMatchObject({
      receipt: told.receipt,
      channel: "https",
      peer: "127.0.0.1",
      tls: "",
      contentType: "application/tlsrpt+gzip",
      key: "some-key",
    });
    expect(refusals).toEqual({});
  });

  test("is taken with and without key and last slash, and never redirected", async () => {
    const stage = await start();
    for (const path of ["", "/", "/k%C3%A9y", "/a/", "?x=1", "/%zz"]) {
      const answer = await fetch(stage.url + path, {
        method: "POST",
        body: "x",
        redirect: "error",
      });
      expect(answer.status, path).toBe(201);
    }
    const { messages } = await stage.read();
    expect(messages.map(({ arrival }) => arrival.key)).toEqual(["", "", "kéy", "a", "", "%zz"]);
  });

  test("is kept even when it is none: empty, rubbish, any type, any encoding", async () => {
    const stage = await start();
    expect((await post(stage.url, "")).status).toBe(201);
    expect((await post(stage.url, "\0rubbish", { "content-type": "text/html" })).status).toBe(201);
    const gzip = gzipSync("{}");
    expect((await post(stage.url, gzip, { "content-encoding": "gzip" })).status).toBe(201);
    const bare = `POST /v1/tlsrpt HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n`;
    expect(await speak(stage.running.address, bare, true)).toMatch(/^HTTP\/1\.1 201 /);
    const { messages } = await stage.read();
    expect(messages.map(({ bytes }) => Buffer.from(bytes))).toEqual([
      Buffer.alloc(0),
      Buffer.from("\0rubbish"),
      gzip,
      Buffer.alloc(0),
    ]);
  });

  test("may come in chunks, or large", async () => {
    const stage = await start();
    const chunks = new Blob([new Uint8Array(300_000).fill(7), "end"]).stream();
    const init = { method: "POST", body: chunks, duplex: "half" as const };
    expect((await fetch(stage.url, init)).status).toBe(201);
    const large = Buffer.alloc(20 * MIB, "large ");
    expect((await post(stage.url, large)).status).toBe(201);
    const { messages } = await stage.read();
    expect(messages[0]?.bytes.length).toBe(300_003);
    expect(Buffer.from(messages[1]?.bytes ?? []).equals(large)).toBe(true);
  });

  test("by HTTPS tells its protocol and cipher", async () => {
    const tls = makeCertificate();
    const stage = await start({}, { tls });
    const [host, port] = stage.running.address.split(":");
    const status = await new Promise((resolve, reject) => {
      const url = `https://${host}:${port}/v1/tlsrpt`;
      const asked = requestTls(url, { method: "POST", rejectUnauthorized: false }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      asked.on("error", reject);
      asked.end("x");
    });
    expect(status).toBe(201);
    const { messages } = await stage.read();
    expect(messages[0]?.arrival.tls).toMatch(/^TLSv1\.3 TLS_[A-Z0-9_]+$/);
  });
});

describe("what is refused", () => {
  test("is an announced size over the bound, without reading it", async () => {
    const stage = await start();
    const head = `POST /v1/tlsrpt HTTP/1.1\r\nHost: a.example\r\nContent-Length: ${26 * MIB}\r\n\r\n`;
    const answer = await speak(stage.running.address, head, true);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain("application/problem+json");
    expect((await stage.read()).refusals).toEqual({ "https too-large": 1 });
  });

  test("is a body of 30 MB, announced or in chunks, with bounded memory", async () => {
    const inFlight = createInFlight();
    const stage = await start({ inFlight });
    const body = Buffer.alloc(30 * MIB, "x");
    const answer = await post(stage.url, body);
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ status: 413, title: "Content Too Large" });
    const chunks = new Blob([body]).stream();
    const again = await fetch(stage.url, { method: "POST", body: chunks, duplex: "half" });
    expect(again.status).toBe(413);
    expect(inFlight.held()).toBe(0);
    expect((await post(stage.url, "x")).status).toBe(201);
    const { messages, refusals } = await stage.read();
    expect(messages).toHaveLength(1);
    expect(refusals).toEqual({ "https too-large": 2 });
  });

  test.each([
    ["spool-full", 503],
    ["disk-full", 503],
    ["spool-failed", 503],
    ["stopping", 503],
    ["too-large", 413],
  ] as const)("by the spool for %s is told as %d", async (reason, status) => {
    const spooled = await openSpooled();
    const append = () => Promise.reject(new SpoolRefusal(reason, "no"));
    const stage = await start({ spool: { ...spooled.spool, append } });
    const answer = await post(stage.url, "x");
    expect(answer.status).toBe(status);
    expect(answer.headers.has("retry-after")).toBe(status === 503);
    expect(await answer.json()).toMatchObject({ type: "about:blank", status });
    expect((await spooled.read()).refusals).toEqual({ [`https ${reason}`]: 1 });
    await spooled.remove();
  });

  test("by an error that nobody foresaw is told as 503, and to the operator", async () => {
    const spooled = await openSpooled();
    const append = () => Promise.reject(new TypeError("our mistake"));
    const stage = await start({ spool: { ...spooled.spool, append } });
    const answer = await post(stage.url, "x");
    expect(answer.status).toBe(503);
    expect(await answer.text()).not.toContain("our mistake");
    expect(stage.names()).toContain("receiver-failed");
    await spooled.remove();
  });

  test("memory for all requests together is bounded", async () => {
    const inFlight = createInFlight(100_000);
    const stage = await start({ inFlight });
    expect((await post(stage.url, Buffer.alloc(200_000))).status).toBe(503);
    expect((await post(stage.url, Buffer.alloc(90_000))).status).toBe(201);
    expect(inFlight.held()).toBe(0);
    const edge = createEdge();
    // And the reserve for small ones is used up too.
    inFlight.open(edge, "198.51.100.1", 100_000).resize(60_000);
    inFlight.open(edge, "198.51.100.2", 100_000).resize(52_499);
    expect((await post(stage.url, "xy")).status).toBe(503);
  });

  test("is an upload that is broken off, and nothing of it is kept", async () => {
    const inFlight = createInFlight();
    const stage = await start({ inFlight });
    for (const contentLength of [1000, 1_000_000]) {
      const head = `POST /v1/tlsrpt HTTP/1.1\r\nHost: a.example\r\nContent-Length: ${contentLength}`;
      await speak(stage.running.address, `${head}\r\n\r\nhalf`);
    }
    const refused = () => stage.names().filter((name) => name === "message-refused").length;
    await until(() => refused() === 2, "both are counted");
    expect(inFlight.held()).toBe(0);
    const { messages, refusals } = await stage.read();
    expect(messages).toEqual([]);
    expect(refusals).toEqual({ "https aborted": 2 });
  });

  test("are other methods, with a sentence for the person who looks", async () => {
    const stage = await start();
    for (const method of ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const answer = await fetch(`${stage.url}/key`, { method });
      expect(answer.status, method).toBe(405);
      expect(answer.headers.get("allow")).toBe("POST");
      expect(answer.headers.get("content-type")).toContain("text/plain");
      if (method === "GET") expect(await answer.text()).toContain("_smtp._tls");
    }
    expect((await stage.read()).refusals).toEqual({});
  });
});

describe("the listener", () => {
  test("answers what it cannot read, and goes on", async () => {
    const stage = await start();
    const { address } = stage.running;
    expect(await speak(address, "rubbish\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
    const header = `GET / HTTP/1.1\r\nHost: a.example\r\nX: ${"x".repeat(20_000)}\r\n\r\n`;
    expect(await speak(address, header)).toMatch(/^HTTP\/1\.1 431 /);
    const smuggled =
      "POST /v1/tlsrpt HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3\r\n" +
      "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    expect(await speak(address, smuggled)).toMatch(/^HTTP\/1\.1 400 /);
    expect(stage.names()).toContain("connection-failed");
    expect((await post(stage.url, "x")).status).toBe(201);
  });

  test("answers a whole request first when what follows cannot be read", async () => {
    const stage = await start();
    const head = "POST /v1/tlsrpt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    const socket = connect(Number(new URL(stage.url).port), "127.0.0.1");
    let came = "";
    let closed = false;
    socket.on("data", (bytes: Buffer) => {
      came += bytes.toString();
    });
    socket.on("close", () => {
      closed = true;
    });
    socket.write(`${head}Content-Length: 4\r\n\r\ngoodPOST /v1/tlsrpt rubbish`);
    await until(() => closed, "the connection is closed");
    expect(came).toMatch(/^HTTP\/1\.1 201 /);
    const { messages } = await stage.read();
    expect(messages.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(["good"]);
  });

  // A whole report, then a body of which so much is not read that Node pauses the socket, then no chunk.
  const chunked = (path: string) =>
    `POST ${path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const unread = `${chunked("/nothing")}a4dc\r\n${"b".repeat(0xa4dc)}\r\nno chunk`;
  const behind = `${chunked("/v1/tlsrpt")}4\r\ngood\r\n0\r\n\r\n${unread}`;

  test.each([
    ["closes", behind, "201", 0],
    ["says nothing more", "rubbish\r\n\r\n", "400", BOUNDS.httpLingerMsMax],
  ])("is rid of a connection that it cannot read: the other side %s", async (...row) => {
    const [what, bytes, status, leastMs] = row;
    const stage = await start({}, { connectionsMax: 1 });
    const port = Number(new URL(stage.url).port);
    const allowHalfOpen = what !== "closes";
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen });
    let came = "";
    let told = false;
    socket.on("data", (piece: Buffer) => {
      came += piece.toString();
    });
    socket.on("error", () => {});
    socket.on("end", () => {
      told = true;
    });
    socket.write(bytes);
    await until(() => told, "the words");
    const toldMs = performance.now();
    expect(came.startsWith(`HTTP/1.1 ${status} `)).toBe(true);
    // There is room for one connection.
    let free = false;
    while (!free && performance.now() - toldMs < leastMs + 3_000) {
      free = await post(stage.url, "next").then(
        (answer) => answer.status === 201,
        () => false,
      );
    }
    expect(free).toBe(true);
    expect(performance.now() - toldMs).toBeGreaterThan(leastMs * 0.9);
    socket.destroy();
  });

  test("lets a running request end when it stops, and takes no new one", async () => {
    let go = () => {};
    const wait = new Promise<void>((resolve) => {
      go = resolve;
    });
    const app = new Hono().get("/", async (c) => {
      await wait;
      return c.text("done");
    });
    const stage = await start({}, { fetch: (asked) => app.fetch(asked) });
    const url = `http://${stage.running.address}/`;
    let begun = false;
    const answer = new Promise<string>((resolve, reject) => {
      const asked = request(url, { agent: false }, (incoming) => {
        incoming.on("data", (piece: Buffer) => resolve(piece.toString()));
      });
      asked.on("error", reject);
      asked.on("finish", () => {
        begun = true;
      });
      asked.end();
    });
    await until(() => begun, "the request is sent");
    await fetch(`${url}none`); // keeps its connection open, idle
    const stopped = stage.running.stop();
    await expect(fetch(url)).rejects.toThrow();
    go();
    expect(await answer).toBe("done");
    await stopped;
  });

  test("does not wait for a request for ever when it stops", async () => {
    const never = () => new Promise<Response>(() => {});
    const stage = await start({}, { fetch: never, stopMsMax: 100 });
    const answer = fetch(stage.url).catch(() => "cut");
    await new Promise((resolve) => setImmediate(resolve));
    await stage.running.stop();
    expect(await answer).toBe("cut");
  });

  test("tells a port in use with the way out", async () => {
    const stage = await start();
    const port = Number(stage.running.address.split(":")[1]);
    await expect(start({}, { port })).rejects.toThrow(
      `port ${port} on 127.0.0.1 is in use by another program: choose another with SEALWATCH_REPORT_LISTEN`,
    );
  });
});
