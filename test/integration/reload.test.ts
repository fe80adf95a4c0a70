// SIGHUP and renewed certificates on the real program: what changes, what stays, and that nobody is cut off.

import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import type { Socket } from "node:net";
import { join } from "node:path";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import {
  freePort,
  type Program,
  startProgram,
  temporaryFolder,
  waitUntil,
} from "../support/program.ts";
import { makeCertificate } from "./certificate.ts";
import { begin, dial, stuff } from "./dialogue.ts";

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const MAIL = Buffer.from("Subject: report\r\n\r\nbody\r\n");

async function stage(yaml: string, env: Record<string, string> = {}) {
  const { folder, remove } = temporaryFolder();
  cleanups.push(remove);
  const configure = (text: string) => writeFileSync(join(folder, "sealwatch.yaml"), text);
  configure(yaml);
  const program = await startProgram({ dataDir: folder, env });
  cleanups.push(() => program.end());
  return { folder, program, configure };
}

interface LogLine {
  event: string;
  level: string;
  [field: string]: unknown;
}

function linesOf(program: Program, event: string): LogLine[] {
  const lines = program.log().split("\n");
  return lines.filter((line) => line.includes(`"${event}"`)).map((line) => JSON.parse(line));
}

/** Sends SIGHUP and waits until the program tells how it ended. */
async function reload(program: Program): Promise<LogLine | undefined> {
  const told = () => [
    ...linesOf(program, "configuration-reloaded"),
    ...linesOf(program, "configuration-kept"),
  ];
  const before = told().length;
  process.kill(program.pid, "SIGHUP");
  await waitUntil("the reload to be told", 10_000, () => told().length > before);
  return told()
    .sort((a, b) => String(a["time"]).localeCompare(String(b["time"])))
    .at(-1);
}

async function recipient(program: Program, address: string): Promise<string> {
  const dialogue = await dial(`127.0.0.1:${program.smtpPort}`);
  await dialogue.say("EHLO a.example\r\nMAIL FROM:<>\r\n");
  await dialogue.reply();
  const reply = await dialogue.say(`RCPT TO:<${address}>\r\n`);
  dialogue.end();
  return reply.slice(0, 3);
}

