// An SMTP receiver on a port of its own, over a real spool, for the tests of the receiver.

import { BOUNDS } from "../../services/core/bounds.ts";
import type { Running } from "../../services/receive/running.ts";
import { startSmtp } from "../../services/receive/smtp.ts";
import type { SmtpOptions } from "../../services/receive/smtp-options.ts";
import { openSpooled, recordEvents, type Spooled } from "./spooled.ts";

export const MIB = 1024 * 1024;
export const MAIL = Buffer.from("Subject: report\r\n\r\nbody\r\n");

export interface SmtpStage extends Spooled {
  running: Running;
  address: string;
  names: () => string[];
}

const stages: SmtpStage[] = [];

export async function start(options: Partial<SmtpOptions> = {}): Promise<SmtpStage> {
  const spooled = await openSpooled();
  const { emit, names } = recordEvents();
  const running = await startSmtp({
    host: "127.0.0.1",
    port: 0,
    hostname: "mx.example.com",
    tls: null,
    recipients: ["reports@example.com", "@all.example"],
    messageBytesMax: BOUNDS.messageBytesMax,
    connectionsMax: 50,
    spool: spooled.spool,
    emit,
    ...options,
  });
  const stage = { ...spooled, running, address: running.address, names };
  stages.push(stage);
  return stage;
}

/** Ends every receiver that a test started. */
export async function endAll(): Promise<void> {
  for (const stage of stages.splice(0)) {
    stage.running.kill();
    await stage.remove();
  }
}
