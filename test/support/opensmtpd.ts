// An OpenSMTPD of our own: Debian's program, unpacked, on loopback. Its queue and control socket have fixed
// places, so one runs at a time; filter-dkimsign signs for it.

import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Mta, type SigningKey, unpacked } from "./mta.ts";
import { ended } from "./opendkim.ts";

const QUEUE = "/var/spool/smtpd";
const CONTROL = "/var/run/smtpd.sock";

export interface OpensmtpdOptions {
  port: number;
  relayToPort: number;
  /** Whether STARTTLS is used where it is offered. */
  tls: boolean;
  sign: SigningKey | null;
}

/** Starts OpenSMTPD. @throws when another one runs on this machine */
export function startOpensmtpd(options: OpensmtpdOptions): Mta {
  if (existsSync(CONTROL)) throw new Error(`${CONTROL} exists: does another OpenSMTPD run?`);
  const program = unpacked("usr/sbin/smtpd");
  const control = unpacked("usr/sbin/smtpctl");
  // It refuses to run unless it is set up as its package would.
  execFileSync("chgrp", ["opensmtpq", control]);
  chmodSync(control, 0o2755);
  const root = mkdtempSync(join(tmpdir(), "sealwatch-opensmtpd-"));
  chmodSync(root, 0o755);
  mkdirSync("/var/lib/opensmtpd/empty", { recursive: true });
  rmSync(QUEUE, { recursive: true, force: true });
  mkdirSync(QUEUE, { mode: 0o711 });
  const config = join(root, "smtpd.conf");
  writeFileSync(config, configuration(options));
  let log = "";
  const child = spawn(program, ["-d", "-f", config], { stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      log += text;
    });
  }
  const smtpctl = (...args: string[]) =>
    execFileSync(control, args, { stdio: ["ignore", "pipe", "pipe"] }).toString();
  return {
    port: options.port,
    flush: () => {
      // A route that failed is left alone for minutes unless it is resumed.
      for (const [, route = ""] of smtpctl("show", "routes").matchAll(/^(\d+)\./gm)) {
        smtpctl("resume", "route", route);
      }
      smtpctl("schedule", "all");
    },
    queued: () => smtpctl("show", "queue").split("\n").filter(Boolean).length,
    log: () => log,
    stop: async () => {
      await ended(child);
      rmSync(CONTROL, { force: true });
      rmSync(QUEUE, { recursive: true, force: true });
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function configuration({ port, relayToPort, tls, sign }: OpensmtpdOptions): string {
  const scheme = tls ? "smtp" : "smtp+notls";
  const filter =
    sign === null
      ? { define: "", use: "" }
      : {
          define: `filter "sign" proc-exec "${unpacked("usr/libexec/opensmtpd/filter-dkimsign")} \
-d ${sign.domain} -s ${sign.selector} -k ${sign.file} \
-h from:to:subject:date:message-id:tls-report-domain:tls-report-submitter" user opensmtpd group opensmtpd`,
          use: `filter "sign"`,
        };
  return `${filter.define}
queue ttl 4h
listen on lo port ${port} hostname opensmtpd.sender.example ${filter.use}
action "relay" relay host ${scheme}://127.0.0.1:${relayToPort} helo opensmtpd.sender.example
match from any for any action "relay"
`;
}
