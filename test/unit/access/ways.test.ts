// The ways in and their order: who is the machine itself, who is not, and that a wrong token is never
// saved by a weaker way.

import { describe, expect, test } from "vitest";
import { createAccess, type RequestFacts } from "../../../services/access/access.ts";
import type { Caller } from "../../../services/access/caller.ts";
import {
  ANYBODY,
  everybodyWay,
  isLoopbackAddress,
  isLoopbackHost,
  MACHINE,
  machineWay,
  tokenWay,
} from "../../../services/access/ways.ts";

const TOKEN: Caller = { name: "t", kind: "token", tenants: ["a"], scopes: ["read"] };
const tokens = {
  check: async (text: string) =>
    text === "good" ? { id: "0", caller: TOKEN, expiresMs: null } : null,
};

function facts(
  headers: Record<string, string> = {},
  more: Partial<RequestFacts> = {},
): RequestFacts {
  const all: Record<string, string> = { host: "127.0.0.1:8080", ...headers };
  return {
    peer: "127.0.0.1",
    socketPeer: more.peer ?? "127.0.0.1",
    method: "GET",
    path: "/",
    header: (name) => all[name.toLowerCase()],
    cookie: () => undefined,
    secure: false,
    ...more,
  };
}

test("a token that is given is what counts, and a wrong one is refused", async () => {
  const access = createAccess([tokenWay(tokens), machineWay(), everybodyWay(ANYBODY)]);
  expect(await access.identify(facts({ authorization: "Bearer good" }))).toBe(TOKEN);
  for (const wrong of ["Bearer bad", "Bearer", "Bearer  ", "bearer GOOD"]) {
    expect(await access.identify(facts({ authorization: wrong })), wrong).toBe("refused");
  }
  expect(await access.identify(facts())).toBe(MACHINE);
  expect(await access.identify(facts({}, { peer: "192.0.2.1" }))).toBe(ANYBODY);
});

test("without a way that applies nobody is known", async () => {
  expect(await createAccess([]).identify(facts())).toBeNull();
  expect(await createAccess([tokenWay(tokens)]).identify(facts())).toBeNull();
});

test("a way that fails lets nobody in", async () => {
  const broken = { check: () => Promise.reject(new Error("no file")) };
  const access = createAccess([tokenWay(broken), machineWay()]);
  const asked = access.identify(facts({ authorization: "Bearer good" }));
  await expect(asked).rejects.toThrow("no file");
});

describe("the machine itself", () => {
  const identify = (given: RequestFacts) => machineWay().identify(given);

  test.each(["127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]:8080", "127.1.2.3"])(
    "may ask for %s",
    async (host) => expect(await identify(facts({ host }))).toBe(MACHINE),
  );

  test.each([
    "reports.example",
    "localhost.example",
    "127.0.0.1.example:80",
    "example@127.0.0.1",
    "[::2]",
    "",
  ])("is not who asks for %j", async (host) => expect(await identify(facts({ host }))).toBeNull());

  test.each([
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "Forwarded",
    "X-Real-IP",
    "Via",
  ])("is not who asks with %s", async (name) => {
    expect(await identify(facts({ [name.toLowerCase()]: "" }))).toBeNull();
    expect(await identify(facts({ [name.toLowerCase()]: "127.0.0.1" }))).toBeNull();
  });

  test("is not who comes from elsewhere, nor who comes through a proxy", async () => {
    expect(await identify(facts({}, { peer: "192.0.2.1" }))).toBeNull();
    expect(await identify(facts({}, { peer: "" }))).toBeNull();
    expect(await identify(facts({}, { socketPeer: "192.0.2.1" }))).toBeNull();
    expect(await identify(facts({}, { peer: "192.0.2.1", socketPeer: "::1" }))).toBeNull();
    expect(await machineWay(() => true).identify(facts())).toBeNull();
  });

  test("addresses and hosts", () => {
    for (const good of ["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"]) {
      expect(isLoopbackAddress(good), good).toBe(true);
    }
    for (const bad of ["", "128.0.0.1", "127.0.0.1.example", "::2", "::ffff:192.0.2.1", "::11"]) {
      expect(isLoopbackAddress(bad), bad).toBe(false);
    }
    expect(isLoopbackHost(undefined)).toBe(false);
  });
});
