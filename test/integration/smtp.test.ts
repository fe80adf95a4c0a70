// The SMTP receiver over real sockets: what comes in comes out of the spool, and the protocol around it.

import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { RECEIPT_PATTERN } from "../../services/core/receipt.ts";
import { makeCertificate } from "./certificate.ts";
import { begin, dial, dialSilently, stuff } from "./dialogue.ts";
import { endAll, MAIL, start } from "./smtp-stage.ts";
import { until } from "./spooled.ts";

afterEach(endAll);

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
