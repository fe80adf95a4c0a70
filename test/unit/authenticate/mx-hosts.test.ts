// MX hosts by DNS, asked of a real server on loopback that answers, is silent and changes its mind.

import { afterEach, expect, test } from "vitest";
import { type MxHosts, startMxHosts } from "../../../services/authenticate/mx-hosts.ts";
import {
  buildDirectory,
  type Directory,
  ownersOfMx,
} from "../../../services/core/directory/directory.ts";
import type { Emit } from "../../../services/observe/events.ts";
import { type DnsServer, startDnsServer, type Zone } from "../../support/dns-server.ts";
import { waitUntil } from "../../support/program.ts";
import { entry } from "../core/directory/entries.ts";

const DIRECTORY = buildDirectory([
  entry({ domain: "example.com", tenant: "red", aliases: ["alias.example"], mx: ["own.example"] }),
  entry({ domain: "blue.example", tenant: "blue" }),
]);

const ZONE: Zone = {
  "example.com": { MX: [{ preference: 10, exchange: "MX1.example.com" }] },
  "alias.example": { MX: [{ preference: 10, exchange: "mx.shared.example" }] },
  "blue.example": { MX: [{ preference: 10, exchange: "mx.shared.example" }] },
};

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function server(zone: Zone): Promise<DnsServer> {
  const dns = await startDnsServer(zone);
  stops.push(() => dns.stop());
  return dns;
}

interface Followed {
  hosts: MxHosts;
  seen: Directory[];
  told: [string, unknown][];
}

function follow(
  dns: DnsServer,
  more: { roundMs?: number; known?: Map<string, string[]> } = {},
): Followed {
  const seen: Directory[] = [];
  const told: [string, unknown][] = [];
  const emit: Emit = (event, fields) => void told.push([event, fields?.["domains"]]);
  const hosts = startMxHosts({
    directory: DIRECTORY,
    servers: [dns.address],
    changed: (directory) => void seen.push(directory),
    emit,
    lookupMsMax: 400,
    roundMs: 60_000,
    retryMs: 50,
    ...more,
  });
  stops.push(() => hosts.stop());
  return { hosts, seen, told };
}

const owners = (directory: Directory | undefined, host: string) =>
  directory === undefined ? [] : [...ownersOfMx(directory, host).keys()].sort();

test("hosts of domains and aliases, in lower case, beside the configured ones", async () => {
  const { seen, told } = follow(await server({ ...ZONE }));
  await waitUntil("a round", 5_000, () => told.length > 0);
  expect(told).toEqual([["mx-looked-up", 3]]);
  expect(seen).toHaveLength(1);
  expect(owners(seen[0], "mx1.example.com")).toEqual(["red"]);
  expect(owners(seen[0], "mx.shared.example")).toEqual(["blue", "red"]);
  expect(owners(seen[0], "own.example")).toEqual(["red"]);
});

test("a domain without MX, with the null MX, and one that does not exist have none", async () => {
  const zone: Zone = {
    "example.com": { MX: [{ preference: 0, exchange: "." }] },
    "alias.example": {},
  };
  const { hosts, told } = follow(await server(zone));
  await waitUntil("a round", 5_000, () => told.length > 0);
  expect([...hosts.answers().values()]).toEqual([[], [], []]);
  expect(told).toEqual([["mx-looked-up", 3]]);
});

test("what is not answered stays, is told, and is asked again soon", async () => {
  const dns = await server({ ...ZONE });
  dns.mode("servfail", "blue.example");
  const known = new Map([
    ["blue.example", ["old.blue.example"]],
    ["gone.example", ["mx.gone.example"]],
  ]);
  const { hosts, seen, told } = follow(dns, { known });
  await waitUntil("a round", 5_000, () => told.length >= 2);
  expect(told.slice(0, 2)).toEqual([
    ["mx-lookup-failed", 1],
    ["mx-looked-up", 2],
  ]);
  expect(owners(seen[0], "old.blue.example")).toEqual(["blue"]); // before anything was asked
  expect(owners(seen.at(-1), "old.blue.example")).toEqual(["blue"]);
  expect(hosts.answers().has("gone.example")).toBe(false);
  dns.mode("answer", "blue.example");
  await waitUntil(
    "the answer",
    5_000,
    () => told.at(-1)?.[1] === 1 && told.at(-1)?.[0] === "mx-looked-up",
  );
  expect(owners(seen.at(-1), "old.blue.example")).toEqual([]);
  expect(owners(seen.at(-1), "mx.shared.example")).toEqual(["blue", "red"]);
});

test("rounds come again and tell of changes only", async () => {
  const dns = await server({ ...ZONE });
  const { seen, told } = follow(dns, { roundMs: 30 });
  await waitUntil("some rounds", 5_000, () => told.length >= 4);
  expect(seen).toHaveLength(1);
  dns.zone["example.com"] = { MX: [{ preference: 10, exchange: "new.example.com" }] };
  await waitUntil("the change", 5_000, () => seen.length === 2);
  expect(owners(seen[1], "new.example.com")).toEqual(["red"]);
  expect(owners(seen[1], "mx1.example.com")).toEqual([]);
});

test("it stops at once while DNS is silent", async () => {
  const dns = await server({});
  dns.mode("silent");
  const { hosts, told } = follow(dns);
  await waitUntil("a question", 5_000, () => dns.questions.length > 0);
  const startedAtMs = performance.now();
  await hosts.stop();
  expect(performance.now() - startedAtMs).toBeLessThan(350);
  expect(told).toEqual([]);
});
