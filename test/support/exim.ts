// An Exim of our own: Debian's program, unpacked, on loopback. It signs by itself and speaks TLS by GnuTLS.

import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Mta, type SigningKey, unpacked } from "./mta.ts";
import { ended } from "./opendkim.ts";

/** The user that Debian's program insists on. */
const USER = "Debian-exim";

export interface EximOptions {
  port: number;
  relayToPort: number;
  /** Whether STARTTLS is used where it is offered. */
  tls: boolean;
  sign: SigningKey | null;
}

/** Starts Exim; it tries what is queued again every second. */
export function startExim(options: EximOptions): Mta {
  const program = unpacked("usr/sbin/exim4");
  const root = mkdtempSync(join(tmpdir(), "sealwatch-exim-"));
  chmodSync(root, 0o755);
  for (const folder of ["spool", "log"]) {
    mkdirSync(join(root, folder));
    execFileSync("chown", [`${USER}:`, join(root, folder)]);
  }
  const config = join(root, "exim.conf");
  writeFileSync(config, configuration(root, program, options));
  const exim = (...args: string[]) => execFileSync(program, ["-C", config, ...args]).toString();
  const child = spawn(program, ["-C", config, "-bdf", "-q1s"], { stdio: "ignore" });
  const logs = ["mainlog", "paniclog"].map((name) => join(root, "log", name));
  return {
    port: options.port,
    flush: () => void exim("-qf"),
    queued: () => Number(exim("-bpc").trim()),
    log: () => logs.map((path) => (existsSync(path) ? readFileSync(path, "utf8") : "")).join(""),
    stop: async () => {
      await ended(child);
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function configuration(root: string, program: string, options: EximOptions): string {
  const { port, relayToPort, tls, sign } = options;
  const signing =
    sign === null
      ? ""
      : `  dkim_domain = ${sign.domain}
  dkim_selector = ${sign.selector}
  dkim_private_key = ${sign.file}
  dkim_canon = relaxed
  dkim_sign_headers = From:To:Subject:Date:Message-ID:TLS-Report-Domain:TLS-Report-Submitter
`;
  return `primary_hostname = exim.sender.example
exim_path = ${program}
spool_directory = ${root}/spool
log_file_path = ${root}/log/%slog
pid_file_path = ${root}/spool/exim.pid
daemon_smtp_ports = ${port}
local_interfaces = 127.0.0.1
tls_advertise_hosts =
host_lookup =
rfc1413_query_timeout = 0s
keep_environment =
acl_smtp_rcpt = accept
acl_smtp_data = accept
begin routers
sealwatch:
  driver = manualroute
  route_list = * 127.0.0.1
  transport = sealwatch
  self = send
begin transports
sealwatch:
  driver = smtp
  port = ${relayToPort}
  allow_localhost
  hosts_avoid_tls = ${tls ? "" : "*"}
  tls_verify_hosts =
  tls_try_verify_hosts =
${signing}
begin retry
* * F,4h,1s
`;
}
