// The header of a proxy: believed from named addresses, ignored from all others.

import { expect, test } from "vitest";
import { mayBeProxied, proxyHeaderWay } from "../../../services/access/proxy-header.ts";
import { BOUNDS } from "../../../services/core/bounds.ts";
import type { GroupGrant } from "../../../services/core/group-grant.ts";
import { contains, parseNetworks } from "../../../services/core/net/networks.ts";
import { facts } from "./facts.ts";

const PROXIES = parseNetworks(["192.0.2.7", "2001:db8::/64"]);
const isProxy = (address: string) => contains(PROXIES, address);
const grants: GroupGrant[] = [
  { group: "staff", tenants: ["one"], scopes: ["read"] },
  { group: "admins", tenants: "all", scopes: ["read", "admin"] },
];
const names = { userHeader: "x-forwarded-user", groupsHeader: "x-forwarded-groups" };
const way = proxyHeaderWay({ ...names, grants, isProxy });
const ask = (user: string, groups: string, socketPeer = "192.0.2.7", peer = "198.51.100.9") => {
  const headers = { "x-forwarded-user": user, "x-forwarded-groups": groups };
  return way.identify(facts({ peer, socketPeer, headers }));
};

test("a named proxy is believed", async () => {
  const ann = { name: "ann@example.com", kind: "proxy", tenants: ["one"], scopes: ["read"] };
  expect(await ask("ann@example.com", "staff")).toEqual(ann);
  expect(await ask("ann@example.com", " other , staff ", "2001:db8::5")).toEqual(ann);
  expect(await ask("root", "admins,staff")).toMatchObject({ tenants: "all" });
});

test("nobody else is, whomever they claim to speak for", async () => {
  expect(await ask("ann", "admins", "192.0.2.8")).toBeNull();
  // A client that claims to be the proxy by X-Forwarded-For: the connection counts.
  expect(await ask("ann", "admins", "192.0.2.8", "192.0.2.7")).toBeNull();
  expect(await ask("ann", "admins", "127.0.0.1")).toBeNull();
  expect(await ask("ann", "admins", "")).toBeNull();
});

test("a person without a granted group is refused, and is not let in by a later way", async () => {
  const ann = { kind: "ungranted", name: "ann", wanted: ["staff", "admins"] };
  expect(await ask("ann", "")).toEqual({ ...ann, has: 0 });
  expect(await ask("ann", "Staff,*")).toEqual({ ...ann, has: 2 });
});

test("without the person's name the way does not apply", async () => {
  expect(await ask("", "admins")).toBeNull();
  expect(await ask("  ", "admins")).toBeNull();
  expect(await way.identify(facts({ socketPeer: "192.0.2.7" }))).toBeNull();
});

test("everybody whom the proxy names can be granted something without groups", async () => {
  const everybody = [{ group: "*", tenants: ["one"], scopes: ["read"] } as const];
  const alone = proxyHeaderWay({ ...names, groupsHeader: null, grants: everybody, isProxy });
  const headers = { "x-forwarded-user": "ann", "x-forwarded-groups": "admins" };
  const caller = await alone.identify(facts({ socketPeer: "192.0.2.7", headers }));
  expect(caller).toEqual({ name: "ann", kind: "proxy", tenants: ["one"], scopes: ["read"] });
});

test("a name is one line without anything unseen", async () => {
  const caller = await ask(`a\u202Enn\u0007${"x".repeat(500)}`, "staff");
  const name = caller !== null && caller !== "refused" ? caller.name : "";
  expect(name).toMatch(/^a nn x+$/);
  expect(name.length).toBe(BOUNDS.personCharsMax);
});

test("a header of thousands of groups is read to a bound", async () => {
  const many = Array.from({ length: BOUNDS.groupsMax }, (_, at) => `g${at}`).join(",");
  expect(await ask("ann", `staff,${many}`)).toMatchObject({ name: "ann" });
  expect(await ask("ann", `${many},staff`)).toMatchObject({ kind: "ungranted" });
});

test("what may come through a proxy is not this machine", () => {
  const userHeader = "x-remote-user";
  const named = { isProxy, userHeader };
  expect(mayBeProxied(facts({ socketPeer: "127.0.0.1" }), named)).toBe(false);
  expect(mayBeProxied(facts({ socketPeer: "192.0.2.7" }), named)).toBe(true);
  const headers = { "x-remote-user": "" };
  expect(mayBeProxied(facts({ socketPeer: "127.0.0.1", headers }), named)).toBe(true);
  const none = { isProxy, userHeader: null };
  expect(mayBeProxied(facts({ socketPeer: "127.0.0.1", headers }), none)).toBe(false);
});
