// Looking up domains, MX hosts and addresses in a directory.

import { describe, expect, test } from "vitest";
import {
  buildDirectory,
  normalizeAddress,
  OPEN_DIRECTORY,
  ownersOfAddress,
  ownersOfMx,
  withMxHosts,
} from "../../../../services/core/directory/directory.ts";
import { DIRECTORY, entry } from "./entries.ts";

test("without domains the directory is open, with one it is not", () => {
  expect(buildDirectory([])).toBe(OPEN_DIRECTORY);
  expect(buildDirectory([entry({ domain: "example.com" })]).open).toBe(false);
});

test("a domain is found by its aliases", () => {
  expect(DIRECTORY.domains.get("alias.example")).toEqual({ tenant: "red", domain: "example.com" });
  expect(DIRECTORY.domains.get("www.example.com")).toBeUndefined();
});

describe("MX hosts", () => {
  const tenants = (host: string) => [...ownersOfMx(DIRECTORY, host).keys()];
  test("in full, by wildcard for one label, shared", () => {
    expect(tenants("mx.example.com")).toEqual(["red"]);
    expect(tenants("a.shared.example")).toEqual(["red"]);
    expect(tenants("host.example")).toEqual(["red", "blue"]);
    expect(tenants("a.b.shared.example")).toEqual([]); // one label, not two
    expect(tenants("shared.example")).toEqual([]); // not none either
    expect(tenants("example")).toEqual([]);
    expect(tenants("")).toEqual([]);
  });

  test("all domains of a tenant that share one, the first by name", () => {
    const sharing = ownersOfMx(DIRECTORY, "both.red.example").get("red");
    expect([...(sharing?.domains ?? [])].sort()).toEqual(["first.example", "second.example"]);
    expect(sharing?.first).toBe("first.example");
  });

  test("of DNS are added and do not change the directory they are added to", () => {
    const more = withMxHosts(
      DIRECTORY,
      new Map([
        ["alias.example", ["in.example.net", "mx.blue.example"]],
        ["unknown.example", ["nobody.example"]],
      ]),
    );
    const owners = (host: string) =>
      [...ownersOfMx(more, host)].map(([tenant, { first }]) => `${tenant} ${first}`);
    expect(owners("in.example.net")).toEqual(["red example.com"]);
    expect(owners("mx.blue.example").sort()).toEqual(["blue blue.example", "red example.com"]);
    expect(owners("mx.example.com")).toEqual(["red example.com"]);
    expect(owners("nobody.example")).toEqual([]);
    expect(tenants("in.example.net")).toEqual([]);
    expect(tenants("mx.blue.example")).toEqual(["blue"]);
  });
});

describe("addresses", () => {
  const tenants = (address: string) => [...ownersOfAddress(DIRECTORY, address).keys()];
  test("whatever their case and tag", () => {
    expect(tenants("tls@example.com")).toEqual(["red"]);
    expect(tenants("TLS@Example.COM.")).toEqual(["red"]);
    expect(tenants("tls+2026+x@example.com")).toEqual(["red"]);
    expect(tenants("tls@blue.example")).toEqual(["blue"]);
    expect(tenants("other@example.com")).toEqual([]);
    expect(tenants("tls@sub.example.com")).toEqual([]);
    expect(tenants("+x@example.com")).toEqual([]);
    expect(tenants("tls")).toEqual([]);
  });

  test("a tag that is configured is somebody else's", () => {
    const directory = buildDirectory([
      entry({ domain: "a.example", tenant: "a", addresses: ["tls@msp.example"] }),
      entry({ domain: "b.example", tenant: "b", addresses: ["tls+b@msp.example"] }),
    ]);
    expect([...ownersOfAddress(directory, "tls+b@msp.example").keys()]).toEqual(["b"]);
    expect([...ownersOfAddress(directory, "tls+c@msp.example").keys()]).toEqual(["a"]);
  });

  test("have one form", () => {
    expect(normalizeAddress(" Tls@BÜCHER.example ")).toBe("tls@xn--bcher-kva.example");
    for (const bad of [
      "",
      "@",
      "a",
      "@example.com",
      "a@",
      "a b@example.com",
      "a@exa mple",
      "a@-.x",
    ]) {
      expect(normalizeAddress(bad), bad).toBe("");
    }
  });
});

test("names that 50,000 domains share are looked up and not walked through", () => {
  const entries = Array.from({ length: 50_000 }, (_, i) =>
    entry({ domain: `d${i}.example`, mx: ["*.mx.example"], addresses: ["all@msp.example"] }),
  );
  const directory = buildDirectory(entries);
  expect(ownersOfMx(directory, "a.mx.example").get("default")?.domains.size).toBe(50_000);
  expect(ownersOfAddress(directory, "all@msp.example").get("default")?.first).toBe("d0.example");
});
