// The page Set-up of the real program: records of two tenants, files explained as the command explains them,
// hostile files, and imports that are followed by whoever started them.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createToken } from "../../services/access/token-file.ts";
import { packageRoot } from "../../services/assets.ts";
import { BOUNDS } from "../../services/core/bounds.ts";
import { type Program, runProgram, startProgram, temporaryFolder } from "../support/program.ts";

const FIXTURES = join(packageRoot(), "test", "fixtures", "reports");
const GOOGLE = join(FIXTURES, "google.json");
const DOMAINS = {
  domains: [
    {
      domain: "example.com",
      tenant: "red",
      aliases: ["alias.example"],
      addresses: ["tlsrpt@red.example"],
    },
    { domain: "cheese.example", tenant: "blue", keys: ["the-key-of-cheese-0123456789"] },
  ],
};
const KEY_DIGEST = /[0-9a-f]{64}/;

const place = temporaryFolder();
let program: Program;
let red: string;

beforeAll(async () => {
  const file = join(place.folder, "domains.json");
  writeFileSync(file, JSON.stringify(DOMAINS));
  program = await startProgram({
    dataDir: place.folder,
    env: {
      SEALWATCH_DOMAINS_FILE: file,
      SEALWATCH_DNS_MX_LOOKUP: "no",
      SEALWATCH_PUBLIC_REPORT_ADDRESS: "tlsrpt@reports.example",
    },
  });
  const request = { name: "red", tenants: ["red"], scopes: ["read", "reprocess"] } as const;
  red = (await createToken(place.folder, { ...request, expiresMs: null }, Date.now())).text;
});
afterAll(async () => {
  await program.end();
  place.remove();
});

type Named = readonly [name: string, bytes: Uint8Array | string];

function formOf(files: readonly Named[]): FormData {
  const form = new FormData();
  for (const [name, bytes] of files) form.append("file", new File([Buffer.from(bytes)], name));
  return form;
}

async function post(path: string, files: readonly Named[], headers: Record<string, string> = {}) {
  const init = { method: "POST", body: formOf(files), redirect: "manual", headers } as const;
  const answer = await fetch(`${program.http}${path}`, init);
  return { answer, text: await answer.text() };
}

const asRed = () => ({ Authorization: `Bearer ${red}` });
const pageOf = async (path: string, headers: Record<string, string> = {}) =>
  (await fetch(`${program.http}${path}`, { headers })).text();

/** What stands on a page, without its markup. */
function wordsOf(page: string): string {
  const text = page.replaceAll(/<[^>]*>/g, " ").replaceAll(/\s+/g, " ");
  const named = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" } as const;
  return text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: keyof typeof named) => named[name]);
}

describe("records", () => {
  test("each domain and alias has its own, with the address that is its own", async () => {
    const words = wordsOf(await pageOf("/setup"));
    for (const line of [
      '_smtp._tls.example.com. 3600 IN TXT "v=TLSRPTv1; rua=mailto:tlsrpt@red.example"',
      '_smtp._tls.alias.example. 3600 IN TXT "v=TLSRPTv1; rua=mailto:tlsrpt@red.example"',
      '_smtp._tls.cheese.example. 3600 IN TXT "v=TLSRPTv1; rua=mailto:tlsrpt@reports.example"',
      '_smtp._tls.cheese.example. 3600 IN TXT "v=TLSRPTv1; rua=https://reports.example/v1/tlsrpt/KEY"',
    ]) {
      expect(words).toContain(line);
    }
  });

  test("a tenant sees its own, and neither names nor keys of another", async () => {
    const page = await pageOf("/setup", asRed());
    expect(page).toContain("example.com");
    expect(page).not.toMatch(/cheese|blue/);
    const asked = await pageOf("/setup?domain=cheese.example", asRed());
    expect(wordsOf(asked)).toContain("cheese.example is not among your configured domains");
    expect(asked).not.toContain("/KEY");
    expect(page.match(KEY_DIGEST)).toBeNull();
    expect((await pageOf("/setup")).match(/the-key-of/)).toBeNull();
  });

  test("what is typed is shown as text", async () => {
    const page = await pageOf(`/setup?domain=${encodeURIComponent('"><script>x</script>\u202e')}`);
    expect(page).not.toMatch(/<script>x|\u202e/);
    expect(wordsOf(page)).toContain("is no domain name");
  });
});

