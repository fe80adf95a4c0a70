// Harmful text in every field that a stranger can write, sent to the real program by every way in, and then
// looked at as its users do: in Chromium, as CSV, on a terminal, in the logs (invariant 6).

import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BOUNDS } from "../../services/core/bounds.ts";
import { printable } from "../../services/core/printable.ts";
import { PANELS } from "../../services/query/index.ts";
import { PAYLOADS, payloadMail, payloadReport } from "../support/payloads.ts";
import {
  MAIN,
  type Program,
  runProgram,
  startProgram,
  temporaryFolder,
  waitUntil,
} from "../support/program.ts";
import { readCsv } from "../support/spreadsheet.ts";
import { ingestTally, isDrained } from "../support/tally.ts";

const CHROMIUM = "/usr/bin/chromium";
const NAMES = Object.keys(PAYLOADS);
const FORMULA = /^[\s"]*[=+\-@|%＝＋－＠｜％]/;
const UNSAFE = /[\p{Cc}\p{Cs}\p{Co}\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\ufeff]/u;
const ALL_DAYS = "from=2016-01-01&limit=10000";
const run = promisify(execFile);

const { folder, remove } = temporaryFolder();
const dataDir = join(folder, "data");
const logs: Record<string, string> = {};
let program: Program;
let browser: Browser;

/** Each payload has a day of its own, so that a page of one day shows it. */
function dayOf(name: string): string {
  const ms = Date.parse("2026-01-01T00:00:00Z") + NAMES.indexOf(name) * 86_400_000;
  return new Date(ms).toISOString().slice(0, 10);
}

/** Says lines to the SMTP port, whatever it answers, and reads until it closes. */
function converse(port: number, lines: readonly (string | Buffer)[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    let text = "";
    let step = 0;
    socket.setTimeout(20_000, () => reject(new Error(`no end: ${text}`)));
    socket.on("error", () => {});
    socket.on("close", () => resolve(text));
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      text += chunk;
      if (!/(?:^|\r\n)\d{3} [^\r\n]*\r\n$/.test(text)) return;
      const line = lines[step++];
      if (line === undefined) socket.end();
      else socket.write(line);
    });
  });
}

async function sendByMail(text: string, report: string | null): Promise<void> {
  const raw = text.replaceAll(/[\r\n\0]/g, " ").slice(0, 200);
  const message = payloadMail(text, { report }).toString("latin1").replace(/^\./gm, "..");
  const data = Buffer.from(`${message}\r\n.\r\n`, "latin1");
  // The envelope as far as it is taken; what is refused is refused in a log line.
  await converse(program.smtpPort, [`EHLO ${raw}\r\n`, `MAIL FROM:<${raw}>\r\n`, "QUIT\r\n"]);
  const replies = await converse(program.smtpPort, [
    "EHLO mta.sender.example\r\n",
    "MAIL FROM:<tls-reports@sender.example>\r\n",
    `RCPT TO:<"${raw.replaceAll(/["\\]/g, "\\$&")}"@example.com>\r\n`,
    "RCPT TO:<tlsrpt@example.com>\r\n",
    "DATA\r\n",
    data,
    "QUIT\r\n",
  ]);
  expect(replies, text).toMatch(/^250 2\.0\.0 Ok: received/m);
}

async function post(text: string, body: string): Promise<void> {
  const headers = {
    "Content-Type": "application/tlsrpt+json",
    "User-Agent": Buffer.from(text.replaceAll(/[^\x20-\x7e]/g, "?")).toString(),
  };
  const key = encodeURIComponent(text.toWellFormed().slice(0, 300));
  const answer = await fetch(`${program.http}/v1/tlsrpt/${key}`, { method: "POST", body, headers });
  expect([201, 404], `${text}: ${answer.status}`).toContain(answer.status);
  const plain = await fetch(`${program.http}/v1/tlsrpt`, { method: "POST", body, headers });
  expect(plain.status).toBe(201);
}

