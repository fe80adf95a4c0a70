// The whole program from the command line: stop and drain, import beside a server and without one, the
// same answer to a query with and without a server.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runProgram, startProgram, temporaryFolder, waitUntil } from "../support/program.ts";
import { reportJson, reportMail } from "../support/reports.ts";
import { postReport } from "../support/senders.ts";
import { ingestTally, overview } from "../support/tally.ts";

let place: { folder: string; remove(): void };
let dataDir: string;
beforeEach(() => {
  place = temporaryFolder();
  dataDir = join(place.folder, "data");
  mkdirSync(dataDir);
});
afterEach(() => place.remove());

function files(count: number, from = 0): string {
  const folder = join(place.folder, `files-${from}`);
  mkdirSync(folder, { recursive: true });
  for (let i = from; i < from + count; i++) {
    writeFileSync(join(folder, `${i}.eml`), reportMail({ number: i }));
  }
  return folder;
}

async function importJson(...paths: string[]): Promise<Record<string, number>> {
  const { code, stdout, stderr } = await runProgram(["import", "--json", ...paths], { dataDir });
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

describe("stop", () => {
  test("SIGTERM drains: what was acknowledged is in the store when the program has ended", async () => {
    const program = await startProgram({ dataDir });
    const posts = Array.from({ length: 150 }, (_, number) => postReport(program.http, { number }));
    expect((await Promise.all(posts)).every(Boolean)).toBe(true);
    expect(await program.end("SIGTERM")).toBe(0);
    const { stdout } = await runProgram(["query", "overview", "--last", "365d", "--json"], {
      dataDir,
    });
    expect(JSON.parse(stdout).data[0]).toMatchObject({ reports: 150 });
  });

  test("a second signal ends at once, and nothing acknowledged is lost", async () => {
    const url = "http://nobody:nothing@127.0.0.1:1/none";
    const away = await startProgram({
      dataDir,
      env: { SEALWATCH_CLICKHOUSE_URL: url },
      waitFor: "answers",
    });
    expect(await postReport(away.http, { number: 1 })).toBe(true);
    const ended = away.end("SIGTERM");
    await waitUntil("the program to be told", 10_000, () => away.log().includes('"stopping"'));
    process.kill(away.pid, "SIGTERM");
    expect([0, 130]).toContain(await ended);
    const program = await startProgram({ dataDir });
    await waitUntil("the report", 20_000, async () => (await overview(program)).reports === 1);
    expect(await program.end()).toBe(0);
  });
});

describe("import", () => {
  test("without a server it stores by itself; again, all are duplicates", async () => {
    const folder = files(120);
    const counts = { received: 120, stored: 120, duplicate: 0, conflict: 0, quarantined: 0 };
    expect(await importJson(folder)).toEqual(counts);
    expect(await importJson(folder)).toEqual({ ...counts, stored: 0, duplicate: 120 });
  });

  test("beside a server, several at once, and a server that goes away in the middle", async () => {
    const program = await startProgram({ dataDir });
    const imports = [importJson(files(100, 0)), importJson(files(100, 1_000))];
    await program.end("SIGKILL");
    const counts = await Promise.all(imports);
    expect(counts.map((one) => one["received"])).toEqual([100, 100]);
    const again = await startProgram({ dataDir });
    expect(await ingestTally(again)).toEqual({
      received: 200,
      stored: 200,
      duplicate: 0,
      conflict: 0,
      quarantined: 0,
    });
    expect((await overview(again)).reports).toBe(200);
    await again.end();
  });

  test("mbox, gzip, Maildir and standard input", async () => {
    const mbox = join(place.folder, "reports.mbox");
    const mails = [1, 2, 3].map((number) => `From x\n${reportMail({ number })}\n`);
    writeFileSync(mbox, mails.join(""));
    const maildir = join(place.folder, "Maildir", "new");
    mkdirSync(maildir, { recursive: true });
    writeFileSync(join(maildir, "1.host"), reportMail({ number: 4 }));
    const gzip = join(place.folder, "sender.example!example.com!1!2.json.gz");
    writeFileSync(gzip, gzipSync(reportJson({ number: 5 })));
    const counts = await importJson(mbox, join(place.folder, "Maildir"), gzip);
    expect(counts).toMatchObject({ received: 5, stored: 5 });
    const input = await runProgram(["import", "-", "--json"], {
      dataDir,
      input: Buffer.from(reportJson({ number: 6 })),
    });
    expect(JSON.parse(input.stdout)).toMatchObject({ received: 1, stored: 1 });
  });

  test("what cannot be used is named with file, reason and what was found", async () => {
    const folder = files(1);
    writeFileSync(join(folder, "broken.json"), '{"policies": 7');
    writeFileSync(join(folder, "notes.txt"), "not looked at");
    const { code, stdout } = await runProgram(["import", folder], { dataDir });
    expect(code).toBe(0);
    expect(stdout).toMatch(/2 received: 1 stored, 0 duplicate, 0 conflict, 1 quarantined/);
    expect(stdout).toMatch(/broken\.json: not-json: .+/);
    expect(stdout).toMatch(/1 file passed over/);
  });
});

test("a query has the same answer with and without a server", async () => {
  await importJson(files(30));
  const query = async (form: string) => {
    const args = ["query", "failures-by-mx", "--last", "365d", form];
    return (await runProgram(args, { dataDir })).stdout;
  };
  const without = await query("--csv");
  const program = await startProgram({ dataDir });
  expect(await query("--csv")).toBe(without);
  expect(without.split("\n")[0]).toMatch(/^mx,result_type,failed_sessions/);
  expect(await query("--json")).toContain('"failed_sessions"');
  await program.end();
});

test("reprocess by the API: the quarantined message is tried again and stays where it is", async () => {
  const program = await startProgram({ dataDir });
  await fetch(`${program.http}/v1/tlsrpt`, { method: "POST", body: "no report" });
  await waitUntil("the message in quarantine", 20_000, async () => {
    return (await ingestTally(program)).quarantined === 1;
  });
  const list = await program.get<{ data: { receipt: string }[] }>("/api/v1/quarantine");
  const url = `${program.http}/api/v1/quarantine/${list.data[0]?.receipt}`;
  const raw = await (await fetch(`${url}/raw`)).text();
  expect(raw).toBe("no report");
  const answer = await fetch(`${url}/reprocess`, { method: "POST" });
  expect(answer.status).toBe(202);
  await program.end();
  const again = await startProgram({ dataDir });
  expect(await ingestTally(again)).toMatchObject({ received: 1, quarantined: 1 });
  expect(await (await fetch(url.replace(program.http, again.http))).status).toBe(200);
  await again.end();
});
