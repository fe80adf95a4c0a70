// Two tenants on the real program: reports by mail and by post, by address, key, header, alias, MX host of
// the file and of DNS; unknown domains, several tenants, a change of the configuration, a restart.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DnsServer, startDnsServer } from "../support/dns-server.ts";
import {
  type Program,
  runProgram,
  startProgram,
  temporaryFolder,
  waitUntil,
} from "../support/program.ts";
import { dial } from "./dialogue.ts";

const KEY = "a-key-of-blue-0123456789";
const DAYS = "from=2026-10-01&to=2026-12-01";

const DOMAINS = {
  domains: [
    {
      domain: "example.com",
      tenant: "red",
      aliases: ["alias.example"],
      mx: ["mx1.example.com", "*.in.example.com"],
      addresses: ["tls@example.com"],
    },
    { domain: "second.example", tenant: "red" },
    { domain: "blue.example", tenant: "blue", addresses: ["tls@blue.example"], keys: [KEY] },
  ],
};

let place: { folder: string; remove(): void };
let dns: DnsServer;
let program: Program;
let dataDir: string;
let file: string;
let number = 0;

beforeAll(async () => {
  place = temporaryFolder();
  dataDir = join(place.folder, "data");
  mkdirSync(dataDir);
  file = join(place.folder, "domains.json");
  writeFileSync(file, JSON.stringify(DOMAINS));
  dns = await startDnsServer({
    "blue.example": { MX: [{ preference: 10, exchange: "MX.blue.example" }] },
    "second.example": { MX: [{ preference: 10, exchange: "mx.second.example" }] },
  });
  program = await start();
});
afterAll(async () => {
  await program.end();
  await dns.stop();
  place.remove();
});

async function start(): Promise<Program> {
  const started = await startProgram({
    dataDir,
    env: {
      SEALWATCH_DOMAINS_FILE: file,
      SEALWATCH_DNS_SERVERS: dns.address,
      SEALWATCH_DNS_MX_LOOKUP: "yes",
    },
  });
  await waitUntil("the MX hosts", 20_000, () => started.log().includes('"mx-looked-up"'));
  return started;
}

/** "sts example.com 10 2" is a policy with 10 sessions that succeeded and 2 that failed. */
function reportOf(...texts: string[]): string {
  number += 1;
  const policies = texts.map((text) => {
    const [type, domain, successful = "10", failed = "0"] = text.split(" ");
    return {
      policy: { "policy-type": type, "policy-string": [], "policy-domain": domain },
      summary: {
        "total-successful-session-count": Number(successful),
        "total-failure-session-count": Number(failed),
      },
    };
  });
  return JSON.stringify({
    "organization-name": "Sender One",
    "date-range": {
      "start-datetime": "2026-11-01T00:00:00Z",
      "end-datetime": "2026-11-01T23:59:59Z",
    },
    "contact-info": "tls-reports@sender.example",
    "report-id": `number-${number}`,
    policies,
  });
}

async function post(body: string, key = ""): Promise<string> {
  const answer = await fetch(`${program.http}/v1/tlsrpt${key === "" ? "" : `/${key}`}`, {
    method: "POST",
    body,
    headers: { "content-type": "application/tlsrpt+json" },
  });
  expect(answer.status).toBe(201);
  return answer.text();
}

interface Mail {
  to?: string[];
  header?: string;
  subject?: string;
}

async function mail(body: string, { to = ["anyone@example.net"], header, subject }: Mail = {}) {
  const lines = [
    "From: tls-reports@sender.example",
    `Subject: ${subject ?? "a report"}`,
    ...(header === undefined ? [] : [`TLS-Report-Domain: ${header}`]),
    "MIME-Version: 1.0",
    "Content-Type: application/tlsrpt+json",
    "",
    ...(body.match(/.{1,900}/g) ?? []),
    ".",
    "",
  ];
  const dialogue = await dial(`127.0.0.1:${program.smtpPort}`);
  await dialogue.say("EHLO mta.sender.example\r\n");
  await dialogue.say("MAIL FROM:<tls-reports@sender.example>\r\n");
  for (const one of to) expect(await dialogue.say(`RCPT TO:<${one}>\r\n`)).toMatch(/^250/);
  await dialogue.say("DATA\r\n");
  expect(await dialogue.say(lines.join("\r\n"))).toMatch(/^250/);
  dialogue.end();
}

interface Row {
  tenant: string;
  report_id: string;
  attribution: string;
  domains: string[];
  successful_sessions: number;
  failed_sessions: number;
  reason: string;
  message: string;
  receipt: string;
}

