// Mail from the three mail servers that Debian has: signed and unsigned, with STARTTLS and without, and
// through an outage of ours with their own retry queues. Each signs with another program: opendkim,
// Exim itself, and filter-dkimsign.

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeCertificate } from "../integration/certificate.ts";
import { type DnsServer, startDnsServer } from "../support/dns-server.ts";
import { startExim } from "../support/exim.ts";
import type { Mta, SigningKey } from "../support/mta.ts";
import { makeSigningKey, startOpendkim } from "../support/opendkim.ts";
import { startOpensmtpd } from "../support/opensmtpd.ts";
import { startPostfix } from "../support/postfix.ts";
import {
  freePort,
  type Program,
  startProgram,
  temporaryFolder,
  waitUntil,
} from "../support/program.ts";
import { reportMail } from "../support/reports.ts";
import { ingestTally } from "../support/tally.ts";

const run = promisify(execFile);
const PROGRAMS = ["/usr/sbin/postfix", "/usr/sbin/opendkim", "/usr/bin/swaks"];
const SENDER = "sender.example";

/** How a mail server is started for one variant. */
interface Variant {
  relayToPort: number;
  tls: boolean;
  sign: SigningKey | null;
}

const SERVERS: Record<string, (variant: Variant) => Promise<Mta>> = {
  Postfix: async ({ relayToPort, tls, sign }) => {
    const milter = sign === null ? null : await startOpendkim(folder, sign);
    const postfix = startPostfix({
      port: await freePort(),
      relayToPort,
      tls,
      ...(milter && { milter: milter.address }),
    });
    const stop = async () => {
      await postfix.stop();
      await milter?.stop();
    };
    return { ...postfix, stop };
  },
  Exim: async (variant) => startExim({ port: await freePort(), ...variant }),
  OpenSMTPD: async (variant) => startOpensmtpd({ port: await freePort(), ...variant }),
};

const { folder, remove } = temporaryFolder();
const ports = { smtp: 0, http: 0 };
const dataDir = join(folder, "data");
let key: SigningKey;
let dns: DnsServer;
let program: Program;
let numbers = 0;

async function start(): Promise<Program> {
  return startProgram({
    dataDir,
    ports,
    env: {
      SEALWATCH_DKIM: "flag",
      SEALWATCH_DNS_SERVERS: dns.address,
      SEALWATCH_TLS_CERT: join(folder, "cert.pem"),
      SEALWATCH_TLS_KEY: join(folder, "key.pem"),
    },
  });
}

beforeAll(async () => {
  for (const path of PROGRAMS) {
    if (!existsSync(path))
      throw new Error(`${path} is missing; .ci/run installs what these tests need`);
  }
  mkdirSync(dataDir);
  const pair = makeCertificate();
  writeFileSync(join(folder, "cert.pem"), pair.cert);
  writeFileSync(join(folder, "key.pem"), pair.key);
  await run("/bin/chmod", ["755", folder]);
  key = makeSigningKey(folder, SENDER, "s1");
  dns = await startDnsServer({ [`s1._domainkey.${SENDER}`]: { TXT: [key.record] } });
  [ports.smtp, ports.http] = [await freePort(), await freePort()];
  program = await start();
});
afterAll(async () => {
  await program.end();
  await dns.stop();
  remove();
});

/** Hands a mail with a report to a mail server, and gives its number. */
async function submit(mta: Mta): Promise<number> {
  numbers += 1;
  const path = join(folder, `${numbers}.eml`);
  writeFileSync(path, reportMail({ number: numbers }).toString("latin1").replaceAll("\r\n", "\n"));
  await run("/usr/bin/swaks", [
    ...["--server", "127.0.0.1", "--port", String(mta.port)],
    ...["--from", `tls-reports@${SENDER}`, "--to", "tlsrpt@example.com", "--data", `@${path}`],
  ]);
  return numbers;
}

