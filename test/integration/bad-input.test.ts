// Bad input to the real program: each ends in a named outcome with a clear message, and nothing else is
// disturbed. The same program takes all of it, one after the other, and its counts add up at the end.

import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  freePort,
  type Program,
  runProgram,
  startProgram,
  temporaryFolder,
  waitUntil,
} from "../support/program.ts";
import { reportJson } from "../support/reports.ts";
import { startStandaloneEngine } from "../support/standalone-engine.ts";
import { ingestTally } from "../support/tally.ts";

const { folder, remove } = temporaryFolder();
let program: Program;
let posted = 0;

beforeAll(async () => {
  program = await startProgram({ dataDir: folder });
});
afterAll(async () => {
  await program.end();
  remove();
});

let number = 0;

/** A report as an object to be spoilt. */
function report(): Record<string, unknown> {
  number += 1;
  return JSON.parse(reportJson({ number }));
}

interface Policy {
  policy: Record<string, unknown>;
  summary: Record<string, unknown>;
  "failure-details": Record<string, unknown>[];
}

function withPolicy(spoil: (policy: Policy) => void): string {
  const whole = report();
  const [policy] = whole["policies"] as Policy[];
  if (policy !== undefined) spoil(policy);
  return JSON.stringify(whole);
}

const withDates = (start: unknown, end: unknown) => {
  return JSON.stringify({
    ...report(),
    "date-range": { "start-datetime": start, "end-datetime": end },
  });
};
const withPolicies = (policies: unknown) => JSON.stringify({ ...report(), policies });

/** Posts a body and gives the receipt; within the bounds every body is taken (invariant 2). */
async function post(body: string | Uint8Array): Promise<string> {
  const answer = await fetch(`${program.http}/v1/tlsrpt`, { method: "POST", body });
  expect(answer.status).toBe(201);
  posted += 1;
  const { receipt } = (await answer.json()) as { receipt: string };
  return receipt;
}

interface Ended {
  outcome: string;
  reason: string;
  message: string;
  deviations: string[];
}

/** Waits until the message of this receipt has ended, and tells how. */
async function outcomeOf(receipt: string): Promise<Ended> {
  let ended: Ended | undefined;
  await waitUntil(`${receipt} to end`, 30_000, async () => {
    ended = (await quarantined(receipt)) ?? (await stored(receipt));
    return ended !== undefined;
  });
  if (ended === undefined) throw new Error("unreachable");
  return ended;
}

async function quarantined(receipt: string): Promise<Ended | undefined> {
  const answer = await fetch(`${program.http}/api/v1/quarantine/${receipt}`);
  if (answer.status !== 200) return undefined;
  const { data } = (await answer.json()) as {
    data: { items: { reason: string; message: string }[] };
  };
  const [first] = data.items;
  return { outcome: "quarantined", reason: "", message: "", deviations: [], ...first };
}

async function stored(receipt: string): Promise<Ended | undefined> {
  const list = await program.get<{
    data: { receipt: string; status: string; id: string }[];
  }>("/api/v1/reports?from=2016-01-01&limit=1000");
  const row = list.data.find((one) => one.receipt === receipt);
  if (row === undefined) return undefined;
  const { data } = await program.get<{ data: { deviations: { code: string }[] } }>(
    `/api/v1/reports/${row.id}`,
  );
  const deviations = data.deviations.map((one) => one.code);
  return { outcome: row.status, reason: "", message: "", deviations };
}

describe("bodies that are no report", () => {
  const gzip = gzipSync(reportJson({ number: 999 }));
  test.each<[string, () => string | Uint8Array, string]>([
    ["empty body", () => "", "empty"],
    ["truncated gzip", () => gzip.subarray(0, gzip.length - 30), "compressed-truncated"],
    ["gzip bomb, 10 MB that unfold to 10 GB", bomb, "decoded-too-large"],
    ["JSON that is not an object", () => "[1,2]", "json-not-object"],
    ["not JSON", () => '{"policies": [}', "not-json"],
    ["20,000-deep JSON", () => `{"policies":${"[".repeat(20_000)}`, "json-too-deep"],
    ["policies missing", () => withPolicies(undefined), "policies-missing"],
    ["policies null", () => withPolicies(null), "policies-missing"],
    ["policies empty", () => withPolicies([]), "policies-missing"],
    ["negative count", () => withCount(-1), "count-invalid"],
    ["fractional count", () => withCount(1.5), "count-invalid"],
    ["count in words", () => withCount("many"), "count-invalid"],
    ["overflowing count", () => withCount(1e300), "count-invalid"],
    [
      "impossible dates",
      () => withDates("2026-02-30", "2026-13-01T00:00:00Z"),
      "date-range-unusable",
    ],
    [
      "a day before TLS-RPT",
      () => withDates("1999-01-01T00:00:00Z", "1999-01-01T23:59:59Z"),
      "date-range-out-of-bounds",
    ],
    [
      "mail without a report",
      () => "From: a@example.com\r\nSubject: hi\r\n\r\nhello\r\n",
      "no-report",
    ],
    ["100,000 MIME parts", () => manyParts(100_000), "mail-too-many-parts"],
    ["20,000-deep MIME", () => deepMail(20_000), "mail-too-deep"],
  ])("%s", async (_name, body, reason) => {
    const ended = await outcomeOf(await post(body()));
    expect(ended).toMatchObject({ outcome: "quarantined", reason });
    expect(ended.message.length).toBeGreaterThan(10);
  });

  test("the memory stayed bounded", async () => {
    const metrics = await (await fetch(`${program.http}/metrics`)).text();
    const rss = Number(/^process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1]);
    expect(rss / 1024 / 1024).toBeLessThan(700);
  });
});

