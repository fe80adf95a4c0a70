// What a test wants of a mail server that it runs: Postfix, Exim or OpenSMTPD of Debian, each with a
// configuration, queue and log of its own, on loopback.

import { existsSync } from "node:fs";
import { join } from "node:path";

export interface Mta {
  /** Takes mail here, on 127.0.0.1. */
  port: number;
  /** Delivers what is in the queue now, without waiting for the back-off. */
  flush(): void;
  /** Number of messages in the queue. */
  queued(): number;
  log(): string;
  stop(): Promise<void>;
}

/** A DKIM key with which a mail server signs what it relays. */
export interface SigningKey {
  domain: string;
  selector: string;
  /** PEM file with the private key. */
  file: string;
  /** Text of the TXT record at <selector>._domainkey.<domain>. */
  record: string;
}

/** Where .ci/run unpacks mail servers that cannot be installed beside Postfix. */
const UNPACKED = process.env["TEST_MTA_FOLDER"] ?? "/opt/sealwatch-mtas";

/** Path of an unpacked program. @throws when it is missing */
export function unpacked(path: string): string {
  const whole = join(UNPACKED, path);
  if (!existsSync(whole)) {
    throw new Error(`${whole} is missing; .ci/run unpacks what these tests need`);
  }
  return whole;
}
