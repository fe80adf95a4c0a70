// The look-up of DKIM keys against a DNS server on loopback in every mood: what it answers, what it
// remembers, and how long anybody waits.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createKeyResolver, type KeyResolver } from "../../../services/authenticate/keys.ts";
import { BOUNDS } from "../../../services/core/bounds.ts";
import type { EventName } from "../../../services/observe/events.ts";
import { type DnsServer, startDnsServer, type Zone } from "../../support/dns-server.ts";

const NAME = "s1._domainkey.sender.example";
const LONG = `v=DKIM1; p=${"A".repeat(700)}`;
const ZONE: Zone = {
  [NAME]: { TXT: [LONG] },
  "two._domainkey.sender.example": { TXT: ["v=spf1 -all", "v=DKIM1; p=AAAA"] },
  "mx._domainkey.sender.example": { MX: [{ preference: 10, exchange: "mx.sender.example" }] },
};

let dns: DnsServer;
let keys: KeyResolver;
let nowMs = 0;
const events: EventName[] = [];

function open(server = dns.address): KeyResolver {
  const emit = (name: EventName) => void events.push(name);
  return createKeyResolver({
    servers: [server],
    emit,
    now: () => nowMs + performance.now(),
    tryMsMax: 200,
  });
}

beforeEach(async () => {
  dns = await startDnsServer({ ...ZONE });
  nowMs = 0;
  events.length = 0;
  keys = open();
});
afterEach(async () => {
  keys.close();
  await dns.stop();
});

const answer = async (name = NAME, patient = true) =>
  (await keys.answers([name], patient)).get(name);