async function waitForMta(mta: Mta): Promise<void> {
  await waitUntil("the mail server to take mail", 15_000, async () => {
    const quit = ["--server", "127.0.0.1", "--port", String(mta.port), "--quit-after", "EHLO"];
    return run("/usr/bin/swaks", quit).then(
      () => true,
      () => false,
    );
  });
}

interface Row {
  id: string;
  report_id: string;
  status: string;
  trust: string;
}

async function rows(): Promise<Row[]> {
  const path = "/api/v1/reports?from=2016-01-01&limit=1000";
  return (await program.get<{ data: Row[] }>(path)).data;
}

async function reportOf(number: number) {
  let row: Row | undefined;
  await waitUntil(`report ${number} to be in the API`, 30_000, async () => {
    row = (await rows()).find((one) => one.report_id.endsWith(`_${number}`));
    return row !== undefined;
  });
  type Whole = { data: Record<string, unknown> };
  return (await program.get<Whole>(`/api/v1/reports/${row?.id}`)).data;
}

describe.each(Object.keys(SERVERS))("%s", (name) => {
  test.each([
    { signed: true, tls: true },
    { signed: true, tls: false },
    { signed: false, tls: true },
    { signed: false, tls: false },
  ])("signed $signed, STARTTLS $tls", async ({ signed, tls }) => {
    const variant = { relayToPort: ports.smtp, tls, sign: signed ? key : null };
    const mta = await SERVERS[name]?.(variant);
    if (mta === undefined) throw new Error(`no server ${name}`);
    try {
      await waitForMta(mta);
      const report = await reportOf(await submit(mta));
      expect(report, mta.log()).toMatchObject({
        channel: "smtp",
        status: "stored",
        tls: tls ? expect.stringMatching(/^TLSv1\.[23] TLS_/) : "",
        trust: signed ? "verified" : "unverified",
        dkim_result: signed ? "pass" : "none",
        dkim_domain: signed ? SENDER : "",
        dkim_selector: signed ? "s1" : "",
      });
    } catch (error) {
      throw new Error(`${name} said:\n${mta.log()}`, { cause: error });
    } finally {
      await mta.stop();
    }
  });
});

test("all of them keep their mail through an outage, and each report counts once", async () => {
  const variant = { relayToPort: ports.smtp, tls: true, sign: key };
  const servers: Mta[] = [];
  try {
    for (const make of Object.values(SERVERS)) servers.push(await make(variant));
    for (const mta of servers) await waitForMta(mta);
    await program.end("SIGKILL");
    const sent: number[] = [];
    for (const mta of servers) for (let i = 0; i < 5; i++) sent.push(await submit(mta));
    for (const mta of servers) {
      await waitUntil("the mail to be queued", 20_000, () => mta.queued() === 5);
    }
    program = await start();
    for (const mta of servers) {
      await waitUntil(`the queue to be empty\n${mta.log()}`, 60_000, () => {
        mta.flush();
        return mta.queued() === 0;
      });
    }
    await waitUntil("all of them to be in the API", 30_000, async () => {
      const found = new Set((await rows()).map((row) => Number(row.report_id.split("_").at(-1))));
      return sent.every((number) => found.has(number));
    });
    expect((await rows()).length).toBe(numbers);
    expect((await rows()).slice(0, sent.length).every((row) => row.trust === "verified")).toBe(
      true,
    );
    // The ledger is written last. A mail server may send a mail again whose acknowledgement it missed
    // (RFC 5321 section 4.5.4.1): that is a duplicate then.
    await waitUntil("the ledger to have all of them", 20_000, async () => {
      return (await ingestTally(program)).stored >= numbers;
    });
    const { received, stored, duplicate, ...others } = await ingestTally(program);
    expect({ stored, ...others }).toEqual({ stored: numbers, conflict: 0, quarantined: 0 });
    expect(received).toBe(stored + duplicate);
  } finally {
    for (const mta of servers) await mta.stop();
  }
});