async function sendEverything(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const text = PAYLOADS[name] ?? "";
    await post(text, payloadReport(text, dayOf(name)));
    await post(text, `no report: ${text}`);
    await sendByMail(text, payloadReport(`${text} by mail`, dayOf(name)));
    await sendByMail(text, null);
    const file = join(
      folder,
      "import",
      `${Buffer.from(text).toString("utf8").replaceAll(/[/\0]/g, "_").slice(0, 60)}.json`,
    );
    writeFileSync(file, `{"organization-name": ${JSON.stringify(text)}}`);
  }
}

async function drained(): Promise<void> {
  await waitUntil("the spool to drain", 60_000, () => isDrained(program));
}

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) throw new Error(`${CHROMIUM} is missing; .ci/run installs it`);
  mkdirSync(dataDir);
  mkdirSync(join(folder, "import"));
  const half = NAMES.length / 2;
  for (const [format, names] of Object.entries({
    text: NAMES.slice(0, half),
    json: NAMES.slice(half),
  })) {
    const env = {
      SEALWATCH_LOG_FORMAT: format,
      SEALWATCH_LOG_LEVEL: "debug",
      SEALWATCH_DKIM: "flag",
    };
    program = await startProgram({ dataDir, env });
    await sendEverything(names);
    await drained();
    logs[format] = program.log();
    if (format === "text") await program.end();
  }
  const imported = await runProgram(["import", join(folder, "import")], { dataDir });
  expect([imported.code, printable(imported.stdout.replaceAll("\n", ""))]).toEqual([
    0,
    imported.stdout.replaceAll("\n", ""),
  ]);
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
});
afterAll(async () => {
  await browser?.close();
  await program?.end();
  remove();
});

test("everything was taken: as a report, or into quarantine", async () => {
  const tally = await ingestTally(program);
  expect(tally.stored, JSON.stringify(tally)).toBeGreaterThan(NAMES.length);
  expect(tally.quarantined).toBeGreaterThan(NAMES.length);
});

interface Visit {
  page: Page;
  /** What went wrong on the pages visited so far. */
  trouble: string[];
  close(): Promise<void>;
}

async function openPage(): Promise<Visit> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const trouble: string[] = [];
  page.on("console", (message) => {
    // Chromium asks for an icon wherever a page names none.
    if (message.location().url.endsWith("/favicon.ico")) return;
    if (["error", "warning"].includes(message.type())) trouble.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => trouble.push(`script: ${error.message}`));
  page.on("dialog", (dialog) => {
    trouble.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== program.http && url.protocol !== "data:") trouble.push(`request: ${url}`);
  });
  return { page, trouble, close: () => context.close() };
}

/** What is written on the page, as it is laid out. */
const textOf = (page: Page) => page.evaluate<string>("document.body.innerText");

/** Text as a reader sees it: runs of white space are one blank. */
const seen = (text: string) => text.replaceAll(/\s+/g, " ").trim();

/** What no page of ours has; its own scripts are files of its own. */
const FOREIGN =
  "script:not([src^='/assets/']),iframe,img,object,embed,base,meta[http-equiv],[onload],[onerror],[onfocus]";

