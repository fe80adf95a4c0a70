// Who sent a report, on the real program: mails with real signatures, keys from a DNS server on loopback
// in every mood, and what becomes of each report with the option dkim; then the retries over a real
// spool, engine and decoding threads.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createKeyResolver } from "../../services/authenticate/keys.ts";
import { BOUNDS } from "../../services/core/bounds.ts";
import { OPEN_SETTINGS } from "../../services/ingest/context.ts";
import { createRetry, startDeferred } from "../../services/ingest/deferred.ts";
import { createDecodePool } from "../../services/ingest/pool.ts";
import { startWriter } from "../../services/ingest/writer.ts";
import { silent } from "../../services/observe/events.ts";
import { openSpoolReader } from "../../services/spool/spool-reader.ts";
import { openSpoolWriter } from "../../services/spool/spool-writer.ts";
import { makeKey, signMail } from "../support/dkim-signer.ts";
import { type DnsServer, startDnsServer } from "../support/dns-server.ts";
import { startTestStore } from "../support/engine.ts";
import {
  type Program,
  runProgram,
  startProgram,
  temporaryFolder,
  waitUntil,
} from "../support/program.ts";
import { reportMail } from "../support/reports.ts";
import { postReport } from "../support/senders.ts";
import { begin, dial, stuff } from "./dialogue.ts";

const KEY = makeKey("rsa", 2048);
const NAME = "s1._domainkey.sender.example";
const unsigned = (number: number) => reportMail({ number });
const signed = (number: number) => signMail(reportMail({ number }), { key: KEY });