describe("SIGHUP", () => {
  test("changes what can change, and cuts off nobody", async () => {
    const { program, configure } = await stage(
      "smtp:\n  recipients: [reports@example.com]\nlog:\n  level: info\n",
    );
    const mail = await dial(`127.0.0.1:${program.smtpPort}`);
    await begin(mail);
    const [half, rest] = [stuff(MAIL).subarray(0, 12), stuff(MAIL).subarray(12)];
    mail.write(half);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const first = await ask(program, agent);

    configure(
      "smtp:\n  recipients: [others@example.com]\nlog:\n  level: debug\n" +
        "limits:\n  posts_per_minute: 7\nproxies: [192.0.2.1]\n",
    );
    const told = await reload(program);
    expect(told?.event).toBe("configuration-reloaded");
    expect([told?.["changed"]].flat().sort()).toEqual(
      ["limits.posts_per_minute", "log.level", "proxies", "smtp.recipients"].sort(),
    );
    expect(linesOf(program, "restart-needed")).toEqual([]);

    expect(await mail.say(rest)).toMatch(/^250 2\.0\.0 Ok: received as /);
    const second = await ask(program, agent);
    expect(second.status).toBe(200);
    expect(second.socket).toBe(first.socket);
    agent.destroy();
    expect(await recipient(program, "reports@example.com")).toBe("550");
    expect(await recipient(program, "others@example.com")).toBe("250");
    // The level holds: a debug line comes with the next message.
    const debugged = await dial(`127.0.0.1:${program.smtpPort}`);
    await debugged.say("EHLO a.example\r\nMAIL FROM:<>\r\n");
    await debugged.reply();
    await debugged.say("RCPT TO:<others@example.com>\r\n");
    await debugged.say("DATA\r\n");
    await debugged.say(stuff(MAIL));
    await waitUntil("a line of level debug", 5_000, () =>
      linesOf(program, "message-accepted").some(({ level }) => level === "debug"),
    );
  });

  test("with mistakes tells all of them and changes nothing", async () => {
    const { program, configure } = await stage("smtp:\n  recipients: [reports@example.com]\n");
    configure("smtp:\n  recipients: [others@example.com]\nlimits:\n  exempt: [nobody]\nproxi: 1\n");
    const told = await reload(program);
    expect(told).toMatchObject({ event: "configuration-kept", level: "error" });
    const problems = JSON.stringify(told?.["problems"]);
    expect(problems).toContain("limits.exempt");
    expect(problems).toContain("proxies");
    expect(await recipient(program, "reports@example.com")).toBe("250");
    expect(await recipient(program, "others@example.com")).toBe("550");
    configure("smtp:\n  recipients: [others@example.com]\n");
    expect((await reload(program))?.event).toBe("configuration-reloaded");
    expect(await recipient(program, "others@example.com")).toBe("250");
  });

  test("keeps what a file that is gone or empty had said", async () => {
    const { folder, program, configure } = await stage("smtp:\n  recipients: [a@example.com]\n");
    configure("");
    expect((await reload(program))?.event).toBe("configuration-kept");
    rmSync(join(folder, "sealwatch.yaml"));
    expect((await reload(program))?.event).toBe("configuration-kept");
    expect(await recipient(program, "b@example.com")).toBe("550");
    configure("smtp:\n  recipients: [b@example.com]\n");
    expect((await reload(program))?.event).toBe("configuration-reloaded");
    expect(await recipient(program, "b@example.com")).toBe("250");
  });

  test("names domains_file when its content has changed, and then no more", async () => {
    const { folder, remove } = temporaryFolder();
    cleanups.push(remove);
    const path = join(folder, "domains.yaml");
    writeFileSync(path, "domains: [{domain: example.com}]\n");
    const { program } = await stage(`domains_file: ${path}\n`);
    expect((await reload(program))?.["changed"]).toEqual([]);
    writeFileSync(path, "domains: [{domain: example.net}]\n");
    expect((await reload(program))?.["changed"]).toEqual(["domains_file"]);
    expect((await reload(program))?.["changed"]).toEqual([]);
  });

  test("names what needs a restart, each time until there was one", async () => {
    const { program, configure } = await stage("smtp:\n  connections_max: 50\n");
    const changed = "smtp:\n  connections_max: 60\n  recipients: [a@example.com]\n";
    configure(changed);
    expect((await reload(program))?.["changed"]).toEqual(["smtp.recipients"]);
    expect(linesOf(program, "restart-needed")).toMatchObject([
      { options: ["smtp.connections_max"] },
    ]);
    configure(changed);
    expect((await reload(program))?.["changed"]).toEqual([]);
    expect(linesOf(program, "restart-needed")).toHaveLength(2);
    configure("smtp:\n  connections_max: 50\n  recipients: [a@example.com]\n");
    expect((await reload(program))?.["changed"]).toEqual([]);
    expect(linesOf(program, "restart-needed")).toHaveLength(2);
  });
});

function ask(program: Program, agent: Agent): Promise<{ status: number; socket: Socket }> {
  return new Promise((resolve, reject) => {
    const asked = request(`${program.http}/healthz`, { agent }, (answer) => {
      const { socket, statusCode = 0 } = answer;
      answer.resume().on("end", () => resolve({ status: statusCode, socket }));
    });
    asked.on("error", reject).end();
  });
}

/** Certificate and key in a folder that a link names, as Kubernetes mounts secrets. */
function mounted(folder: string) {
  let version = 0;
  const put = ({ cert, key }: { cert: string; key: string }) => {
    version += 1;
    const target = join(folder, `..version${version}`);
    mkdirSync(target);
    writeFileSync(join(target, "tls.crt"), cert);
    writeFileSync(join(target, "tls.key"), key);
    const link = join(folder, "..next");
    symlinkSync(`..version${version}`, link);
    renameSync(link, join(folder, "..data"));
  };
  return { put, cert: join(folder, "..data", "tls.crt"), key: join(folder, "..data", "tls.key") };
}

const bare = (pem: string) => pem.replace(/-----[A-Z ]+-----|\s/g, "");

function secured(socket: TLSSocket): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    socket.once("secureConnect", () => resolve(socket));
    socket.once("error", reject);
  });
}

function certificateOf(socket: TLSSocket): string {
  return socket.getPeerCertificate().raw.toString("base64");
}