describe("explaining", () => {
  const fixtures = readdirSync(FIXTURES).filter((name) => !name.includes(".expected."));

  test("each fixture has the verdict of the command", async () => {
    const paths = fixtures.map((name) => join(FIXTURES, name));
    const { stdout } = await runProgram(["report", "--json", ...paths], { dataDir: place.folder });
    const said: { file: string; verdict: string }[] = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(said.length).toBeGreaterThanOrEqual(fixtures.length);
    const handed = fixtures.map((name): Named => [name, readFileSync(join(FIXTURES, name))]);
    const { answer, text } = await post("/explain", handed);
    expect(answer.status).toBe(200);
    const words = wordsOf(text);
    for (const { verdict } of said) expect(words).toContain(`${verdict}.`);
    expect(await program.get("/api/v1/overview")).toMatchObject({ data: [{ reports: 0 }] });
  });

  test("compressed, and by the piece for the script", async () => {
    const file = ["google.json.gz", gzipSync(readFileSync(GOOGLE))] as const;
    const { text } = await post("/explain?piece", [file]);
    expect(text).not.toContain("<html");
    expect(wordsOf(text)).toContain("3 of 1,224 sessions failed");
  });

  test("many problems, texts and names: cut, and the rest counted", async () => {
    const report = JSON.parse(readFileSync(GOOGLE, "utf8"));
    const [first] = report.policies;
    first["failure-details"] = Array.from({ length: 5_000 }, (_, i) => ({
      "result-type": "validation-failure",
      "receiving-mx-hostname": `mx${i}.example.com`,
      "failed-session-count": 1,
      "failure-reason-code": `<img src=x onerror=alert(${i})>`,
    }));
    const { text } = await post("/explain?piece", [["many.json", JSON.stringify(report)]]);
    expect(text.length).toBeLessThan(500_000);
    expect(text).not.toContain("<img");
    expect(wordsOf(text)).toContain(
      `and ${(5_000 - BOUNDS.explainListMax).toLocaleString("en")} more problems`,
    );
  });

  test("what is no report says why, and the server goes on", async () => {
    const bomb = gzipSync(Buffer.alloc(BOUNDS.decodedBytesMax + 1));
    const deep = "[".repeat(200_000);
    const { text } = await post("/explain?piece", [
      ["bomb.gz", bomb],
      ["deep.json", deep],
      ["empty.json", ""],
      ["../../<b>x</b>.json", "{"],
    ]);
    expect(text.match(/class="card reading"/g)).toHaveLength(4);
    expect(text).not.toMatch(/<b>x|\.\.\//);
    expect((await fetch(`${program.http}/readyz`)).status).toBe(200);
  });

  test("who sends slowly takes nobody's place, and is cut in time", {
    timeout: 60_000,
  }, async () => {
    const head = [
      "POST /explain HTTP/1.1",
      "Host: localhost",
      "Content-Type: multipart/form-data; boundary=b",
      "Content-Length: 1000000",
    ].join("\r\n");
    const slow = Array.from({ length: BOUNDS.uploadsWaitingMaxEach + 1 }, () => {
      const socket = connect(program.httpPort, "127.0.0.1");
      socket.on("error", () => {}).write(`${head}\r\n\r\n--b\r\n`);
      return socket;
    });
    const closed = slow.map((socket) => new Promise((resolve) => socket.once("close", resolve)));
    await new Promise((resolve) => setTimeout(resolve, 500));
    const beganMs = performance.now();
    expect((await post("/explain", [["google.json", readFileSync(GOOGLE)]])).answer.status).toBe(
      200,
    );
    expect(performance.now() - beganMs).toBeLessThan(BOUNDS.bodySilentSecondsMax * 500);
    await Promise.all(closed);
    const seconds = (performance.now() - beganMs) / 1000;
    expect(seconds).toBeLessThan(3 * BOUNDS.bodySilentSecondsMax);
  });

  test("many at once wait for their turn, and the rest is told when to come again", async () => {
    const file = ["google.json", readFileSync(GOOGLE)] as const;
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => (await post("/explain?piece", [file])).answer),
    );
    const told = answers.filter(({ status }) => status === 200);
    expect(told.length).toBeGreaterThanOrEqual(BOUNDS.uploadsWaitingMaxEach);
    const others = answers.filter(({ status }) => status !== 200);
    for (const { status, headers } of others) {
      expect([status, headers.get("Retry-After")]).toEqual([429, `${BOUNDS.uploadRetrySeconds}`]);
    }
  });

  test("no file, no form, and too much are told on a page", async () => {
    const none = await fetch(`${program.http}/explain`, { method: "POST", body: new FormData() });
    expect([none.status, await none.text()]).toEqual([400, expect.stringContaining("Choose one")]);
    const plain = await fetch(`${program.http}/explain`, { method: "POST", body: "x" });
    expect(plain.status).toBe(400);
    const headers = { "Content-Type": "multipart/form-data; boundary=b" };
    const torn = await fetch(`${program.http}/explain`, {
      method: "POST",
      headers,
      body: "--b\r\nx",
    });
    expect([torn.status, wordsOf(await torn.text())]).toEqual([
      400,
      expect.stringContaining("The form could not be read"),
    ]);
    // However much of it is still on its way: a browser listens only when it has sent everything.
    const large = await post("/explain", [["x.json", new Uint8Array(BOUNDS.uploadBytesMax)]]);
    expect([large.answer.status, wordsOf(large.text)]).toEqual([
      413,
      expect.stringContaining("more than 32 MiB"),
    ]);
    const many = Array.from({ length: BOUNDS.uploadFilesMax + 1 }, (): Named => ["x.json", "{}"]);
    expect((await post("/explain", many)).answer.status).toBe(413);
    const foreign = { Origin: "https://other.example", "Sec-Fetch-Site": "cross-site" };
    expect((await post("/explain", [["x.json", "{}"]], foreign)).answer.status).toBe(403);
  });
});

