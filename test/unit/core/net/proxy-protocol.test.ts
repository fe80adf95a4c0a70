// The PROXY header of versions 1 and 2, whole, in pieces, and as rubbish.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BOUNDS } from "../../../../services/core/bounds.ts";
import { readProxyHeader } from "../../../../services/core/net/proxy-protocol.ts";

const SIGNATURE = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");

function binary(command: number, family: number, body: Buffer): Buffer {
  const head = Buffer.from([command, family, body.length >> 8, body.length & 255]);
  return Buffer.concat([SIGNATURE, head, body]);
}

const ipv4 = Buffer.from([198, 51, 100, 7, 192, 0, 2, 1, 0x12, 0x34, 0, 25]);
const ipv6 = Buffer.concat([
  Buffer.from("20010db8000100000000000000000007", "hex"),
  Buffer.from("20010db8000000000000000000000001", "hex"),
  Buffer.from([0x12, 0x34, 0, 25]),
]);
const extras = Buffer.concat([ipv4, Buffer.from([4, 0, 3, 1, 2, 3])]);

const GOOD: [string, Buffer, string | null][] = [
  ["TCP4", Buffer.from("PROXY TCP4 198.51.100.7 192.0.2.1 4711 25\r\n"), "198.51.100.7"],
  ["TCP6", Buffer.from("PROXY TCP6 2001:DB8::7 2001:db8::1 4711 25\r\n"), "2001:db8::7"],
  ["UNKNOWN", Buffer.from("PROXY UNKNOWN\r\n"), null],
  ["UNKNOWN with more", Buffer.from("PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n"), null],
  ["version 2, IPv4", binary(0x21, 0x11, ipv4), "198.51.100.7"],
  ["version 2, IPv6", binary(0x21, 0x21, ipv6), "2001:db8:1::7"],
  ["version 2 with extras", binary(0x21, 0x11, extras), "198.51.100.7"],
  ["version 2, LOCAL", binary(0x20, 0x00, Buffer.alloc(0)), null],
  ["version 2, a socket of files", binary(0x21, 0x31, Buffer.alloc(216)), null],
];

describe.each(GOOD)("%s", (_name, header, source) => {
  test("is read, and not a byte further", () => {
    const bytes = Buffer.concat([header, Buffer.from("EHLO a.example\r\n")]);
    expect(readProxyHeader(bytes)).toEqual({ state: "ok", bytes: header.length, source });
  });

  test("in pieces waits for its end", () => {
    for (let length = 0; length < header.length; length++) {
      expect(readProxyHeader(header.subarray(0, length))).toEqual({ state: "more" });
    }
  });
});

test.each([
  ["EHLO mail.example.org\r\n"],
  ["PROXY\r\n"],
  ["PROXY TCP4 198.51.100.7 192.0.2.1 4711\r\n"], // a port is missing
  ["PROXY TCP4 198.51.100.7 192.0.2.1 4711 25\n"], // LF alone
  ["PROXY TCP4 198.51.100.7 192.0.2.1 4711 65536\r\n"],
  ["PROXY TCP4 2001:db8::7 2001:db8::1 4711 25\r\n"], // the other family
  ["PROXY TCP4 198.51.100.07 192.0.2.1 4711 25\r\n"],
  ["PROXY TCP4 mail.example.org 192.0.2.1 4711 25\r\n"],
  ["PROXY TCP5 198.51.100.7 192.0.2.1 4711 25\r\n"],
  ["PROXY  TCP4 198.51.100.7 192.0.2.1 4711 25\r\n"],
  [`PROXY UNKNOWN ${"x".repeat(200)}`], // too long without an end
  [`PROXY UNKNOWN ${"x".repeat(200)}\r\n`],
  ["\r\n\r\nX"],
])("%j is none", (text) => {
  expect(readProxyHeader(Buffer.from(text, "latin1"))).toMatchObject({ state: "bad" });
});

test.each([
  ["an unknown version", binary(0x31, 0x11, ipv4)],
  ["an unknown command", binary(0x22, 0x11, ipv4)],
  ["a cut IPv4 address", binary(0x21, 0x11, ipv4.subarray(0, 11))],
  ["a cut IPv6 address", binary(0x21, 0x21, ipv6.subarray(0, 35))],
  ["a length over the bound", binary(0x21, 0x11, Buffer.alloc(BOUNDS.proxyHeaderBytesMax))],
])("version 2 with %s is none", (_name, bytes) => {
  expect(readProxyHeader(bytes)).toMatchObject({ state: "bad" });
});

test("rubbish is never taken further than the bound, and never throws", () => {
  const start = fc.constantFrom(Buffer.from("PROXY "), SIGNATURE, Buffer.from("PROXY TCP4 "));
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 300 }), (head, tail) => {
      const reading = readProxyHeader(Buffer.concat([head, tail]));
      if (reading.state === "ok") expect(reading.bytes).toBeLessThanOrEqual(head.length + 300);
    }),
    { numRuns: 5_000 },
  );
  const endless = Buffer.concat([SIGNATURE, Buffer.alloc(BOUNDS.proxyHeaderBytesMax + 1, 0x21)]);
  expect(readProxyHeader(endless)).toMatchObject({ state: "bad" });
});