describe("odd reports that count", () => {
  test.each<[string, () => string | Uint8Array, string[]]>([
    [
      "policies is an object",
      () => withPolicies((report()["policies"] as unknown[])[0]),
      ["policies-not-array"],
    ],
    ["counts as text", () => withCount("7"), ["count-as-text"]],
    [
      "dates without zone",
      () => withDates("2026-03-01T00:00:00", "2026-03-01T23:59:59"),
      ["date-without-zone"],
    ],
    [
      "dates with an offset",
      () => withDates("2026-03-01T02:00:00+02:00", "2026-03-02T01:59:59+02:00"),
      [],
    ],
    [
      "end before start",
      () => withDates("2026-03-02T00:00:00Z", "2026-03-01T00:00:00Z"),
      ["period-reversed"],
    ],
    [
      "one impossible date",
      () => withDates("2026-02-30T00:00:00Z", "2026-03-01T23:59:59Z"),
      ["date-unusable"],
    ],
    [
      "duplicate keys",
      () => reportJson({ number: ++number }).replace("{", '{"report-id":"x",'),
      ["duplicate-member"],
    ],
    ["invalid UTF-8", invalidUtf8, ["invalid-utf8"]],
  ])("%s", async (_name, body, deviations) => {
    const ended = await outcomeOf(await post(body()));
    expect(ended.outcome).toBe("stored");
    expect(ended.deviations).toEqual(expect.arrayContaining(deviations));
  });

  test("100,000 failure details", async () => {
    number += 1;
    const ended = await outcomeOf(
      await post(reportJson({ number, failures: 100_000, day: "2026-04-04" })),
    );
    expect(ended.outcome).toBe("stored");
    await waitUntil("its details to be stored", 30_000, async () => {
      const { data } = await program.get<{ data: { failed_sessions: number }[] }>(
        "/api/v1/failures-by-mx?from=2026-04-04&to=2026-04-05",
      );
      return data.reduce((sum, row) => sum + row.failed_sessions, 0) === 100_000;
    });
  });
});

test("a 26 MB mail is refused by name, before and after it is sent", async () => {
  expect(await mailOfSize(26 * 1024 * 1024, true)).toMatch(/^552 /);
  expect(await mailOfSize(26 * 1024 * 1024, false)).toMatch(/^552 /);
});

test("a 26 MB post is refused by name", async () => {
  const answer = await fetch(`${program.http}/v1/tlsrpt`, {
    method: "POST",
    body: Buffer.alloc(26 * 1024 * 1024),
  });
  expect(answer.status).toBe(413);
  expect(await answer.json()).toMatchObject({
    status: 413,
    detail: expect.stringMatching(/bytes/),
  });
});

test("everything that was posted is accounted for", async () => {
  await waitUntil(
    "all outcomes",
    30_000,
    async () => (await ingestTally(program)).received === posted,
  );
  expect((await fetch(`${program.http}/readyz`)).status).toBe(200);
});

