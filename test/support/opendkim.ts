// DKIM keys made by opendkim-genkey, and an opendkim milter that signs what a mail server hands to it.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import type { SigningKey } from "./mta.ts";
import { freePort, waitUntil } from "./program.ts";

/** Makes a key pair of 2048 bits in a folder. */
export function makeSigningKey(folder: string, domain: string, selector: string): SigningKey {
  const own = join(folder, `${selector}.${domain}`);
  mkdirSync(own, { recursive: true });
  execFileSync("/usr/sbin/opendkim-genkey", [
    ...["-b", "2048", "-d", domain, "-s", selector, "-D", own],
  ]);
  // A zone file line: the texts in quotes are one record.
  const zone = readFileSync(join(own, `${selector}.txt`), "utf8");
  const record = [...zone.matchAll(/"([^"]*)"/g)].map(([, text]) => text).join("");
  const file = join(own, `${selector}.private`);
  chmodSync(own, 0o755);
  chmodSync(file, 0o644);
  return { domain, selector, file, record };
}

export interface Milter {
  /** As smtpd_milters of Postfix takes it. */
  address: string;
  stop(): Promise<void>;
}

/** Starts opendkim as a milter that signs all mail of the key's domain. */
export async function startOpendkim(folder: string, key: SigningKey): Promise<Milter> {
  const port = await freePort();
  const config = join(folder, `opendkim-${port}.conf`);
  writeFileSync(
    config,
    `Mode s
Domain ${key.domain}
Selector ${key.selector}
KeyFile ${key.file}
Canonicalization relaxed/simple
OversignHeaders From
SignHeaders From,To,Subject,Date,Message-ID,MIME-Version,Content-Type,TLS-Report-Domain,TLS-Report-Submitter
RequireSafeKeys no
Socket inet:${port}@127.0.0.1
`,
  );
  const child = spawn("/usr/sbin/opendkim", ["-f", "-x", config], { stdio: "ignore" });
  await waitUntil("opendkim to listen", 10_000, () => answers(port));
  return { address: `inet:127.0.0.1:${port}`, stop: () => ended(child) };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** Ends a process and waits for it. */
export function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}