async function rows(panel: string, search = ""): Promise<Row[]> {
  const { data } = await program.get<{ data: Row[] }>(
    `/api/v1/${panel}?${DAYS}&limit=500${search}`,
  );
  return data;
}

/** The report with the number that was given last, once it is stored. */
async function stored(): Promise<string> {
  const id = `number-${number}`;
  let row: Row | undefined;
  await waitUntil(`report ${id}\n${program.log().slice(-2_000)}`, 20_000, async () => {
    row = (await rows("reports")).find((one) => one.report_id === id);
    return row !== undefined;
  });
  const { tenant, attribution, domains = [], successful_sessions, failed_sessions } = row ?? {};
  const sums = `${successful_sessions}+${failed_sessions}`;
  return `${tenant} by ${attribution}: ${domains.join()} ${sums}`;
}

/** Everything in quarantine as text, once there are so many. */
async function quarantined(count: number): Promise<Row[]> {
  const range = "from=2026-01-01&to=2040-01-01";
  let found: Row[] = [];
  await waitUntil(`${count} in quarantine`, 20_000, async () => {
    const answer = await program.get<{ data: Row[] }>(`/api/v1/quarantine?${range}&limit=500`);
    found = answer.data;
    return found.length === count;
  });
  return found;
}

describe("whose a report is, and on which domain it is counted", () => {
  test("by policy-domain and alias", async () => {
    await post(reportOf("sts example.com 10 2"));
    expect(await stored()).toBe("red by policy-domain: example.com 10+2");
    await mail(reportOf("sts alias.example 3 1"));
    expect(await stored()).toBe("red by policy-domain: example.com 3+1");
  });

  test("by address with a tag, and by key", async () => {
    await mail(reportOf("sts new.blue.example"), { to: ["TLS+2026@Blue.example"] });
    expect(await stored()).toBe("blue by address: new.blue.example 10+0");
    await post(reportOf("sts blue.example"), KEY);
    expect(await stored()).toBe("blue by key: blue.example 10+0");
    await post(reportOf("sts example.com"), "a-key-that-nobody-has");
    expect(await stored()).toBe("red by policy-domain: example.com 10+0");
  });

  test("by TLS-Report-Domain and by Subject", async () => {
    await mail(reportOf("tlsa unheard.of.example"), { header: "second.example" });
    expect(await stored()).toBe("red by report-domain-header: second.example 10+0");
    const subject =
      "Report Domain: blue.example Submitter: sender.example Report-ID: <1@x.example>";
    await mail(reportOf("tlsa unheard.of.example"), { subject });
    expect(await stored()).toBe("blue by subject: blue.example 10+0");
  });

  test("DANE by MX host: of the file, by wildcard, by DNS", async () => {
    await post(reportOf("tlsa mx1.example.com 7 1"));
    expect(await stored()).toBe("red by mx-host: example.com 7+1");
    await post(reportOf("tlsa a.in.example.com"));
    expect(await stored()).toBe("red by mx-host: example.com 10+0");
    await post(reportOf("tlsa mx.second.example"));
    expect(await stored()).toBe("red by mx-host: second.example 10+0");
    await post(reportOf("tlsa mx.blue.example"));
    expect(await stored()).toBe("blue by mx-host: blue.example 10+0");
  });

  test("each session under tlsa by MX host and under sts by domain counts once", async () => {
    await post(reportOf("tlsa mx1.example.com 90 10", "sts example.com 95 5"));
    expect(await stored()).toBe("red by policy-domain: example.com 90+10");
    await post(reportOf("sts blue.example 40 0", "tlsa never.heard.example 40 0"));
    expect(await stored()).toBe("blue by policy-domain: blue.example 40+0");
  });

  test("the totals of each tenant are those of its reports", async () => {
    for (const tenant of ["red", "blue"]) {
      const own = (await rows("reports", `&tenant=${tenant}`)).map((row) => {
        return row.successful_sessions + row.failed_sessions;
      });
      const [overview] = await program
        .get<{ data: { reports: number; total_sessions: number }[] }>(
          `/api/v1/overview?${DAYS}&tenant=${tenant}`,
        )
        .then(({ data }) => data);
      expect(overview).toMatchObject({
        reports: own.length,
        total_sessions: own.reduce((sum, one) => sum + one, 0),
      });
      expect(own.length).toBeGreaterThan(4);
    }
  });
});