describe("the program's surroundings", () => {
  test("an unknown setting", async () => {
    const { code, stderr } = await runProgram(["serve"], {
      dataDir: folder,
      env: { SEALWATCH_SMPT_LISTEN: "127.0.0.1:1" },
    });
    expect(code).toBe(78);
    expect(stderr).toMatch(/SEALWATCH_SMPT_LISTEN.*\n.*did you mean SEALWATCH_SMTP_LISTEN/s);
  });

  test("a data folder in use by a running server", async () => {
    const { code, stderr } = await runProgram(["serve"], { dataDir: folder });
    expect(code).toBe(1);
    expect(stderr).toMatch(/in use by process \d+/);
    expect(stderr).toContain(folder);
  });

  test("a port in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const dataDir = join(folder, "other");
    mkdirSync(dataDir);
    const { code, stderr } = await runProgram(["serve"], {
      dataDir,
      env: {
        SEALWATCH_HTTP_LISTEN: `127.0.0.1:${port}`,
        SEALWATCH_SMTP_LISTEN: `127.0.0.1:${await freePort()}`,
      },
    });
    other.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`${port}.*in use.*SEALWATCH_HTTP_LISTEN`));
  });

  test("paths that cannot be read", async () => {
    const unreadable = join(folder, "nothing-here");
    const { code, stdout, stderr } = await runProgram(["import", unreadable], { dataDir: folder });
    expect(code).toBe(1);
    expect(stderr).toMatch(/nothing-here does not exist/);
    expect(stdout).toMatch(/^0 received/);
  });

  test("a data folder that is a file", async () => {
    const path = join(folder, "a-file");
    writeFileSync(path, "");
    chmodSync(path, 0o600);
    const { code, stderr } = await runProgram(["import", folder], {
      dataDir: folder,
      env: { SEALWATCH_DATA_DIR: path },
    });
    expect(code).toBe(1);
    expect(stderr).toContain(path);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test("a wrong ClickHouse password: told without the password, and reports are kept", async () => {
    const engine = await startStandaloneEngine(join(folder, "server"));
    const dataDir = join(folder, "kept");
    mkdirSync(dataDir);
    const url = `http://reports:wrong-secret@127.0.0.1:${engine.port}/sealwatch`;
    const env = { SEALWATCH_CLICKHOUSE_URL: url };
    const migrated = await runProgram(["migrate"], { dataDir, env });
    expect(migrated.code).toBe(1);
    expect(migrated.stderr).toMatch(/Authentication failed.*SEALWATCH_CLICKHOUSE_URL/s);
    const server = await startProgram({ dataDir, env, waitFor: "answers" });
    const body = reportJson({ number: 1 });
    const answer = await fetch(`${server.http}/v1/tlsrpt`, { method: "POST", body });
    expect(answer.status).toBe(201);
    const readiness = await (await fetch(`${server.http}/readyz`)).text();
    expect(readiness).toMatch(/Authentication failed/);
    expect(migrated.stderr + server.log() + readiness).not.toContain("wrong-secret");
    await server.end("SIGKILL");
    await engine.stop();
  });
});

function withCount(count: unknown): string {
  return withPolicy((policy) => {
    policy.summary["total-failure-session-count"] = count;
  });
}

function invalidUtf8(): Uint8Array {
  number += 1;
  const bytes = Buffer.from(reportJson({ number, organization: "Sender X" }));
  bytes[bytes.indexOf("Sender X") + 7] = 0xff;
  return bytes;
}

/** Members joined: each unfolds to 64 MB, all together to 10 GB. */
function bomb(): Uint8Array {
  const member = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  return Buffer.concat(Array.from({ length: 160 }, () => member));
}

function manyParts(count: number): string {
  const head = 'Content-Type: multipart/mixed; boundary="b"\r\nFrom: a@example.com\r\n\r\n';
  return `${head}${"--b\r\n\r\nx\r\n".repeat(count)}--b--\r\n`;
}

function deepMail(depth: number): string {
  let mail = "From: a@example.com\r\n";
  for (let i = 0; i < depth; i++) {
    mail += `Content-Type: multipart/mixed; boundary="b${i}"\r\n\r\n--b${i}\r\n`;
  }
  return `${mail}\r\nend\r\n`;
}

/** Offers a mail of this size and gives the answer that refuses it. */
function mailOfSize(bytes: number, announced: boolean): Promise<string> {
  const line = Buffer.alloc(1_000, "x");
  line.write("\r\n", 998);
  const body = Buffer.concat(Array.from({ length: Math.ceil(bytes / 1_000) }, () => line));
  const size = announced ? ` SIZE=${bytes}` : "";
  const steps: (string | Buffer)[] = [
    "EHLO mta.sender.example\r\n",
    `MAIL FROM:<a@sender.example>${size}\r\n`,
    "RCPT TO:<tlsrpt@example.com>\r\n",
    "DATA\r\n",
    Buffer.concat([body, Buffer.from(".\r\n")]),
  ];
  return new Promise((resolve, reject) => {
    const socket = connect(program.smtpPort, "127.0.0.1");
    let step = 0;
    socket.on("error", reject);
    socket.setEncoding("latin1").on("data", (text: string) => {
      const last = text.trimEnd().split("\r\n").at(-1) ?? "";
      if (!/^\d{3} /.test(last)) return;
      if (/^[45]/.test(last) || step === steps.length) {
        socket.destroy();
        resolve(last);
        return;
      }
      socket.write(steps[step++] ?? "");
    });
  });
}
