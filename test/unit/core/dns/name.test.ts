// The normal form of domain names.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  domainOfAddress,
  isBelow,
  isDomainName,
  normalizeDomain,
} from "../../../../services/core/dns/name.ts";

describe("normalizeDomain", () => {
  const same = (text: string, expected: string) =>
    it(JSON.stringify(text), () => expect(normalizeDomain(text)).toBe(expected));

  same("example.com", "example.com");
  same(" Example.COM.\r\n", "example.com"); // white space, case, root
  same("example.com..", "example.com."); // only one dot is the root
  same("bücher.example", "xn--bcher-kva.example"); // RFC 5890 A-label
  same("BÜCHER.example。", "xn--bcher-kva.example"); // ideographic full stop
  same("_smtp._tls.ä.example", "_smtp._tls.xn--4ca.example");
  same("xn--bcher-kva.example", "xn--bcher-kva.example");
  same("ä.example/path", "ä.example/path"); // more than a host: untouched
  same("ä@b.example", "ä@b.example");
  same("ä:80", "ä:80");
  same("", "");

  it("has one form for one name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        const name = normalizeDomain(text);
        if (isDomainName(name)) expect(normalizeDomain(name)).toBe(name);
      }),
    );
  });
});

describe("isDomainName", () => {
  const good = (text: string) =>
    it(`takes ${text.slice(0, 70)}`, () => expect(isDomainName(text)).toBe(true));
  const bad = (text: string) =>
    it(`refuses ${JSON.stringify(text.slice(0, 70))}`, () =>
      expect(isDomainName(text)).toBe(false));

  good("example.com");
  good("localhost");
  good("_smtp._tls.example.com"); // RFC 8552
  good("a-b.1.example");
  good(`${"a".repeat(63)}.example`);
  good(`${"a.".repeat(126)}a`); // 253 characters
  bad(""); // no label
  bad("."); // empty labels
  bad("a..b");
  bad("example.com."); // not in normal form
  bad("Example.com");
  bad("-a.example");
  bad("a-.example");
  bad("a b.example");
  bad("ä.example"); // U-label
  bad("*.example.com"); // a pattern, not a name
  bad("a/b.example");
  bad(`${"a".repeat(64)}.example`);
  bad(`${"a.".repeat(127)}a`); // 255 characters
  bad("a\n.example");
});

describe("domainOfAddress", () => {
  const of = (text: string, expected: string) =>
    it(JSON.stringify(text), () => expect(domainOfAddress(text)).toBe(expected));

  of("tls@example.com", "example.com");
  of("TLS reports <tls@Example.COM.>", "example.com");
  of("mailto:tls@example.com?subject=x", "example.com");
  of('"a@b"@example.com', "example.com"); // quoted local part
  of("tls@bücher.example", "xn--bcher-kva.example");
  of("tls@[192.0.2.1]", ""); // a literal is no domain
  of("example.com", "");
  of("tls@", "");
  of("", "");
});

describe("isBelow", () => {
  const cases: [string, string, boolean][] = [
    ["mx.example.com", "example.com", true],
    ["example.com", "example.com", false],
    ["badexample.com", "example.com", false],
    [".example.com", "example.com", false],
    ["example.com", "", false],
  ];
  it.each(cases)("%s below %s: %s", (child, parent, expected) => {
    expect(isBelow(child, parent)).toBe(expected);
  });
});
