// Target: the real SMTP receiver over real sockets and a real spool. A 250 after DATA means one record with the
// bytes that RFC 5321 gives, and nothing else gets in.

import { silent } from "../../services/observe/events.ts";
import { startSmtp } from "../../services/receive/smtp.ts";
import type { Chance } from "./chance.ts";
import { dialogue, readDialogue } from "./smtp-dialogue.ts";
import { anything, openFuzzSpool, promised, until } from "./spooled.ts";
import { exchange, type Sending, sendingOf } from "./stream.ts";
import { type Bench, hold, target } from "./target.ts";

interface SmtpCase {
  bytes: Buffer;
  sending: Sending;
}

const MESSAGE_BYTES_MAX = 8_192;
/** Cases in a row that wait for all answers, then as many that may cut the connection. */
const STRETCH = 1_024;

function make(chance: Chance, number: number): SmtpCase {
  const bytes = dialogue(chance);
  const early = Math.floor(number / STRETCH) % 2 === 1;
  const sending = sendingOf(chance, bytes, early);
  return { bytes, sending: early && chance.once(20) ? { ...sending, greeted: false } : sending };
}

/** Sockets of this process that are open. */
export function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
}

async function open(): Promise<Bench<SmtpCase>> {
  const spool = await openFuzzSpool();
  const running = await startSmtp({
    host: "127.0.0.1",
    port: 0,
    hostname: "mx.example.com",
    tls: null,
    recipients: ["reports@example.com", "@all.example"],
    messageBytesMax: MESSAGE_BYTES_MAX,
    connectionsMax: 100,
    spool: spool.writer,
    emit: silent,
  });
  return {
    async check({ bytes, sending }) {
      const complete = (text: string) => readDialogue(bytes, text, MESSAGE_BYTES_MAX).complete;
      const talk = exchange(running.address, sending, complete);
      const { came, closed } = await talk.catch((error) => {
        spool.add(anything(bytes));
        throw error;
      });
      const read = readDialogue(bytes, came, MESSAGE_BYTES_MAX);
      const waited = sending.end === "answers" && sending.greeted;
      // Of a connection that was cut nobody knows how much was read: all mails in it may be kept.
      spool.add(waited ? read.promised : { ...unsureOf(bytes, came), unsure: true });
      hold(read.accounted, "each receipt is for a mail that was sent", () => came);
      const ended = /^(?:421|221)/m.test(came);
      hold(!waited || read.complete || (closed && ended), "all is answered", () =>
        came.slice(-300),
      );
    },
    async settle() {
      await until(() => openSockets() === 0);
      hold(openSockets() === 0, "no connection is left over", openSockets);
      await spool.settle();
    },
    async close() {
      await running.stop();
      await spool.close();
    },
  };
}

/** What is sure of a connection that was cut: receipts that came. What is not: all other mails. */
function unsureOf(bytes: Buffer, came: string) {
  const read = readDialogue(bytes, came, MESSAGE_BYTES_MAX).promised;
  // Answers that never came may have been anything: from each DATA line on there may be a mail.
  const all = { ...promised(), kept: read.kept };
  for (const { index, 0: line } of bytes.toString("latin1").matchAll(/\bDATA[^\n]*\n/gi)) {
    const pretended = Buffer.concat([Buffer.from("DATA\n"), bytes.subarray(index + line.length)]);
    const read = readDialogue(pretended, "220 x\n354 x\n", MESSAGE_BYTES_MAX);
    all.perhaps.push(...read.promised.perhaps);
  }
  return all;
}

export const smtpTarget = target<SmtpCase>({
  name: "smtp",
  about: "dialogues with the SMTP receiver over real sockets and a real spool",
  lanes: 16,
  make,
  print: ({ bytes }) => bytes,
  open,
});
