import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { BOUNDS } from "../../services/core/bounds.ts";
import { RECEIPT_PATTERN } from "../../services/core/receipt.ts";
import { createInFlight } from "../../services/receive/in-flight.ts";
import type { Running } from "../../services/receive/running.ts";
import { type SmtpOptions, startSmtp } from "../../services/receive/smtp.ts";
import { SpoolRefusal } from "../../services/spool/port.ts";
import { makeCertificate } from "./certificate.ts";
import { begin, type Dialogue, dial, dialSilently, stuff } from "./dialogue.ts";
import { openSpooled, recordEvents, type Spooled, until } from "./spooled.ts";

const MIB = 1024 * 1024;

interface Stage extends Spooled {
  running: Running;
  address: string;
  names: () => string[];
}

const stages: Stage[] = [];

async function start(options: Partial<SmtpOptions> = {}): Promise<Stage> {
  const spooled = await openSpooled();
  const { emit, names } = recordEvents();
  const running = await startSmtp({
    host: "127.0.0.1",
    port: 0,
    hostname: "mx.example.com",
    tls: null,
    recipients: ["reports@example.com", "@all.example"],
    messageBytesMax: BOUNDS.messageBytesMax,
    connectionsMax: 50,
    spool: spooled.spool,
    emit,
    ...options,
  });
  const stage = { ...spooled, running, address: running.address, names };
  stages.push(stage);
  return stage;
}

afterEach(async () => {
  for (const stage of stages.splice(0)) {
    stage.running.kill();
    await stage.remove();
  }
});

const MAIL = Buffer.from("Subject: report\r\n\r\nbody\r\n");

describe("a mail", () => {
  test("is durable, byte for byte, when 250 names its receipt", async () => {
    const stage = await start();
    const client = await dial(stage.address);
    await begin(client);
    const reply = await client.say(stuff(MAIL));
    expect(reply).toMatch(/^250 2\.0\.0 Ok: received as [0-9A-Z]{26}$/);
    expect(await client.say("QUIT\r\n")).toMatch(/^221 /);
    const { messages, refusals } = await stage.read();
    expect(messages).toHaveLength(1);
    expect(Buffer.from(messages[0]?.bytes ?? [])).toEqual(MAIL);
    expect(messages[0]?.arrival).toMatchObject({
      receipt: reply.slice(-26),
      channel: "smtp",
      peer: "127.0.0.1",
      helo: "mail.example.org",
      tls: "",
      mailFrom: "tlsrpt@example.org",
      rcptTo: ["reports@example.com"],
      reprocess: false,
    });
    expect(messages[0]?.arrival.receipt).toMatch(RECEIPT_PATTERN);
    expect(refusals).toEqual({});
  });

  test("comes out as it went in, whatever is in it and however TCP cuts it", async () => {
    const stage = await start({ recipients: [] });
    const client = await dial(stage.address);
    const sent: Buffer[] = [];
    const alphabet = fc.constantFrom("\r\n", ".", "..", "\r\n.", "\r\n..", "\0", "\xff", "a", "\t");
    const body = fc.array(alphabet, { maxLength: 60 }).map((parts) => parts.join(""));
    const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 8 });
    await client.say("EHLO mail.example.org\r\n");
    await fc.assert(
      fc.asyncProperty(body, cuts, async (text, sizes) => {
        const mail = Buffer.from(text.endsWith("\r\n") ? text : `${text}\r\n`, "latin1");
        client.write("MAIL FROM:<>\r\nRCPT TO:<a@example.com>\r\nDATA\r\n");
        for (let i = 0; i < 3; i++) await client.reply();
        const wire = stuff(mail);
        for (let at = 0, i = 0; at < wire.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          client.write(wire.subarray(at, at + size));
          at += size;
          if (i % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        expect(await client.reply()).toMatch(/^250 /);
        sent.push(mail);
      }),
      { numRuns: 150 },
    );
    const { messages } = await stage.read();
    expect(messages.map(({ bytes }) => Buffer.from(bytes).toString("latin1"))).toEqual(
      sent.map((mail) => mail.toString("latin1")),
    );
  });

  test("may be one of many on a connection, all in one write", async () => {
    const stage = await start();
    const client = await dial(stage.address);
    const one = "MAIL FROM:<>\r\nRCPT TO:<reports@example.com>\r\nDATA\r\nX: 1\r\n\r\n.\r\n";
    client.write(`EHLO mail.example.org\r\n${one.repeat(5)}QUIT\r\n`);
    const replies: string[] = [];
    for (let i = 0; i < 22; i++) replies.push((await client.reply()).slice(0, 3));
    const each = ["250", "250", "354", "250"];
    expect(replies).toEqual(["250", ...each, ...each, ...each, ...each, ...each, "221"]);
    expect((await stage.read()).messages).toHaveLength(5);
  });

  test("without a body, with 8-bit and NUL, from an address beyond ASCII: all are kept", async () => {
    const stage = await start();
    const client = await dial(stage.address);
    await client.say("EHLO mail.example.org\r\n");
    const from = "MAIL FROM:<größe@bücher.example> SMTPUTF8 BODY=8BITMIME\r\n";
    expect(await client.say(from)).toMatch(/^250 /);
    await client.say("RCPT TO:<reports@example.com>\r\n");
    await client.say("DATA\r\n");
    expect(await client.say(".\r\n")).toMatch(/^250 /);
    await begin(client);
    expect(await client.say(stuff(Buffer.from([0, 255, 13, 10])))).toMatch(/^250 /);
    const { messages } = await stage.read();
    expect(messages.map(({ bytes }) => [...bytes])).toEqual([[], [0, 255, 13, 10]]);
    expect(messages[0]?.arrival.mailFrom).toBe("größe@bücher.example");
  });

  test("from a sender with a faulty address is kept all the same", async () => {
    const stage = await start();
    const client = await dial(stage.address);
    await client.say("HELO [192.0.2.7]\r\n");
    expect(await client.say("MAIL FROM:<noreply.@example.org>\r\n")).toMatch(/^250 /);
  });
});