interface Said {
  event: string;
  id: string;
  counts: { ended: number; total: number; stored: number; duplicate: number; quarantined: number };
}

async function events(id: string, headers: Record<string, string> = {}): Promise<Said[]> {
  const answer = await fetch(`${program.http}/events/progress/${id}`, { headers });
  expect(answer.headers.get("Content-Type")).toBe("text/event-stream");
  const blocks = (await answer.text()).trim().split("\n\n");
  return blocks.map((block) => {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1] ?? "";
    return { event: field("event"), id: field("id"), counts: JSON.parse(field("data")) };
  });
}

async function importFiles(files: readonly Named[]): Promise<string> {
  const { answer } = await post("/import", files);
  expect(answer.status).toBe(303);
  return /import=([0-9a-f]+)/.exec(answer.headers.get("Location") ?? "")?.[1] ?? "";
}

describe("importing", () => {
  test("counts for real, and is followed to its end", async () => {
    const id = await importFiles([
      ["google.json", readFileSync(GOOGLE)],
      ["again.json", readFileSync(GOOGLE)],
      ["other.json", "{}"],
    ]);
    const told = await events(id);
    const last = told.at(-1);
    expect(last?.event).toBe("done");
    expect(last?.counts).toMatchObject({
      ended: 3,
      total: 3,
      stored: 1,
      duplicate: 1,
      quarantined: 1,
    });
    expect(told.slice(0, -1).every(({ event }) => event === "progress")).toBe(true);
    expect(new Set(told.map((one) => one.id)).size).toBe(told.length);
    expect(wordsOf(await pageOf(`/setup?import=${id}`))).toContain("All done: 3 of 3 messages");
    // Asked again after its end it says so at once, and once.
    expect(await events(id, { "Last-Event-ID": last?.id ?? "" })).toEqual([last]);
    expect(wordsOf(await pageOf("/setup?domain=example.com"))).toContain(
      "about days from 2026-05-03",
    );
  });

  test("an mbox is as many messages as it holds", async () => {
    const report = readFileSync(GOOGLE, "utf8");
    const mail = `From x@example.com Mon Jan  1 00:00:00 2026\nContent-Type: application/tlsrpt+json\n\n${report}\n`;
    const id = await importFiles([["two.mbox", mail + mail]]);
    expect((await events(id)).at(-1)?.counts).toMatchObject({ ended: 2, total: 2 });
  });

  test("the range stays in the address of what follows", async () => {
    const { answer } = await post("/import?last=90d&other=1", [["x.json", "{}"]]);
    expect(answer.headers.get("Location")).toMatch(/^\/setup\?last=90d&import=[0-9a-f]+#explain$/);
    const page = await pageOf(answer.headers.get("Location") ?? "");
    expect(page).toContain('formaction="/import?last=90d"');
    expect(page).toContain('href="/reports?last=90d"');
    const typed = await pageOf("/setup?domain=example.com&last=90d");
    expect(typed).toContain('<input type="hidden" name="last" value="90d">');
  });

  test("nobody else follows it", async () => {
    const id = await importFiles([["google.json", readFileSync(GOOGLE)]]);
    const other = await fetch(`${program.http}/events/progress/${id}`, { headers: asRed() });
    expect(other.status).toBe(404);
    expect(wordsOf(await pageOf(`/setup?import=${id}`, asRed()))).toContain(
      "Nothing is known of this import",
    );
    expect((await events(id)).at(-1)?.event).toBe("done");
  });

  test("a caller of some tenants explains and does not import", async () => {
    const file = ["google.json", readFileSync(GOOGLE)] as const;
    const refused = await post("/import", [file], asRed());
    expect([refused.answer.status, wordsOf(refused.text)]).toEqual([
      403,
      expect.stringContaining("it needs the scope reprocess, all tenants"),
    ]);
    expect((await post("/explain", [file], asRed())).answer.status).toBe(200);
    expect(await pageOf("/setup", asRed())).not.toContain('formaction="/import"');
  });
});

test("the test report is one, is a duplicate the second time, and changes no rate", async () => {
  const report = await (
    await fetch(`${program.http}/setup/test-report.json?domain=example.com`)
  ).text();
  const before = await program.get<{ data: object[] }>("/api/v1/overview?last=3650d");
  const id = await importFiles([
    ["test-report.json", report],
    ["test-report.json", report],
  ]);
  const last = (await events(id)).at(-1);
  expect(last?.counts).toMatchObject({ stored: 1, duplicate: 1, quarantined: 0 });
  const after = await program.get<{ data: Record<string, unknown>[] }>(
    "/api/v1/overview?last=3650d",
  );
  expect(after.data[0]?.["total_sessions"]).toEqual(Object(before.data[0])["total_sessions"]);
});
