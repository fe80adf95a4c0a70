// Names of addresses by reverse DNS, against a server on loopback that answers as real ones do: with names, with
// none, with nonsense, slowly, or not at all.

import { afterEach, expect, test } from "vitest";
import { openAddressFacts } from "../../../services/enrich/address-facts.ts";
import {
  createReverseNames,
  type ReverseNames,
  type ReverseNamesOptions,
} from "../../../services/enrich/reverse-names.ts";
import { silent } from "../../../services/observe/events.ts";
import { type DnsServer, startDnsServer, type Zone } from "../../support/dns-server.ts";

const V4 = (last: number) => `${last}.2.0.192.in-addr.arpa`;
const V6 = "5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";

let server: DnsServer | null = null;
let names: ReverseNames | null = null;
afterEach(async () => {
  names?.close();
  await server?.stop();
  server = null;
});

async function start(zone: Zone, options: Partial<ReverseNamesOptions> = {}) {
  server = await startDnsServer(zone);
  names = createReverseNames({ servers: [server.address], waitMsMax: 5_000, ...options });
  return { server, names };
}

const toldOf = async (from: ReverseNames, ...addresses: string[]) =>
  Object.fromEntries(await from.namesOf(addresses));

test("gives names of both kinds of addresses, and remembers them as long as they hold", async () => {
  let nowMs = 0;
  const zone = {
    [V4(1)]: { PTR: ["Out.Sender.Example."] },
    [V6]: { PTR: ["six.sender.example"] },
  };
  const { server, names } = await start(zone, { now: () => nowMs });
  const expected = { "192.0.2.1": "out.sender.example", "2001:db8::5": "six.sender.example" };
  expect(await toldOf(names, "192.0.2.1", "2001:db8::5", "192.0.2.1")).toEqual(expected);
  expect(await toldOf(names, "192.0.2.1", "2001:db8::5")).toEqual(expected);
  expect(server.questions.sort()).toEqual([`PTR ${V4(1)}`, `PTR ${V6}`].sort());
  nowMs += 7 * 3_600_000;
  server.zone[V4(1)] = { PTR: ["new.sender.example"] };
  expect(await toldOf(names, "192.0.2.1")).toEqual({ "192.0.2.1": "new.sender.example" });
});

test("takes only what is a name, the same one of several each time", async () => {
  const { names } = await start({
    [V4(1)]: { PTR: ["b.example", "a.example"] },
    [V4(2)]: { PTR: ["<script>.example", "a b.example"] },
    [V4(3)]: {},
  });
  expect(await toldOf(names, "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4")).toEqual({
    "192.0.2.1": "a.example",
    "192.0.2.2": null,
    "192.0.2.3": null,
    "192.0.2.4": null,
  });
});

test("remembers that there is no name, and asks again after a failure before that", async () => {
  let nowMs = 0;
  const { server, names } = await start(
    { [V4(2)]: { PTR: ["two.example"] } },
    { now: () => nowMs },
  );
  server.mode("servfail", V4(2));
  expect(await toldOf(names, "192.0.2.1", "192.0.2.2")).toEqual({
    "192.0.2.1": null,
    "192.0.2.2": null,
  });
  server.mode("answer", V4(2));
  server.zone[V4(1)] = { PTR: ["one.example"] };
  nowMs += 120_000;
  expect(await toldOf(names, "192.0.2.1", "192.0.2.2")).toEqual({
    "192.0.2.1": null,
    "192.0.2.2": "two.example",
  });
});

test("answers with what is known by then, and goes on for the next one", async () => {
  const zone = { [V4(1)]: { PTR: ["one.example"] }, [V4(2)]: { PTR: ["two.example"] } };
  const { server, names } = await start(zone, { waitMsMax: 100 });
  server.mode({ slowMs: 400 }, V4(2));
  expect(await toldOf(names, "192.0.2.1", "192.0.2.2")).toEqual({ "192.0.2.1": "one.example" });
  await expect
    .poll(() => toldOf(names, "192.0.2.2"), { timeout: 5_000 })
    .toEqual({ "192.0.2.2": "two.example" });
});

test("asks a few at a time", async () => {
  const { server, names } = await start({}, { waitMsMax: 60 });
  server.mode("silent");
  const addresses = Array.from({ length: 100 }, (_, i) => `192.0.2.${i}`);
  await names.namesOf(addresses);
  await expect.poll(() => new Set(server.questions).size).toBe(8);
});

test("costs nothing after the first answer while DNS is dead, and comes back by itself", async () => {
  const zone = { [V4(9)]: { PTR: ["nine.example"] } };
  const { server, names } = await start(zone, { waitMsMax: 600, tryMsMax: 900 });
  server.mode("silent");
  const timed = async (...addresses: string[]) => {
    const startedMs = performance.now();
    await names.namesOf(addresses);
    return performance.now() - startedMs;
  };
  expect(await timed("192.0.2.1", "192.0.2.2")).toBeGreaterThan(500);
  for (let i = 10; i < 20; i++) expect(await timed(`192.0.2.${i}`)).toBeLessThan(300);
  server.mode("answer");
  await expect
    .poll(() => toldOf(names, "192.0.2.9"), { timeout: 20_000 })
    .toEqual({ "192.0.2.9": "nine.example" });
});

test("a resolver that is not there is told of at once, and asked for nothing after it is closed", async () => {
  const gone = await startDnsServer();
  await gone.stop();
  names = createReverseNames({ servers: [gone.address], waitMsMax: 3_000, tryMsMax: 500 });
  expect(await toldOf(names, "192.0.2.1")).toEqual({ "192.0.2.1": null });
  names.close();
  expect(await toldOf(names, "192.0.2.2")).toEqual({});
});

test("facts are of addresses alone, and of none when DNS is not to be asked", async () => {
  const zone = { [V4(1)]: { PTR: ["one.example"] } };
  server = await startDnsServer(zone);
  const settings = { reverseNames: true, asnDatabase: null };
  const live = await openAddressFacts({ ...settings, dnsServers: [server.address], emit: silent });
  const nothing = { reverseName: null, asn: null, asOrganization: null };
  const shown = ["192.0.2.1", "192.0.2.0/24", "evil.example", "1.2"];
  expect(Object.fromEntries(await live.facts(shown))).toEqual({
    "192.0.2.1": { ...nothing, reverseName: "one.example" },
    "192.0.2.0/24": nothing,
    "evil.example": nothing,
    "1.2": nothing,
  });
  expect(server.questions).toEqual([`PTR ${V4(1)}`]);
  (await live.prepare({ ...settings, reverseNames: false }))();
  expect((await live.facts(["192.0.2.1", "192.0.2.7"])).get("192.0.2.1")).toEqual(nothing);
  expect(server.questions).toHaveLength(1);
  live.stop();
});
