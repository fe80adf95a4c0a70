// What is told when a listener cannot start.

import { createServer } from "node:net";
import { expect, test } from "vitest";
import {
  checkTls,
  ListenError,
  listen,
  plainPeer,
  printAddress,
} from "../../../services/receive/running.ts";

const option = "SEALWATCH_SMTP_LISTEN";

function explain(code: string, port = 25): string {
  const cause = Object.assign(new Error("why"), { code });
  return new ListenError({ host: "192.0.2.1", port, option }, cause).message;
}

test("a listening error names the option, the address and the way out", () => {
  for (const code of ["EADDRINUSE", "EACCES", "EADDRNOTAVAIL", "ENOTFOUND", "EOTHER"]) {
    expect(explain(code), code).toContain(option);
    expect(explain(code), code).toContain("192.0.2.1");
  }
  expect(explain("EADDRINUSE", 2525)).toContain("port 2525");
  expect(explain("EACCES")).toContain("CAP_NET_BIND_SERVICE");
});

test("a taken port and a port that is none are told as ListenError", async () => {
  const first = createServer();
  await listen(first, { host: "127.0.0.1", port: 0, option });
  const bound = first.address();
  const port = bound !== null && typeof bound === "object" ? bound.port : 0;
  const again = listen(createServer(), { host: "127.0.0.1", port, option });
  await expect(again).rejects.toThrow(`port ${port} on 127.0.0.1 is in use`);
  const none = listen(createServer(), { host: "127.0.0.1", port: 99_999, option });
  await expect(none).rejects.toThrow("99999 is not a port");
  await new Promise((resolve) => first.close(resolve));
});

test("a certificate that is none is told before anything listens", () => {
  const target = { host: "127.0.0.1", port: 0, option };
  expect(() => checkTls({ cert: "no", key: "no" }, target)).toThrow("SEALWATCH_TLS_CERT");
});

test("addresses are printed and read as people write them", () => {
  expect(printAddress("2001:db8::1", 25)).toBe("[2001:db8::1]:25");
  expect(printAddress("192.0.2.1", 25)).toBe("192.0.2.1:25");
  expect(plainPeer("::ffff:192.0.2.1")).toBe("192.0.2.1");
  expect(plainPeer("2001:db8::1")).toBe("2001:db8::1");
  expect(plainPeer(undefined)).toBe("");
});