describe("in a browser", () => {
  test("pages with data show each text as text and run nothing", async () => {
    const { page, trouble, close } = await openPage();
    for (const name of NAMES) {
      const day = dayOf(name);
      const until = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
      const search = `from=${day}&to=${until}`;
      const found = await program.get<{ data: { organization: string; id: string }[] }>(
        `/api/v1/reports?${search}`,
      );
      expect(found.data.length, name).toBeGreaterThanOrEqual(1);
      await page.goto(`${program.http}/reports?${search}`);
      const text = seen(await textOf(page));
      for (const { organization } of found.data) {
        expect(text, name).toContain(seen(printable(organization)));
      }
      expect(await page.evaluate("window.pwned"), name).toBeUndefined();
      expect(await page.locator(FOREIGN).count(), name).toBe(0);
      // The filters and the choice of colours.
      expect(await page.locator("form").count(), name).toBe(2);
    }
    expect(trouble).toEqual([]);
    await close();
  });

  test("parameters of the page are kept as text", async () => {
    const { page, trouble, close } = await openPage();
    for (const [turn, [name, text]] of Object.entries(PAYLOADS).entries()) {
      const value = encodeURIComponent(text.toWellFormed().slice(0, BOUNDS.queryValueCharsMax));
      const names = ["organization", "from", "trust", value];
      const all = names.map((one) => `${one}=${value}`).join("&");
      const domain = `domain=${value}`;
      for (const search of turn % 3 === 0 ? [all, domain] : [domain]) {
        const answer = await page.goto(`${program.http}/?${search}`);
        expect(answer?.status(), name).toBe(200);
        expect(await page.evaluate("window.pwned"), name).toBeUndefined();
        expect(await page.locator(FOREIGN).count(), name).toBe(0);
      }
      // An input holds one line.
      const kept = await page.inputValue("input[name=domain]");
      const line = decodeURIComponent(value)
        .trim()
        .replaceAll(/[\r\n]/g, "")
        .replaceAll("\0", "\ufffd");
      expect(kept, name).toBe(line);
    }
    expect(trouble).toEqual([]);
    await close();
  });

  test("answers of the API are shown as text", async () => {
    const { page, trouble, close } = await openPage();
    const list = await program.get<{ data: { id: string }[] }>(`/api/v1/reports?${ALL_DAYS}`);
    const paths = [
      ...PANELS.map(({ id }) => `/api/v1/${id}?from=2016-01-01`),
      ...list.data.filter((_, i) => i % 3 === 0).map(({ id }) => `/api/v1/reports/${id}`),
    ];
    for (const path of paths) {
      const answer = await page.goto(`${program.http}${path}`);
      expect(answer?.headers()["content-type"], path).toBe("application/json");
      expect(await page.evaluate("window.pwned"), path).toBeUndefined();
      expect(await textOf(page), path).toContain('"data"');
    }
    expect(trouble).toEqual([]);
    await close();
  });

  test("bytes as received are saved and never shown", async () => {
    const { page, close } = await openPage();
    const list = await program.get<{ data: { id: string }[] }>(`/api/v1/reports?${ALL_DAYS}`);
    const held = await program.get<{ data: { receipt: string }[] }>(
      `/api/v1/quarantine?${ALL_DAYS}`,
    );
    const paths = [
      ...list.data.slice(0, 5).map(({ id }) => `/api/v1/reports/${id}/raw`),
      ...held.data.slice(0, 5).map(({ receipt }) => `/api/v1/quarantine/${receipt}/raw`),
    ];
    expect(paths).toHaveLength(10);
    for (const path of paths) {
      const { headers } = await fetch(`${program.http}${path}`);
      expect(headers.get("Content-Disposition"), path).toMatch(/^attachment; filename="[\w.-]+"$/);
      expect(headers.get("Content-Security-Policy"), path).toMatch(/^sandbox; default-src 'none'/);
      expect(headers.get("X-Content-Type-Options"), path).toBe("nosniff");
      expect(headers.get("Content-Type"), path).toMatch(/^application\/(json|octet-stream)$/);
      const download = page.waitForEvent("download");
      await page.goto(`${program.http}${path}`).catch(() => null);
      expect((await download).suggestedFilename(), path).toMatch(/^[\w.-]+$/);
    }
    await close();
  });
});

