// A Postfix of our own for a test or a benchmark: Debian's program with a configuration, queue and log in
// a temporary folder, on loopback, beside whatever the machine runs. Needs root, as Postfix does.

import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Mta } from "./mta.ts";

export interface PostfixOptions {
  port: number;
  /** Where all mail is delivered; null discards it after it was queued. */
  relayToPort: number | null;
  /** Whether STARTTLS is used where it is offered; by default it is. */
  tls?: boolean;
  /** A milter that sees, and may sign, all mail. */
  milter?: string;
}

/** Starts Postfix on a loopback port. */
export function startPostfix(options: PostfixOptions): Mta {
  const root = mkdtempSync(join(tmpdir(), "sealwatch-postfix-"));
  chmodSync(root, 0o755);
  const config = join(root, "etc");
  const queue = join(root, "spool");
  const state = join(root, "lib");
  mkdirSync(config);
  mkdirSync(queue);
  mkdirSync(state);
  execFileSync("chown", ["postfix:", state]);
  for (const file of ["postfix-files", "post-install", "postfix-script"]) {
    cpSync(join("/etc/postfix", file), join(config, file), { dereference: true });
  }
  writeFileSync(join(config, "main.cf"), mainCf({ root, queue, state, config, ...options }));
  writeFileSync(join(config, "master.cf"), masterCf(options.port));
  const postfix = (command: string) =>
    execFileSync("/usr/sbin/postfix", ["-c", config, command], { stdio: "pipe" });
  postfix("start");
  const log = () => readFileSync(join(root, "mail.log"), "utf8");
  return {
    port: options.port,
    flush: () => void postfix("flush"),
    queued: () => {
      const listing = execFileSync("/usr/sbin/postqueue", ["-c", config, "-j"], { stdio: "pipe" });
      return listing.toString().split("\n").filter(Boolean).length;
    },
    log,
    stop: async () => {
      postfix("stop");
      rmSync(root, { recursive: true, force: true });
    },
  };
}

interface Places extends PostfixOptions {
  root: string;
  queue: string;
  state: string;
  config: string;
}

function mainCf(places: Places): string {
  const transport =
    places.relayToPort === null ? "discard:" : `smtp:[127.0.0.1]:${places.relayToPort}`;
  return `compatibility_level = 3.6
queue_directory = ${places.queue}
data_directory = ${places.state}
multi_instance_enable = yes
multi_instance_name = postfix-${places.root.split("-").at(-1)}
alternate_config_directories = ${places.config}
maillog_file = ${places.root}/mail.log
maillog_file_prefixes = ${places.root}
myhostname = relay.sender.example
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
local_recipient_maps =
default_transport = ${transport}
smtpd_recipient_restrictions = permit_mynetworks, reject
smtp_tls_security_level = may
smtp_tls_security_level = ${places.tls === false ? "none" : "may"}
smtpd_milters = ${places.milter ?? ""}
smtp_host_lookup = native
smtp_dns_support_level = disabled
smtputf8_enable = yes
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
smtp_destination_concurrency_limit = 16
`;
}

function masterCf(port: number): string {
  return `127.0.0.1:${port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
`;
}
