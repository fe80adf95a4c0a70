// Networks as operators write them, and who is in them.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  contains,
  limitKey,
  parseNetwork,
  parseNetworks,
} from "../../../../services/core/net/networks.ts";

describe("a network is printed in one form", () => {
  test.each([
    ["192.0.2.1", "192.0.2.1"],
    ["192.0.2.77/24", "192.0.2.0/24"], // bits behind the prefix do not count
    ["0.0.0.0/0", "0.0.0.0/0"],
    ["192.0.2.1/32", "192.0.2.1"],
    ["::ffff:192.0.2.0/120", "192.0.2.0/24"], // the same network
    ["2001:DB8::/32", "2001:db8::/32"],
    ["2001:db8:0:1:2:3:4:5/64", "2001:db8:0:1::/64"],
    ["::/0", "::/0"],
    ["::1", "::1"],
  ])("%s", (text, printed) => {
    const network = parseNetwork(text);
    expect(network?.text).toBe(printed);
    expect(parseNetwork(printed)).toEqual(network);
  });
});

test.each([
  "",
  "192.0.2",
  "192.0.2.1/33",
  "192.0.2.1/",
  "192.0.2.1/-1",
  "192.0.2.01", // octal to some
  "2001:db8::/129",
  "2001:db8::1::/64",
  "localhost",
  "192.0.2.1/24/24",
  "192.0.2.1 ",
])("%j is no network", (text) => {
  expect(parseNetwork(text)).toBeNull();
  expect(() => parseNetworks([text])).toThrow(RangeError);
});

describe("an address is in a network", () => {
  test.each([
    ["192.0.2.0/24", "192.0.2.255", true],
    ["192.0.2.0/24", "192.0.3.0", false],
    ["192.0.2.0/24", "::ffff:192.0.2.9", true], // a dual-stack listener has it so
    ["192.0.2.0/23", "192.0.3.9", true],
    ["192.0.2.128/25", "192.0.2.127", false],
    ["0.0.0.0/0", "203.0.113.9", true],
    ["0.0.0.0/0", "2001:db8::1", false], // every IPv4 address and no other
    ["::/0", "2001:db8::1", true],
    ["2001:db8::/33", "2001:db8:8000::", false],
    ["2001:db8::/32", "2001:db8:ffff::1", true],
    ["fe80::/10", "fe80::1%eth0", true], // with its zone
    ["::1", "::1", true],
    ["::1", "127.0.0.1", false],
    ["::/0", "", false],
    ["::/0", "somewhere", false],
  ])("%s, %s: %s", (network, ip, expected) => {
    expect(contains(parseNetworks([network]), ip)).toBe(expected);
  });

  test("one of several is enough, and of none there is nothing", () => {
    const networks = parseNetworks(["198.51.100.0/24", "192.0.2.0/24"]);
    expect(contains(networks, "192.0.2.1")).toBe(true);
    expect(contains([], "192.0.2.1")).toBe(false);
  });

  test("as bits say, for every prefix", () => {
    const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
    const number = ([a, b, c, d]: number[]) =>
      (((a ?? 0) * 256 + (b ?? 0)) * 256 + (c ?? 0)) * 256 + (d ?? 0);
    fc.assert(
      fc.property(octets, octets, fc.nat(32), (one, other, bits) => {
        const size = 2 ** (32 - bits);
        const same = Math.floor(number(one) / size) === Math.floor(number(other) / size);
        expect(contains(parseNetworks([`${one.join(".")}/${bits}`]), other.join("."))).toBe(same);
      }),
    );
  });
});

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"], // a customer has all of it
  ["2001:db8:1:2::9", "2001:db8:1:2::/64"],
  ["2001:db8:1:3::9", "2001:db8:1:3::/64"],
  ["fe80::1%eth0", "fe80::/64"],
  ["", ""],
])("%s is limited as %s", (ip, key) => {
  expect(limitKey(ip)).toBe(key);
});
