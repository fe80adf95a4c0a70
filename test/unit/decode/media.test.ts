// What bytes are, by their first bytes.

import { describe, expect, it } from "vitest";
import {
  isDmarcXml,
  type Media,
  mailStart,
  sniff,
  unlabelledBase64,
} from "../../../services/decode/media.ts";

describe("sniff", () => {
  const is = (bytes: string, media: Media) =>
    it(`${JSON.stringify(bytes)} is ${media}`, () =>
      expect(sniff(Buffer.from(bytes, "latin1"), true)).toBe(media));

  is("", "empty");
  is(" \r\n\t", "empty");
  is("\u00ef\u00bb\u00bf", "empty"); // a byte order mark alone
  is("\u001f\u008b", "gzip"); // two bytes suffice
  is("PK\u0003\u0004", "zip");
  is("PK\u0005\u0006", "zip"); // an empty archive
  is("PK", "other");
  is("{}", "json");
  is("\u00ef\u00bb\u00bf\n {", "json");
  is("[1]", "json");
  is("null", "other"); // JSON, though no object: its reader says so
  is("<?xml", "xml");
  is("Subject: x", "mail");
  is("X-Any_Thing : x", "mail"); // RFC 5322 section 4.5.3, obsolete white space
  is("\r\n\nReceived: x", "mail");
  is("From a@example.com Mon Jan  1 00:00:00 2026\nSubject: x", "mail"); // mbox
  is(">From a@example.com\nSubject: x", "mail");
  is("From a@example.com\nno header", "other");
  is("no header", "other");
  is(": x", "other");
});

describe("sniff within a mail", () => {
  it("takes prose with a colon for text", () =>
    expect(sniff(Buffer.from("Note: x"), false)).toBe("other"));
});

describe("mailStart", () => {
  it("skips blank lines and the mbox line", () =>
    expect(mailStart(Buffer.from("\r\nFrom a\r\nA: b"))).toBe(10));
});

describe("isDmarcXml", () => {
  it("finds the root element", () =>
    expect(isDmarcXml(Buffer.from('<?xml version="1.0"?>\n<feedback>'))).toBe(true));
  it("finds it with a prefix", () =>
    expect(isDmarcXml(Buffer.from('<a:feedback xmlns:a="x">'))).toBe(true));
  it("takes no other", () => expect(isDmarcXml(Buffer.from("<feedbacks>"))).toBe(false));
});

describe("unlabelledBase64", () => {
  const base64 = (text: string) => Buffer.from(Buffer.from(text, "latin1").toString("base64"));
  it("finds JSON", () => expect(unlabelledBase64(base64('{"a":1}'))?.toString()).toBe('{"a":1}'));
  it("finds gzip", () => expect(unlabelledBase64(base64("\u001f\u008b\u0008"))).not.toBeNull());
  it("leaves other base64", () => expect(unlabelledBase64(base64("hello"))).toBeNull());
  it("finds it with lines, padding and blank lines after it", () =>
    expect(unlabelledBase64(Buffer.from("eyJh\r\nIjox\r\nfQ==\r\n\r\n"))?.toString()).toBe(
      '{"a":1}',
    ));
  it("leaves padding in the middle", () =>
    expect(unlabelledBase64(Buffer.from("eyJh=IjoxfQ=="))).toBeNull());
  it("looks once at each byte", () => {
    const length = 1_200_000;
    let looks = 0;
    const bytes = Buffer.concat([
      Buffer.from("H4sI"),
      Buffer.alloc(length, "\n"),
      Buffer.from("!"),
    ]);
    const counted = new Proxy(bytes, {
      get(target, name) {
        if (typeof name === "string" && /^\d+$/.test(name)) looks += 1;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    expect(unlabelledBase64(counted)).toBeNull();
    expect(looks).toBeLessThan(3 * length);
  });
  it("leaves prose", () => expect(unlabelledBase64(Buffer.from("eyes are not JSON."))).toBeNull());
});
