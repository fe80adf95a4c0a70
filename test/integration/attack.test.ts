// Attacks from few addresses that stay below every single bound: memory that is held by stalling, and places
// that are held by saying nothing. Others are served throughout.

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { BOUNDS } from "../../services/core/bounds.ts";
import { reportRoutes } from "../../services/receive/http.ts";
import { listenHttp } from "../../services/receive/http-listener.ts";
import { measureSender } from "../support/flood.ts";
import { startProgram, temporaryFolder } from "../support/program.ts";
import { makeCertificate } from "./certificate.ts";
import { begin, type Dialogue, dial, dialSilently, stuff } from "./dialogue.ts";
import { endAll, MAIL, MIB, start } from "./smtp-stage.ts";
import { openSpooled, recordEvents, until } from "./spooled.ts";

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await endAll();
});

function open(port: number, localAddress: string): Socket {
  const socket = connect({ host: "127.0.0.1", port, localAddress });
  socket.on("error", () => {});
  cleanups.push(() => socket.destroy());
  return socket;
}

function postHead(length: number): string {
  return `POST /v1/tlsrpt HTTP/1.1\r\nHost: a.example\r\nContent-Length: ${length}\r\n\r\n`;
}

describe("memory that is held by stalling", () => {
  test("is cut, and nobody else is refused meanwhile", async () => {
    const { folder, remove } = temporaryFolder();
    cleanups.push(remove);
    const env = { SEALWATCH_LOG_LEVEL: "warn", SEALWATCH_LIMITS_EXEMPT: "192.0.2.1" };
    const program = await startProgram({ dataDir: folder, env, waitFor: "answers" });
    cleanups.push(() => program.end());
    const port = Number(new URL(program.http).port);
    const most = Buffer.alloc(24 * MIB, "x");
    const stalled = Array.from({ length: 12 }, () => {
      const socket = open(port, "127.0.0.2");
      socket.resume();
      socket.write(postHead(25 * MIB));
      socket.write(most);
      return socket;
    });
    const mail = await dial(`127.0.0.1:${program.smtpPort}`, "127.0.0.2");
    await begin(mail);
    mail.write("x".repeat(1_000_000));
    const large = Buffer.alloc(5 * MIB, "{");
    const refused: string[] = [];
    let rounds = 0;
    const all = () => stalled.filter((socket) => !socket.closed).length;
    // The one that has the memory of its address is cut; those that were refused hold nothing.
    const metrics = async () => (await fetch(`${program.http}/metrics`)).text();
    const aborted = /refused_total\{channel="https",reason="aborted"\} [1-9]/;
    const deadline = Date.now() + 60_000;
    while (!aborted.test(await metrics())) {
      expect(Date.now(), "the stalled post is cut").toBeLessThan(deadline);
      const served = await measureSender(program, { from: "127.0.0.3", rounds: 5 });
      refused.push(...served.refused);
      const posted = await fetch(`${program.http}/v1/tlsrpt`, { method: "POST", body: large });
      expect(posted.status).toBe(201);
      rounds += 1;
    }
    expect(refused).toEqual([]);
    expect(rounds).toBeGreaterThan(1);
    expect(all()).toBeLessThan(12);
    await until(() => mail.closed(), "the stalled mail is cut", 30_000);
  }, 120_000);

  test.each([1_000, 1_000_000])(
    "is cut for an announced body of %i bytes",
    async (length) => {
      const stage = await startHttp(5);
      const socket = open(stage.port, "127.0.0.2");
      socket.resume();
      socket.write(`${postHead(length)}half`);
      const begun = performance.now();
      await once(socket, "close");
      expect(performance.now() - begun).toBeGreaterThan(BOUNDS.bodySilentSecondsMax * 900);
      await until(() => stage.names().includes("message-refused"), "it is counted");
      expect((await stage.read()).refusals).toEqual({ "https aborted": 1 });
    },
    40_000,
  );

  test("is cut in the middle of a mail, with words", async () => {
    const stage = await start();
    const mail = await dial(stage.address, "127.0.0.2");
    await begin(mail);
    mail.write("Subject: half\r\n");
    await until(() => mail.closed(), "it is cut", 30_000);
    expect(await mail.reply()).toMatch(/^421 4\.4\.2 /);
    expect((await stage.read()).refusals).toEqual({ "smtp aborted": 1 });
  }, 40_000);
});

