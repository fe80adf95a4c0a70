// The options on who sent a report: what dkim is where it is not set, and which resolvers are taken.

import { describe, expect, it } from "vitest";
import { dnsServer } from "../../../services/config/dns-kinds.ts";
import { loaded } from "./loading.ts";

describe("dkim", () => {
  it.each([
    [{}, "flag"], // the default listens on loopback
    [{ SEALWATCH_SMTP_LISTEN: "[::1]:2525" }, "flag"],
    [{ SEALWATCH_SMTP_LISTEN: "off" }, "flag"],
    [{ SEALWATCH_SMTP_LISTEN: ":25" }, "require"],
    [{ SEALWATCH_SMTP_LISTEN: "192.0.2.1:25" }, "require"],
    [{ SEALWATCH_SMTP_LISTEN: ":25", SEALWATCH_DKIM: "flag" }, "flag"],
    [{ SEALWATCH_DKIM: "require" }, "require"],
    [{ SEALWATCH_DKIM: "off" }, "off"],
  ])("%j is %s", (env, mode) => {
    expect(loaded({ env }).config.dkim).toBe(mode);
  });
});

describe("a resolver", () => {
  it.each([
    ["192.0.2.53", "192.0.2.53"],
    ["127.0.0.1:5353", "127.0.0.1:5353"],
    ["2001:db8::53", "[2001:db8::53]"],
    ["[2001:db8::53]", "[2001:db8::53]"],
    ["[2001:db8::53]:5353", "[2001:db8::53]:5353"],
  ])("%s", (text, value) => {
    expect(dnsServer().read(text)).toEqual({ ok: true, value });
  });

  it.each([
    "dns.example",
    "192.0.2",
    "192.0.2.1:0",
    "192.0.2.1:65536",
    "192.0.2.1:",
    "[::1",
    "::1:x",
  ])("none: %s", (text) => {
    expect(dnsServer().read(text).ok).toBe(false);
  });
});
