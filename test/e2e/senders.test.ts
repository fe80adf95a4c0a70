// Reports from programs that we did not write: Postfix, swaks and smtp-source by SMTP, curl by HTTP as gzip
// and as JSON. Each is found through the API.

import { execFile } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Mta } from "../support/mta.ts";
import { startPostfix } from "../support/postfix.ts";
import {
  freePort,
  type Program,
  startProgram,
  temporaryFolder,
  waitUntil,
} from "../support/program.ts";
import { reportJson, reportMail } from "../support/reports.ts";
import { ingestTally } from "../support/tally.ts";

const run = promisify(execFile);
const PROGRAMS = ["/usr/sbin/postfix", "/usr/sbin/smtp-source", "/usr/bin/swaks", "/usr/bin/curl"];

const { folder, remove } = temporaryFolder();
let program: Program;
let postfix: Mta;

beforeAll(async () => {
  for (const path of PROGRAMS) {
    if (!existsSync(path))
      throw new Error(`${path} is missing; .ci/run installs what these tests need`);
  }
  program = await startProgram({ dataDir: folder });
  postfix = startPostfix({ port: await freePort(), relayToPort: program.smtpPort });
});
afterAll(async () => {
  await postfix.stop();
  await program.end();
  remove();
});

interface Found {
  data: { channel: string; report_id: string; status: string; domains: string[] }[];
}

/** Waits until the report of this number is in the list of reports, and gives its row. */
async function findReport(number: number) {
  let row: Found["data"][number] | undefined;
  await waitUntil(`report ${number} to be in the API`, 30_000, async () => {
    const found = await program.get<Found>("/api/v1/reports?from=2016-01-01&limit=1000");
    row = found.data.find((one) => one.report_id.endsWith(`_${number}`));
    return row !== undefined;
  });
  return row;
}

function mailFile(number: number): string {
  const path = join(folder, `${number}.eml`);
  // The programs make the line ends of the wire themselves.
  writeFileSync(path, reportMail({ number }).toString("latin1").replaceAll("\r\n", "\n"));
  return path;
}

test("swaks", async () => {
  await run("/usr/bin/swaks", [
    ...["--server", "127.0.0.1", "--port", String(program.smtpPort)],
    ...["--from", "tls-reports@sender.example", "--to", "tlsrpt@example.com"],
    ...["--ehlo", "mta.sender.example", "--pipeline", "--data", `@${mailFile(1)}`],
  ]);
  expect(await findReport(1)).toMatchObject({ channel: "smtp", status: "stored" });
});

test("Postfix relays a mail that swaks gave to it", async () => {
  await run("/usr/bin/swaks", [
    ...["--server", "127.0.0.1", "--port", String(postfix.port)],
    ...["--from", "tls-reports@sender.example", "--to", "tlsrpt@example.com"],
    ...["--data", `@${mailFile(2)}`],
  ]);
  expect(await findReport(2), postfix.log()).toMatchObject({ channel: "smtp", status: "stored" });
  expect(postfix.log()).toMatch(/status=sent \(250 2\.0\.0 Ok: received as [0-9A-Z]{26}\)/);
});

test("smtp-source: mails without a report are accepted and filed quietly", async () => {
  await run("/usr/sbin/smtp-source", [
    ...["-s", "4", "-m", "20", "-l", "2048", "-f", "someone@sender.example"],
    ...["-t", "tlsrpt@example.com", `127.0.0.1:${program.smtpPort}`],
  ]);
  await waitUntil("the mails to be in quarantine", 30_000, async () => {
    return (await ingestTally(program)).quarantined === 20;
  });
});

test("smtp-source sends a whole report mail, many times: one counts", async () => {
  await run("/usr/sbin/smtp-source", [
    ...["-s", "4", "-m", "20", "-F", mailFile(3), "-f", "tls-reports@sender.example"],
    ...["-t", "tlsrpt@example.com", `127.0.0.1:${program.smtpPort}`],
  ]);
  await findReport(3);
  await waitUntil("the copies to be counted as duplicates", 30_000, async () => {
    return (await ingestTally(program)).duplicate === 19;
  });
});

test.each([
  { number: 4, form: "gzip", type: "application/tlsrpt+gzip" },
  { number: 5, form: "json", type: "application/tlsrpt+json" },
])("curl posts $form", async ({ number, form, type }) => {
  const path = join(folder, `${number}.body`);
  const json = reportJson({ number });
  writeFileSync(path, form === "gzip" ? gzipSync(json) : json);
  const { stdout } = await run("/usr/bin/curl", [
    ...["--silent", "--show-error", "--fail", "--data-binary", `@${path}`],
    ...["-H", `Content-Type: ${type}`, `${program.http}/v1/tlsrpt`],
  ]);
  expect(JSON.parse(stdout)).toMatchObject({ receipt: expect.stringMatching(/^[0-9A-Z]{26}$/) });
  expect(await findReport(number)).toMatchObject({ channel: "https", status: "stored" });
});

test("everything received is accounted for", async () => {
  await waitUntil("all outcomes", 30_000, async () => (await ingestTally(program)).received === 44);
  const { received, ...outcomes } = await ingestTally(program);
  expect(outcomes).toEqual({ stored: 5, duplicate: 19, conflict: 0, quarantined: 20 });
  expect(received).toBe(44);
});