test("no parameter gets into a header of an answer", async () => {
  // All panels answer by one route: each payload goes to some of them, in turn.
  for (const [turn, [name, text]] of Object.entries(PAYLOADS).entries()) {
    const value = encodeURIComponent(text.toWellFormed().slice(0, 1_000));
    for (const { id } of PANELS.filter((_, i) => i % 7 === turn % 7)) {
      const answer = await fetch(
        `${program.http}/api/v1/${id}?organization=${value}&tenant=${value}&format=csv&limit=1`,
      );
      expect([200, 400], `${name} ${id}`).toContain(answer.status);
      expect(answer.headers.get("Set-Cookie"), name).toBeNull();
      const type = answer.headers.get("Content-Type") ?? "";
      expect(type, name).toMatch(/^(text\/csv; charset=utf-8|application\/problem\+json)/);
      for (const [, header] of answer.headers) expect(header).toMatch(/^[\x20-\x7e]*$/);
    }
  }
});

test("no cell of a CSV is a formula, and no line reaches a terminal", async () => {
  for (const { id } of PANELS) {
    const limit = id === "overview" || id === "trust" ? "" : "&limit=10000";
    const answer = await fetch(`${program.http}/api/v1/${id}?from=2016-01-01${limit}&format=csv`);
    const csv = await answer.text();
    const lines = csv.split("\r\n");
    for (const line of lines) expect(UNSAFE.test(line), `${id}: ${line}`).toBe(false);
    const rows = readCsv(csv, ",");
    expect(rows.length, id).toBe(lines.length - 1);
    expect(new Set(rows.map((row) => row.length)).size, id).toBe(1);
    for (const separator of [",", ";", "\t"]) {
      for (const cell of readCsv(csv, separator).flat()) {
        expect(FORMULA.test(cell), `${id}: ${cell}`).toBe(false);
      }
    }
  }
});

describe("on a terminal", () => {
  /** What the program writes to a terminal of so many columns. */
  async function onTerminal(args: readonly string[], columns: number): Promise<string> {
    const command = `stty cols ${columns}; exec ${process.execPath} ${MAIN} ${args.join(" ")}`;
    const env = { ...process.env, SEALWATCH_DATA_DIR: dataDir, NO_COLOR: "1" };
    const options = { env, maxBuffer: 64 * 1024 * 1024 };
    const { stdout } = await run("/usr/bin/script", ["-qec", command, "/dev/null"], options);
    return stdout.replaceAll(/\r+\n/g, "\n"); // the terminal adds one to each line end
  }

  test.each(["reports", "failures-by-mx", "quarantine"])("%s", async (panel) => {
    const args = ["query", panel, "--from", "2016-01-01", "--limit", "10000"];
    const wide = await onTerminal(args, 400);
    const narrow = await onTerminal(args, 80);
    for (const text of [wide, narrow]) {
      for (const line of text.split("\n")) expect(UNSAFE.test(line), line).toBe(false);
    }
    expect(wide).toContain("<script>");
    for (const line of narrow.split("\n")) expect([...line].length, line).toBeLessThanOrEqual(80);
    const json = await onTerminal([...args, "--json"], 80);
    const csv = await onTerminal([...args, "--csv"], 80);
    for (const text of [json, csv]) expect(UNSAFE.test(text.replaceAll("\n", ""))).toBe(false);
    const exact = await program.get<{ data: unknown[] }>(`/api/v1/${panel}?${ALL_DAYS}`);
    expect(JSON.parse(json).data).toEqual(exact.data);
  });
});

test("logs have one line per event, whatever is in it", () => {
  const kept = (format: string) => (logs[format] ?? "").split("\n").slice(1, -1);
  expect(kept("json").length).toBeGreaterThan(50);
  for (const line of [...kept("json"), ...kept("text")]) {
    expect(UNSAFE.test(line), line).toBe(false);
  }
  for (const line of kept("json")) {
    expect(JSON.parse(line), line).toMatchObject({ event: expect.stringMatching(/^[a-z-]+$/) });
  }
  expect(kept("text").length).toBeGreaterThan(50);
  for (const line of kept("text")) {
    expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z (DEBUG|INFO |WARN |ERROR) [a-z-]+: /);
  }
});
