// Which client a request comes from: proxies are believed, everybody else only for themselves.

import { describe, expect, test } from "vitest";
import { clientOf, type ProxyHeader } from "../../../../services/core/net/forwarded.ts";
import { parseNetworks } from "../../../../services/core/net/networks.ts";

const PROXY = "192.0.2.1";
const proxies = parseNetworks(["192.0.2.0/28", "2001:db8::/64"]);

function from(
  headers: Record<string, string>,
  { peer = PROXY, encrypted = false, header = "x-forwarded-for" as ProxyHeader } = {},
) {
  return clientOf({ peer, encrypted, header: (name) => headers[name] }, { proxies, header });
}

describe("X-Forwarded-For", () => {
  test.each([
    ["198.51.100.7", "198.51.100.7"],
    ["203.0.113.9, 198.51.100.7", "198.51.100.7"], // what the client says of itself is not believed
    ["203.0.113.9, 198.51.100.7, 192.0.2.2", "198.51.100.7"], // two proxies
    ["2001:DB8:1::7", "2001:db8:1::7"],
    ["[2001:db8:1::7]:4711", "2001:db8:1::7"], // with its port
    ["198.51.100.7:4711", "198.51.100.7"],
    ["::ffff:198.51.100.7", "198.51.100.7"],
    ["192.0.2.3", "192.0.2.3"], // proxies alone: the first of them asks for itself
    ["unknown", PROXY],
    ["203.0.113.9, unknown", PROXY], // never further left than is understood
    ["203.0.113.9, 198.51.100.7,", PROXY],
    ["198.51.100.7 203.0.113.9", PROXY],
    ["", PROXY],
  ])("%j is %s", (value, client) => {
    expect(from({ "x-forwarded-for": value }).address).toBe(client);
  });

  test("counts from named proxies only", () => {
    const headers = { "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "https" };
    expect(from(headers, { peer: "198.51.100.7" })).toEqual({
      address: "198.51.100.7",
      secure: false,
    });
    expect(from(headers)).toEqual({ address: "127.0.0.1", secure: true });
  });

  test("of a million addresses is not walked", () => {
    const many = Array.from({ length: 100_000 }, () => "192.0.2.2").join(",");
    const before = performance.now();
    expect(from({ "x-forwarded-for": `198.51.100.7,${many}` }).address).toBe("192.0.2.2");
    expect(performance.now() - before).toBeLessThan(1_000);
  });

  test("is not read where proxies send Forwarded", () => {
    const headers = { "x-forwarded-for": "203.0.113.9", forwarded: "for=198.51.100.7" };
    expect(from(headers, { header: "forwarded" }).address).toBe("198.51.100.7");
    expect(from(headers).address).toBe("203.0.113.9");
  });
});

describe("Forwarded (RFC 7239)", () => {
  test.each([
    ["for=198.51.100.7;proto=https;by=192.0.2.1", "198.51.100.7", true],
    ['for="[2001:db8:1::7]:4711"', "2001:db8:1::7", false],
    ["For=203.0.113.9, FOR=198.51.100.7;Proto=HTTPS", "198.51.100.7", true],
    ["for=203.0.113.9;proto=https, for=198.51.100.7;proto=http", "198.51.100.7", false],
    ["for=_hidden", PROXY, false],
    ["by=192.0.2.1", PROXY, false],
  ])("%s", (forwarded, address, secure) => {
    expect(from({ forwarded }, { header: "forwarded" })).toEqual({ address, secure });
  });
});

describe("the protocol", () => {
  test.each([
    [{}, false, false],
    [{}, true, true],
    [{ "x-forwarded-proto": "https" }, false, true],
    [{ "x-forwarded-proto": "http" }, true, false], // the client came in clear
    [{ "x-forwarded-proto": "https, http" }, false, false], // what the client said comes first
  ] as const)("%j over %s is %s", (headers, encrypted, secure) => {
    expect(from(headers, { encrypted }).secure).toBe(secure);
  });
});