describe("the end of a mail", () => {
  // Each would end DATA for a server that takes bare LF or CR for line ends, and smuggle a mail.
  const smuggled =
    "MAIL FROM:<evil@example.org>\r\nRCPT TO:<reports@example.com>\r\nDATA\r\nX\r\n.\r\n";
  test.each([
    ["LF . LF", "\n.\n"],
    ["LF . CRLF", "\n.\r\n"],
    ["CRLF . LF", "\r\n.\n"],
    ["CR . CR", "\r.\r"],
    ["CR . CRLF", "\r.\r\n"],
    ["CRLF . CR", "\r\n.\r"],
    ["CRLF NUL . CRLF", "\r\n\0.\r\n"],
  ])("is not %s", async (_name, ending) => {
    const stage = await start();
    const client = await dial(stage.address);
    await begin(client);
    const body = `Subject: a\r\n\r\nb${ending}${smuggled}`;
    expect(await client.say(Buffer.from(body, "latin1"))).toMatch(/^250 /);
    const { messages } = await stage.read();
    expect(messages).toHaveLength(1);
    expect(messages[0]?.arrival.mailFrom).toBe("tlsrpt@example.org");
    expect(Buffer.from(messages[0]?.bytes ?? []).toString()).toContain("MAIL FROM:<evil");
  });
});

describe("greeting and extensions", () => {
  test("tell the real limit and nothing that is not offered", async () => {
    const stage = await start({ messageBytesMax: 12_345 });
    const client = await dialSilently(stage.address);
    expect(await client.reply()).toBe("220 mx.example.com ESMTP Sealwatch");
    const lines = (await client.say("EHLO mail.example.org\r\n")).split("\r\n");
    expect(lines.map((line) => line.slice(4)).sort()).toEqual([
      "8BITMIME",
      "ENHANCEDSTATUSCODES",
      "PIPELINING",
      "SIZE 12345",
      "SMTPUTF8",
      "mx.example.com",
    ]);
    for (const command of ["AUTH PLAIN AAAA", "STARTTLS", "XCLIENT ADDR=192.0.2.1", "WIZ x"]) {
      expect(await client.say(`${command}\r\n`), command).toMatch(/^500 5\.5\.2 /);
    }
  });

  test("commands may come in pieces, in any case, with bare LF", async () => {
    const stage = await start();
    const client = await dial(stage.address);
    client.write("eh");
    client.write("lo mail.example.org");
    expect(await client.say("\n")).toMatch(/^250-/);
    expect(await client.say("mail from:<>\n")).toMatch(/^250 2\.1\.0 /);
    expect(await client.say("RSET\r\n")).toMatch(/^250 /);
    expect(await client.say("DATA\r\n")).toMatch(/^503 /);
  });

  test("STARTTLS is offered with a certificate, and its protocol and cipher are kept", async () => {
    const stage = await start({ tls: makeCertificate() });
    const client = await dial(stage.address);
    expect(await client.say("EHLO mail.example.org\r\n")).toContain("STARTTLS");
    expect(await client.say("STARTTLS\r\n")).toMatch(/^220 /);
    const secured = await client.secure();
    expect(secured.getProtocol()).toBe("TLSv1.3");
    await begin(client);
    expect(await client.say(stuff(MAIL))).toMatch(/^250 /);
    const plain = await dial(stage.address);
    await begin(plain); // never required: RFC 8460 section 5.3.1
    expect(await plain.say(stuff(MAIL))).toMatch(/^250 /);
    const { messages } = await stage.read();
    expect(messages[0]?.arrival.tls).toMatch(/^TLSv1\.3 TLS_[A-Z0-9_]+$/);
    expect(messages[1]?.arrival.tls).toBe("");
  });

  test("what is sent in clear behind STARTTLS is not obeyed inside TLS", async () => {
    const stage = await start({ tls: makeCertificate() });
    const client = await dial(stage.address);
    await client.say("EHLO mail.example.org\r\n");
    const injected = "STARTTLS\r\nMAIL FROM:<evil@example.org>\r\n";
    expect(await client.say(injected)).toMatch(/^220 /);
    await client.secure();
    await client.say("EHLO mail.example.org\r\n");
    expect(await client.say("RCPT TO:<reports@example.com>\r\n")).toMatch(/^503 /);
  });

  test("a handshake that fails ends its connection only", async () => {
    const stage = await start({ tls: makeCertificate() });
    const client = await dial(stage.address);
    await client.say("EHLO mail.example.org\r\n");
    await client.say("STARTTLS\r\n");
    client.write("this is no ClientHello\r\n".repeat(20));
    await until(client.closed, "the connection is closed");
    expect(await (await dial(stage.address)).say("NOOP\r\n")).toMatch(/^250 /);
  });
});

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
  ] as const)("of the spool for %s are told as %s", async (reason, start_) => {
    const spooled = await openSpooled();
    const append = () => Promise.reject(new SpoolRefusal(reason, "no"));
    const stage = await start({ spool: { ...spooled.spool, append } });
    const client = await dial(stage.address);
    await begin(client);
    expect((await client.say(stuff(MAIL))).startsWith(start_)).toBe(true);
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
  async function inMail(stage: Stage): Promise<Dialogue> {
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