describe("what nobody, or more than one, is the owner of", () => {
  test("is acknowledged and quarantined for the operator", async () => {
    await post(reportOf("sts nobody.example"));
    // Another's report that is sent again to a tenant's address is not the tenant's.
    await mail(reportOf("sts nobody.example"), { to: ["tls@blue.example"] });
    await post(reportOf("sts example.com", "sts blue.example"));
    const found = await quarantined(3);
    expect(
      found.map(({ tenant, reason, message }) => `${tenant} ${reason}: ${message}`).sort(),
    ).toEqual([
      "default several-tenants: it is about blue.example, example.com, of several tenants",
      "default unknown-domain: it is about nobody.example",
      "default unknown-domain: it is about nobody.example",
    ]);
  });

  test("what is no report is in the quarantine of the tenant that it was sent to", async () => {
    await mail("no report", { to: ["tls@blue.example"] });
    await mail("no report", { to: ["tls@blue.example", "tls@example.com"] });
    const found = await quarantined(5);
    const tenants = found.filter(({ reason }) => reason === "not-json").map((row) => row.tenant);
    expect(tenants.sort()).toEqual(["blue", "default"]);
  });
});

describe("another configuration", () => {
  test("is said by /readyz, and mistakes of its file by config check", async () => {
    const ready = () => program.get<{ checks: Record<string, { detail: string }> }>("/readyz");
    expect((await ready()).checks["domains"]?.detail).toBe("4 domains and aliases of 2 tenants");
    const wrong = join(place.folder, "wrong.yaml");
    writeFileSync(wrong, "domains:\n  - domain: example.com\n    tenannt: x\n");
    const env = { SEALWATCH_DOMAINS_FILE: wrong };
    const check = await runProgram(["config", "check"], { dataDir, env });
    expect(check.code).toBe(78);
    expect(check.stderr).toContain(`${wrong}:3:5: no such member: tenannt`);
    expect(check.stderr).toContain("did you mean tenant?");
    const serve = await runProgram(["serve"], { dataDir, env });
    expect(serve).toMatchObject({ code: 78, stdout: "" });
    expect(serve.stderr).toContain("did you mean tenant?");
  });

  test("on SIGHUP: what was quarantined can be reprocessed for its tenant, once", async () => {
    const before = await quarantined(5);
    const domains = [...DOMAINS.domains, { domain: "nobody.example", tenant: "green" }];
    writeFileSync(file, JSON.stringify({ domains }));
    process.kill(program.pid, "SIGHUP");
    await waitUntil("the file to be in force", 20_000, async () => {
      const { checks } = await program.get<{ checks: Record<string, { detail: string }> }>(
        "/readyz",
      );
      return checks["domains"]?.detail === "5 domains and aliases of 3 tenants";
    });
    const unknown = before.filter(({ reason }) => reason === "unknown-domain");
    for (const { receipt } of [...unknown, ...unknown]) {
      const path = `${program.http}/api/v1/quarantine/${receipt}/reprocess`;
      const answer = await fetch(path, { method: "POST" });
      // The second time it may be gone already.
      expect([202, 404]).toContain(answer.status);
    }
    const left = await quarantined(3);
    expect(left.map(({ reason }) => reason)).not.toContain("unknown-domain");
    await waitUntil("both reports", 20_000, async () => {
      return (await rows("reports", "&tenant=green")).length === 2;
    });
    const green = await rows("reports", "&tenant=green");
    expect(green.map(({ receipt }) => receipt).sort()).toEqual(
      unknown.map(({ receipt }) => receipt).sort(),
    );
  });

  test("a broken file keeps the one before", async () => {
    writeFileSync(file, '{"domains": []}');
    process.kill(program.pid, "SIGHUP");
    await waitUntil("the mistake to be told", 20_000, () =>
      program.log().includes("no domain in the file"),
    );
    await post(reportOf("sts nobody.example"));
    expect(await stored()).toBe("green by policy-domain: nobody.example 10+0");
  });
});

test("an import goes by the same directory; without any the instance says that it is open", async () => {
  const other = join(place.folder, "other");
  mkdirSync(other);
  const folder = join(place.folder, "files");
  mkdirSync(folder);
  writeFileSync(join(folder, "one.json"), reportOf("sts example.com"));
  writeFileSync(join(folder, "two.json"), reportOf("sts example.org"));
  const env = { SEALWATCH_DOMAINS: "example.com" };
  const imported = await runProgram(["import", "--json", folder], { dataDir: other, env });
  expect(JSON.parse(imported.stdout)).toMatchObject({ stored: 1, quarantined: 1 });
  const open = await startProgram({ dataDir: other });
  const { checks } = await open.get<{ checks: Record<string, { ok: boolean; detail: string }> }>(
    "/readyz",
  );
  expect(checks["domains"]).toMatchObject({ ok: true, detail: expect.stringMatching(/^open: /) });
  expect(open.log()).toContain('"directory-open"');
  expect(await open.end()).toBe(0);
});