describe("a renewed certificate", () => {
  async function tlsStage() {
    const { folder, remove } = temporaryFolder();
    cleanups.push(remove);
    const files = mounted(folder);
    const first = makeCertificate();
    files.put(first);
    const reportPort = await freePort();
    const { program } = await stage("", {
      SEALWATCH_TLS_CERT: files.cert,
      SEALWATCH_TLS_KEY: files.key,
      SEALWATCH_REPORT_LISTEN: `127.0.0.1:${reportPort}`,
    });
    const https = () =>
      secured(connectTls({ port: reportPort, host: "127.0.0.1", rejectUnauthorized: false }));
    const starttls = async () => {
      const dialogue = await dial(`127.0.0.1:${program.smtpPort}`);
      await dialogue.say("EHLO a.example\r\n");
      await dialogue.say("STARTTLS\r\n");
      return { dialogue, socket: await dialogue.secure() };
    };
    return { program, files, first, https, starttls };
  }

  test("is used by new handshakes without a word from anybody; old connections live on", async () => {
    const { program, files, first, https, starttls } = await tlsStage();
    const [web, mail] = [await https(), await starttls()];
    expect(certificateOf(web)).toBe(bare(first.cert));
    expect(certificateOf(mail.socket)).toBe(bare(first.cert));
    const second = makeCertificate();
    files.put(second);
    await waitUntil("the new certificate", 15_000, async () => {
      const socket = await https();
      const found = certificateOf(socket);
      socket.destroy();
      return found === bare(second.cert);
    });
    const renewed = await starttls();
    expect(certificateOf(renewed.socket)).toBe(bare(second.cert));
    renewed.dialogue.end();
    mail.socket.write("NOOP\r\n");
    expect(await mail.dialogue.reply()).toMatch(/^250 /);
    const answer = new Promise<string>((resolve) => {
      web.once("data", (bytes: Buffer) => resolve(bytes.toString("latin1")));
    });
    web.write("POST /v1/tlsrpt HTTP/1.1\r\nHost: a.example\r\nContent-Length: 2\r\n\r\n{}");
    expect(await answer).toMatch(/^HTTP\/1\.1 201 /);
    web.destroy();
    expect(linesOf(program, "certificate-loaded")).toHaveLength(1);
  });

  test("that is broken changes nothing and is told, until it is whole", async () => {
    const { program, files, first, https } = await tlsStage();
    const readiness = () =>
      program.get<{ ready: boolean; checks: Record<string, { ok: boolean; detail: string }> }>(
        "/readyz",
      );
    expect((await readiness()).checks["certificate"]?.detail).toMatch(/^valid until 20/);
    const second = makeCertificate();
    files.put({ cert: second.cert, key: first.key });
    await waitUntil(
      "the warning",
      15_000,
      () => linesOf(program, "certificate-unusable").length > 0,
    );
    const broken = await readiness();
    expect(broken.ready).toBe(true);
    expect(broken.checks["certificate"]?.detail).toContain("cannot be used");
    const socket = await https();
    expect(certificateOf(socket)).toBe(bare(first.cert));
    socket.destroy();
    expect(await reload(program)).toMatchObject({ event: "configuration-kept" });
    files.put(second);
    expect(await reload(program)).toMatchObject({ event: "configuration-reloaded" });
    const mended = await https();
    expect(certificateOf(mended)).toBe(bare(second.cert));
    mended.destroy();
    expect((await readiness()).checks["certificate"]?.detail).not.toContain("cannot be used");
    const metrics = await (await fetch(`${program.http}/metrics`)).text();
    const seconds = /^sealwatch_certificate_expiry_seconds (\S+)$/m.exec(metrics)?.[1];
    expect(Number(seconds)).toBeGreaterThan(Date.now() / 1000);
    expect(Number(seconds)).toBeLessThan(Date.now() / 1000 + 2 * 86_400);
    rmSync(files.key);
    await waitUntil("the next warning", 15_000, () =>
      linesOf(program, "certificate-unusable").some((line) =>
        String(line["why"]).includes("ENOENT"),
      ),
    );
    expect(program.log()).not.toContain(bare(readFileSync(files.cert, "utf8")).slice(0, 40));
  });
});