const cleanUps: (() => unknown)[] = [];
let dns: DnsServer;
let dataDir: string;
beforeEach(async () => {
  dns = await startDnsServer({ [NAME]: { TXT: [KEY.record] } });
  const place = temporaryFolder();
  dataDir = join(place.folder, "data");
  mkdirSync(dataDir);
  cleanUps.push(place.remove, () => dns.stop());
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function start(dkim: string): Promise<Program> {
  const env = { SEALWATCH_DKIM: dkim, SEALWATCH_DNS_SERVERS: dns.address };
  const program = await startProgram({ dataDir, env });
  cleanUps.push(() => program.end());
  return program;
}

/** Sends one mail and resolves with the time until its 250, in milliseconds. */
async function send(program: Program, mail: Buffer): Promise<number> {
  const startedAt = performance.now();
  const client = await dial(`127.0.0.1:${program.smtpPort}`);
  await begin(client);
  expect(await client.say(stuff(mail))).toMatch(/^250 /);
  const ms = performance.now() - startedAt;
  client.end();
  return ms;
}

interface ReportRow {
  id: string;
  report_id: string;
  trust: string;
}
interface QuarantineRow {
  receipt: string;
  reason: string;
  message: string;
}

/** What the program holds of a kind once there are exactly so many. */
async function rows<Row>(program: Program, panel: string, count: number): Promise<Row[]> {
  let found: Row[] = [];
  await waitUntil(`${count} rows of ${panel}`, 20_000, async () => {
    const path = `/api/v1/${panel}?from=2016-01-01&limit=100`;
    found = (await program.get<{ data: Row[] }>(path)).data;
    return found.length === count;
  });
  return found;
}

const numberOf = ({ report_id: id }: ReportRow) => Number(id.slice(id.lastIndexOf("_") + 1));

describe("the option dkim", () => {
  test("flag: signed is verified, unsigned counts and is marked", async () => {
    const program = await start("flag");
    await send(program, signed(1));
    await send(program, unsigned(2));
    await postReport(program.http, { number: 3 });
    const found = await rows<ReportRow>(program, "reports", 3);
    const byNumber = new Map(found.map((row) => [numberOf(row), row]));
    expect(byNumber.get(1)?.trust).toBe("verified");
    expect(byNumber.get(2)?.trust).toBe("unverified");
    expect(byNumber.get(3)?.trust).toBe("posted");
    const one = await program.get<{ data: Record<string, unknown> }>(
      `/api/v1/reports/${byNumber.get(1)?.id}`,
    );
    expect(one.data).toMatchObject({
      trust: "verified",
      dkim_result: "pass",
      dkim_domain: "sender.example",
      dkim_selector: "s1",
      dkim_basis: "contact",
    });
  });

  test("require: unsigned, broken and foreign go to quarantine, each with its reason", async () => {
    const program = await start("require");
    const broken = Buffer.concat([signed(2), Buffer.from("more\r\n")]);
    const foreign = signMail(reportMail({ number: 3 }), { key: KEY, domain: "other.example" });
    dns.zone["s1._domainkey.other.example"] = { TXT: [KEY.record] };
    for (const mail of [unsigned(1), broken, foreign, signed(4)]) await send(program, mail);
    const found = await rows<QuarantineRow>(program, "quarantine", 3);
    expect(new Set(found.map(({ reason }) => reason))).toEqual(new Set(["dkim-unverified"]));
    expect(found.map(({ message }) => message).sort()).toEqual([
      "it has no DKIM signature",
      expect.stringMatching(/of other\.example is valid, but other\.example is not of the/),
      expect.stringMatching(/is not valid \(the body is not the one that was signed\)$/),
    ]);
    expect((await rows<ReportRow>(program, "reports", 1)).map(numberOf)).toEqual([4]);
  });

  test("require: after a change of mind what is in quarantine can be reprocessed", async () => {
    const before = await start("require");
    await send(before, unsigned(1));
    const [row] = await rows<QuarantineRow>(before, "quarantine", 1);
    expect(await before.end()).toBe(0);
    const program = await start("flag");
    await reprocess(program, row?.receipt ?? "");
    expect((await rows<ReportRow>(program, "reports", 1))[0]?.trust).toBe("unverified");
    await rows(program, "quarantine", 0);
  });

  test("off: nothing is asked, nothing is judged", async () => {
    const program = await start("off");
    await send(program, signed(1));
    expect((await rows<ReportRow>(program, "reports", 1))[0]?.trust).toBe("unverified");
    expect(dns.questions).toEqual([]);
  });

  test("imported mails are verified where they can be, and kept anyhow", async () => {
    const folder = join(dataDir, "..", "mails");
    mkdirSync(folder);
    writeFileSync(join(folder, "1.eml"), signed(1));
    writeFileSync(join(folder, "2.eml"), signed(2).toString("latin1").replaceAll("\r\n", "\n"));
    writeFileSync(join(folder, "3.eml"), unsigned(3));
    const env = { SEALWATCH_DKIM: "require", SEALWATCH_DNS_SERVERS: dns.address };
    const { stdout } = await runProgram(["import", folder, "--json"], { dataDir, env });
    expect(JSON.parse(stdout)).toMatchObject({ stored: 3, quarantined: 0 });
    const program = await start("require");
    const found = await rows<ReportRow>(program, "reports", 3);
    const trust = new Map(found.map((row) => [numberOf(row), row.trust]));
    expect(trust).toEqual(
      new Map([
        [1, "verified"],
        [2, "verified"],
        [3, "imported"],
      ]),
    );
  });
});

async function reprocess(program: Program, receipt: string): Promise<void> {
  const path = `${program.http}/api/v1/quarantine/${receipt}/reprocess`;
  expect((await fetch(path, { method: "POST" })).status).toBe(202);
}

describe("DNS in trouble", () => {
  const MODES = ["silent", "servfail", { slowMs: 30_000 }] as const;

  test.each(MODES)("%j: deferred and not lost; counted once when it answers", async (mode) => {
    dns.mode(mode);
    const before = await start("require");
    await send(before, signed(1));
    const [row] = await rows<QuarantineRow>(before, "quarantine", 1);
    expect(row?.reason).toBe("dkim-deferred");
    expect(await before.end()).toBe(0);
    dns.mode("answer");
    const program = await start("require");
    await reprocess(program, row?.receipt ?? "");
    const [report] = await rows<ReportRow>(program, "reports", 1);
    expect(report?.trust).toBe("verified");
    await rows(program, "quarantine", 0);
    const { data } = await program.get<{ data: { outcome: string; items: number }[] }>(
      "/api/v1/ingest?from=2016-01-01",
    );
    expect(data.map(({ outcome, items }) => [outcome, items])).toEqual([["stored", 1]]);
  });

  test("dead: nobody waits for their acknowledgement, and what needs no key flows", async () => {
    const program = await start("flag");
    dns.mode("silent");
    const times: number[] = [];
    for (let i = 0; i < 40; i++) {
      const domain = `d${i}.example`;
      times.push(await send(program, signMail(reportMail({ number: i }), { key: KEY, domain })));
    }
    const startedAt = performance.now();
    await send(program, unsigned(1_000));
    await postReport(program.http, { number: 1_001 });
    // Those of other domains are not aligned whatever DNS says: they count and are marked.
    const found = await rows<ReportRow>(program, "reports", 42);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(found.map(numberOf)).toContain(1_000);
    expect(found.map(numberOf)).toContain(1_001);
    const median = times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
    expect(median).toBeLessThan(500);
    await waitUntil("DNS to be called silent", 20_000, () =>
      program.log().includes('"dns-silent"'),
    );
  });
});

describe("a domain whose DNS is silent", () => {
  test("holds up nobody else's reports, under however many names it signs", async () => {
    dns.mode("silent", "*.evil.example");
    const program = await start("require");
    let sent = 0;
    // Each has From in its own name, so that it waits for the key and is deferred.
    const evil = () => {
      const domain = `x${sent}.evil.example`;
      const plain = reportMail({ number: 10_000 + sent++ }).toString("latin1");
      let mail: Buffer = Buffer.from(plain.replace(/^From: .*$/m, `From: tls@${domain}`), "latin1");
      for (const selector of "abcdefgh") mail = signMail(mail, { key: KEY, domain, selector });
      return mail;
    };
    for (let i = 0; i < 60; i++) await send(program, evil());
    await waitUntil("the first silence", 20_000, async () => {
      const metrics = await (await fetch(`${program.http}/metrics`)).text();
      return /key_lookups_total\{answer="unknown"\} \d/.test(metrics);
    });
    let flooding = true;
    const flood = (async () => {
      while (flooding) {
        await send(program, evil());
        await pause(250);
      }
    })();
    const startedAt = performance.now();
    await send(program, signed(1));
    const [report] = await rows<ReportRow>(program, "reports", 1);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    flooding = false;
    await flood;
    expect(report?.trust).toBe("verified");
    expect(program.log()).not.toContain('"dns-silent"');
  });
});

describe("retries", () => {
  /** Spool, threads, writer and engine as they run in the program, with a clock to be set. */
  async function pipeline(dkim: "require" | "flag") {
    const engine = await startTestStore();
    const clock = { aheadMs: 0, now: () => Date.now() + clock.aheadMs };
    const spool = await openSpoolWriter({ folder: dataDir, diskFreeBytesMin: 0, emit: silent });
    const reader = await openSpoolReader({ folder: dataDir, emit: silent });
    const settings = { ...OPEN_SETTINGS, dkim };
    const pool = createDecodePool({ workers: 1, settings, emit: silent });
    const keys = createKeyResolver({
      servers: [dns.address],
      emit: silent,
      now: clock.now,
      tryMsMax: 100,
    });
    const { store } = engine;
    const now = clock.now;
    const writer = startWriter({
      spool: reader,
      store,
      decode: pool,
      keys: () => keys,
      emit: silent,
      now,
    });
    cleanUps.push(async () => {
      await writer.stop();
      keys.close();
      await pool.close();
      await spool.close();
      await engine.stop();
    });
    const ended = async () => {
      await writer.drained();
      const found = await store.select<{ outcome: string; reason: string }>(
        "SELECT outcome, reason FROM receipts FINAL",
      );
      return found.map(({ outcome, reason }) => `${outcome} ${reason}`.trim());
    };
    const arriving = {
      channel: "smtp" as const,
      peer: "192.0.2.1",
      helo: "mta.sender.example",
      tls: "",
      mailFrom: "tls-reports@sender.example",
      rcptTo: ["tlsrpt@example.com"],
      contentType: "",
      fileName: "",
      key: "",
      reprocess: false,
    };
    const receive = async (mail: Buffer) => {
      await spool.append(arriving, mail);
      await spool.seal();
    };
    return { store, spool, clock, now, ended, receive };
  }

  const DEFERRED = "quarantined dkim-deferred";

  test("a message is tried at its times only, and is stored once when DNS answers", async () => {
    const { store, spool, clock, now, ended, receive } = await pipeline("require");
    dns.mode("silent");
    await receive(signed(1));
    await expect.poll(ended, { timeout: 20_000 }).toEqual([DEFERRED]);
    const retry = createRetry({ store, spool, now, emit: silent });
    expect(await retry()).toBe(0);
    clock.aheadMs = 61_000;
    const retriedAfterMs = Date.now() + 50_000;
    expect(await retry()).toBe(1);
    expect(await retry()).toBe(0);
    await spool.seal();
    await expect.poll(lastAttempt, { timeout: 20_000 }).toBeGreaterThan(retriedAfterMs);
    expect(await ended()).toEqual([DEFERRED]);
    clock.aheadMs = 200_000;
    expect(await retry()).toBe(0);
    dns.mode("answer");
    clock.aheadMs = 301_000;
    expect(await retry()).toBe(1);
    await spool.seal();
    await expect.poll(ended, { timeout: 20_000 }).toEqual(["stored"]);
    clock.aheadMs = 7_200_000;
    expect(await retry()).toBe(0);
    const [sum] = await store.select<{ reports: string; left: string }>(
      `SELECT (SELECT count() FROM reports FINAL WHERE status = 'stored') AS reports,
              (SELECT count() FROM quarantine FINAL) AS left`,
    );
    expect(sum).toEqual({ reports: "1", left: "0" });

    async function lastAttempt(): Promise<number> {
      const [row] = await store.select<{ at: string }>(
        "SELECT toString(max(version)) AS at FROM quarantine FINAL",
      );
      return Number(row?.at);
    }
  });

  test("patience ends: require says unverified after five days, flag counts after 15 minutes", async () => {
    const cases = [
      ["require", BOUNDS.dkimRetryMsMaxRequire, "quarantined dkim-unverified"],
      ["flag", BOUNDS.dkimRetryMsMaxFlag, "stored"],
    ] as const;
    for (const [dkim, patienceMs, end] of cases) {
      const stage = await pipeline(dkim);
      dns.mode("silent");
      await stage.receive(signed(1));
      await expect.poll(stage.ended, { timeout: 20_000 }).toEqual([DEFERRED]);
      // The threads have their own clock, so the message is made old instead.
      await stage.store.command(
        `INSERT INTO quarantine SELECT * REPLACE(
           received_at - INTERVAL ${patienceMs / 1_000} SECOND AS received_at,
           version + 1 AS version) FROM quarantine FINAL`,
      );
      stage.clock.aheadMs = 3_700_000;
      const retry = createRetry({ ...stage, emit: silent });
      expect(await retry()).toBe(1);
      await stage.spool.seal();
      await expect.poll(stage.ended, { timeout: 20_000 }).toEqual([end]);
      for (const cleanUp of cleanUps.splice(2).reverse()) await cleanUp();
    }
  });

  test("the loop does it by itself, many at once, and ends when told", async () => {
    const { store, spool, clock, now, ended, receive } = await pipeline("require");
    dns.mode("silent");
    for (let number = 0; number < 30; number++) await receive(signed(number));
    await expect.poll(async () => (await ended()).length, { timeout: 30_000 }).toBe(30);
    expect(new Set(await ended())).toEqual(new Set([DEFERRED]));
    dns.mode("answer");
    clock.aheadMs = 61_000;
    const loop = startDeferred({ store, spool, now, pollMs: 20, emit: silent });
    await expect
      .poll(async () => new Set(await ended()), { timeout: 30_000 })
      .toEqual(new Set(["stored"]));
    await loop.stop();
    const [row] = await store.select<{ n: string }>(
      "SELECT count() AS n FROM reports FINAL WHERE status = 'stored'",
    );
    expect(row?.n).toBe("30");
  });
});
