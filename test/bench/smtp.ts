// Durable SMTP acceptance by the whole program with all its roles, against Postfix accepting the same
// load on the same machine: one message per connection, 16 at a time, 2 KB, by smtp-source.

import { execFileSync } from "node:child_process";
import { startPostfix } from "../support/postfix.ts";
import { freePort, startProgram, temporaryFolder, waitUntil } from "../support/program.ts";
import { isDrained } from "../support/tally.ts";
import { median, type Verdict } from "./report.ts";

const ROUNDS = 3;
const MESSAGES = 8_000;

/** Bar: at least three times Postfix. */
export async function benchSmtp(): Promise<Verdict> {
  const { folder, remove } = temporaryFolder();
  const postfix = startPostfix({ port: await freePort(), relayToPort: null });
  const program = await startProgram({ dataDir: folder, env: { SEALWATCH_LOG_LEVEL: "warn" } });
  try {
    const ours: number[] = [];
    const peers: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(load(program.smtpPort, MESSAGES));
      // The peer is measured alone: what we took in is stored before.
      await waitUntil("the spool to drain", 120_000, () => isDrained(program));
      peers.push(load(postfix.port, Math.round(MESSAGES / 4)));
    }
    const ratio = median(ours.map((own, i) => own / (peers[i] ?? Number.NaN)));
    return {
      name: "smtp: durable acceptance, one 2 KB message per connection, 16 at a time",
      figures: `${median(ours).toFixed(0)} a second, Postfix ${median(peers).toFixed(0)}`,
      ratio,
      bar: "at least 3 times Postfix",
      met: ratio >= 3,
    };
  } finally {
    await program.end();
    await postfix.stop();
    remove();
  }
}

function load(port: number, messages: number): number {
  const startedAt = process.hrtime.bigint();
  execFileSync("/usr/sbin/smtp-source", [
    ...["-s", "16", "-m", String(messages), "-l", "2048"],
    ...["-f", "tls-reports@sender.example", "-t", "tlsrpt@example.com", `127.0.0.1:${port}`],
  ]);
  return messages / (Number(process.hrtime.bigint() - startedAt) / 1e9);
}