async function startHttp(connectionsMax: number, tls = false) {
  const spooled = await openSpooled();
  cleanups.push(spooled.remove);
  const { emit, names } = recordEvents();
  const { spool } = spooled;
  const app = reportRoutes({ spool, messageBytesMax: BOUNDS.messageBytesMax, emit });
  const running = await listenHttp({
    host: "127.0.0.1",
    port: 0,
    fetch: app.fetch,
    tls: tls ? makeCertificate() : null,
    connectionsMax,
    emit,
    name: "report",
  });
  cleanups.push(running.kill);
  return { ...spooled, names, port: Number(running.address.split(":")[1]) };
}

describe("a listener whose places are taken by idle connections", () => {
  test.each([false, true])("of mail has one for a newcomer; STARTTLS %s", async (starttls) => {
    const tls = starttls ? makeCertificate() : null;
    const stage = await start({ connectionsMax: 10, tls });
    const idle: Dialogue[] = [];
    for (let at = 0; at < 10; at++) {
      idle.push(await dial(stage.address, `127.0.0.${2 + (at % 5)}`));
    }
    if (starttls) await idle[0]?.say("EHLO a.example\r\nSTARTTLS\r\n");
    // One of them is in the middle of a mail and keeps its place.
    const [, busy] = idle;
    if (busy === undefined) throw new Error("nobody is there");
    await begin(busy);
    for (let late = 0; late < 4; late++) {
      const dialogue = await dial(stage.address, `127.0.0.${20 + late}`);
      await begin(dialogue);
      expect(await dialogue.say(stuff(MAIL))).toMatch(/^250 /);
    }
    expect(await busy.say(stuff(MAIL))).toMatch(/^250 /);
    await until(() => idle.filter((one) => one.closed()).length === 4, "four made room");
    // Whoever has as many as anybody takes no place from others.
    const greedy = await dialSilently(stage.address, "127.0.0.20");
    expect(await greedy.reply()).toMatch(/^421 mx\.example\.com Too many connections/);
  });

  test.each([false, true])("of posts has one for a newcomer; TLS %s", async (tls) => {
    const stage = await startHttp(10, tls);
    const enter = async (localAddress: string) => {
      const socket = open(stage.port, localAddress);
      await once(socket, "connect");
      const upper = tls ? connectTls({ socket, rejectUnauthorized: false }) : socket;
      upper.on("error", () => {});
      if (tls) await once(upper, "secureConnect");
      return upper;
    };
    const busy = await enter("127.0.0.2");
    busy.write(`${postHead(6)}half`);
    const idle: Socket[] = [];
    for (let at = 1; at < 10; at++) {
      const socket = await enter(`127.0.0.${2 + (at % 5)}`);
      socket.resume();
      idle.push(socket);
    }
    for (let late = 0; late < 3; late++) {
      const socket = await enter(`127.0.0.${20 + late}`);
      socket.write(`${postHead(2)}{}`);
      const [bytes] = await once(socket, "data");
      expect(String(bytes)).toMatch(/^HTTP\/1\.1 201 /);
    }
    busy.write("ly");
    const [bytes] = await once(busy, "data");
    expect(String(bytes)).toMatch(/^HTTP\/1\.1 201 /);
    await until(() => idle.filter((one) => one.closed).length === 3, "three made room");
  });
});

test("a page cannot post reports into an instance of this machine", async () => {
  const { folder, remove } = temporaryFolder();
  cleanups.push(remove);
  const program = await startProgram({ dataDir: folder, waitFor: "answers" });
  cleanups.push(() => program.end());
  const post = async (headers: Record<string, string>) => {
    const asked = { method: "POST", body: "{}", headers };
    const answer = await fetch(`${program.http}/v1/tlsrpt/some-key`, asked);
    return `${answer.status} ${answer.headers.get("content-type")}`;
  };
  expect(await post({ origin: "https://evil.example" })).toBe("403 application/problem+json");
  expect(await post({})).toMatch(/^201 /);
});
