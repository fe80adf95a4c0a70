// The SMTP receiver at its bounds: what it refuses, whom it cuts off, and how it stops.

import { afterEach, describe, expect, test } from "vitest";
import { BOUNDS } from "../../services/core/bounds.ts";
import { createInFlight } from "../../services/receive/in-flight.ts";
import { SpoolRefusal } from "../../services/spool/port.ts";
import { begin, type Dialogue, dial, dialSilently, stuff } from "./dialogue.ts";
import { endAll, MAIL, MIB, type SmtpStage, start } from "./smtp-stage.ts";
import { openSpooled, until } from "./spooled.ts";

afterEach(endAll);

describe("refusals", () => {
  test("an unknown recipient is told at RCPT, the others of the mail are not affected", async () => {
    const stage = await start();
    const client = await dial(stage.address);
    await client.say("EHLO mail.example.org\r\n");
    await client.say("MAIL FROM:<>\r\n");
    const reply = await client.say("RCPT TO:<nobody@example.com>\r\n");
    expect(reply).toBe("550 5.1.1 No TLS reports are taken for this address");
    expect(await client.say("RCPT TO:<any@all.example>\r\n")).toMatch(/^250 /);
    await client.say("DATA\r\n");
    expect(await client.say(stuff(MAIL))).toMatch(/^250 /);
    const { messages, refusals } = await stage.read();
    expect(messages[0]?.arrival.rcptTo).toEqual(["any@all.example"]);
    expect(refusals).toEqual({ "smtp recipient-unknown": 1 });
  });

  test("recipients of one mail are bounded", async () => {
    const stage = await start();
    const client = await dial(stage.address);
    await client.say("EHLO mail.example.org\r\n");
    await client.say("MAIL FROM:<>\r\n");
    for (let i = 0; i < BOUNDS.smtpRecipientsMax; i++) {
      expect(await client.say(`RCPT TO:<r${i}@all.example>\r\n`)).toMatch(/^250 /);
    }
    expect(await client.say("RCPT TO:<last@all.example>\r\n")).toMatch(/^452 4\.5\.3 /);
  });

  test("a mail that is announced too large is refused before it is sent", async () => {
    const stage = await start({ messageBytesMax: 1000 });
    const client = await dial(stage.address);
    await client.say("EHLO mail.example.org\r\n");
    expect(await client.say("MAIL FROM:<> SIZE=1001\r\n")).toMatch(/^552 5\.3\.4 /);
    expect(await client.say("MAIL FROM:<> SIZE=1000\r\n")).toMatch(/^250 /);
    expect((await stage.read()).refusals).toEqual({ "smtp too-large": 1 });
  });

  test("a mail over the bound is read to its end, refused, and does not fill the memory", async () => {
    const inFlight = createInFlight();
    const stage = await start({ inFlight });
    const client = await dial(stage.address);
    await begin(client);
    const piece = Buffer.from(`${"x".repeat(998)}\r\n`.repeat(1049));
    let heldMax = 0;
    for (let sent = 0; sent <= 26 * MIB; sent += piece.length) {
      if (!client.socket.write(piece)) await new Promise((go) => client.socket.once("drain", go));
      heldMax = Math.max(heldMax, inFlight.held());
    }
    expect(await client.say("\r\n.\r\n")).toMatch(/^552 5\.3\.4 /);
    expect(heldMax).toBeGreaterThan(10 * MIB);
    expect(heldMax).toBeLessThanOrEqual(BOUNDS.messageBytesMax);
    expect(inFlight.held()).toBe(0);
    await begin(client); // the connection is still good
    expect(await client.say(stuff(MAIL))).toMatch(/^250 /);
    expect((await stage.read()).refusals).toEqual({ "smtp too-large": 1 });
  });

  test("a mail without end is cut", async () => {
    const stage = await start({ messageBytesMax: 1000 });
    const client = await dial(stage.address);
    await begin(client);
    let sentBytes = 0;
    const piece = Buffer.alloc(MIB, "y");
    const pump = (failed?: Error | null) => {
      if (failed) return;
      sentBytes += piece.length;
      client.socket.write(piece, pump);
    };
    pump();
    await until(client.closed, "the connection is closed");
    expect(sentBytes).toBeLessThan(BOUNDS.drainBytesMax + 16 * MIB);
    await until(() => stage.names().includes("message-refused"), "the refusal is counted");
    expect((await stage.read()).refusals).toEqual({ "smtp too-large": 1 });
  });

  test("lines of dots, the dearest thing to read, cost seconds and not minutes", async () => {
    const stage = await start();
    const client = await dial(stage.address);
    await begin(client);
    client.write("..\r\n".repeat(4 * MIB));
    const other = await dial(stage.address);
    const started = performance.now();
    await begin(other);
    expect(await other.say(stuff(MAIL))).toMatch(/^250 /); // served meanwhile
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(await client.say(".\r\n")).toMatch(/^250 /);
    const { messages } = await stage.read();
    expect(messages.map(({ bytes }) => bytes.length)).toEqual(
      expect.arrayContaining([MAIL.length, 12 * MIB]),
    );
  });

  test.each([
    ["spool-full", "452 4.3.1 "],
    ["disk-full", "452 4.3.1 "],
    ["spool-failed", "451 4.3.0 "],
    ["too-busy", "452 4.3.2 "],
    ["stopping", "421 4.3.2 "],
  ] as const)("of the spool for %s are told as %s", async (reason, expected) => {
    const spooled = await openSpooled();
    const append = () => Promise.reject(new SpoolRefusal(reason, "no"));
    const stage = await start({ spool: { ...spooled.spool, append } });
    const client = await dial(stage.address);
    await begin(client);
    expect((await client.say(stuff(MAIL))).startsWith(expected)).toBe(true);
    expect((await spooled.read()).refusals).toEqual({ [`smtp ${reason}`]: 1 });
    await spooled.remove();
  });

  test("an error that nobody foresaw is a temporary failure, told to the operator", async () => {
    const spooled = await openSpooled();
    const append = () => Promise.reject(new TypeError("our mistake"));
    const stage = await start({ spool: { ...spooled.spool, append } });
    const client = await dial(stage.address);
    await begin(client);
    expect(await client.say(stuff(MAIL))).toMatch(/^451 4\.3\.0 /);
    expect(stage.names()).toContain("receiver-failed");
    await spooled.remove();
  });

  test("memory for all connections together is bounded", async () => {
    const stage = await start({ inFlight: createInFlight(100_000) });
    const [slow, quick] = [await dial(stage.address), await dial(stage.address)];
    await begin(slow);
    slow.write("z".repeat(90_000));
    await begin(quick);
    await expect
      .poll(async () => {
        const reply = await quick.say(`${"q".repeat(30_000)}\r\n.\r\n`);
        await begin(quick);
        return reply;
      })
      .toMatch(/^452 4\.3\.2 /);
    slow.end();
    await expect
      .poll(async () => {
        const reply = await quick.say(`${"q".repeat(30_000)}\r\n.\r\n`);
        await begin(quick);
        return reply;
      })
      .toMatch(/^250 /);
  });
});