async function waitMs(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

describe("an answer", () => {
  it("is the text of the records, in one piece each", async () => {
    expect(await answer()).toEqual([LONG]);
    const two = await answer("two._domainkey.sender.example");
    expect([...(two ?? [])].sort()).toEqual(["v=DKIM1; p=AAAA", "v=spf1 -all"]);
  });

  it("is absent for a name that is not there, and for one without TXT", async () => {
    expect(await answer("none._domainkey.sender.example")).toBe("absent");
    expect(await answer("mx._domainkey.sender.example")).toBe("absent");
  });

  it("is unknown while DNS fails, and found when it answers again", async () => {
    for (const mode of ["servfail", "refused", "silent"] as const) {
      dns.mode(mode);
      expect(await answer(), mode).toBe("unknown");
      nowMs += BOUNDS.dkimKeyUnknownMs + 1;
    }
    dns.mode("answer");
    expect(await answer()).toEqual([LONG]);
  });

  it("comes over TCP when UDP cuts it", async () => {
    dns.mode("truncated");
    expect(await answer()).toEqual([LONG]);
  });

  it("is unknown where nobody listens", async () => {
    const { address } = dns;
    await dns.stop();
    keys.close();
    keys = open(address);
    expect(await answer()).toBe("unknown");
    dns = await startDnsServer();
  });

  it("of more than can be a key is none", async () => {
    dns.zone[NAME] = { TXT: ["x".repeat(BOUNDS.dkimKeyCharsMax + 1)] };
    expect(await answer()).toEqual([]);
  });
});

describe("what is remembered", () => {
  it("each kind of answer for its time", async () => {
    const absent = "none._domainkey.sender.example";
    const cases = [
      [NAME, BOUNDS.dkimKeyFoundMs],
      [absent, BOUNDS.dkimKeyAbsentMs],
    ] as const;
    for (const [name, ms] of cases) {
      await answer(name);
      nowMs += ms - 10_000;
      await answer(name);
      expect(dns.questions.filter((one) => one === `TXT ${name}`)).toHaveLength(1);
      nowMs += 20_000;
      await answer(name);
      expect(dns.questions.filter((one) => one === `TXT ${name}`)).toHaveLength(2);
    }
  });

  it("one question serves all that wait for it", async () => {
    dns.mode({ slowMs: 50 });
    const all = await Promise.all([answer(), answer(), answer()]);
    expect(all).toEqual([[LONG], [LONG], [LONG]]);
    expect(dns.questions).toHaveLength(1);
  });

  it("no more names than the bound", async () => {
    const names = Array.from({ length: BOUNDS.dkimKeyMemoMax + 50 }, (_, i) => `n${i}.example`);
    for (let at = 0; at < names.length; at += 200) {
      await keys.answers(names.slice(at, at + 200), true);
    }
    const before = dns.questions.length;
    expect(await answer(names.at(-1))).toBe("absent");
    expect(dns.questions).toHaveLength(before);
    expect(await answer(names[0])).toBe("absent");
    expect(dns.questions).toHaveLength(before + 1);
  });
});

describe("waiting", () => {
  it("nobody waits for what was prepared and is there", async () => {
    dns.mode({ slowMs: 50 });
    keys.prepare([NAME]);
    await expect.poll(() => events.includes("dkim-key-looked-up")).toBe(true);
    expect(await waitMs(() => answer(NAME, false))).toBeLessThan(40);
  });

  it("ends after its time; the answer is there for the next one", async () => {
    dns.mode({ slowMs: 150 });
    nowMs = 0;
    const spent = await waitMs(() => keys.answers([NAME]));
    expect(spent).toBeLessThan(BOUNDS.dnsWaitMsMax + 500);
    await expect.poll(async () => answer(NAME, false)).toEqual([LONG]);
  });

  it("is a share of all time, however many come and however slow DNS is", async () => {
    dns.mode({ slowMs: 180 });
    let waited = 0;
    const startedAt = performance.now();
    for (let i = 0; i < 40; i++) waited += await waitMs(() => answer(`n${i}.example`, false));
    const whole = performance.now() - startedAt;
    expect(waited).toBeLessThan(BOUNDS.dnsWaitMsMax + BOUNDS.dnsWaitShare * whole + 300);
  });

  it("stops when DNS is dead, which is told once, and begins again when it lives", async () => {
    dns.mode("silent");
    const dead = Array.from({ length: BOUNDS.dnsSilencesMax }, (_, i) => `dead${i}.example`);
    await keys.answers(dead, true);
    await expect.poll(() => events.includes("dns-silent"), { timeout: 10_000 }).toBe(true);
    for (let i = 0; i < 20; i++) {
      expect(await waitMs(() => answer(`more${i}.example`, i % 2 === 0))).toBeLessThan(100);
    }
    dns.mode("answer");
    await expect.poll(() => events.includes("dns-answers"), { timeout: 10_000 }).toBe(true);
    expect(await answer()).toEqual([LONG]);
    expect(events.filter((name) => name === "dns-silent")).toHaveLength(1);
  });

  it("ends at once when it is closed", async () => {
    dns.mode("silent");
    const spent = await waitMs(async () => {
      const waiting = answer();
      keys.close();
      await waiting;
    });
    expect(spent).toBeLessThan(1_000);
  });
});

describe("fairness", () => {
  const GOOD = "s1._domainkey.other.example";
  const key = (domain: string, i = 0) => `s${i}._domainkey.${domain}`;

  /** Names that are asked for every 20 ms until it is stopped. */
  function flood(names: () => string[]): () => void {
    const timer = setInterval(() => keys.prepare(names()), 20);
    return () => clearInterval(timer);
  }

  it("a domain that is silent, by 1,200 names and then more and more, delays nobody", async () => {
    dns.zone[GOOD] = { TXT: [LONG] };
    dns.mode("silent", "*.evil.example");
    let i = 0;
    const name = () => (i++ % 2 === 0 ? key("evil.example", i) : key(`x${i}.evil.example`));
    keys.prepare(Array.from({ length: 1_200 }, name));
    const stop = flood(() => Array.from({ length: 8 }, name));
    expect(
      await waitMs(async () => expect(await answer(NAME, false)).toEqual([LONG])),
    ).toBeLessThan(300);
    const struck = () => events.filter((one) => one === "dkim-key-looked-up").length >= 4;
    await expect.poll(struck, { timeout: 10_000 }).toBe(true);
    expect(
      await waitMs(async () => expect(await answer(GOOD, false)).toEqual([LONG])),
    ).toBeLessThan(300);
    expect(await waitMs(() => answer(key("evil.example", 9_999), false))).toBeLessThan(100);
    stop();
    expect(events).not.toContain("dns-silent");
    // It is asked little: two at a time above and below, then rests.
    const evil = new Set(dns.questions.filter((one) => one.endsWith("evil.example")));
    expect(evil.size).toBeLessThan(20);
  });

  it("many silent domains delay none that answered before, and others not for ever", async () => {
    expect(await answer()).toEqual([LONG]);
    dns.zone[GOOD] = { TXT: [LONG] };
    dns.mode("silent");
    for (const name of [".", NAME, GOOD]) dns.mode("answer", name);
    let i = 0;
    const name = () => key(`evil${i++}.example`);
    keys.prepare(Array.from({ length: 1_200 }, name));
    const stop = flood(() => [name()]);
    nowMs += BOUNDS.dkimKeyFoundMs + 1;
    expect(
      await waitMs(async () => expect(await answer(NAME, false)).toEqual([LONG])),
    ).toBeLessThan(300);
    const found = () => answer(GOOD, false);
    await expect.poll(found, { timeout: 30_000 }).toEqual([LONG]);
    nowMs += BOUNDS.dkimKeyFoundMs + 1;
    expect(await waitMs(async () => expect(await found()).toEqual([LONG]))).toBeLessThan(300);
    stop();
    expect(events).not.toContain("dns-silent");
  }, 40_000);

  it("a part of a domain that is silent does not delay the domain", async () => {
    dns.mode("silent", "*.gone.sender.example");
    let i = 0;
    const stop = flood(() => [key("gone.sender.example", i++)]);
    await expect.poll(() => events.includes("dkim-key-looked-up"), { timeout: 5_000 }).toBe(true);
    expect(await answer(NAME, false)).toEqual([LONG]);
    stop();
  });

  it("a domain that was silent is asked again after its rest", async () => {
    dns.mode("silent", NAME);
    expect(await answer()).toBe("unknown");
    dns.mode("answer", NAME);
    const other = "two._domainkey.sender.example";
    expect(await answer(other)).toBe("unknown");
    expect(dns.questions).not.toContain(`TXT ${other}`);
    nowMs += BOUNDS.dnsRestMsFirst + 1_000;
    expect(await answer(other)).toHaveLength(2);
  });
});