describe("connections", () => {
  test("a client that goes away in the middle of a mail leaves a count and nothing else", async () => {
    const inFlight = createInFlight();
    const stage = await start({ inFlight });
    const client = await dial(stage.address);
    await begin(client);
    client.write("Subject: half\r\n");
    await until(() => inFlight.held() > 0, "the first bytes are there");
    client.socket.resetAndDestroy();
    await until(() => stage.names().includes("message-refused"), "the refusal is counted");
    expect(inFlight.held()).toBe(0);
    const { messages, refusals } = await stage.read();
    expect(messages).toEqual([]);
    expect(refusals).toEqual({ "smtp aborted": 1 });
  });

  test("an idle client is ended", async () => {
    const stage = await start({ idleMsMax: 100 });
    const client = await dial(stage.address);
    expect(await client.reply()).toMatch(/^421 4\.4\.2 /);
    await until(client.closed, "the connection is closed");
  });

  test("a client that trickles is ended, in the middle of a mail too", async () => {
    const stage = await start({ connectionMsMax: 300 });
    const client = await dial(stage.address);
    await begin(client);
    const trickle = setInterval(() => client.write("x"), 20);
    expect(await client.reply()).toMatch(/^421 4\.4\.2 /);
    await until(client.closed, "the connection is closed");
    clearInterval(trickle);
    await until(() => stage.names().includes("message-refused"), "the refusal is counted");
  });

  test("more than the bound are told to come later; a place that is free is used again", async () => {
    const stage = await start({ connectionsMax: 2 });
    const first = await dial(stage.address);
    await dial(stage.address);
    const third = await dialSilently(stage.address);
    expect(await third.reply()).toMatch(/^421 mx\.example\.com Too many connections/);
    first.end();
    await expect.poll(async () => (await dialSilently(stage.address)).reply()).toMatch(/^220 /);
  });

  test("rubbish ends its own connection and no other", async () => {
    const stage = await start();
    const client = await dial(stage.address);
    const http = await dial(stage.address);
    expect(await http.say("GET / HTTP/1.1\r\n")).toMatch(/^421 /);
    const long = await dial(stage.address);
    expect(await long.say("x".repeat(100_000))).toMatch(/^421 /);
    const binary = await dial(stage.address);
    binary.write(Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) & 255)));
    await until(binary.closed, "the connection is closed");
    await begin(client);
    expect(await client.say(stuff(MAIL))).toMatch(/^250 /);
  });
});

describe("stopping", () => {
  async function inMail(stage: SmtpStage): Promise<Dialogue> {
    const client = await dial(stage.address);
    await begin(client);
    client.write("Subject: late\r\n");
    return client;
  }

  test("lets a mail that is on its way end, and ends the idle ones at once", async () => {
    const stage = await start();
    const [idle, busy] = [await dial(stage.address), await inMail(stage)];
    const stopped = stage.running.stop();
    expect(await idle.reply()).toBe("421 4.3.2 The server is stopping; try again later");
    idle.end();
    expect(await busy.say("\r\nbody\r\n.\r\n")).toMatch(/^250 /);
    expect(await busy.reply()).toMatch(/^421 4\.3\.2 /);
    busy.end();
    await stopped;
    await expect(dial(stage.address)).rejects.toThrow();
    expect((await stage.read()).messages).toHaveLength(1);
  });

  test("does not wait for a mail for ever", async () => {
    const stage = await start({ stopMsMax: 200 });
    const busy = await inMail(stage);
    const started = performance.now();
    await stage.running.stop();
    expect(performance.now() - started).toBeLessThan(3_000);
    await until(busy.closed, "the connection is closed");
  });

  test("kill cuts at once", async () => {
    const stage = await start();
    const busy = await inMail(stage);
    stage.running.kill();
    await until(busy.closed, "the connection is closed");
  });
});

test("a port in use is told with the way out", async () => {
  const stage = await start();
  const port = Number(stage.address.split(":")[1]);
  await expect(start({ port })).rejects.toThrow(
    `port ${port} on 127.0.0.1 is in use by another program: choose another with SEALWATCH_SMTP_LISTEN`,
  );
});
